Feature: The relay stays

  @MH-10.1
  Scenario: It is there
    Then relay is 1
