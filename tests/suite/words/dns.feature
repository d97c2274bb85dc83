Feature: Records of a zone, in the general words

  @DNS-1
  Scenario: Mail records are declared
    Given the declared records of the zone "viktorbarzin.me"
    Then the records of these names are:
      | name     | type | is                             | count |
      | @        | MX   | has 1 mail.viktorbarzin.me     |       |
      | _mta-sts | TXT  | like v=STSv1; id=*             | 1     |
      | old      | SRV  | not set                        |       |

  @DNS-2
  Scenario: Mail records are published
    Given the published records of the zone "viktorbarzin.me"
    Then the records of these names are:
      | name       | type | is                                       | ttl        |
      | @          | MX   | exactly 1 mail.viktorbarzin.me, 20 mx2.viktorbarzin.me | at most 5m |
      | @          | TXT  | has one like v=spf1 *                    |            |
      | _smtp._tls | TXT  | starts with v=TLSRPTv1; rua=mailto:      |            |
    And the records of these names are exactly:
      | name | type | is                      |
      | @    | MX   | 1 mail.viktorbarzin.me  |
      | @    | MX   | 20 mx2.viktorbarzin.me  |

  @DNS-3
  Scenario: What is published is what is declared
    Given the declared records of the zone "viktorbarzin.me"
    Then every record is published as declared
    And the records of these names are published as declared:
      | name   | type |
      | _dmarc | TXT  |

  @DNS-4
  Scenario: No address leads home
    Given every declared record of the zone "viktorbarzin.me", where:
      | path | is |
      | type | A  |
    Then each of them has:
      | path | is                       |
      | data | not starts with 192.168. |
