"""BIND zone text: every record with its line, malformed text refused, holes as narrow as is sound."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from readers import Malformed
from readers.dns import Record, lookup, zone_records
from tests.growth import assert_in_proportion
from tests.readers.dns.name_servers import SPEC, program
from tfparse.cty.values import HOLE, Part, Unknown, Value, string, text, unknown
from tfparse.diagnostics import Origin

EVERYTHING = SPEC / "text" / "everything.zone"
MALFORMED = json.loads((SPEC / "text" / "malformed.json").read_text(encoding="utf-8"))["texts"]
DOUBT = Unknown("var.x has no value", Origin("variables.tf", 7))


def read(content: str, first_line: int = 1) -> list[Record]:
    return zone_records(string(content, Origin("zone.tfvars", first_line), verbatim=True), "example.org")


def hollow(*pieces: str | Unknown) -> list[Record]:
    """The records of text whose known pieces begin where they would in a heredoc from line 10 on."""
    parts, line = [], 10
    for piece in pieces:
        parts.append(Part(piece, Origin("zone.tf", line), verbatim=True))
        line += piece.count("\n") if isinstance(piece, str) else 0
    return zone_records(text(tuple(parts)), "example.org")


def test_every_spelling() -> None:
    expected = json.loads(EVERYTHING.with_suffix(".json").read_text(encoding="utf-8"))["records"]
    records = read(EVERYTHING.read_text(encoding="utf-8"))
    assert [[r.origin and r.origin.line, r.name, r.ttl, r.type, r.preference, r.data] for r in records] == expected


@pytest.mark.parametrize("name", ["everything", "../rfc4592/example", "../zones/corp.test", "../zones/other.test"])
def test_as_bind_reads_it(name: str, tmp_path: Path) -> None:
    file = (EVERYTHING.parent / f"{name}.zone").resolve()
    origin = "example.org" if name == "everything" else file.stem
    canonical = tmp_path / "canonical"
    compile_ = program("named-compilezone", "bind9-utils")
    subprocess.run(
        [
            compile_,
            "-q",
            "-k",
            "ignore",
            "-n",
            "ignore",
            "-i",
            "none",
            "-s",
            "full",
            "-o",
            str(canonical),
            origin,
            str(file),
        ],
        check=True,
        timeout=20,
    )

    def records(path: Path) -> set[tuple[object, ...]]:
        found = zone_records(string(path.read_text(encoding="utf-8"), Origin("zone", 1)), origin)
        return {(r.name, r.type, r.preference, r.data) for r in found}

    assert records(file) == records(canonical) != set()


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: str(case["why"]))
def test_malformed_text_is_refused_by_line(case: dict[str, object]) -> None:
    content, line = case["text"], case["line"]
    assert isinstance(content, str)
    assert isinstance(line, int)
    with pytest.raises(Malformed) as caught:
        read(content, first_line=101)
    assert caught.value.origin == Origin("zone.tfvars", 100 + line)
    assert caught.value.what == "zone text of example.org"
    assert caught.value.problem


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: str(case["why"]))
def test_bind_refuses_it_too(case: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "zone").write_text(case["text"])
    run = subprocess.run(
        [
            program("named-compilezone", "bind9-utils"),
            "-i",
            "none",
            "-o",
            "/dev/null",
            "example.org",
            str(tmp_path / "zone"),
        ],
        check=False,
        capture_output=True,
        timeout=20,
    )
    assert run.returncode != 0, run.stdout


def test_carriage_returns_and_no_final_newline() -> None:
    records = read("$TTL 60\r\na A 192.0.2.1\r\nb A 192.0.2.2\rc A 192.0.2.3\nd A 192.0.2.4")
    assert [(r.name, r.data, r.origin and r.origin.line) for r in records] == [
        ("a.example.org", "192.0.2.1", 2),
        ("b.example.org", "192.0.2.2", 3),
        ("c.example.org", "192.0.2.3", 3),
        ("d.example.org", "192.0.2.4", 4),
    ]


def test_no_text_declares_nothing() -> None:
    assert read("") == read("; only a comment\n\n") == []


def test_internationalised_names_are_a_labels() -> None:
    assert [r.name for r in read("b\u00fccher A 192.0.2.1\n")] == ["xn--bcher-kva.example.org"]


def test_sensitive_text_is_not_shown() -> None:
    secret = string('k TXT "canary"\n', Origin("zone.tf", 1)).marked()
    (record,) = zone_records(secret, "example.org")
    assert record.data == "canary"
    assert "canary" not in f"{record} {record!r}"


# -- holes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pieces", "name", "type", "data"),
    [
        pytest.param(
            ('_dmarc TXT "v=DMARC1; p=', DOUBT, '; pct=100"\n'),
            "_dmarc.example.org",
            "TXT",
            f"v=DMARC1; p={HOLE}; pct=100",
            id="in text",
        ),
        pytest.param(("app-", DOUBT, " A 192.0.2.1\n"), f"app-{HOLE}", "A", "192.0.2.1", id="at the end of a name"),
        pytest.param(
            ("app-", DOUBT, "-x A 192.0.2.1\n"), f"app-{HOLE}-x.example.org", "A", "192.0.2.1", id="in a name"
        ),
        pytest.param(("x.", DOUBT, ". A 192.0.2.1\n"), f"x.{HOLE}", "A", "192.0.2.1", id="in an absolute name"),
        pytest.param((DOUBT, " A 192.0.2.1\n"), HOLE, "A", "192.0.2.1", id="as the name"),
        pytest.param(("x ", DOUBT, " 192.0.2.1\n"), "x.example.org", HOLE, HOLE, id="as the type"),
        pytest.param(("x ", DOUBT, " IN A 192.0.2.1\n"), "x.example.org", "A", "192.0.2.1", id="as the TTL"),
        pytest.param(("x A ", DOUBT, "\n"), "x.example.org", "A", HOLE, id="as an address"),
        pytest.param(("x A 192.0.", DOUBT, ".1\n"), "x.example.org", "A", HOLE, id="in an address"),
        pytest.param(
            ("x CNAME u", DOUBT, ".wl.sendgrid.net.\n"),
            "x.example.org",
            "CNAME",
            f"u{HOLE}.wl.sendgrid.net",
            id="in a target",
        ),
        pytest.param(("x MX ", DOUBT, " mail\n"), "x.example.org", "MX", HOLE, id="as a preference"),
        pytest.param(('x TXT (\n "a"\n "', DOUBT, '" )\n'), "x.example.org", "TXT", f"a{HOLE}", id="in parentheses"),
    ],
)
def test_a_hole_makes_one_field_unknown(pieces: tuple[str | Unknown, ...], name: str, type: str, data: str) -> None:
    before, record, after = hollow("a A 192.0.2.8\n", *pieces, "z A 192.0.2.9\n")
    assert (record.name, record.type, record.data) == (name, type, data)
    assert record.origin == Origin("zone.tf", 11)
    assert record.unknown == (DOUBT if HOLE in name + type + data else None)
    assert [(r.name, r.data, r.unknown) for r in (before, after)] == [
        ("a.example.org", "192.0.2.8", None),
        ("z.example.org", "192.0.2.9", None),
    ]


ANYTHING = (HOLE, HOLE, HOLE, DOUBT)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((DOUBT, "\n"), id="a line"),
        pytest.param(("  ", DOUBT, "  \n"), id="an indented line"),
        pytest.param((DOUBT, "em7107 CNAME a.test.\n"), id="a loop that ends in ~}"),
        pytest.param(("em7107 CNAME a.test.", DOUBT, "\n"), id="a loop that begins with {~"),
    ],
)
def test_a_hole_that_may_be_lines_may_be_any_record(pieces: tuple[str | Unknown, ...]) -> None:
    records = hollow("a A 192.0.2.8\n", *pieces, "z A 192.0.2.9\n")
    assert ANYTHING in [(r.name, r.type, r.data, r.unknown) for r in records]
    for name in ("z", "em7107"):
        assert lookup(records, f"{name}.example.org", "CNAME").possible
    assert [r.data for r in lookup(records, "z.example.org", "A").certain] == ["192.0.2.9"]


def test_a_hole_in_a_comment_is_nothing() -> None:
    assert [r.unknown for r in hollow("; by ", DOUBT, "\na A 192.0.2.1 ; ", DOUBT, "\n")] == [None]


@pytest.mark.parametrize(
    ("end", "name"),
    [
        (".", f"_dmarc.{HOLE}"),
        ("", f"_dmarc.{HOLE}"),
        (".org.", f"_dmarc.{HOLE}.org"),
        (".sub", f"_dmarc.{HOLE}.sub.example.org"),
    ],
)
def test_names_under_an_unknown_origin(end: str, name: str) -> None:
    (record,) = hollow("$ORIGIN ", DOUBT, f"{end}\n_dmarc TXT x\n")
    assert (record.name, record.unknown) == (name, DOUBT)


def test_looking_up_names_under_an_unknown_origin() -> None:
    (record,) = hollow("$ORIGIN ", DOUBT, ".\n_dmarc TXT x\n")
    assert lookup([record], "_dmarc.example.org", "TXT").possible == (record,)
    assert not lookup([record], "em7107.example.org", "TXT").possible


def test_an_owner_left_out_after_an_unknown_one() -> None:
    for first in " A 192.0.2.1\n", "\n":
        *_, owner, record = hollow("a A 192.0.2.8\n", DOUBT, f"{first} A 192.0.2.2\n")
        assert (record.name, record.unknown) == (owner.name, owner.unknown) == (HOLE, DOUBT)


def test_unknown_text_may_declare_anything() -> None:
    value: Value = unknown("var.zone has no value", Origin("variables.tf", 3))
    (record,) = zone_records(value, "example.org")
    assert (record.name, record.type, record.data) == (HOLE, HOLE, HOLE)
    assert record.unknown == Unknown("var.zone has no value", Origin("variables.tf", 3))


@pytest.mark.parametrize("directive", ["$INCLUDE other.zone", "$GENERATE 0-20000 host$ A 192.0.2.1"])
def test_directives_that_are_not_followed_may_declare_anything(directive: str) -> None:
    records = read(f"a A 192.0.2.1\n{directive}\nb A 192.0.2.2\n")
    assert [r.name for r in records] == ["a.example.org", HOLE, "b.example.org"]
    assert records[1].unknown == Unknown(
        f"{directive.split()[0]} in zone text is not followed", Origin("zone.tfvars", 2)
    )


@pytest.mark.parametrize("line", ["n{} 60 IN A 192.0.2.1", '@ IN TXT ( "a{}"\n  "b" )', "; {}", "n{} IN"])
def test_a_long_zone_is_read_in_proportion(line: str) -> None:
    def work(size: int) -> Callable[[], object]:
        content = "\n".join(line.format(number) for number in range(size))

        def reading() -> None:
            with suppress(Malformed):
                read(content)

        return reading

    assert_in_proportion(work, 1_000)
