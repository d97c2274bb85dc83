Feature: 7. What does not change
  The design is a hardening, not a rebuild. Webmail stays, the relay stays, and one replica is enough:
  mail queues at the sender while ours is away.
  Design: docs/plans/mailserver-hardening.md, "7. What does not change" (reviewed 7e6ee29a)

  Background:
    Given the "mailserver" stack

  @MH-7.1
  Scenario: Roundcube stays
    Given its deployment that runs the image "roundcube/roundcubemail"
    Then it has:
      | path          | is                 |
      | spec.replicas | if set, at least 1 |

  @MH-7.2 @until(2026-04-12)
  Scenario: Mail leaves through Mailgun
    Given the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"
    And its Postfix configuration, as docker-mailserver puts it together
    Then for every service, these Postfix parameters are:
      | parameter | is                        |
      | relayhost | [smtp.eu.mailgun.org]:587 |
    And it has:
      | path                          | is                        |
      | env[DEFAULT_RELAY_HOST].value | [smtp.eu.mailgun.org]:587 |

  @MH-7.2 @since(2026-04-12)
  Scenario: Mail leaves through Brevo
    Given the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"
    And its Postfix configuration, as docker-mailserver puts it together
    Then for every service, these Postfix parameters are:
      | parameter | is                         |
      | relayhost | [smtp-relay.brevo.com]:587 |
    And it has:
      | path                          | is                         |
      | env[DEFAULT_RELAY_HOST].value | [smtp-relay.brevo.com]:587 |

  @MH-7.2
  Scenario: The relay is used over authenticated TLS
    Given the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"
    And its Postfix configuration, as docker-mailserver puts it together
    Then for every service, these Postfix parameters are:
      | parameter               | is                                                     |
      | smtp_sasl_auth_enable   | yes                                                    |
      | smtp_tls_security_level | one of encrypt, fingerprint, verify, secure, dane-only |
    And Postfix has a login for its relay

  @MH-7.2
  Scenario: No mail goes around the relay
    Postfix has parameters that come before relayhost, and docker-mailserver has RELAY_HOST and postfix-relaymap.cf.
    Amavis, a filter within the container, hands back what it is given.

    Given the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"
    And its Postfix configuration, as docker-mailserver puts it together
    Then these Postfix parameters are not set, or to what is harmless:
      | parameter                               | harmless                      |
      | transport_maps                          |                               |
      | sender_dependent_relayhost_maps         |                               |
      | sender_dependent_default_transport_maps |                               |
      | default_transport                       | smtp                          |
      | fallback_relay                          |                               |
      | smtp_fallback_relay                     | $fallback_relay               |
      | content_filter                          | smtp-amavis:[127.0.0.1]:10024 |
      | smtp_tls_policy_maps                    |                               |
      | smtp_tls_per_site                       |                               |
      | header_checks                           | pcre:/etc/postfix/maps/header_checks.pcre |
      | mime_header_checks                      | $header_checks                |
      | nested_header_checks                    | $header_checks                |
      | milter_header_checks                    |                               |
      | body_checks                             |                               |
      | smtpd_proxy_filter                      |                               |
    And no restriction sends mail another way
    And it has:
      | path                  | is         |
      | env[RELAY_HOST].value | if set, "" |
    And nothing is mounted at "/tmp/docker-mailserver/postfix-relaymap.cf"

  @MH-7.3
  Scenario: ClamAV stays off
    Given the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"
    Then it has:
      | path                     | is |
      | env[ENABLE_CLAMAV].value | 0  |

  @MH-7.4
  Scenario: There is one replica
    Given the Deployment "mailserver" in namespace "mailserver"
    Then it has:
      | path          | is        |
      | spec.replicas | if set, 1 |

  @MH-7.5
  Scenario: The old pod ends before the new one begins
    Two pods on one mail store would spoil it.

    Given the Deployment "mailserver" in namespace "mailserver"
    Then it has:
      | path               | is       |
      | spec.strategy.type | Recreate |

  @MH-7.6
  Scenario: SPF authorises the relay in use
    The two were out of step for six days in April 2026.

    Given the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"
    And its Postfix configuration, as docker-mailserver puts it together
    And the declared records of the zone "viktorbarzin.me", zone text in variables "bind_*" included
    Then every declared SPF record authorises the relay that relayhost names:
      | relay                | SPF include   |
      | smtp.eu.mailgun.org  | mailgun.org   |
      | smtp-relay.brevo.com | spf.brevo.com |
    And every declared SPF record is the only one, and needs at most 10 look-ups
