"""``design-policy history``, in a repo with promises of its own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from design_policy import SUITE
from gate.history.objects import Commit
from gate.history.run import Question, history
from gate.history.spans import Point
from gate.history.store import Store, store_file
from gate.identity import PROGRAMS
from tests.design_policy.at_home import FEATURE, AtHome

TOLD, NOT_ASKED = 0, 2


@pytest.fixture
def past(home: AtHome) -> AtHome:
    """A repo that kept its promises, broke one, told of something else, and kept it again."""
    home.commits = [home.repo.commit("begin", "2026-01-05")]
    home.edit("prod.tfvars", "x-logs", "y-logs")
    home.commits.append(home.repo.commit("rename the bucket", "2026-02-01"))
    home.write("README.md", "words")
    home.commits.append(home.repo.commit("words", "2026-02-02"))
    home.edit("prod.tfvars", "y-logs", "x-logs")
    home.commits.append(home.repo.commit("name it back", "2026-03-01"))
    return home


def told(home: AtHome, *arguments: str) -> dict:
    status, said = home.say(
        "history", "--report-dir=report", *arguments, XDG_CACHE_HOME=str(home.path / ".git" / "cache")
    )
    assert status == TOLD, said
    return json.loads((home.path / "report" / "history.json").read_text()) | {"said": said}


def spans(report: dict, requirement: str) -> list[tuple[str, int, int]]:
    found = next(r for r in report["requirements"] if r["id"] == requirement)
    return [(span["verdict"], span["first"], span["last"]) for span in found["spans"]]


def test_since_when_and_which_commit(past: AtHome) -> None:
    report = told(past)
    assert [commit["commit"] for commit in report["commits"]] == past.commits
    assert spans(report, "S3-1.1") == [("held", 0, 0), ("broken", 1, 2), ("held", 3, 3)]
    assert spans(report, "S3-1.2") == [("held", 0, 3)]
    broken = report["requirements"][0]["spans"][1]
    assert (broken["commit"], broken["date"], broken["subject"]) == (past.commits[1], "2026-02-01", "rename the bucket")
    assert broken["finding"]["expected"] == "x-logs"
    assert (broken["finding"]["actual"], broken["finding"]["file"]) == ('"y-logs"', "prod.tfvars")
    assert broken["was"]["actual"] == '"x-logs"'
    said = report["said"]
    assert "S3-1.1   ▁██▁  held since " + past.commits[3][:8] + ", 2026-03-01" in said
    assert "S3-1.2   ▁▁▁▁  held all along" in said
    assert f"broken        {past.commits[1][:8]} 2026-02-01  (2 commits)  rename the bucket" in said
    assert 'expected x-logs, found "y-logs"  prod.tfvars:1' in said


def test_what_is_known_is_not_judged_again(past: AtHome) -> None:
    assert "4 judged now" in told(past)["said"]
    assert "0 judged now" in told(past)["said"]
    past.write("README.md", "other words")
    past.repo.commit("other words", "2026-04-01")
    report = told(past)
    assert "1 judged now" in report["said"]
    assert spans(report, "S3-1.1") == [("held", 0, 0), ("broken", 1, 2), ("held", 3, 4)]
    # Other promises are other questions.
    past.write("policy/buckets.feature", FEATURE.replace("x-logs", "y-logs"))
    report = told(past)
    assert "5 judged now" in report["said"]
    assert spans(report, "S3-1.1") == [("broken", 0, 0), ("held", 1, 2), ("broken", 3, 4)]


def test_lifetimes_are_those_of_each_commits_day(past: AtHome) -> None:
    past.write("policy/buckets.feature", FEATURE.replace("@S3-1.1", "@S3-1.1 @since(2026-02-02)"))
    assert spans(told(past), "S3-1.1") == [("not in force", 0, 1), ("broken", 2, 2), ("held", 3, 3)]


@pytest.mark.parametrize(("since", "first"), [("2026-02-02", 1), ("2026-01-01", 0), ("HEAD~1", 2), ("2027-01-01", 3)])
def test_where_it_begins(past: AtHome, since: str, first: int) -> None:
    found = history(question(past, since=since))
    assert [commit.id for commit in found.commits] == past.commits[first:]
    assert found.goes_further is (first > 0)


def question(home: AtHome, **more: object) -> Question:
    return Question(SUITE, home.path, (home.path / "policy",), ("--dns=off", f"--settings={home.path}/.design-policy.toml"),
                    **({"keeps": False, "processes": 1} | more))  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--since=yesterday"], "--since: 'yesterday' is neither a day (YYYY-MM-DD) nor a commit of this repository"),
        (["--until=nowhere"], "'nowhere' is no commit of "),
        (["--features=nowhere"], "--features: there is no 'nowhere'"),
        (["--infra=nowhere"], "--infra: 'nowhere' is not a folder"),
        (["--since=2026-02-30"], "day is out of range for month"),
    ],
)
def test_what_cannot_be_asked_is_said(past: AtHome, arguments: list[str], message: str) -> None:
    status, said = past.say("history", *arguments)
    assert (status, "Traceback" in said) == (NOT_ASKED, False)
    assert message in said


def test_a_feature_that_is_refused_ends_it_and_is_told(past: AtHome) -> None:
    past.write("policy/buckets.feature", "Feature: Nothing\n")
    status, said = past.say("history", "--fresh")
    assert status == NOT_ASKED
    assert "a feature without scenarios" in said
    assert "Traceback" not in said


def test_a_folder_without_git_is_told(home: AtHome, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    status, said = home.say("history", f"--infra={tmp_path / 'elsewhere'}", "--features=policy")
    assert (status, said) == (
        NOT_ASKED,
        f"design-policy: {tmp_path / 'elsewhere'} is in no git repository that can be read\n",
    )


def test_one_that_is_stopped_goes_on_where_it_was(
    past: AtHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def stop(done: int, all_: int, seconds: float) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        history(question(past, keeps=True), stop)
    found = history(question(past, keeps=True))
    assert found.judged == 2
    assert [span.word for span in found.requirements[0].spans] == ["held", "broken", "held"]


def test_a_commit_of_which_a_tree_is_missing_is_unknown(past: AtHome) -> None:
    past.write("docs/deep/a", "a")
    past.repo.commit("hidden", "2026-04-01")
    tree = past.repo.git("rev-parse", "HEAD:docs/deep")
    past.write("docs/deep/a", "b")
    past.repo.commit("after", "2026-04-02")
    (past.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    found = history(question(past))
    assert [span.word for span in found.requirements[0].spans] == ["held", "broken", "held", "unknown", "held"]


def test_what_is_kept_is_believed_only_if_it_is_ours_and_whole(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "x.history"
    store = Store(file, "key", [{"name": "Ours"}])
    state = {"verdict": "passed", "reason": None, "findings": []}
    store.keep(Point(Commit("a" * 40, datetime(2026, 1, 1, tzinfo=UTC), "begin"), (state,)))
    store.save()
    assert Store(file, "key").scenarios
    assert Store(file, "key").states("a" * 40) == (state,)
    assert Store(file, "another key").states("a" * 40) is None
    whole = file.read_bytes()
    for damaged in (whole[:-1], whole[:30] + b"x" + whole[31:], b"", whole + b"x"):
        file.write_bytes(damaged)
        assert not Store(file, "key").scenarios
    file.write_bytes(whole)
    file.chmod(0o666)
    assert not Store(file, "key").scenarios


def test_each_repository_has_a_history_of_its_own() -> None:
    assert store_file(Path("/a/.git")) != store_file(Path("/b/.git"))


def test_every_program_that_may_decide_is_part_of_the_question() -> None:
    found = set()
    for path in (SUITE / "readers").rglob("*.py"):
        text = path.read_text()
        found |= {line.split('"')[1] for line in text.splitlines() if "= Program(" in line and '"' in line}
    assert found | {"rspamadm"} == set(PROGRAMS)


def test_the_words_of_the_command(home: AtHome) -> None:
    status, said = home.say("--help")
    assert status == TOLD
    assert "design-policy history  since when each promise holds" in said


def broken_for(home: AtHome, number: int) -> None:
    """Some commits in which the first promise is broken, and one that breaks it in the file only."""
    for n in range(number):
        home.write("README.md", f"words {n}")
        home.commits.append(home.repo.commit(f"words {n}", f"2026-03-{n + 2:02d}"))
    home.edit("prod.tfvars", "x-logs", "y-logs")
    home.commits.append(home.repo.commit("break it", "2026-04-01"))
    for n in range(number):
        home.write("README.md", f"more words {n}")
        home.commits.append(home.repo.commit(f"more words {n}", f"2026-04-{n + 2:02d}"))


def test_the_first_bad_commit_alone(past: AtHome) -> None:
    broken_for(past, 7)
    bad = past.commits[-8]
    status, said = past.say("history", "--bisect=S3-1.1")
    assert status == TOLD
    assert f"S3-1.1 is broken since {bad[:8]}, 2026-04-01" in said
    assert 'bucket of aws_s3_bucket.logs of the root module: expected x-logs, found "y-logs"  prod.tfvars:1' in said
    judged = int(said.split("judged ")[1].split(" ")[0])
    assert judged <= 9
    status, said = past.say("history", "--bisect=S3-1.1", f"--since={past.commits[3]}")
    assert f"is broken since {bad[:8]}" in said
    assert "judged 6 of 16 commits" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bisect=S3-1.2"], "--bisect: S3-1.2 holds at "),
        (["--bisect=S3-9.9"], "--bisect: no scenario is tagged @S3-9.9"),
        (["--bisect=S3-1.1", "--until=HEAD~1", "--since=HEAD~2"], "--bisect: S3-1.1 does not hold at "),
    ],
)
def test_what_cannot_be_bisected(past: AtHome, arguments: list[str], message: str) -> None:
    status, said = past.say("history", *arguments)
    assert (status, message in said, "Traceback" in said) == (NOT_ASKED, True, False), said


def test_the_gate_says_since_when_if_that_is_known_or_asked_for(past: AtHome) -> None:
    broken_for(past, 3)
    bad, cache = past.commits[-4], str(past.path / ".git" / "cache")
    broken = f"The logs' bucket has its name (broken since {bad[:8]}, 2026-04-01)"
    status, said = past.say(XDG_CACHE_HOME=cache)
    assert (status, "broken since" in said) == (1, False), said
    status, said = past.say("--since", "--report-dir=report", XDG_CACHE_HOME=cache)
    assert (status, broken in said) == (1, True), said
    report = json.loads((past.path / "report" / "report.json").read_text())
    assert [r["since"] for r in report["requirements"]] == [
        {"commit": bad, "date": "2026-04-01", "or_earlier": False}, None]  # fmt: skip
    assert broken in past.say(XDG_CACHE_HOME=cache)[1]


def test_what_is_broken_in_the_files_alone_has_no_past(past: AtHome) -> None:
    past.edit("prod.tfvars", "x-logs", "y-logs")
    status, said = past.say("--since")
    assert (status, "broken since" in said) == (1, False), said


def test_what_was_never_otherwise_is_said_to_be_so(home: AtHome) -> None:
    home.edit("prod.tfvars", "x-logs", "y-logs")
    first = home.repo.commit("begin", "2026-01-05")
    home.write("README.md", "words")
    home.repo.commit("words", "2026-01-06")
    status, said = home.say("--since")
    assert (status, f"(broken since {first[:8]}, 2026-01-05 or earlier)" in said) == (1, True), said


def test_what_is_undetermined_says_since_when_as_far_as_that_is_known(past: AtHome) -> None:
    past.edit("main.tf", "var.name", "var.nobody_declares_it")
    bad = past.repo.commit("another variable", "2026-04-01")
    past.write("README.md", "more words")
    past.repo.commit("more words", "2026-04-02")
    cache = str(past.path / ".git" / "cache")
    status, said = past.say("--since", XDG_CACHE_HOME=cache)
    assert (status, "undetermined" in said, " since " in said) == (1, True, False), said
    told(past)
    status, said = past.say("--report-dir=report", XDG_CACHE_HOME=cache)
    assert (status, f"The logs' bucket has its name (undetermined since {bad[:8]}, 2026-04-01)" in said) == (1, True), (
        said
    )
    report = json.loads((past.path / "report" / "report.json").read_text())
    assert report["requirements"][0]["since"] == {"commit": bad, "date": "2026-04-01", "or_earlier": False}


def test_what_is_undetermined_for_another_reason_than_in_the_history_has_none(past: AtHome) -> None:
    past.edit("main.tf", "var.name", "var.nobody_declares_it")
    past.repo.commit("another variable", "2026-04-01")
    told(past)
    past.edit("main.tf", "var.nobody_declares_it", "var.nor_this_one")
    status, said = past.say(XDG_CACHE_HOME=str(past.path / ".git" / "cache"))
    assert (status, "undetermined" in said, " since " in said) == (1, True, False), said
