Feature: Mail
  Scenario: Whose is it?
    Given a stack
