Feature: Mail

  @MH-1.1
  Scenario: A table that nobody reads
    Given a stack
      | name |
      | a    |
    Then replicas is 1

  @MH-1.2
  Scenario: No table
    Then these hold:

  @MH-1.3
  Scenario: No rows
    Then these hold:
      | what | is |

  @MH-1.4
  Scenario: No header
    Then these hold:
      | a | 1 |
      | b | 1 |

  @MH-1.5
  Scenario: Columns
    Then these hold:
      | what | iss | what |
      | a    | 1   | b    |

  @MH-1.6
  Scenario: A table where the step asks for none, another where it does
    Given a deployment web
    And several of its containers
      | path |
      | a    |
    And one of its containers, where:
      | path | as |
      | a    | 1  |
    Then it runs

  @MH-1.7
  Scenario: Columns that another table names
    Given these series:
      | name |
      | mail |
    Then over time it does this:
      | event | mial |
      | a     | 1    |

  @MH-1.8
  Scenario: One row
    Given a deployment web
    And its container nginx
    And its labels:
      | namespace | app |
      | shop      | web |
      | mail      | web |
    Then it runs

  @MH-1.9
  Scenario: Nobody said what it reads
    Then nobody knows what this reads:
      | a |
      | b |
