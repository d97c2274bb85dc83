from __future__ import annotations

import pytest

from readers import Malformed
from readers.rspamd.dkim_signing import DkimSigning, KeyPath, read_dkim_signing, read_key_table
from tfparse.cty.values import Part, Unknown, string, text
from tfparse.diagnostics import Origin, UnknownValueError

HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))


def at(line: int) -> Origin:
    return Origin("dkim.conf", line)


def signing(content: str) -> DkimSigning:
    return read_dkim_signing(string(content, at(1), verbatim=True))


# The shape of https://rspamd.com/doc/modules/dkim_signing.html, "Configuration".
TEXT = """\
enabled = true;
path = "/keys/$domain.$selector.key"; # for all others
selector = "mail";
domain {
  example.org {
    path = "/keys/example.org.private";
    selector = "s1";
  }
  example.net {
    path = "/keys/$domain/$selector.key";
  }
  example.com {
    selectors [
      { path = "/keys/a.key", selector = "a" },
      { path = "/keys/$selector.key", selector = "b" },
    ]
  }
}
"""


def test_every_path_is_found() -> None:
    assert signing(TEXT).keys == (
        KeyPath(None, "mail", "/keys/$domain.mail.key", at(2)),
        KeyPath("example.org", "s1", "/keys/example.org.private", at(6)),
        KeyPath("example.net", "mail", "/keys/example.net/mail.key", at(10)),
        KeyPath("example.com", "a", "/keys/a.key", at(14)),
        KeyPath("example.com", "b", "/keys/b.key", at(15)),
    )


def test_a_path_in_a_comment_is_none() -> None:
    assert signing("# path = /a;\n/* path = /b; */\n").keys == ()


def test_sections_may_be_repeated_and_labelled() -> None:
    found = signing("domain a.example { path = /a; }\ndomain b.example { path = /b; }\n").keys
    assert [(key.domain, key.path) for key in found] == [("a.example", "/a"), ("b.example", "/b")]


@pytest.mark.parametrize(
    ("content", "enabled"),
    [("", True), ("enabled = true;", True), ("enabled yes", True), ("enabled = false;", False), ("enabled: no", False)],
)
def test_enabled(content: str, enabled: bool) -> None:
    assert signing(content).enabled is enabled


@pytest.mark.parametrize("content", ["path = /a; path = /b;", "domain = x;", "domain { a = b }", "selectors { a = b }"])
def test_what_rspamd_could_not_use_is_malformed(content: str) -> None:
    with pytest.raises(Malformed):
        _ = signing(content).keys


def test_a_path_that_is_not_known() -> None:
    known = read_dkim_signing(text((Part("enabled = true;\npath = ", at(1), True), Part(HIDDEN, at(2)))))
    assert known.enabled
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        _ = known.keys


# -- KeyTable -------------------------------------------------------------------------------------


def test_a_key_table() -> None:
    table = """\
# name                      domain:selector:key
mail._domainkey.example.org example.org:mail:/etc/opendkim/keys/example.org.private

second\texample.net:s1:./relative.private  # old
any %:mail:../keys/mail.private
"""
    assert read_key_table(string(table, at(1), verbatim=True)) == (
        KeyPath("example.org", "mail", "/etc/opendkim/keys/example.org.private", at(2)),
        KeyPath("example.net", "s1", "./relative.private", at(4)),
        KeyPath(None, "mail", "../keys/mail.private", at(5)),
    )


def test_a_key_that_is_no_path_is_the_key_itself() -> None:
    assert read_key_table(string("name example.org:mail:MIICXAIBAAKBgQ\n")) == ()


@pytest.mark.parametrize("rest", ["", "example.org", "example.org:mail", "example.org::/k", ":mail:/k"])
def test_a_line_of_another_shape(rest: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_key_table(string(f"# keys\nname {rest}\n", at(1), verbatim=True))
    assert (refused.value.problem, refused.value.origin) == ('"name" is not followed by domain:selector:key', at(2))


def test_a_table_that_is_not_known() -> None:
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        read_key_table(text((Part("name example.org:mail:/keys/", at(1)), Part(HIDDEN, at(1)))))
