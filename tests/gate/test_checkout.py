"""What the judged repo is called: never with what authenticates to its host."""

from __future__ import annotations

import pytest

from gate.checkout import checkout, remote_name
from tests.gate.git_repo import GitRepo
from tests.gate.small_suite import Suite


@pytest.mark.parametrize(("url", "name"), [
    ("https://github.com/owner/repo", "github.com/owner/repo"),
    ("https://github.com/owner/repo.git", "github.com/owner/repo"),
    ("https://user:TOKEN@git.example:8443/a/b/repo.git/?key=TOKEN#TOKEN", "git.example/a/b/repo"),
    ("https://TOKEN@git.example/repo", "git.example/repo"),
    ("HTTPS://a:TOKEN@x:TOKEN@git.example/repo", "git.example/repo"),
    ("ssh://git@git.example:2222/owner/repo.git", "git.example/owner/repo"),
    ("git@github.com:owner/repo.git", "github.com/owner/repo"),
    ("git.example:repo", "git.example/repo"),
    ("/srv/git/repo.git", "repo"),
    ("../TOKEN@odd/repo", "repo"),
    ("https://user:TOK/EN@git.example/repo", "repo"),
    ("https://user:TOKEN/@repo", "repo"),
    ("file:///srv/git/repo.git", "repo"),
])  # fmt: skip
def test_a_remote_is_named_without_credentials(url: str, name: str) -> None:
    assert remote_name(url) == name


def test_reports_name_repo_and_commit(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    repo = GitRepo(suite.path / "fixtures" / "infra")
    commit = repo.commit()
    repo.git("remote", "add", "upstream", "https://git.example/other")
    repo.git("remote", "add", "origin", "https://me:TOKEN@git.example/owner/infra.git")
    report = suite.report()
    assert (report["repo"], report["commit"], report["state"]) == ("git.example/owner/infra", commit, "clean")
    told = f"judging fixtures/infra (git.example/owner/infra, at {commit[:12]}, clean) as of "
    assert any(line.startswith(told) for line in suite.run().lines)
    for file in (suite.path / "reports").iterdir():
        assert "TOKEN" not in file.read_text(encoding="utf-8")
    repo.git("remote", "remove", "origin")
    assert checkout(suite.path / "fixtures" / "infra").name == "git.example/other"


@pytest.mark.parametrize("path", ["vendor/x", "x\n::error::pwn\x1b[31m"])
def test_a_submodule_that_is_not_there_is_told(path: str, suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    repo = GitRepo(suite.path / "fixtures" / "infra")
    commit = repo.commit()
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{path}")
    repo.git("commit", "-q", "-m", "a submodule")
    state = suite.report()["state"]
    assert state.endswith(": what lies there is not seen")
    assert "without its submodules " in state
    assert state.isprintable()
    (line,) = (line for line in suite.run().lines if line.startswith("judging"))
    assert "what lies there is not seen" in line
    (repo.path / path).mkdir(parents=True, exist_ok=True)
    (repo.path / path / ".git").write_text("gitdir: elsewhere")
    assert "submodules" not in suite.report()["state"]
