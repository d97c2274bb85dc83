Feature: 6. Nothing is left of SendGrid
  We left SendGrid, its CNAMEs stayed. Whoever controls their targets can sign mail in our name. A record
  of another service under one of these names is fine.
  Design: docs/plans/mailserver-hardening.md, "6. SendGrid" (reviewed d760509f)

  @MH-6.1
  Scenario: No declared CNAME leads to SendGrid
    Given the declared records of the zone "viktorbarzin.me", zone text in variables "bind_*" included
    Then none of these names is a CNAME into "sendgrid.net":
      | name          |
      | em7107        |
      | s1._domainkey |
      | s2._domainkey |

  @MH-6.2
  Scenario: No published CNAME leads to SendGrid
    Given the published records of the zone "viktorbarzin.me", zone text in variables "bind_*" included
    Then none of these names is a CNAME into "sendgrid.net":
      | name          |
      | em7107        |
      | s1._domainkey |
      | s2._domainkey |

  @MH-6.3
  Scenario: Nothing sends through SendGrid
    Given the "mailserver" stack
    And the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"
    And its Postfix configuration, as docker-mailserver puts it together
    And the declared records of the zone "viktorbarzin.me", zone text in variables "bind_*" included
    Then for every service, these Postfix parameters are:
      | parameter                       | is                                    |
      | relayhost                       | if set, names no host in sendgrid.net |
      | default_transport               | if set, names no host in sendgrid.net |
      | transport_maps                  | if set, names no host in sendgrid.net |
      | sender_dependent_relayhost_maps | if set, names no host in sendgrid.net |
      | fallback_relay                  | if set, names no host in sendgrid.net |
      | smtp_fallback_relay             | if set, names no host in sendgrid.net |
      | content_filter                  | if set, names no host in sendgrid.net |
      | smtpd_proxy_filter              | if set, names no host in sendgrid.net |
    And it has:
      | path                          | is                                    |
      | env[DEFAULT_RELAY_HOST].value | if set, names no host in sendgrid.net |
      | env[RELAY_HOST].value         | if set, names no host in sendgrid.net |
    And no declared SPF record authorises "sendgrid.net"
