"""The templates' commands in a repo whose promises are its own: ``policy/``, named by its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ci.scratch import NEW, Scratch
from tests.ci.test_commands import PULL_REQUESTS, as_github, github, report, run

SETTINGS = 'features = "policy"\n'
PROMISE = """\
Feature: What we promise ourselves

  @OUR-1
  Scenario: Mail is filtered
    Given the "mailserver" stack
    And the container "docker-mailserver" of deployment "mailserver" in namespace "mailserver"
    Then it has:
      | path                     | is |
      | env[ENABLE_RSPAMD].value | 1  |
"""
#: What a change does to the repo, whether the gate is open then, and what is told of it.
CHANGES = {
    "keeps it": ("", False, True, ""),
    "breaks it": ("", True, False, ""),
    "breaks it, and promises otherwise": (PROMISE.replace("| 1  |", "| 0  |"), True, False, "promise changed"),
    "breaks it, and withdraws it": (None, True, False, "promise withdrawn"),
    "withdraws it": (None, False, True, "promise withdrawn"),
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Scratch:
    scratch = Scratch(tmp_path, commits=1)
    scratch.git("checkout", "--quiet", "main")
    (scratch.origin / ".design-policy.toml").write_text(SETTINGS)
    (scratch.origin / "policy").mkdir()
    (scratch.origin / "policy" / "ours.feature").write_text(PROMISE)
    (scratch.origin / "policy" / "other.feature").write_text(
        PROMISE.replace("OUR-1", "OUR-2").replace("| 1  |", "| set |")
    )
    scratch.commit("promises of our own")
    scratch.git("branch", "--force", "change", "main")
    return scratch


def changed(home: Scratch, text: str | None, breaks: bool) -> None:
    home.git("checkout", "--quiet", "change")
    file = home.origin / "policy" / "ours.feature"
    if text is None:
        file.unlink()
    elif text:
        file.write_text(text)
    if breaks:
        home.replace(*NEW)
    (home.origin / "something.txt").write_text("else\n")
    home.commit("a change")


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("ci", PULL_REQUESTS)
def test_a_change_of_its_own_promises_is_told_and_opens_nothing(ci: str, name: str, home: Scratch) -> None:
    text, breaks, is_open, told = CHANGES[name]
    changed(home, text, breaks)
    commands, variables = PULL_REQUESTS[ci]
    checkout = home.clone("change")
    done = run(commands, checkout, **variables)
    assert done.returncode == (not is_open), done.stdout + done.stderr
    assert report(checkout)["gate"] == ("open" if is_open else "closed")
    assert told in done.stdout
    assert "MH-" not in done.stdout, "nobody's promises but its own"


def test_github_likewise(home: Scratch, tmp_path: Path) -> None:
    text, breaks, _, told = CHANGES["breaks it, and promises otherwise"]
    changed(home, text, breaks)
    home.git("checkout", "--quiet", "--detach", "main")
    home.git("merge", "--quiet", "--no-ff", "change", "--message", "as GitHub merges it")
    home.git("update-ref", "refs/pull/1/merge", "HEAD")
    home.clone("refs/pull/1/merge").rename(tmp_path / "infra")
    done = run(github("Gate"), tmp_path, **as_github(tmp_path, PULL_REQUEST="1"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert told in done.stdout
    assert told in (tmp_path / "step-summary").read_text()
