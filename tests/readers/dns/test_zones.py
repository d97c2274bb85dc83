"""Which zone a record goes into, and the records of providers other than Cloudflare."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers.dns.declarations import read_declarations
from readers.mail_auth.domain import spf_by_witness
from tests.repo import repo
from tfparse import UnknownValueError

OURS = 'resource "aws_route53_zone" "ours" {\n  name = "example.org"\n}\n'
OTHER = 'data "aws_route53_zone" "shop" {\n  name = "shop.example."\n}\n'


def record(zone: str, policy: str = "reject", name: str = "_dmarc") -> str:
    return (
        f'resource "aws_route53_record" "{policy}" {{\n  zone_id = {zone}\n  name = "{name}"\n  type = "TXT"\n'
        f'  ttl = 300\n  records = ["v=DMARC1; p={policy}"]\n}}\n'
    )


def texts(folder: Path, source: str) -> list[str]:
    found = read_declarations(repo(folder, {"main.tf": source}), "example.org", "bind_*")
    return [r.data for r in found.of("_dmarc", "TXT")]


def test_a_record_counts_for_the_zone_that_its_expression_names(tmp_path: Path) -> None:
    source = OURS + OTHER + record("aws_route53_zone.ours.zone_id")
    source += record("data.aws_route53_zone.shop.zone_id", "none")
    assert texts(tmp_path, source) == ["v=DMARC1; p=reject"]


def test_another_expression_may_be_our_zone(tmp_path: Path) -> None:
    source = 'variable "zone" {}\n' + OURS + record("aws_route53_zone.ours.id") + record("var.zone", "none")
    with pytest.raises(UnknownValueError, match="no source says which zone var.zone is"):
        texts(tmp_path, source)


def test_a_name_in_the_domain_tells_whose_zone_it_is(tmp_path: Path) -> None:
    source = 'variable "a" {}\nvariable "b" {}\n' + record("var.a", "reject", "_dmarc.example.org")
    assert texts(tmp_path, source + record("var.b", "none", "_dmarc.shop.example.")) == ["v=DMARC1; p=reject"]


def spf(name: str, identifier: str | None = None) -> str:
    choice = (
        ""
        if identifier is None
        else f'  set_identifier = "{identifier}"\n  weighted_routing_policy {{\n    weight = 1\n  }}\n'
    )
    return (
        f'resource "aws_route53_record" "{name}" {{\n  zone_id = aws_route53_zone.ours.zone_id\n  name = ""\n'
        f'  type = "TXT"\n  ttl = 300\n  records = ["v=spf1 -all"]\n{choice}}}\n'
    )


@pytest.mark.parametrize(("identifiers", "together"), [((None, None), [2]), (("a", "b"), [1, 1]), (("a", "a"), [2])])
def test_of_answers_that_a_server_chooses_between_a_receiver_sees_one(
    tmp_path: Path, identifiers: tuple[str | None, str | None], together: list[int]
) -> None:
    source = OURS + "".join(spf(f"r{number}", identifier) for number, identifier in enumerate(identifiers))
    found = read_declarations(repo(tmp_path, {"main.tf": source}), "example.org", "bind_*")
    assert [len(records) for records in spf_by_witness(found)] == together
