Feature: Mail
  @MH-1.1
  Scenario Outline: Empty
    Then <name> is <value>

    Examples: full
      | name | value |
      | a    | 1     |

    Examples: empty
      | name | value |
