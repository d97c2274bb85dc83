Feature: 2. DMARC tells receivers to quarantine forgeries
  With p=none everybody may send in our name. The record stands in more than one place: in Cloudflare
  resources, in zone text, and in the DNS that the world asks.
  Design: docs/plans/mailserver-hardening.md, "2. DMARC" (reviewed 02390f27)

  @MH-2.1
  Scenario: Every declared DMARC record quarantines
    Given the declared records of the zone "viktorbarzin.me", zone text in variables "bind_*" included
    Then every DMARC record is as strict as "quarantine"

  @MH-2.2
  Scenario: The published DMARC record quarantines
    Given the published records of the zone "viktorbarzin.me", zone text in variables "bind_*" included
    Then every DMARC record is as strict as "quarantine"

  @MH-2.3
  Scenario: All copies of the DMARC record agree
    Given the declared records of the zone "viktorbarzin.me", zone text in variables "bind_*" included
    Then its DMARC records agree, declared and published
