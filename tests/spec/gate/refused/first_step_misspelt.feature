Feature: Mail
  @MH-1.1
  Scenario: Prose
    Gvien a stack
    Then replicas is 1

  @MH-1.2
  Scenario: Prose set off
    Wehn a stack

    Then replicas is 1

  @MH-1.3
  Scenario: Prose only
    Given: a stack
