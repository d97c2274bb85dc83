Feature: Mail
  @MH-1.1
  Scenario: Ragged
    Then these hold:
      | a | 1 |
      | b |
