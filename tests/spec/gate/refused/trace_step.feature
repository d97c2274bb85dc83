Feature: Mail

  @MH-1.1
  Scenario: Somebody looked into it once
    Given trace
    Then replicas is 1
