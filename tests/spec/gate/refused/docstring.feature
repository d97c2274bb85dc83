Feature: Mail

  @MH-1.1
  Scenario: It is read
    Then it says:
      """
      yes
      """

  @MH-1.2
  Scenario: It is not
    Then replicas is 1
      """
      yes
      """
