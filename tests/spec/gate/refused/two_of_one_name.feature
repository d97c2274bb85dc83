Feature: Mail
  @MH-1.1
  Scenario: Same
    Given a stack

  @MH-1.2
  Scenario: Same
    Given a stack
