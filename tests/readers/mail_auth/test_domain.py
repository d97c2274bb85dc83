"""What DMARC and SPF records ask for in effect (RFC 7489, RFC 9989, RFC 7208)."""

from __future__ import annotations

import pytest

from readers import Missing
from readers.dns import zone_records
from readers.dns.declarations import Declarations, Witness
from readers.mail_auth.domain import (
    aliases,
    authorises,
    declared_dmarc,
    differences,
    may_be_in,
    shortfalls,
    spf_names,
    spf_void_lookups,
)
from readers.mail_auth.records import parse_dmarc, parse_spf
from tfparse.cty.values import HOLE, Unknown, string
from tfparse.diagnostics import UnknownValueError

NOTHING = Declarations("test", (), ())


@pytest.mark.parametrize(
    ("record", "weak"),
    [
        ("v=DMARC1; p=quarantine", []),
        ("v=DMARC1; p=reject; sp=quarantine; pct=100; t=n", []),
        ("v=DMARC1; p=quarantine; sp=none", ["sp=none", "np=none"]),
        ("v=DMARC1; p=quarantine; np=none", ["np=none"]),
        ("v=DMARC1; p=quarantine; pct=50", ["pct=50"]),
        ("v=DMARC1; p=reject; t=y", ["t=y"]),
        ("v=DMARC1; p=none", ["p=none", "sp=none", "np=none"]),
    ],
)
def test_shortfalls(record: str, weak: list[str]) -> None:
    assert shortfalls(parse_dmarc(record), "quarantine") == weak


def test_an_invalid_policy_is_none_with_the_reason() -> None:
    found = shortfalls(parse_dmarc("v=DMARC1; p=quarantined"), "quarantine")
    assert found[:1] == ["p=none"]
    assert '"p=quarantined" is no policy' in found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("v=DMARC1; p=reject; adkim=r", "v=DMARC1;adkim = R;p=Reject", []),
        ("v=DMARC1; p=reject", "v=DMARC1; p=quarantine", ["p=quarantine, not reject"]),
        ("v=DMARC1; p=reject", "v=DMARC1; p=reject; fo=1", ["fo=1, not absent"]),
    ],
)
def test_differences(one: str, other: str, found: list[str]) -> None:
    assert differences(parse_dmarc(one), parse_dmarc(other)) == found


INCLUDES = {"smtp.eu.mailgun.org": "mailgun.org", "smtp-relay.brevo.com": "spf.brevo.com"}


@pytest.mark.parametrize(
    ("record", "holds"),
    [
        ("v=spf1 include:spf.brevo.com ~all", True),
        ("v=spf1 INCLUDE:SPF.Brevo.com -all", True),
        ("v=spf1 include:mailgun.org ~all", False),
        ("v=spf1 -include:spf.brevo.com ~all", False),
        ("v=spf1 -all include:spf.brevo.com", False),
        ("v=spf1 a mx -all", False),
    ],
)
def test_spf_authorises_a_relay(record: str, holds: bool) -> None:
    assert authorises(NOTHING, parse_spf(record), "smtp-relay.brevo.com", INCLUDES) is holds


def test_a_relay_that_the_table_has_not() -> None:
    with pytest.raises(Missing, match="no relay smtp.example.net in the table of relays"):
        authorises(NOTHING, parse_spf("v=spf1 -all"), "smtp.example.net", INCLUDES)


def declared(*records: str) -> Declarations:
    """Zone text as the only witness."""
    text = string("".join(f"{record}\n" for record in records), verbatim=True)
    return Declarations("test", (Witness("the zone text", tuple(zone_records(text, "test"))),), ())


@pytest.mark.parametrize(
    ("record", "holds"),
    [
        ("v=spf1 redirect=spf.brevo.com", True),
        ("v=spf1 redirect=spf.brevo.com -all", False),
        ("v=spf1 include:one.test -all", True),
        ("v=spf1 redirect=one.test", True),
        ("v=spf1 -include:one.test -all", False),
        ("v=spf1 include:nothing.test -all", False),
        ("v=spf1 include:loop.test -all", False),
    ],
)
def test_spf_authorises_by_what_it_includes(record: str, holds: bool) -> None:
    more = declared(
        'one TXT "v=spf1 include:two.test -all"',
        'two TXT "v=spf1 include:spf.brevo.com -all"',
        'loop TXT "v=spf1 include:loop.test -all"',
    )
    assert authorises(more, parse_spf(record), "smtp-relay.brevo.com", INCLUDES) is holds


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ("v=spf1 include:sendgrid.net -all", ["sendgrid.net"]),
        ("v=spf1 include:one.test -all", ["u1.sendgrid.net"]),
        ("v=spf1 +all", ["+all, which is everyone"]),
        ("v=spf1 all", ["+all, which is everyone"]),
        ("v=spf1 ~all", []),
    ],
)
def test_what_spf_names(record: str, named: list[str]) -> None:
    assert (
        spf_names(declared('one TXT "v=spf1 include:u1.sendgrid.net ?all"'), parse_spf(record), "sendgrid.net") == named
    )


def test_an_alias_of_a_dmarc_record() -> None:
    (found,) = declared_dmarc(declared("_dmarc CNAME a", "a CNAME b", 'b TXT "v=DMARC1; p=reject"'))
    assert found.data == "v=DMARC1; p=reject"
    with pytest.raises(Missing):
        list(declared_dmarc(declared("_dmarc CNAME a", "a CNAME _dmarc")))
    with pytest.raises(UnknownValueError, match=r"_dmarc\.test is an alias of x\.example, which is not declared here"):
        list(declared_dmarc(declared("_dmarc CNAME x.example.")))


@pytest.mark.parametrize(
    ("zone", "targets"),
    [
        (["* CNAME u1.sendgrid.net."], ["u1.sendgrid.net"]),
        (["* CNAME u1.sendgrid.net.", 's1._domainkey TXT "v=DKIM1"'], []),
        (["* CNAME u1.sendgrid.net.", 'x._domainkey TXT "v=DKIM1"'], []),
        (["* CNAME u1.sendgrid.net.", "*._domainkey CNAME b."], ["b"]),
        (["s1._domainkey CNAME a", "a CNAME u1.sendgrid.net."], ["a.test", "u1.sendgrid.net"]),
        (["s1._domainkey CNAME a", "a CNAME s1._domainkey"], ["a.test", "s1._domainkey.test"]),
    ],
)
def test_where_a_name_leads(zone: list[str], targets: list[str]) -> None:
    found = list(aliases(declared(*zone), "s1._domainkey", "sendgrid.net"))
    assert [record.data for record in found if record] == targets


@pytest.mark.parametrize(
    ("host", "possible"),
    [
        ("u1.wl.sendgrid.net", True),
        ("example.net", False),
        (HOLE, True),
        (f"{HOLE}.net", True),
        (f"{HOLE}.sendgrid.net", True),
        (f"x.{HOLE}grid.net", True),
        (f"{HOLE}.example.net", False),
        (f"{HOLE}.com", False),
        (f"a.sendgrid.net.{HOLE}", True),
    ],
)
def test_a_host_with_a_hole(host: str, possible: bool) -> None:
    assert may_be_in(host, "sendgrid.net") is possible


ZONE = 'a A 192.0.2.1\nm MX 10 a\nalias CNAME a\nspf TXT "v=spf1 ip4:192.0.2.1 a:gone.test ~all"\n*.w A 192.0.2.1\n'


def zone(text: str) -> Declarations:
    return Declarations("test", (Witness("zone", tuple(zone_records(string(text), "test", "zone"))),), ())


@pytest.mark.parametrize(("record", "void"), [
    ("v=spf1 a:a.test mx:m.test include:elsewhere.example ~all", []),
    ("v=spf1 a:gone.test ~all", ["a:gone.test"]),
    ("v=spf1 a:alias.test a:x.w.test exists:%{i}.test ~all", []),
    ("v=spf1 mx:a.test include:gone.test ~all", ["mx:a.test", "include:gone.test"]),
    ("v=spf1 ~all a:gone.test", []),
    ("v=spf1 include:spf.test ~all", ["a:gone.test"]),
])  # fmt: skip
def test_names_without_an_answer(record: str, void: list[str]) -> None:
    assert spf_void_lookups(zone(ZONE), parse_spf(record)) == void


def test_of_what_is_not_wholly_read_no_name_is_known_to_have_no_answer() -> None:
    unread = Declarations("test", zone(ZONE).witnesses, (Unknown("a file does not parse", None),))
    assert spf_void_lookups(unread, parse_spf("v=spf1 a:gone.test ~all")) == []


@pytest.mark.parametrize("owner", ["_dmarc", "sub"])
def test_a_delegated_name_is_answered_elsewhere(owner: str) -> None:
    declared = zone(f'_dmarc TXT "v=DMARC1; p=reject"\n_dmarc.sub TXT "v=DMARC1; p=reject"\n{owner} NS ns.example.\n')
    names = {name: declared.of(name, "TXT") for name in ("_dmarc", "_dmarc.sub")}
    hidden = "_dmarc" if owner == "_dmarc" else "_dmarc.sub"
    assert list(names["_dmarc.sub" if hidden == "_dmarc" else "_dmarc"])
    with pytest.raises(UnknownValueError, match=f"{owner}.test is delegated"):
        list(names[hidden])
