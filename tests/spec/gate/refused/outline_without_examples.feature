Feature: Mail
  @MH-1.1
  Scenario Outline: Empty
    Then <name> is <value>
