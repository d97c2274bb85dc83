@xfail
Feature: Mail
  @MH-1.1 @skip
  Scenario: Hidden
    Given a stack
