Feature: Mail
  @MH-1.1
  Scenario: Prose
    The design asks for it.
    Also a stack
    # whatever this says

    Given a stack

  @MH-1.2
  Scenario: No gap
    Provided a stack
    # whatever this says
    Then replicas is 1
