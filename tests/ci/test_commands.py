"""The commands of the templates, taken out of them and run as CI would: in a shallow clone of a scratch repo."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.scratch import MAIN, NEW, OLD, ROOT, Scratch

CI = ROOT / "ci"
ZONES = f"zones:{ROOT / 'fixtures' / 'zones' / 'infra'}"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def template(name: str) -> Any:
    return yaml.safe_load((CI / name).read_text())


def woodpecker(step: str) -> str:
    (found,) = (s for s in template("woodpecker.yml")["steps"] if s["name"] == step)
    return "\n".join(found["commands"])


def github(step: str) -> str:
    """The commands of a step of the action, which bash runs."""
    (found,) = (s for s in template("action.yml")["runs"]["steps"] if s.get("name") == step)
    assert found["shell"] == "bash"
    return found["run"]


def as_github(tmp_path: Path, **variables: str) -> dict[str, str]:
    """What the runner sets, and the action for its steps."""
    runner = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_SERVER_URL": "https://git.example",
        "GITHUB_REPOSITORY": "example/infra",
        "GITHUB_SHA": "0" * 40,
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "step-summary"),
        "GITHUB_WORKSPACE": str(tmp_path),
        "RUNNER_TEMP": str(tmp_path),
    }
    step = {
        "SUITE": str(ROOT), "AT": "infra", "PROMISES": "", "ASK": "", "FROM": "base", "PULL_REQUEST": "",
        "REPORT": str(tmp_path / "policy-report"),
    }  # fmt: skip
    return runner | step | variables


def gitlab(job: str) -> str:
    return "\n".join(template("gitlab-ci.yml")[job]["script"])


def run(commands: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run commands as CI does: a shell that stops at the first that fails.  The suite lies here, DNS on loopback."""
    local = commands.replace("/suite", str(ROOT)).replace("-C suite", f"-C {ROOT}")
    local = local.replace("DNS=authoritative", f"DNS={ZONES}")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "CI_"))}
    environment |= {"DNS": ZONES, "PYTEST_ADDOPTS": "-p no:cacheprovider"} | variables
    for name in ("MAKEFLAGS", "MAKEOVERRIDES", "ARGS"):  # what make itself was called with, if these tests were by it
        environment.pop(name, None)
    return subprocess.run(
        ["bash" if "[@]" in local else "sh", "-ec", local],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def report(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "policy-report" / "report.json").read_text())


PULL_REQUESTS = {
    "woodpecker": (woodpecker("gate"), {"CI_COMMIT_TARGET_BRANCH": "main"}),
    "gitlab": (gitlab("policy-gate"), {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}),
}


@pytest.mark.parametrize("breaks", [False, True])
@pytest.mark.parametrize("ci", PULL_REQUESTS)
def test_a_change_is_held_to_what_it_breaks(ci: str, breaks: bool, scratch: Scratch) -> None:
    """A promise is broken on main: no change that leaves it so is held up, and one that breaks another is."""
    scratch.several("change", 5)
    if breaks:
        scratch.break_it("change")
    commands, variables = PULL_REQUESTS[ci]
    checkout = scratch.clone("change")
    done = run(commands, checkout, **variables)
    assert done.returncode == breaks, done.stdout + done.stderr
    assert report(checkout)["gate"] == ("closed" if breaks else "open")
    assert "MH-7.4" in done.stdout


@pytest.mark.parametrize("breaks", [False, True])
def test_github_compares_with_the_first_parent(breaks: bool, scratch: Scratch, tmp_path: Path) -> None:
    if breaks:
        scratch.break_it("change")
    else:
        scratch.several("change", 3)
    scratch.git("checkout", "--quiet", "--detach", "main")
    scratch.git("merge", "--quiet", "--no-ff", "change", "--message", "as GitHub merges it")
    scratch.git("update-ref", "refs/pull/1/merge", "HEAD")
    scratch.clone("refs/pull/1/merge").rename(tmp_path / "infra")
    done = run(github("Gate"), tmp_path, **as_github(tmp_path, PULL_REQUEST="1"))
    assert done.returncode == breaks, done.stdout + done.stderr
    assert report(tmp_path)["gate"] == ("closed" if breaks else "open")
    written = (tmp_path / "policy-report" / "summary.md").read_text()
    assert (tmp_path / "step-summary").read_text() == written
    assert "https://git.example/example/infra/blob/" in written
    assert (tmp_path / "output").read_text() == f"report={tmp_path / 'policy-report'}\n"


def test_github_needs_the_merge(scratch: Scratch, tmp_path: Path) -> None:
    scratch.clone("change").rename(tmp_path / "infra")
    done = run(github("Gate"), tmp_path, **as_github(tmp_path, PULL_REQUEST="1"))
    assert (done.returncode, done.stdout) == (
        2,
        "What is checked out is no merge: see to it that no ref is set above.\n",
    )


GH = """\
#!/bin/sh
echo "$@" >> {calls}
case "$*" in
*--paginate*) echo {comment} ;;
*) exit {status} ;;
esac
"""


@pytest.mark.parametrize(
    ("comment", "written"),
    [
        ("", "--method POST repos/example/infra/issues/7/comments"),
        ("42", "--method PATCH repos/example/infra/issues/comments/42"),
    ],
)
@pytest.mark.parametrize("status", [0, 1])
@pytest.mark.parametrize("artifact", ["", "https://github.example.com/artifacts/9"])
def test_github_has_one_comment(comment: str, written: str, status: int, artifact: str, tmp_path: Path) -> None:
    """It is updated where there is one, leads to the report where that was kept, and a token that may not write one
    does not close the gate."""
    calls, stub = tmp_path / "calls", tmp_path / "bin" / "gh"
    stub.parent.mkdir()
    stub.write_text(GH.format(calls=calls, comment=comment, status=status))
    stub.chmod(0o755)
    (tmp_path / "summary.md").write_text("## The gate is open\n")
    variables = as_github(tmp_path, NUMBER="7", SUMMARY=str(tmp_path / "summary.md"), GH_TOKEN="t", ARTIFACT=artifact)
    path = f"{stub.parent}{os.pathsep}{os.environ['PATH']}"
    done = run(github("Comment"), tmp_path, **variables, PATH=path)
    assert done.returncode == 0, done.stderr
    assert ("::notice::No comment" in done.stdout) == bool(status)
    assert calls.read_text().splitlines()[1] == f"api --silent {written} --field body=@{tmp_path}/comment.md"
    leads = f"\n[All of it, promise by promise]({artifact}): `spec.html`\n" if artifact else ""
    assert (tmp_path / "comment.md").read_text() == f"<!-- design-policy -->\n## The gate is open\n{leads}"


@pytest.mark.parametrize("breaks", [False, True])
def test_a_push_is_compared_with_the_commit_before(breaks: bool, scratch: Scratch) -> None:
    if breaks:
        scratch.break_it("main")
    checkout = scratch.clone("main", depth=2)
    done = run(woodpecker("gate-push"), checkout)
    assert done.returncode == breaks, done.stdout + done.stderr
    assert report(checkout)["gate"] == ("closed" if breaks else "open")


@pytest.mark.parametrize("commands", [woodpecker("drift"), gitlab("policy-drift")], ids=("w", "gl"))
def test_drift_is_all_that_is_wrong(commands: str, scratch: Scratch) -> None:
    assert "DNS=authoritative" in commands
    checkout = scratch.clone("main", depth=1)
    done = run(commands, checkout)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "failed: MH-7.4" in done.stdout
    assert report(checkout)["gate"] == "closed"


def test_github_tells_drift(scratch: Scratch, tmp_path: Path) -> None:
    scratch.clone("main", depth=1).rename(tmp_path / "infra")
    done = run(github("Gate"), tmp_path, **as_github(tmp_path, ASK=ZONES))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "failed: MH-7.4" in done.stdout
    assert report(tmp_path)["gate"] == "closed"


STALE = """\
resource "kubernetes_config_map" "mailserver_env_config" {
  data = { ENABLE_RSPAMD = "0" }
}
"""


@pytest.mark.parametrize("ci", PULL_REQUESTS)
def test_what_is_judged_is_what_the_merge_would_give(ci: str, scratch: Scratch) -> None:
    """The branch left main before the mend, and touches nothing that was mended: but it would undo the mend."""
    scratch.break_it("change")
    scratch.git("branch", "--force", "main", "change")
    scratch.git("checkout", "--quiet", "main")
    scratch.replace(*reversed(NEW))
    scratch.commit("mended")
    scratch.git("checkout", "--quiet", "change")
    (scratch.origin / MAIN).with_name("zz_override.tf").write_text(STALE)
    scratch.commit("a new file")
    commands, variables = PULL_REQUESTS[ci]
    checkout = scratch.clone("change")
    done = run(commands, checkout, **variables)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "MH-1.1" in done.stdout
    assert report(checkout)["base"] == scratch.git("rev-parse", "main")


@pytest.mark.parametrize("ci", PULL_REQUESTS)
def test_what_main_has_mended_meanwhile_is_not_held_against_a_change(ci: str, scratch: Scratch) -> None:
    scratch.git("checkout", "--quiet", "main")
    scratch.replace(*reversed(OLD))
    scratch.commit("mended")
    scratch.several("change", 3)
    commands, variables = PULL_REQUESTS[ci]
    done = run(commands, checkout := scratch.clone("change"), **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "MH-7.4" not in done.stdout.partition("requirements in force: ")[2]
    assert report(checkout)["gate"] == "open"


@pytest.mark.parametrize("name", ["note.txt", "##[error]pwn", "\u202e\x1b[31mx\n::error::pwn"])
def test_a_conflict_is_said(name: str, scratch: Scratch) -> None:
    for branch in ("change", "main"):
        scratch.git("checkout", "--quiet", branch)
        (scratch.origin / name).write_text(f"{branch}\n")
        scratch.commit("a note")
    checkout = scratch.clone("change")
    done = run(f"sh {CI / 'base.sh'} main", checkout)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("base.sh: HEAD does not merge with main: merge main into the change first. Git says: ")
    assert "CONFLICT" in line
    assert line.isprintable()
    assert "##[" not in line
    assert scratch.git("status", "--porcelain", cwd=checkout) == ""


def test_no_branch_moves(scratch: Scratch) -> None:
    scratch.several("change", 1)
    checkout = scratch.clone("change")
    scratch.git("checkout", "--quiet", "-b", "change", cwd=checkout)
    assert run(f"sh {CI / 'base.sh'} main", checkout).returncode == 0
    assert scratch.git("rev-parse", "change", cwd=checkout) == scratch.git("rev-parse", "change")
    parents = scratch.git("rev-parse", "HEAD^1", "HEAD^2", cwd=checkout).splitlines()
    assert parents == scratch.git("rev-parse", "change", "main").splitlines()


def test_the_last_place_to_part_from_is_found(scratch: Scratch) -> None:
    """The change took main over lately, on the far end of a long second line: a shallow clone sees an older place."""
    scratch.git("checkout", "--quiet", "change")
    scratch.git("merge", "--quiet", "--no-ff", "main", "--message", "main taken over")
    scratch.several("change", 12)
    scratch.several("main", 12)
    checkout = scratch.clone("change")
    assert run(f"sh {CI / 'base.sh'} main", checkout).returncode == 0
    for place in ("HEAD^1", "HEAD^2"):
        assert scratch.git("rev-parse", place, cwd=checkout) in scratch.git("rev-parse", "change", "main")
    merged = scratch.git("merge-base", "HEAD^1", "HEAD^2", cwd=checkout)
    assert merged == scratch.git("merge-base", "change", "main")


@pytest.mark.parametrize("ahead", [1, 40])
def test_the_base_is_found_however_far_back(ahead: int, scratch: Scratch) -> None:
    scratch.several("change", ahead)
    scratch.several("main", ahead)
    checkout = scratch.clone("change")
    done = run(f"sh {CI / 'base.sh'} main", checkout)
    assert (done.returncode, done.stdout.strip()) == (0, scratch.git("rev-parse", "main")), done.stderr
    if ahead > 20:
        # Not all of main had to be fetched.
        assert int(scratch.git("rev-list", "--count", "--all", cwd=checkout)) < 200


def test_the_base_of_a_merge_that_only_the_runner_has(scratch: Scratch) -> None:
    scratch.several("change", 20)
    checkout = scratch.clone("change")
    scratch.git("commit", "--quiet", "--allow-empty", "--message", "made here", cwd=checkout)
    done = run(f"sh {CI / 'base.sh'} main", checkout)
    assert (done.returncode, done.stdout.strip()) == (0, scratch.git("rev-parse", "main")), done.stderr


def test_nothing_in_common_is_said(scratch: Scratch) -> None:
    scratch.git("checkout", "--quiet", "--orphan", "other")
    scratch.commit("another beginning")
    checkout = scratch.clone("other")
    done = run(f"sh {CI / 'base.sh'} main", checkout)
    assert done.returncode == 1
    assert "HEAD and main have no commit in common" in done.stderr


def test_the_hook_stops_a_commit_that_breaks_a_promise(scratch: Scratch, tmp_path: Path) -> None:
    scratch.git("checkout", "--quiet", "main")
    hook = f"cd {scratch.origin} && sh {CI / 'pre-commit.sh'}"
    (scratch.origin / "note.yml").write_text("a: 1\n")
    scratch.git("add", "--all")
    assert (done := run(hook, tmp_path)).returncode == 0, done.stdout + done.stderr
    scratch.replace(*NEW)
    scratch.git("add", "--all")
    done = run(hook, tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "MH-1.1" in done.stdout
