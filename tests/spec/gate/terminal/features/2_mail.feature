Feature: Mail is safe
  Because it was not.

  @MH-2.1 @MH-2.2
  Scenario: All is well
    Then replicas is 1

  @MH-2.2
  Scenario: Some of it is not
    Then these hold:
      | what | is |
      | a | 1       |
      | b | 2       |
      | c | unknown |

  @MH-2.3
  Scenario: It is gone
    Given a missing deployment
    Then replicas is 1

  @MH-2.4
  Scenario: It cannot be known
    Given an unknown value

  @MH-2.5 @until(2026-04-12)
  Scenario: It was once
    Then replicas is 1

  @MH-2.6
  Scenario: It wants proof
    Then promtool agrees
    And replicas is 1

  @MH-2.7
  Scenario: We erred
    When the step asserts

  @MH-2.8
  Scenario: Nobody looked
    Given a stack

  @MH-2.9
  Scenario Outline: Each of them
    Then <name> is <value>

    Examples:
      | name | value |
      | x    | 1     |
      | y    | 2     |
