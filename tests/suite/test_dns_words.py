"""The general words about records, on the fixture and on edits of what it declares and publishes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.suite.cases import PUBLISHED, Case
from tests.suite.workbench import Workbench, plain

WORDS = ("tests/suite/words/dns.feature",)
CLOUDFLARE = "stacks/cloudflared/modules/cloudflared/cloudflare.tf"
#: The fixture declares CNAMEs whose names stand in a vault: whether these are published, DNS cannot be asked.
GOOD = dict.fromkeys(("DNS-1", "DNS-2", "DNS-4"), "passed") | {"DNS-3": "undetermined"}


def edited(place: str, old: str, new: str) -> dict[str, str]:
    return {"in": place, "old": old, "new": new}


EDITS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "nothing": (edited(PUBLISHED, "; mail\n", "; post\n"), {}),
    "an MX more is published": (
        edited(PUBLISHED, "mx2\nmail ", "mx2\n@  IN MX 30 mail\nmail "),
        {"DNS-2": "failed", "DNS-3": "failed"},
    ),
    "published for a day": (
        edited(PUBLISHED, "$TTL 300", "$TTL 86400"),
        {"DNS-2": "failed"},
    ),
    "another policy is published": (edited(PUBLISHED, '"v=DMARC1; p=quarantine;', '"v=DMARC1; p=none;'), {"DNS-3": "failed"}),
    "the reports go elsewhere": (edited(PUBLISHED, "v=TLSRPTv1; rua", "v=TLSRPTv1; ruf"), {"DNS-2": "failed", "DNS-3": "failed"}),
    "no MTA-STS any more": (
        edited(CLOUDFLARE, '"_mta-sts.viktorbarzin.me"', '"_mta-sts2.viktorbarzin.me"'),
        {"DNS-1": "failed", "DNS-3": "failed"},
    ),
    "an address at home": (
        edited(CLOUDFLARE, 'variable "cloudflare_account_id" {', 'resource "cloudflare_record" "nas" {\n  name    = "nas"\n  content = "192.168.1.2"\n  type    = "A"\n  ttl     = 1\n  zone_id = var.cloudflare_zone_id\n}\n\nvariable "cloudflare_account_id" {'),
        {"DNS-3": "failed", "DNS-4": "failed"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_breaks_what_it_touches(name: str, workbench: Workbench) -> None:
    edit, broken = EDITS[name]
    edits: tuple[Mapping[str, str], ...] = (edit,)
    run = workbench.judge(Case("words", edits), WORDS)
    assert plain(run) == GOOD | broken, run.output
