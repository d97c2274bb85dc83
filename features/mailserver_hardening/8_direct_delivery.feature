Feature: 8. Mail is delivered to us directly
  Since 2026-04-12 nobody forwards our mail. The world talks to our own server, so CrowdSec must watch it.
  Design: docs/plans/mailserver-hardening.md, "8. Direct delivery" (reviewed 30ab1f66)

  @MH-8.1 @since(2026-04-12)
  Scenario: Our own server is the best MX
    Given the declared records of the zone "viktorbarzin.me", zone text in variables "bind_*" included
    Then the best MX is "mail.viktorbarzin.me"
    And the records of these names are:
      | name | type | is                                |
      | @    | MX   | names no host in forwardemail.net |

  @MH-8.2 @since(2026-04-12) @until(2026-04-19)
  Scenario: The mail service has an address of its own
    Sharing one would hide clients' addresses behind the node's.

    Given the "mailserver" stack
    Then MetalLB gives the service "mailserver" in namespace "mailserver" an address that no other service of the repo has

  @MH-8.3 @since(2026-04-12)
  Scenario: CrowdSec watches the mail server
    Given the Helm release "crowdsec" of the "crowdsec" stack
    Then CrowdSec reads the logs of:
      | namespace  | pod          | program | collection            |
      | mailserver | mailserver-* | postfix | crowdsecurity/postfix |
      | mailserver | mailserver-* | dovecot | crowdsecurity/dovecot |
