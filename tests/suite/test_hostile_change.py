"""Pull requests that would make what they break look old, or the base unreadable."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.suite.gate_run import GateRun
from tests.suite.pull_request import CLOUDFLARE, MAILSERVER, PullRequest

DMARC = "features/mailserver_hardening/2_dmarc.feature"
RATES = "features/mailserver_hardening/3_rate_limiting.feature"
UNCHANGING = "features/mailserver_hardening/7_not_changing.feature"
VARIABLES = "stacks/mailserver/modules/mailserver/variables.tf"
EXTRA = "stacks/mailserver/modules/mailserver/extra/main.cf"
CIPHERTEXT = b"\0GITCRYPT\0garbage"


@pytest.fixture
def change(tmp_path: Path) -> PullRequest:
    return PullRequest(tmp_path)


def against_main(change: PullRequest, select: str, *arguments: str) -> GateRun:
    return change.judge("--base", "main", "--block", "new", *arguments, select=select)


def delete_record(change: PullRequest, name: str) -> None:
    """The block of a cloudflare_record goes, and the blank line before it."""
    file = change.infra / CLOUDFLARE
    block = rf'\nresource "cloudflare_record" "{name}" {{\n.*?\n}}\n'
    text, count = re.subn(block, "", file.read_text(), flags=re.DOTALL)
    assert count == 1
    file.write_text(text)


def lock_the_zone_text(change: PullRequest) -> None:
    """CI has no key: config.tfvars is ciphertext there, at the base already."""
    (change.infra / "config.tfvars").write_bytes(CIPHERTEXT)
    change.git("checkout", "-q", "main")
    change.commit("Locked")
    change.git("checkout", "-q", "-B", "change")


def gone(run: GateRun, id_: str) -> list[str]:
    assert run.report is not None, run.output
    (found,) = (r["scenarios"] for r in run.report["requirements"] if r["id"] == id_)
    return [finding["what"] for scenario in found for finding in scenario["gone"]]


def test_a_record_that_goes_beside_ciphertext_is_news(change: PullRequest) -> None:
    lock_the_zone_text(change)
    assert against_main(change, DMARC, "--dns=off").code == 0
    delete_record(change, "mail_dmarc")
    run = against_main(change, DMARC, "--dns=off")
    assert run.code == 1, run.output
    assert "  undetermined  MH-2.1  Every declared DMARC record quarantines (new)" in run.output
    assert gone(run, "MH-2.1") == ["DMARC record in module.cloudflared.cloudflare_record.mail_dmarc"]
    assert "undetermined, new: MH-2.1" in run.output


def test_a_record_that_changes_nothing_that_is_promised_may_go(change: PullRequest) -> None:
    lock_the_zone_text(change)
    (change.infra / CLOUDFLARE).write_text("# moved down a line\n" + (change.infra / CLOUDFLARE).read_text())
    run = against_main(change, DMARC, "--dns=off")
    assert run.code == 0, run.output
    assert gone(run, "MH-2.1") == []


def test_a_record_that_goes_is_told_whatever_the_verdict(change: PullRequest) -> None:
    delete_record(change, "mail_dmarc")
    run = against_main(change, DMARC)
    assert gone(run, "MH-2.1") == ["DMARC record in module.cloudflared.cloudflare_record.mail_dmarc"]
    assert "      DMARC record in module.cloudflared.cloudflare_record.mail_dmarc: gone" in run.output


def test_one_fault_in_place_of_another_is_new(change: PullRequest) -> None:
    one = 'ENABLE_CLAMAV                          = "0"', 'ENABLE_CLAMAV                          = "1"'
    change.edit(MAILSERVER, *one)
    change.git("checkout", "-q", "main")
    change.commit("ClamAV on")
    change.git("checkout", "-q", "-B", "change")
    change.edit(MAILSERVER, "\n", "\n\n")
    assert against_main(change, UNCHANGING).code == 0
    change.edit(MAILSERVER, one[1], one[1].replace("1", "2"))
    run = against_main(change, UNCHANGING)
    assert run.code == 1, run.output
    assert "failed, new: MH-7.3" in run.output


@pytest.mark.skipif(shutil.which("git-crypt") is None, reason="not installed: git-crypt")
@pytest.mark.parametrize("attributes", ["# nothing\n", "*.cf -filter\n", None])
def test_a_change_cannot_make_its_base_unreadable(change: PullRequest, attributes: str | None) -> None:
    """In an unlocked clone: what the base held is read by the base's own attributes."""
    text = (change.infra / VARIABLES).read_text()
    (limits,) = re.findall(r"<<-?EOT?F?\n(.*?)\n\s*EOT?F?\n", text, flags=re.DOTALL)[:1]
    (change.infra / EXTRA).parent.mkdir(exist_ok=True)
    (change.infra / EXTRA).write_text(f"{limits}\n")
    change.edit(MAILSERVER, "= var.postfix_cf", '= file("${path.module}/extra/main.cf")')
    change.git("checkout", "-q", "main")
    change.git("crypt", "init")
    (change.infra / ".gitattributes").write_text("*.cf filter=git-crypt diff=git-crypt\n")
    change.commit("main.cf is encrypted")
    change.git("checkout", "-q", "-B", "change")
    assert against_main(change, RATES).code == 0
    (change.infra / EXTRA).write_bytes(CIPHERTEXT)
    (change.infra / ".gitattributes").unlink()
    if attributes is not None:
        (change.infra / ".gitattributes").write_text(attributes)
    change.commit("The base is read by these attributes, too?")
    run = against_main(change, RATES)
    assert run.code == 1, run.output
    assert "undetermined, new: MH-3.1" in run.output
