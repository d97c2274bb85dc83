Feature: Mail
  @MH-1.1
  Scenario: Prose
    Given a stack
    Thne replicas is 1
    Then replicas is 1
    Adn replicas is 2
