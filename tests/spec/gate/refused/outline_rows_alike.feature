Feature: Mail
  @MH-1.1
  Scenario Outline: Twice
    Then <name> is <value>

    Examples:
      | name | value |
      | a    | 1     |
      | a    | 1     |
