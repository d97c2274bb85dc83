Feature: Mail
  Background:
    Givne a stack

  @MH-1.1
  Scenario: Prose
    Then replicas is 1
