"""What rests on nothing that a commit changes is not judged again, and all the rest is: as if it were the first time.

``HISTORY_CASES=all`` takes every violation and equivalent, one commit after the other, in place of a sample.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from gate.history.objects import Commit, Objects
from gate.history.workers import Asked, Judged, Worker
from tests.gate.git_repo import GitRepo
from tests.gate.history import roots_left
from tests.suite.cases import PUBLISHED, TESTS, Case, cases, make

SUITE = TESTS.parent
SAMPLE = [
    "MH-3.5", "MH-4.1", "MH-7.4",
    "env/", "services/",
]  # fmt: skip


def chosen() -> list[Case]:
    """One case of each kind of the sample, or all that can be seen in the files of today's fixture."""
    known = [*cases(TESTS / "violations"), *cases(TESTS / "equivalents")]
    fit = [c for c in known if c.state == "today" and all(edit["in"] != PUBLISHED for edit in c.edits)]
    if os.environ.get("HISTORY_CASES") == "all":
        return fit
    return [case for prefix in SAMPLE if (case := next((c for c in fit if c.name.startswith(prefix)), None))]


class Judges:
    """A process that judges, asked for one commit at a time."""

    def __init__(self, repository: Path, folder: Path, *arguments: str) -> None:
        self._worker = Worker(Asked(SUITE, repository, ("--dns=off", *arguments), (SUITE / "features",)), folder)
        self.scenarios = next(self._answers())["scenarios"]

    def _answers(self) -> Iterator[dict[str, Any]]:
        while True:
            yield from self._worker.said()

    def judge(self, commit: Commit, *, anew: bool = False) -> Judged:
        self._worker.ask(commit, anew=anew)
        return self._worker.judged(next(self._answers()))

    def end(self) -> None:
        self._worker.end()


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    shutil.copytree(SUITE / "fixtures" / "infra", tmp_path / "repo")
    made = GitRepo(tmp_path / "repo")
    made.commit("good")
    return made


@pytest.fixture
def judges(repo: GitRepo, tmp_path: Path) -> Iterator[Judges]:
    found = Judges(repo.path, tmp_path)
    yield found
    found.end()


def shown(judged: Judged) -> list[object]:
    """What reports show of the states."""
    return [(state["verdict"], state["reason"], state["findings"]) for state in judged.states]


def committed(repo: GitRepo, case: Case) -> None:
    """The good repo, edited, and committed."""
    for file in [path for path in repo.path.iterdir() if path.name != ".git"]:
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    shutil.copytree(SUITE / "fixtures" / "infra", repo.path, dirs_exist_ok=True)
    for edit in case.edits:
        make(edit, repo.path, repo.path / "no zone")
    repo.commit(case.name)


def test_one_commit_after_the_other_is_as_each_by_itself(repo: GitRepo, judges: Judges, tmp_path: Path) -> None:
    tried = chosen()
    assert len(tried) == len(SAMPLE)
    for case in tried:
        committed(repo, case)
    committed(repo, Case("good again", ()))
    commits = Objects(repo.path).commits("HEAD")
    cold = Judges(repo.path, tmp_path)
    runs = 0
    for commit in commits:
        now = judges.judge(commit)
        runs += now.runs
        assert shown(now) == shown(cold.judge(commit, anew=True)), commit.subject
    cold.end()
    assert runs < len(commits) * len(judges.scenarios) * 0.8
    assert shown(now) == shown(judges.judge(commits[0]))


def test_what_no_promise_rests_on_costs_nothing(repo: GitRepo, judges: Judges) -> None:
    repo.write("stacks/blog/main.tf", (repo.path / "stacks/blog/main.tf").read_text() + "\n# a comment\n")
    repo.commit("another stack")
    repo.write("docs/notes.md", "words")
    repo.commit("words")
    repo.write(
        "stacks/shop/main.tf", 'resource "kubernetes_namespace" "shop" {\n  metadata {\n    name = "shop"\n  }\n}\n'
    )
    repo.write("stacks/shop/terragrunt.hcl", "")
    repo.commit("a new stack")
    first, *others = Objects(repo.path).commits("HEAD")
    assert judges.judge(first).runs > 30
    assert [judges.judge(commit).runs for commit in others] == [0, 0, 0]
    assert [judges.judge(commit).runs for commit in reversed(others)] == [0, 0, 0]


def test_lines_and_notes_are_those_of_each_commit(repo: GitRepo, judges: Judges) -> None:
    file, other = "stacks/mailserver/modules/mailserver/main.tf", "stacks/mailserver/job.tf"
    repo.write(file, "# a line more\n" + (repo.path / file).read_text())
    repo.commit("all lines are others")
    repo.write(
        other,
        """
        resource "terraform_data" "restart" {
          provisioner "local-exec" { command = "kubectl apply -f https://example.org/patch.yaml" }
        }
    """,
    )
    repo.commit("a command that may change it")
    commits = Objects(repo.path).commits("HEAD")
    onward = [shown(judges.judge(commit)) for commit in commits]
    back = [shown(judges.judge(commit)) for commit in reversed(commits)]
    assert onward == back[::-1]
    assert onward == [shown(judges.judge(commit, anew=True)) for commit in commits]
    assert all(before != after for before, after in pairwise(onward))


def test_of_a_commit_that_is_left_no_root_is_kept(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted, file = tmp_path / "counted", "stacks/mailserver/modules/mailserver/main.tf"
    for word in ("one", "two", "three", "four", "five", "six"):
        repo.write(file, f"{(repo.path / file).read_text()}\n# {word}\n")
        repo.commit(word)
    monkeypatch.setenv(roots_left.COUNTED, str(counted))
    judges = Judges(repo.path, tmp_path, "-p", roots_left.__name__)
    runs = [judges.judge(commit).runs for commit in Objects(repo.path).commits("HEAD")]
    judges.end()
    assert min(runs) > 20
    _, _, third, *_, last = map(int, counted.read_text().split())
    assert last == third


def test_what_another_stack_does_to_the_mail_server_is_seen(repo: GitRepo, judges: Judges) -> None:
    repo.write(
        "stacks/blog/patch.tf",
        """
        resource "kubernetes_config_map_v1_data" "patch" {
          metadata {
            name      = "mailserver.env.config"
            namespace = "mailserver"
          }
          data = { ENABLE_RSPAMD = "0" }
        }
    """,
    )
    repo.commit("another stack writes into our environment")
    before, after = map(judges.judge, Objects(repo.path).commits("HEAD"))
    verdicts = [(was["verdict"], now["verdict"]) for was, now in zip(before.states, after.states, strict=True)]
    assert ("passed", "undetermined") in verdicts
    assert ("passed", "failed") not in verdicts


def test_a_blob_that_is_not_in_the_clone_is_a_doubt_and_no_end(repo: GitRepo, judges: Judges) -> None:
    commit, blob = "HEAD", repo.git("rev-parse", "HEAD:stacks/mailserver/modules/mailserver/main.tf")
    (repo.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    judged = judges.judge(Objects(repo.path).commits(commit)[0])
    found = [f["actual"] for state in judged.states if state["verdict"] == "undetermined" for f in state["findings"]]
    assert any("modules/mailserver/main.tf does not parse: Failed to read file" in actual for actual in found)
    assert not any(state["verdict"] == "error" for state in judged.states)


def test_a_tree_that_is_not_in_the_clone_leaves_its_commit_unknown(repo: GitRepo, judges: Judges) -> None:
    repo.write("docs/deep/notes.md", "words")
    hidden = repo.commit("its tree will be gone")
    tree = repo.git("rev-parse", "HEAD:docs/deep")
    repo.write("docs/deep/notes.md", "other words")
    repo.commit("after")
    first, lost, after = Objects(repo.path).commits("HEAD")
    (repo.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    assert lost.id == hidden
    good = shown(judges.judge(first))
    assert judges.judge(lost).unknown == f"not in this clone: a tree below {Objects(repo.path).tree(hidden)[:12]}"
    assert shown(judges.judge(after)) == good
