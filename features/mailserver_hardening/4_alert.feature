Feature: 4. Somebody is told when the mail server is down
  The alert existed, commented out. It is found by what it watches, because its name has changed.
  Design: docs/plans/mailserver-hardening.md, "4. An alert" (reviewed 20df8c4e)

  Background:
    Given the Helm release "prometheus" of the "monitoring" stack
    And its alert on kube_deployment_status_replicas_available falling below 1, of:
      | namespace  | deployment |
      | mailserver | mailserver |
    And these series:
      | name    | series                                                                                        |
      | mail    | kube_deployment_status_replicas_available{namespace="mailserver", deployment="mailserver"}    |
      | webmail | kube_deployment_status_replicas_available{namespace="mailserver", deployment="roundcubemail"} |

  @MH-4.1
  Scenario: An alert watches the mail server's replicas
    One rule that Prometheus refuses takes all the others with it.

    Then the alert fires within "5m"
    And it has:
      | path            | is     |
      | labels.severity | not "" |
    And promtool finds no fault in the release's rules

  @MH-4.2
  Scenario: The alert works
    It fires once its "for" has passed, not before, and goes on. What is gone has no series any more.

    Then it fires or is silent over time:
      | event                   | mail             | the alert       |
      | the mail server runs    | 1                | is silent       |
      | it has a second replica | 1, 2 from 10m    | is silent       |
      | it goes down            | 1, 0 from 10m    | fires after 10m |
      | its series vanishes     | 1, gone from 10m | fires after 10m |
      | it has never been there | gone             | fires after 0m  |

  @MH-4.3 @since(2026-03-08)
  Scenario: Another deployment neither masks the alert nor sets it off
    Watching the whole namespace, the alert stayed silent as long as Roundcube was up.

    Then it fires or is silent over time:
      | event                                | mail             | webmail          | the alert       |
      | the mail server goes down alone      | 1, 0 from 10m    | 1                | fires after 10m |
      | its series vanishes, webmail's stays | 1, gone from 10m | 1                | fires after 10m |
      | webmail goes down alone              | 1                | 1, 0 from 10m    | is silent       |
      | webmail's series vanishes            | 1                | 1, gone from 10m | is silent       |
      | webmail comes back, mail does not    | 0                | 0, 1 from 10m    | fires after 0m  |

  @MH-4.4
  Scenario: The alert reaches someone
    Then amtool finds no fault in Alertmanager's configuration
    And it is routed to a receiver that notifies someone, as the routes read and as amtool follows them, while:
      | mail |
      | 0    |
      | gone |
