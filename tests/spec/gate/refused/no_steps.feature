Feature: Mail
  @MH-1.1
  Scenario: Nothing to do

  @MH-1.2
  Scenario: Something to do
    Given a stack
