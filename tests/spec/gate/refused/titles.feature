Feature: Mail
  @MH-1.1
  Scenario:
    Given a stack

  @MH-1.2
  Scenario: a::b
    Given a stack
