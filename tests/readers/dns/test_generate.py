"""``$GENERATE``: what named-compilezone of BIND 9.18 makes of each line, and what it refuses."""

from __future__ import annotations

import pytest

from readers import Malformed
from readers.dns import Record, zone_records
from tfparse.cty.values import HOLE, string
from tfparse.diagnostics import Origin


def read(content: str) -> list[Record]:
    return zone_records(
        string(f"$ORIGIN z.test.\n$TTL 300\n{content}\n", Origin("zone.tfvars", 1), verbatim=True), "z.test"
    )


@pytest.mark.parametrize(
    ("line", "records"),
    [
        ("1-3 node$ A 192.168.1.2$", ["node1 300 A 192.168.1.21", "node2 300 A 192.168.1.22", "node3 300 A 192.168.1.23"]),
        ("8-12/2 h${0,3} 60 IN A 10.0.0.$", ["h008 60 A 10.0.0.8", "h010 60 A 10.0.0.10", "h012 60 A 10.0.0.12"]),
        ("1-2 h${-1} IN 60 A 10.0.0.${10}", ["h0 60 A 10.0.0.11", "h1 60 A 10.0.0.12"]),
        ("10-11 h${0,2,x} A 10.0.0.$", ["h0a 300 A 10.0.0.10", "h0b 300 A 10.0.0.11"]),
        ("8-9 h${0,0,o} A 10.0.0.$", ["h10 300 A 10.0.0.8", "h11 300 A 10.0.0.9"]),
        ("0-0 c${-5,3} A 10.0.0.1", ["c-05 300 A 10.0.0.1"]),
        ("1-1 c${1,2,d}-${-1} A 10.0.0.1", ["c02-0 300 A 10.0.0.1"]),
        ('1-2 m$ MX "$0 mail$"', ["m1 300 MX 10 mail1.z.test", "m2 300 MX 20 mail2.z.test"]),
        ("1-2 $ CNAME $.sub ; comment", ["1 300 CNAME 1.sub.z.test", "2 300 CNAME 2.sub.z.test"]),
    ],
)  # fmt: skip
def test_lines(line: str, records: list[str]) -> None:
    found = read(f"$GENERATE {line}")
    told = [(r.name.removesuffix(".z.test"), r.ttl, r.type, r.preference, r.data) for r in found]
    assert [" ".join(str(word) for word in words if word is not None) for words in told] == records
    assert {r.origin for r in found} == {Origin("zone.tfvars", 3)}


def test_what_it_states_is_its_own() -> None:
    records = read("a A 192.0.2.1\n$GENERATE 1-2 n$ 60 A 192.0.2.$\n  A 192.0.2.9")
    assert (records[-1].name, records[-1].ttl) == ("a.z.test", 300)


@pytest.mark.parametrize(
    "line",
    ["3-1 c$ A 10.0.0.1", "1-3/0 c$ A 10.0.0.1", "1-2 c${x} A 10.0.0.1", "1-2 c$ A", "1-2 c$ MX 10 mail$",
     "1-2 c$ A 10.0.0.1 10.0.0.2", "1-2", "x c$ A 10.0.0.1"],
)  # fmt: skip
def test_refused(line: str) -> None:
    with pytest.raises(Malformed):
        read(f"$GENERATE {line}")


@pytest.mark.parametrize("line", ["1-1 c${0,3,n} A 10.0.0.1", "0-999999999 c$ A 10.0.0.1"])
def test_not_followed(line: str) -> None:
    assert [r.name for r in read(f"$GENERATE {line}")] == [HOLE]


def test_not_too_many_in_all() -> None:
    records = read("$GENERATE 1-9000 a$ A 10.0.0.1\n$GENERATE 1-9000 b$ A 10.0.0.1\n")
    assert [len(records), records[-1].name] == [9001, HOLE]
