Feature: Mail
  @MH-1.1
  Scenario: Mail
    Given a stack

  Rule: Nobody follows it
