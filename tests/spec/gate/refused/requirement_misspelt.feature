Feature: Mail
  @MH1.1
  Scenario: Almost
    Given a stack
