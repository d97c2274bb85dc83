Feature: 2. DMARC tells receivers to quarantine forgeries
  With p=none everybody may send in our name. The record stands in more than one place: in Cloudflare
  resources, in zone text, and in the DNS that the world asks.
  Design: docs/plans/mailserver-hardening.md, "2. DMARC" (reviewed 02390f27)

  Background:
    Given the records that the repo declares for the domain "viktorbarzin.me", zone text in variables "bind_*" included

  @MH-2.1
  Scenario: Every declared DMARC record quarantines
    Then every declared DMARC record is as strict as "quarantine"

  @MH-2.2
  Scenario: The published DMARC record quarantines
    Then exactly one DMARC record is published
    And the published DMARC record is as strict as "quarantine"

  @MH-2.3
  Scenario: All copies of the DMARC record agree
    Then the declared DMARC records agree with each other
    And the published DMARC record agrees with them
