Feature: Mail
  Scenario Outline: Table
    Then <name> is 1

    @MH-1.1
    Examples:
      | name |
      | a    |

    Examples:
      | name |
      | b    |
