Feature: 6. Nothing is left of SendGrid
  We left SendGrid, its CNAMEs stayed. Whoever controls their targets can sign mail in our name. A record
  of another service under one of these names is fine.
  Design: docs/plans/mailserver-hardening.md, "6. SendGrid" (reviewed d760509f)

  Background:
    Given the records that the repo declares for the domain "viktorbarzin.me", zone text in variables "bind_*" included

  @MH-6.1
  Scenario: No declared CNAME leads to SendGrid
    Then none of these names is declared as a CNAME into "sendgrid.net":
      | name          |
      | em7107        |
      | s1._domainkey |
      | s2._domainkey |

  @MH-6.2
  Scenario: No published CNAME leads to SendGrid
    Then none of these names is published as a CNAME into "sendgrid.net":
      | name          |
      | em7107        |
      | s1._domainkey |
      | s2._domainkey |

  @MH-6.3
  Scenario: Nothing sends through SendGrid
    Given the "mailserver" stack
    And the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"
    And its Postfix configuration, as docker-mailserver puts it together
    Then none of these Postfix parameters names a host in "sendgrid.net":
      | parameter                       |
      | relayhost                       |
      | default_transport               |
      | transport_maps                  |
      | sender_dependent_relayhost_maps |
      | fallback_relay                  |
      | smtp_fallback_relay             |
      | content_filter                  |
    And none of these variables of its environment names a host in "sendgrid.net":
      | variable           |
      | DEFAULT_RELAY_HOST |
      | RELAY_HOST         |
    And no declared SPF record authorises "sendgrid.net"
