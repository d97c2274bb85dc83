Feature: Words about alerts

  @AL-1
  Scenario: one by its name
    Given the alert "NodeDown"
    Then it has:
      | path                | is               |
      | expr                | like up{*} == 0  |
      | for                 | at most 5m       |
      | labels.severity     | critical         |
      | annotations.summary | set              |
      | group               | Nodes            |

  @AL-2
  Scenario: all of them
    Given every alert of the "monitoring" stack, where:
      | path            | is       |
      | labels.severity | critical |
    Then each of them has:
      | path                | is         |
      | annotations.summary | set        |
      | for                 | at most 5m |

  @AL-3
  Scenario: over time, by an age
    Given the alert "EmailRoundtripStale"
    And these series:
      | name | series                                |
      | last | email_roundtrip_last_success_timestamp |
    Then it fires or is silent over time:
      | event                | last             | the alert        |
      | none comes any more  | 0                | fires after 61m  |
      | one comes in between | 0, 3600 from 60m | fires after 121m |

  @AL-4
  Scenario: one holds back another
    Given the Helm release "prometheus" of the "monitoring" stack
    Then while the alert "NodeDown" fires, "MailServerDown" is held back

  @AL-5
  Scenario: whom labels reach
    Given the Helm release "prometheus" of the "monitoring" stack
    Then an alert with these labels reaches "slack-critical":
      | alertname | severity |
      | Anything  | critical |
    And an alert with these labels reaches nobody:
      | alertname |
      | Watchdog  |

  @AL-6
  Scenario: a label that nobody watches
    Given the Helm release "prometheus" of the "monitoring" stack
    And its alert on email_roundtrip_success falling below 1, of:
      | instance                        |
      | no-such-host.example.invalid:25 |
    Then the alert fires within "30m"

  @AL-7
  Scenario: the labels that the rule pins
    Given the Helm release "prometheus" of the "monitoring" stack
    And its alert on email_roundtrip_success falling below 1, of:
      | job                     |
      | email-roundtrip-monitor |
    Then the alert fires within "30m"
