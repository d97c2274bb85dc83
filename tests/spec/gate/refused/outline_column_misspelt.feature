Feature: Mail
  @MH-1.1
  Scenario Outline: Columns
    Then <nmae> is <value>

    Examples:
      | name | value |
      | a    | 1     |
