Feature: Mail
  @MH-1.1
  Scenario: And what?
    And a stack
