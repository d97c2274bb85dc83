from __future__ import annotations

import pytest

from readers import Malformed
from readers.mail_auth.records import is_dmarc, is_spf, parse_dmarc, parse_spf, stricter_or_same

# -- DMARC ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["v=DMARC1; p=none", "v=DMARC1;p=none;", "v = DMARC1 ; p=none", "V=DMARC1; p=none", "v=DMARC1", "v\t=\tDMARC1\t;"],
)
def test_what_is_a_dmarc_record(text: str) -> None:
    assert is_dmarc(text)


# RFC 7489, section 6.3: "It MUST have the value of "DMARC1".  The value of this tag MUST match precisely; if it does
# not or it is absent, the entire retrieved record MUST be ignored.  It MUST be the first tag in the list."
@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=spf1 -all",
        "v=dmarc1; p=none",
        "v=DMARC2; p=none",
        "v=DMARC12; p=none",
        "p=none; v=DMARC1",
        "DMARC1",
        "v=DMARC1 p=none",
        "; v=DMARC1",
        '"v=DMARC1; p=none"',
        " v=DMARC1; p=none",
    ],
)
def test_what_is_no_dmarc_record(text: str) -> None:
    assert not is_dmarc(text)
    with pytest.raises(Malformed, match='does not start with "v=DMARC1"'):
        parse_dmarc(text)


# policy, subdomain policy, policy of subdomains that do not exist, pct, testing
Effect = tuple[str, str, str, int, bool]


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        # RFC 7489, appendix B.2
        ("v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com", ("none", "none", "none", 100, False)),
        (
            "v=DMARC1; p=quarantine; rua=mailto:a@example.com,mailto:tld-test@thirdparty.example.net!10m; pct=25",
            ("quarantine", "quarantine", "quarantine", 25, False),
        ),
        ("v=DMARC1; p=reject; sp=none", ("reject", "none", "none", 100, False)),
        ("v=DMARC1; p=none; sp=quarantine", ("none", "quarantine", "quarantine", 100, False)),
        # RFC 9989, section 4.7: np, else sp, else p
        ("v=DMARC1; p=quarantine; np=reject", ("quarantine", "quarantine", "reject", 100, False)),
        ("v=DMARC1; p=quarantine; sp=none; np=reject", ("quarantine", "none", "reject", 100, False)),
        # RFC 9989, section 4.7: t
        ("v=DMARC1; p=reject; t=y", ("reject", "reject", "reject", 100, True)),
        ("v=DMARC1; p=reject; t=n", ("reject", "reject", "reject", 100, False)),
        ("v=DMARC1; p=reject; t=Y", ("reject", "reject", "reject", 100, True)),
        # quoted strings in ABNF are case-insensitive (RFC 5234, section 2.3)
        ("v=DMARC1; P=Quarantine; SP=NONE", ("quarantine", "none", "none", 100, False)),
        # white space around separators (RFC 7489, section 6.4)
        ("v=DMARC1 ;\tp = reject ; sp\t=\tquarantine ;", ("reject", "quarantine", "quarantine", 100, False)),
        # any order behind v (RFC 9989), unknown tags ignored (RFC 7489, section 6.3)
        ("v=DMARC1; rua=mailto:a@example.com; x=y; p=reject", ("reject", "reject", "reject", 100, False)),
        ("v=DMARC1; p=reject; pct=0", ("reject", "reject", "reject", 0, False)),
    ],
)
def test_what_a_record_asks_for(text: str, effect: Effect) -> None:
    read = parse_dmarc(text)
    assert (read.policy, read.subdomain_policy, read.np, read.pct, read.testing) == effect
    assert read.problems == ()


# RFC 7489, section 6.6.3: without a valid "p", or with an invalid "sp", as if p=none, or not at all.
# RFC 9989, section 4.10.1, likewise, and for "np" too.
@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("v=DMARC1", ('there is no "p" tag', "so receivers ignore the record")),
        ("v=DMARC1; rua=mailto:a@example.com", ('there is no "p" tag', "so receivers act as on p=none")),
        ("v=DMARC1; p=rejct; sp=reject", ('"p=rejct" is no policy', "so receivers ignore the record")),
        ("v=DMARC1; p=reject; sp=all; rua=mailto:a@b.c", ('"sp=all" is no policy', "so receivers act as on p=none")),
        ("v=DMARC1; p=", ('"p=" is no tag=value', 'there is no "p" tag', "so receivers ignore the record")),
        ("v=DMARC1; p=reject; np=all; rua=nobody", ('"np=all" is no policy', "so receivers ignore the record")),
    ],
)
def test_an_invalid_policy_asks_for_nothing(text: str, problems: tuple[str, ...]) -> None:
    read = parse_dmarc(text)
    assert (read.policy, read.subdomain_policy, read.np) == ("none", "none", "none")
    assert read.problems == problems


# RFC 7489, section 6.3: "Syntax errors in the remainder of the record SHOULD be discarded in favor of default values
# (if any) or ignored outright."
@pytest.mark.parametrize("pct", ["101", "-1", "ten", "50%", "1000"])
def test_an_invalid_percentage_counts_as_the_default(pct: str) -> None:
    read = parse_dmarc(f"v=DMARC1; p=reject; pct={pct}")
    assert (read.policy, read.pct) == ("reject", 100)
    assert read.problems == (f'"pct={pct}" is no percentage, so it counts as 100',)


def test_a_part_that_is_no_tag_is_ignored() -> None:
    read = parse_dmarc("v=DMARC1; p=reject; nonsense;; sp=none")
    assert (read.policy, read.subdomain_policy) == ("reject", "none")
    assert read.problems == ('"nonsense" is no tag=value', '"" is no tag=value')


# RFC 6376, section 3.2: "Tags with duplicate names MUST NOT occur within a single tag-list; if a tag name does occur
# more than once, the entire tag-list is invalid."
@pytest.mark.parametrize("tags", ["p=none; p=reject", "p=reject; P=reject", "v=DMARC1; p=none"])
def test_a_tag_given_twice_is_refused(tags: str) -> None:
    with pytest.raises(Malformed, match="is given twice"):
        parse_dmarc(f"v=DMARC1; {tags}")


def test_tags_are_kept_as_written() -> None:
    read = parse_dmarc("v=DMARC1; P=Reject; rua=mailto:A@example.com")
    assert dict(read.tags) == {"v": "DMARC1", "p": "Reject", "rua": "mailto:A@example.com"}


def test_strictness() -> None:
    order = ["none", "quarantine", "reject"]
    assert [[stricter_or_same(p, floor) for p in order] for floor in order] == [
        [True, True, True],
        [False, True, True],
        [False, False, True],
    ]


# -- SPF ------------------------------------------------------------------------------------------


# RFC 7208, section 4.5: "v=spf1", ended by a space or the end of the record; case-insensitive as all ABNF is.
@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("v=spf1", True),
        ("v=spf1 -all", True),
        ("V=SPF1 -all", True),
        ("v=spf10 -all", False),
        ("v=spf1-all", False),
        ("v=spf1\t-all", False),
        (" v=spf1 -all", False),
        ("spf2.0/pra -all", False),
        ("", False),
    ],
)
def test_what_is_an_spf_record(text: str, is_one: bool) -> None:
    assert is_spf(text) is is_one


def mechanisms(text: str) -> list[str]:
    return [f"{m.qualifier}{m.name}({m.value}){m.cidr}" for m in parse_spf(text).mechanisms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v=spf1", []),
        # RFC 7208, appendix A.1
        ("v=spf1 +all", ["+all()"]),
        ("v=spf1 a -all", ["+a()", "-all()"]),
        ("v=spf1 a:example.org -all", ["+a(example.org)", "-all()"]),
        ("v=spf1 mx mx:example.org -all", ["+mx()", "+mx(example.org)", "-all()"]),
        ("v=spf1 mx/30 mx:example.org/30 -all", ["+mx()/30", "+mx(example.org)/30", "-all()"]),
        ("v=spf1 ptr -all", ["+ptr()", "-all()"]),
        ("v=spf1 ip4:192.0.2.128/28 -all", ["+ip4(192.0.2.128/28)", "-all()"]),
        ("v=spf1 include:example.com include:example.net", ["+include(example.com)", "+include(example.net)"]),
        ("v=spf1 -ip4:192.0.2.0/24 +all", ["-ip4(192.0.2.0/24)", "+all()"]),
        # appendix A.4 and section 7.4
        ("v=spf1 -include:ip4._spf.%{d} +all", ["-include(ip4._spf.%{d})", "+all()"]),
        ("v=spf1 exists:%{ir}.%{v}._spf.%{d2} ?all", ["+exists(%{ir}.%{v}._spf.%{d2})", "?all()"]),
        ("v=spf1 a:mail.%{d}//64 ~all", ["+a(mail.%{d})//64", "~all()"]),
        ("v=spf1 a/24//64 ip6:2001:db8::/32 ip6:::1 ", ["+a()/24//64", "+ip6(2001:db8::/32)", "+ip6(::1)"]),
        ("v=spf1  A:Example.ORG.   -ALL", ["+a(Example.ORG.)", "-all()"]),
    ],
)
def test_mechanisms(text: str, expected: list[str]) -> None:
    assert mechanisms(text) == expected


# The syntax errors of RFC 7208 and of its test suite (openspf's rfc7208-tests.yml), all of them "permerror".
@pytest.mark.parametrize(
    ("term", "problem"),
    [
        ("moo", "is no mechanism that SPF has"),
        ("all:example.com", "takes no domain"),
        ("all/8", "takes no prefix length"),
        ("include", "has no valid domain"),
        ("include:", "has no valid domain"),
        ("include:localhost", "has no valid domain"),
        ("include:example.123", "has no valid domain"),
        ("include:example.com/24", "has no valid domain"),
        ("include:example.-com", "has no valid domain"),
        ("exists", "has no valid domain"),
        ("exists:%{c}.example.com:8%", "has no valid domain"),
        ("exists:%{r}.example.com", "has no valid domain"),
        ("exists:%(ir).example.com", "has no valid domain"),
        ("a:", "has no valid domain"),
        ("a:foo:8080", "has no valid domain"),
        ("a:example.com/", "has a bad prefix length"),
        ("a:example.com//", "has a bad prefix length"),
        ("a/33", "has a bad prefix length"),
        ("a//129", "has a bad prefix length"),
        ("a/024", "has a bad prefix length"),
        ("a/8/8", "has a bad prefix length"),
        ("mx/24x", "has a bad prefix length"),
        ("mx:abc.example.com:8080", "has no valid domain"),
        ("ptr:", "has no valid domain"),
        ("ptr/0", "takes no prefix length"),
        ("ip4", "has a bad address"),
        ("ip4:1.2.3", "has a bad address"),
        ("ip4:1.2.3.4/33", "has a bad address"),
        ("ip4:1.2.3.4/032", "has a bad address"),
        ("ip4:1.2.3.4/255.255.0.0", "has a bad address"),
        ("ip4:1.2.3.4:8080", "has a bad address"),
        ("ip4:2001:db8::", "that is not IPv4"),
        ("ip4/24", "takes no prefix length"),
        ("ip6:10.0.0.1", "that is not IPv6"),
        ("ip6:::1.1.1.1/129", "has a bad address"),
        ("-redirect=example.com", "is no mechanism that SPF has"),
        ("redirect=", "has no valid domain"),
        ("redirect=localhost", "has no valid domain"),
        ("redirect:example.com", "is no mechanism that SPF has"),
        ("exp=", "has no valid domain"),
        ("a=b%", "has a value that is no macro-string"),
        ("tab\there", "is no mechanism that SPF has"),
        ("=x", "is no term"),
        ("include:münchen.example", "has no valid domain"),
    ],
)
def test_syntax_errors(term: str, problem: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_spf(f"v=spf1 {term} -all")
    assert problem in refused.value.problem
    assert refused.value.problem.startswith(f'"{term}" ')


@pytest.mark.parametrize("name", ["redirect", "exp"])
def test_a_modifier_given_twice_is_refused(name: str) -> None:
    with pytest.raises(Malformed, match="is given twice"):
        parse_spf(f"v=spf1 {name}=a.example.com {name}=b.example.com")


def test_unknown_modifiers_are_ignored() -> None:
    read = parse_spf("v=spf1 moo=%{l} moo= ip4=1.2.3.4 -all")
    assert [m.name for m in read.mechanisms] == ["all"]


def test_includes_that_authorise() -> None:
    terms = "include:A.example. -include:b.example ?include:c.example +include:d.example ~all include:e.example"
    assert parse_spf(f"v=spf1 {terms}").includes == ("a.example", "d.example")


@pytest.mark.parametrize(
    ("text", "qualifier"), [("v=spf1 a", None), ("v=spf1 ~all", "~"), ("v=spf1 all", "+"), ("v=spf1 ?all -all", "?")]
)
def test_the_qualifier_of_all(text: str, qualifier: str | None) -> None:
    assert parse_spf(text).all == qualifier


def test_a_redirect_counts_only_without_all() -> None:
    assert parse_spf("v=spf1 a redirect=_spf.Example.com").redirect == "_spf.example.com"
    assert parse_spf("v=spf1 redirect=_spf.example.com ?all").redirect is None
    assert parse_spf("v=spf1 a").redirect is None


def test_every_domain_that_a_record_names() -> None:
    terms = "a mx:M.example ip4:192.0.2.1 -all include:i.example. exp=e.example redirect=r.example x=y.example"
    assert parse_spf(f"v=spf1 {terms}").domains == ("m.example", "i.example", "r.example", "e.example")
