"""Next hops and lists of clients, as Postfix's own manual has them (transport(5), postconf(5))."""

from __future__ import annotations

import pytest

from readers.postfix.hosts import exempt_outside, next_hop
from readers.postfix.main_cf import read_main_cf
from tfparse import UnknownValueError
from tfparse.cty.values import string

PRIVATE = ["10.0.0.0/8", "192.168.0.0/16", "127.0.0.0/8", "::1/128", "fc00::/7"]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("[smtp.example.com]:587", "smtp.example.com"),
        ("[smtp.example.com]", "smtp.example.com"),
        ("smtp.example.com:submission", "smtp.example.com"),
        ("Example.COM.", "example.com"),
        ("[2001:db8::1]:25", "2001:db8::1"),
    ],
)
def test_next_hop(text: str, host: str) -> None:
    assert next_hop(text) == host


@pytest.mark.parametrize(
    ("setting", "outside"),
    [
        ("$mynetworks", ()),
        ("${mynetworks} 10.3.2.10", ()),
        ("", ()),
        ("192.168.1.0/24, [fd00::1]", ()),
        ("$mynetworks 0.0.0.0/0", ("0.0.0.0/0",)),
        ("10.0.0.0/7", ("10.0.0.0/7",)),
        ("[2001:db8::]/32", ("[2001:db8::]/32",)),
        ("mail.example.com", ("mail.example.com",)),
        ("!10.1.1.1 10.0.0.0/8", ()),
    ],
)
def test_who_is_exempt(setting: str, outside: tuple[str, ...]) -> None:
    main_cf = read_main_cf(string(f"smtpd_client_event_limit_exceptions = {setting}\n"))
    assert exempt_outside(main_cf, "smtpd_client_event_limit_exceptions", PRIVATE).outside == outside


def test_mynetworks_of_the_same_text_counts() -> None:
    main_cf = read_main_cf(string("mynetworks = 127.0.0.0/8 198.51.100.0/24\nx = $mynetworks\n"))
    assert exempt_outside(main_cf, "x", PRIVATE).outside == ("198.51.100.0/24",)


def test_unset_is_nobody_else() -> None:
    assert exempt_outside(read_main_cf(string("a = b\n")), "x", PRIVATE).nobody


def test_a_lookup_table_is_not_seen() -> None:
    main_cf = read_main_cf(string("x = cidr:/etc/postfix/exempt.cidr\n"))
    with pytest.raises(UnknownValueError, match="cidr:/etc/postfix/exempt.cidr is not seen"):
        exempt_outside(main_cf, "x", PRIVATE)
