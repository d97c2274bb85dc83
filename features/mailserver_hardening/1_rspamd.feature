Feature: 1. Rspamd filters and signs, in place of OpenDKIM
  Mail arrived unfiltered. Rspamd filters spam, checks DKIM and looks for phishing, and it signs what we
  send, so OpenDKIM goes. A setting counts if the container gets it, wherever it is written.
  Design: docs/plans/mailserver-hardening.md, "1. Rspamd in place of OpenDKIM" (reviewed 101cba76)

  Background:
    Given the "mailserver" stack
    And the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"

  @MH-1.1
  Scenario: Rspamd is on
    Then it has:
      | path                     | is |
      | env[ENABLE_RSPAMD].value | 1  |

  @MH-1.2
  Scenario: OpenDKIM is off
    Then it has:
      | path                       | is |
      | env[ENABLE_OPENDKIM].value | 0  |

  @MH-1.3
  Scenario: Rspamd learns from what users move to Junk
    Then it has:
      | path                    | is |
      | env[RSPAMD_LEARN].value | 1  |

  @MH-1.4
  Scenario: The OpenDKIM files stay mounted
    Going back to OpenDKIM must stay a matter of one switch.

    Then these files are mounted from ConfigMaps and Secrets of the stack:
      | file                                         |
      | /tmp/docker-mailserver/opendkim/KeyTable     |
      | /tmp/docker-mailserver/opendkim/SigningTable |
      | /tmp/docker-mailserver/opendkim/TrustedHosts |
      | /tmp/docker-mailserver/opendkim/keys/*       |

  @MH-1.5
  Scenario: The DKIM signer in use can read its key
    The design assumed that Rspamd reads OpenDKIM's paths. It does not, and mail went unsigned until that
    was mended. OpenDKIM finds its keys where docker-mailserver copies them to.

    Then the DKIM signer that is on can read every key its configuration names:
      | signer   | on while            | unless set | configuration                                              | keys named under    | are mounted under                     |
      | Rspamd   | ENABLE_RSPAMD = 1   | 0          | /tmp/docker-mailserver/rspamd/override.d/dkim_signing.conf | /                   | /                                     |
      | OpenDKIM | ENABLE_OPENDKIM = 1 | 1          | /tmp/docker-mailserver/opendkim/KeyTable                   | /etc/opendkim/keys/ | /tmp/docker-mailserver/opendkim/keys/ |

  @MH-1.5
  Scenario: Rspamd itself takes its configuration
    Its own parser reads the overrides and merges them into what its modules come with.

    Given Rspamd's overrides in "/tmp/docker-mailserver/rspamd/override.d", in use while ENABLE_RSPAMD = 1
    Then rspamadm finds no fault in Rspamd's overrides

  @MH-1.6
  Scenario: There is memory for Rspamd
    Then it has:
      | path                    | is                     |
      | resources.limits.memory | if set, at least 200Mi |

  @MH-1.7
  Scenario: Mail passes through Rspamd
    Rspamd sees what Postfix hands it, as a milter on port 11332. Without one nothing is filtered, and nothing signed.

    Given its Postfix configuration, as docker-mailserver puts it together
    Then every service that takes mail from other hosts passes it through the milter "inet:localhost:11332"
