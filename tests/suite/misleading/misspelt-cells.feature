Feature: Cells that say nothing

  @X-1
  Scenario: an alert over time
    Given the alert "NodeDown"
    And these series:
      | name | series         |
      | up   | up{job="node"} |
    Then it fires or is silent over time:
      | event          | up   | the alert     |
      | it is up       | 3x30 | is silent     |
      | it goes down   | 0    | fires at once |

  @X-2
  Scenario: a path, and a condition
    Given the Deployment "web"
    Then it has:
      | path          | is              |
      | spec.replicas | at least        |
      | spec[         | 1               |
      | spec.replicas | at most a dozen |
