Feature: 3. Postfix limits what one client may do
  Passwords were guessed at leisure. A client gets ten connections and thirty messages a minute, which is
  generous for a sender and too little for a guesser. What counts is what Postfix has in the end: docker-mailserver
  appends our main.cf to its own, gives single services their lines of postfix-master.cf, and runs user-patches.sh last.
  Design: docs/plans/mailserver-hardening.md, "3. Limits of what one client may do" (reviewed b68a7766)

  Background:
    Given the "mailserver" stack
    And the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"
    And its Postfix configuration, as docker-mailserver puts it together

  @MH-3.1
  Scenario: Ten connections per client
    Then for every service, these Postfix parameters are:
      | parameter                          | is |
      | smtpd_client_connection_rate_limit | 10 |

  @MH-3.2
  Scenario: Thirty messages per client
    Then for every service, these Postfix parameters are:
      | parameter                       | is |
      | smtpd_client_message_rate_limit | 30 |

  @MH-3.3
  Scenario: The limits count by the minute
    Then for every service, these Postfix parameters are:
      | parameter            | is  |
      | anvil_rate_time_unit | 60s |
    And Postfix has the service "anvil/unix"

  @MH-3.4
  Scenario: The settings reach Postfix
    Then these files are mounted from ConfigMaps of the stack:
      | file                                     |
      | /tmp/docker-mailserver/postfix-main.cf   |

  @MH-3.4
  Scenario: Postfix understands the settings
    A misspelt parameter is no error to Postfix, and a limit that is no number ends its daemons, not its start.

    Then postconf finds no fault in main.cf

  @MH-3.5 @until(2026-04-19)
  Scenario: Postfix sees the client's own address, by way of the load balancer
    Limits per client need to tell clients apart.

    Given the services that carry port 25 from outside to deployment "mailserver" in namespace "mailserver"
    Then each of them has:
      | path                       | is    |
      | spec.externalTrafficPolicy | Local |

  @MH-3.5 @since(2026-04-19)
  Scenario: Postfix sees the client's own address, by way of the PROXY protocol
    Mail now enters through HAProxy on the firewall, which says in a PROXY header whom it speaks for.

    Given the services that carry port 25 from outside to deployment "mailserver" in namespace "mailserver"
    Then each of them has external traffic policy "Local", or leads to a listener of "/tmp/docker-mailserver/user-patches.sh" that requires the PROXY protocol

  @MH-3.6
  Scenario: Nobody outside is exempt
    Then the Postfix parameter smtpd_client_event_limit_exceptions, if set, names for every service only $mynetworks and addresses in:
      | network        |
      | 10.0.0.0/8     |
      | 172.16.0.0/12  |
      | 192.168.0.0/16 |
      | 127.0.0.0/8    |
      | ::1/128        |
      | fc00::/7       |
      | fe80::/10      |

  @MH-3.6
  Scenario: No stranger's network is one of ours
    PERMIT_DOCKER adds the networks of the container's interfaces, which are the host's own where it shares them.

    Then the Postfix parameter mynetworks, if set, names for every service only $mynetworks and addresses in:
      | network        |
      | 10.0.0.0/8     |
      | 172.16.0.0/12  |
      | 192.168.0.0/16 |
      | 127.0.0.0/8    |
      | ::1/128        |
      | fc00::/7       |
      | fe80::/10      |
