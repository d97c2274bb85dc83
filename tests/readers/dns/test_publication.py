"""What is published awaits a change only if DNS shows just what this change replaces."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from readers.dns import Record
from readers.dns.declarations import Declarations, read_declarations
from readers.dns.publication import Witnesses
from readers.mail_auth.domain import all_alike, all_strict, one_each, pending_alias_change, pending_dmarc_change
from tests.repo import repo
from tfparse import Infra

DOMAIN = "example.org"
NONE, QUARANTINE, REJECT = (f"v=DMARC1; p={policy}" for policy in ("none", "quarantine", "reject"))
SENDGRID = "u1.wl1.sendgrid.net"
RIGHT = {"one each": one_each, "strict": partial(all_strict, floor="quarantine"), "alike": all_alike}


def resource(data: str, name: str = "_dmarc", kind: str = "TXT", label: str = "r", more: str = "") -> str:
    return (
        f'resource "cloudflare_record" "{label}" {{\n  name    = "{name}"\n  type    = "{kind}"\n'
        f"  content = {data if data.startswith('var.') else chr(34) + data + chr(34)}\n{more}}}\n"
    )


def zone(data: str | None, variable: str = "bind_db") -> str:
    records = "@ 3600 IN SOA ns hostmaster 1 7200 3600 1209600 3600\n" + (f'_dmarc IN TXT "{data}"\n' if data else "")
    return f'variable "{variable}" {{\n  default = <<-EOT\n$ORIGIN {DOMAIN}.\n{records}EOT\n}}\n'


WEB = resource("192.0.2.1", "www", "A", "web")  # so that the domain is declared at all


BROKEN = "\f resource {\n"  # in a file beside


def declarations(folder: Path, now: str, then: str | None) -> Declarations:
    before = None if then is None else infra(folder / "then", then)
    return read_declarations(infra(folder / "now", now), DOMAIN, "bind_*", before)


def infra(folder: Path, source: str) -> Infra:
    """A form feed begins another file."""
    return repo(folder, {f"{number}.tf": text for number, text in enumerate(source.split("\f"))})


def published(*data: str, kind: str = "TXT") -> list[Record]:
    return [Record(f"_dmarc.{DOMAIN}", kind, text) for text in data]


@pytest.mark.parametrize(
    ("then", "now", "shown", "right"),
    [
        (resource(NONE), resource(QUARANTINE), [NONE], "strict"),
        (resource(QUARANTINE), resource(REJECT), [QUARANTINE], "alike"),
        (resource(NONE) + zone(NONE), resource(REJECT) + zone(REJECT), [NONE], "strict"),
        # written otherwise, and the same
        (resource(NONE), resource(QUARANTINE), ["v=DMARC1;p=None"], "strict"),
        # beside TXT records that are no DMARC
        (resource(NONE), resource(QUARANTINE), [NONE, "another"], "strict"),
        # a change that mends the one copy that DNS has
        (resource(NONE) + zone(QUARANTINE), resource(QUARANTINE) + zone(QUARANTINE), [NONE], "strict"),
        # the first record, and a second one less
        (WEB, resource(QUARANTINE), [], "one each"),
        (WEB + zone(None), resource(QUARANTINE) + zone(QUARANTINE), [], "strict"),
        (resource(NONE) + resource(REJECT, label="s"), resource(REJECT), [REJECT, NONE], "one each"),
    ],
)
def test_a_change_is_awaited(tmp_path: Path, then: str, now: str, shown: list[str], right: str) -> None:
    found = pending_dmarc_change(declarations(tmp_path, now, then), published(*shown), RIGHT[right])
    assert found is not None
    assert found.origin is not None
    assert found.origin.file == "0.tf"
    assert (
        pending_dmarc_change(declarations(tmp_path, now, None), published(*shown), RIGHT[right]) is None
    )  # without a base


@pytest.mark.parametrize(
    ("then", "now", "shown", "right", "why"),
    [
        (resource(QUARANTINE), resource(QUARANTINE), [NONE], "strict", "it has drifted: nothing was changed"),
        (resource(QUARANTINE), resource(REJECT), [NONE], "strict", "it had drifted before"),
        (resource(QUARANTINE), resource(REJECT), [], "strict", "it was gone before"),
        (resource(NONE), resource(NONE + "; fo=1"), [NONE], "strict", "what is declared is not right either"),
        (resource(NONE), resource(REJECT) + zone(NONE), [NONE], "strict", "nor are all copies of it"),
        (resource(NONE), resource(REJECT) + zone(QUARANTINE), [NONE], "alike", "the copies differ"),
        (resource(NONE), WEB, [NONE], "strict", "nothing is declared any more"),
        (resource(NONE), WEB, [NONE], "one each", "nothing is declared any more"),
        (resource("var.x") + 'variable "x" {}\n', resource(REJECT), [NONE], "strict", "what it was is not known"),
        (resource(NONE), resource("var.x") + 'variable "x" {}\n', [NONE], "strict", "what it is is not known"),
        (resource(NONE), resource(REJECT) + BROKEN, [NONE], "strict", "not all could be read"),
        (resource(NONE) + BROKEN, resource(REJECT), [NONE], "strict", "nor then"),
        (
            resource(NONE),
            resource(REJECT) + resource(NONE, "${var.x}", label="s") + 'variable "x" {}\n',
            [NONE],
            "strict",
            "there may be another record of that name",
        ),
        ("", resource(REJECT), [NONE], "strict", "there was nothing then"),
        (resource(NONE), resource(REJECT), [NONE, NONE + "; fo=1"], "strict", "there is one more than was declared"),
        (
            resource(NONE),
            resource(REJECT, more="  lifecycle {\n    ignore_changes = [content]\n  }\n"),
            [NONE],
            "strict",
            "Terraform leaves it as it is",
        ),
        (
            WEB + zone(QUARANTINE),
            resource(QUARANTINE) + zone(QUARANTINE),
            [],
            "strict",
            "a copy was declared, and gone",
        ),
    ],
)
def test_nothing_is_awaited(tmp_path: Path, then: str, now: str, shown: list[str], right: str, why: str) -> None:
    assert pending_dmarc_change(declarations(tmp_path, now, then), published(*shown), RIGHT[right]) is None, why


@pytest.mark.parametrize(
    ("then", "now", "shown", "is_awaited"),
    [
        (SENDGRID, None, SENDGRID, True),
        (SENDGRID, "dkim.example.net", SENDGRID, True),
        (SENDGRID, SENDGRID, SENDGRID, False),
        (None, None, SENDGRID, False),  # it is left over: nobody declared it
        (SENDGRID, None, f"other.{SENDGRID}", False),
        (SENDGRID, f"other.{SENDGRID}", SENDGRID, False),
    ],
)
def test_a_cname_that_goes(tmp_path: Path, then: str | None, now: str | None, shown: str, is_awaited: bool) -> None:
    def source(target: str | None) -> str:
        return WEB + (resource(target, "em7107", "CNAME") if target else "")

    found = pending_alias_change(
        declarations(tmp_path, source(now), source(then)), "em7107", "sendgrid.net", published(shown, kind="CNAME")
    )
    assert (found is not None) is is_awaited
    if found is not None and now is None:
        assert (found.origin, found.note) == (
            None,
            "removed from the Cloudflare resources; DNS shows what the base declared",
        )


def test_the_predicates_hold_for_nothing_at_all() -> None:
    empty: Witnesses = []
    assert [right(empty) for right in RIGHT.values()] == [False, False, False]
