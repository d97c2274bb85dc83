"""A walk through a pull request, and what its author reads at every step.

The repo is the bundled example; what the world is answered is its own zone, which no merge has touched yet.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.suite.gate_run import GateRun
from tests.suite.pull_request import CLOUDFLARE, MAILSERVER, PullRequest

CLAMAV_ON = 'ENABLE_CLAMAV                          = "0"', 'ENABLE_CLAMAV                          = "1"'
DMARC = "features/mailserver_hardening/2_dmarc.feature"
SENDGRID = "features/mailserver_hardening/6_sendgrid.feature"
RATES = "features/mailserver_hardening/3_rate_limiting.feature"
UNCHANGING = "features/mailserver_hardening/7_not_changing.feature"


@pytest.fixture
def change(tmp_path: Path) -> PullRequest:
    return PullRequest(tmp_path)


def after(run: GateRun, line: str, count: int) -> list[str]:
    """The lines that follow one that reads so."""
    lines = [text.rstrip() for text in run.output.splitlines()]
    assert line in lines, run.output
    at = lines.index(line) + 1
    return lines[at : at + count]


def ending(run: GateRun, count: int) -> list[str]:
    lines = [line for line in run.output.strip().splitlines() if not line.startswith("docs/plans/")]
    return lines[-count:]


def reject(change: PullRequest) -> None:
    for name in ("config.tfvars", CLOUDFLARE):
        change.edit(name, "v=DMARC1; p=quarantine", "v=DMARC1; p=reject")


def test_a_walk_through_a_pull_request(change: PullRequest) -> None:
    change.edit(MAILSERVER, *CLAMAV_ON)
    reject(change)
    change.commit("ClamAV on, DMARC to reject")
    one_thing_is_broken_and_one_not_applied_yet(change)
    a_waiver_opens_the_gate(change)
    until_it_expires(change)
    nothing_needs_it_any_more(change)


def one_thing_is_broken_and_one_not_applied_yet(change: PullRequest) -> None:
    run = change.judge("--base", "main", "--block", "new")
    assert run.code == 1
    assert after(run, "  failed        MH-7.3  ClamAV stays off (new)", 4) == [
        "      env[ENABLE_CLAMAV].value of container docker-mailserver of deployment mailserver: failed",
        "        expected  0",
        '        found     "1"',
        '        was       "0"',
    ]
    assert after(run, "  pending       MH-2.3  All copies of the DMARC record agree", 3)[::2] == [
        "      DMARC record in zones:zones: pending",
        "        found     p=quarantine, not reject",
    ]
    assert ending(run, 3) == ["failed, new: MH-7.3", "pending: MH-2.3", "gate: closed"]
    assert run.report is not None
    assert run.report["base"] == change.git("rev-parse", "main")


def a_waiver_opens_the_gate(change: PullRequest) -> None:
    (change.infra / ".policy-waivers.yml").write_text("""\
- requirement: MH-7.3
  reason: We try ClamAV for a month.
  owner: mail team
  expires: 2026-12-24
""")
    said = "MH-7.3, until 2026-12-24, by mail team: We try ClamAV for a month."
    run = change.judge("--base", "main", "--waivers-from", "base", select=UNCHANGING)
    assert run.code == 1, run.output
    assert f"new waiver: {said} (it does not count before it is in the base) (.policy-waivers.yml:1)" in run.output
    run = change.judge("--base", "main")
    assert run.code == 0, run.output
    assert f"new waiver: {said} (.policy-waivers.yml:1)" in run.output.partition("Feature:")[0]
    assert after(run, "  waived        MH-7.3  ClamAV stays off", 5) == [
        "      waiver: until 2026-12-24",
        "        reason    We try ClamAV for a month.",
        "        owner     mail team",
        "        at        .policy-waivers.yml:1",
        "                  1 | - requirement: MH-7.3",
    ]
    assert ending(run, 3) == ["waived: MH-7.3", "pending: MH-2.3", "gate: open"]


def until_it_expires(change: PullRequest) -> None:
    run = change.judge("--base", "main", as_of="2026-12-24")
    assert run.code == 1
    assert after(run, "  failed        MH-7.3  ClamAV stays off (new)", 1) == ["      waiver: expired on 2026-12-24"]
    assert ending(run, 1) == ["gate: closed"]


def nothing_needs_it_any_more(change: PullRequest) -> None:
    """Merged and applied, and ClamAV off again."""
    change.publish("v=DMARC1; p=quarantine", "v=DMARC1; p=reject")
    change.edit(MAILSERVER, *reversed(CLAMAV_ON))
    run = change.judge()
    assert run.code == 0, run.output
    assert ending(run, 2) == [".policy-waivers.yml:1: stale: nothing needs the waiver for MH-7.3", "gate: open"]


def test_what_was_broken_before_does_not_block_what_did_not_touch_it(
    change: PullRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    change.edit(MAILSERVER, *CLAMAV_ON)
    change.commit("ClamAV on")
    change.edit(
        "stacks/mailserver/modules/mailserver/variables.tf",
        "\nsmtpd_client_message_rate_limit = 30",
        "\nsmtpd_client_message_rate_limit = 300",
    )
    run = change.judge("--base", "HEAD", "--block", "new", select=UNCHANGING)
    assert run.code == 0, run.output
    assert "  failed        MH-7.3  ClamAV stays off (old)" in run.output
    assert ending(run, 2) == [
        "failed, old: MH-7.3",
        "gate: open for the selected scenarios, despite 1 old failure (--block new)",
    ]
    assert change.judge("--base", "HEAD", "--block", "new", select=RATES).code == 1
    assert change.judge("--base", "HEAD", select=UNCHANGING).code == 1
    # What was read of the base is gone: but for the cache of the repo itself, nothing is left.
    kept = [file.suffix for file in (tmp_path / "caches").rglob("*") if file.is_file()]
    assert (kept.count(".trees"), set(kept)) == (1, {".trees", ".table", ".answer"})
    assert list((tmp_path / "temporary").iterdir()) == []


def test_declared_right_and_published_wrong_is_drift_without_a_base(change: PullRequest) -> None:
    reject(change)
    run = change.judge(select=DMARC)
    assert run.code == 1
    assert run.verdicts() == {"MH-2.1": "passed", "MH-2.2": "passed", "MH-2.3": "failed"}


def test_dns_that_never_showed_what_was_declared_has_drifted(change: PullRequest) -> None:
    reject(change)
    change.publish("v=DMARC1; p=quarantine", "v=DMARC1; p=none")
    run = change.judge("--base", "main", select=DMARC)
    assert run.code == 1
    assert run.verdicts() == {"MH-2.1": "passed", "MH-2.2": "failed", "MH-2.3": "failed"}


def test_a_policy_that_becomes_strict_is_pending_where_it_is_published(change: PullRequest) -> None:
    for name in ("config.tfvars", CLOUDFLARE):
        change.edit(name, "v=DMARC1; p=quarantine", "v=DMARC1; p=none")
    change.publish("v=DMARC1; p=quarantine", "v=DMARC1; p=none")
    change.commit("As it was once")
    for name in ("config.tfvars", CLOUDFLARE):
        change.edit(name, "v=DMARC1; p=none", "v=DMARC1; p=reject")
    run = change.judge("--base", "HEAD", select=DMARC)
    assert run.code == 0, run.output
    assert run.verdicts() == {"MH-2.1": "passed", "MH-2.2": "pending", "MH-2.3": "pending"}
    pending = [finding for finding in run.findings("MH-2.2") if finding["verdict"] == "pending"]
    assert [(f["file"], f["actual"]) for f in pending] == [(CLOUDFLARE, "p=none")]
    # What no name server says is not pending: it is not known.
    unanswered = change.judge("--base", "HEAD", "--dns", "off", select=DMARC)
    assert unanswered.verdicts() == {"MH-2.1": "passed", "MH-2.2": "undetermined", "MH-2.3": "undetermined"}


CNAME = """
resource "cloudflare_record" "sendgrid" {
  zone_id = var.cloudflare_zone_id
  name    = "em7107"
  type    = "CNAME"
  content = "u1.wl1.sendgrid.net"
}
"""


def test_a_cname_that_goes_is_pending_until_it_is_gone(change: PullRequest) -> None:
    without = (change.infra / CLOUDFLARE).read_text()
    (change.infra / CLOUDFLARE).write_text(without + CNAME)
    change.publish("_dmarc ", "em7107 IN CNAME u1.wl1.sendgrid.net.\n_dmarc ")
    change.commit("As it was once")
    (change.infra / CLOUDFLARE).write_text(without)
    run = change.judge("--base", "HEAD", select=SENDGRID)
    assert run.code == 0, run.output
    assert run.verdicts() == {"MH-6.1": "passed", "MH-6.2": "pending", "MH-6.3": "passed"}
    assert after(run, "  pending       MH-6.2  No published CNAME leads to SendGrid", 4) == [
        "      published CNAME of em7107.viktorbarzin.me: pending",
        "        expected  none into sendgrid.net",
        "        found     em7107.viktorbarzin.me CNAME u1.wl1.sendgrid.net, from zones:zones",
        "        note      removed from the Cloudflare resources; DNS shows what the base declared",
    ]
    # One that nobody had declared is left over, and stays so.
    change.publish("em7107 IN CNAME", "s1._domainkey IN CNAME")
    assert change.judge("--base", "HEAD", select=SENDGRID).verdicts()["MH-6.2"] == "failed"
