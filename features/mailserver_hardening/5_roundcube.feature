Feature: 5. Roundcube is pinned and does not talk of secrets
  Webmail followed a moving tag, and its SMTP debug log held whole conversations.
  Design: docs/plans/mailserver-hardening.md, "5. Roundcube" (reviewed fab68bf2)

  Background:
    Given the "mailserver" stack
    And its container that runs the image "roundcube/roundcubemail"

  @MH-5.1
  Scenario: The image is pinned to the 1.6 Apache series
    Then it has:
      | path  | is                                |
      | image | pinned to 1.6-apache, 1.6.N-apache |

  @MH-5.2
  Scenario: SMTP conversations are not logged
    The image does not read that variable. What Roundcube does read are ROUNDCUBE_SMTP_DEBUG and its configuration.

    Then it has:
      | path                                | is    |
      | env[ROUNDCUBEMAIL_SMTP_DEBUG].value | false |
    And nothing that Roundcube reads sets its option smtp_debug to other than "false"

  @MH-5.3
  Scenario: Only errors are logged
    Then it has:
      | path                                 | is |
      | env[ROUNDCUBEMAIL_DEBUG_LEVEL].value | 1  |
    And nothing that Roundcube reads sets its option debug_level to other than "1"
