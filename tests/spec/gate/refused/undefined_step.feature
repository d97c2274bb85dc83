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

  @MH-1.3
  Scenario: Of another kind
    Then a stack

  @MH-1.4
  Scenario: With something filled in
    Given a deplyoment web
    Then odd things went on for a while
