"""What DMARC and SPF records ask for in effect (RFC 7489, RFC 9989, RFC 7208)."""

from __future__ import annotations

import pytest

from readers import Missing
from readers.mail import parse_dmarc, parse_spf
from readers.policies import authorises, differences, may_be_in, shortfalls
from tfparse.values import HOLE


@pytest.mark.parametrize(("record", "weak"), [
    ("v=DMARC1; p=quarantine", []),
    ("v=DMARC1; p=reject; sp=quarantine; pct=100; t=n", []),
    ("v=DMARC1; p=quarantine; sp=none", ["sp=none", "np=none"]),
    ("v=DMARC1; p=quarantine; np=none", ["np=none"]),
    ("v=DMARC1; p=quarantine; pct=50", ["pct=50"]),
    ("v=DMARC1; p=reject; t=y", ["t=y"]),
    ("v=DMARC1; p=none", ["p=none", "sp=none", "np=none"]),
])
def test_shortfalls(record: str, weak: list[str]) -> None:
    assert shortfalls(parse_dmarc(record), "quarantine") == weak


def test_an_invalid_policy_is_none_with_the_reason() -> None:
    found = shortfalls(parse_dmarc("v=DMARC1; p=quarantined"), "quarantine")
    assert found[:1] == ["p=none"]
    assert '"p=quarantined" is no policy' in found


@pytest.mark.parametrize(("one", "other", "found"), [
    ("v=DMARC1; p=reject; adkim=r", "v=DMARC1;adkim = R;p=Reject", []),
    ("v=DMARC1; p=reject", "v=DMARC1; p=quarantine", ["p=quarantine, not reject"]),
    ("v=DMARC1; p=reject", "v=DMARC1; p=reject; fo=1", ["fo=1, not absent"]),
])
def test_differences(one: str, other: str, found: list[str]) -> None:
    assert differences(parse_dmarc(one), parse_dmarc(other)) == found


INCLUDES = {"smtp.eu.mailgun.org": "mailgun.org", "smtp-relay.brevo.com": "spf.brevo.com"}


@pytest.mark.parametrize(("record", "holds"), [
    ("v=spf1 include:spf.brevo.com ~all", True),
    ("v=spf1 INCLUDE:SPF.Brevo.com -all", True),
    ("v=spf1 include:mailgun.org ~all", False),
    ("v=spf1 -include:spf.brevo.com ~all", False),
    ("v=spf1 -all include:spf.brevo.com", False),
    ("v=spf1 a mx -all", False),
])
def test_spf_authorises_a_relay(record: str, holds: bool) -> None:
    assert authorises(parse_spf(record), "smtp-relay.brevo.com", INCLUDES) is holds


def test_a_relay_that_the_table_has_not() -> None:
    with pytest.raises(Missing, match="no relay smtp.example.net in the table of relays"):
        authorises(parse_spf("v=spf1 -all"), "smtp.example.net", INCLUDES)


@pytest.mark.parametrize(("host", "possible"), [
    ("u1.wl.sendgrid.net", True), ("example.net", False),
    (HOLE, True), (f"{HOLE}.net", True), (f"{HOLE}.sendgrid.net", True), (f"x.{HOLE}grid.net", True),
    (f"{HOLE}.example.net", False), (f"{HOLE}.com", False), (f"a.sendgrid.net.{HOLE}", True),
])
def test_a_host_with_a_hole(host: str, possible: bool) -> None:
    assert may_be_in(host, "sendgrid.net") is possible
