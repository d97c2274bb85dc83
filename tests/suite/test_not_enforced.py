"""What Terraform sets once and then lets drift holds, and the evidence says so, with the line that lets it."""

from __future__ import annotations

import pytest

from tests.suite.cases import Case
from tests.suite.workbench import Workbench, plain

MODULE = "stacks/mailserver/modules/mailserver/main.tf"
DNS = "stacks/cloudflared/modules/cloudflared/cloudflare.tf"

IGNORED = {
    "main.cf": ("MH-3.1", MODULE, 'ignore_changes = [data["postfix-accounts.cf"]]', "ignore_changes = [data]"),
    "a mount": ("MH-3.4", MODULE, 'ignore_changes = [data["postfix-accounts.cf"]]', "ignore_changes = [data]"),
    "a variable": ("MH-1.1", MODULE, 'ignore_changes = [data["DEPLOYED_AT"]]', "ignore_changes = all"),
    **{
        f"a record, by {id_}": (id_, DNS, f'resource "cloudflare_record" "{name}" {{\n',
                                f'resource "cloudflare_record" "{name}" {{\n  lifecycle {{ ignore_changes = [content] }}\n')
        for id_, name in (("MH-2.1", "mail_dmarc"), ("MH-7.6", "mail_spf"), ("MH-8.1", "mail_mx"), ("MH-6.3", "mail_spf"))
    },
}  # fmt: skip


@pytest.mark.parametrize(("requirement", "file", "old", "new"), IGNORED.values(), ids=IGNORED)
def test_it_is_said(requirement: str, file: str, old: str, new: str, workbench: Workbench) -> None:
    before = workbench.before("today")  # ahead of the copy that is looked at below
    run = workbench.judge(Case("ignored", ({"in": file, "old": old, "new": new},)))
    assert plain(run) == before
    said = [
        f["note"].partition("ignore_changes, ")[2].rpartition(":")
        for f in run.findings(requirement)
        if f["note"] and f["note"].startswith("Terraform does not enforce this")
    ]
    assert said
    assert all("ignore_changes" in workbench.line(place, int(line)) for place, _, line in said)
