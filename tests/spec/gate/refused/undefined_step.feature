Feature: Mail
  @MH-1.1
  Scenario: Unheard of
    Given a stock
    And a stack

  @MH-1.2
  Scenario Outline: In one row
    Given a <thing>

    Examples:
      | thing |
      | stack |
      | stick |
