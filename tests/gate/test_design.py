"""The design document is traced: which sections promises hold, which are gone, which have changed since."""

from __future__ import annotations

import re
import shutil

import cmarkgfm
import pytest
from lxml import html

from design_policy import review
from gate.design import fingerprints, sections
from tests.gate.git_repo import GitRepo
from tests.gate.small_suite import ROOT, Suite

DESIGN = """# Mail

## 1. Replicas

One is enough.

```
# no heading
```

### Why

Mail waits at the sender.

## 2. Rollout

Soon.

## 3. Background
<!-- no promise: history -->
Long ago.
"""
FEATURE = """Feature: Mail
  Design: docs/mail.md, "1. Replicas"{}

  @MH-1.1
  Scenario: One
    Then replicas is 1

  @MH-1.2
  Scenario: Not more
    Design: docs/mail.md, "2. Roll-out"

    Then replicas is 1
"""


@pytest.fixture
def traced(suite: Suite) -> Suite:
    suite.write("fixtures/infra/docs/mail.md", DESIGN)
    suite.feature(FEATURE.format(""))
    return suite


def told(suite: Suite, *arguments: str) -> list[str]:
    return [line for line in suite.run(*arguments).lines if line.startswith("docs/mail.md")]


def test_sections_are_those_of_commonmark() -> None:
    found = sections(DESIGN)
    assert [(one.title, one.level, one.line) for one in found] == [
        ("Mail", 1, 1), ("1. Replicas", 2, 3), ("Why", 3, 11), ("2. Rollout", 2, 15), ("3. Background", 2, 19),
    ]  # fmt: skip
    assert "no heading" in found[1].own
    assert "Mail waits" in found[1].text
    assert "Mail waits" not in found[1].own
    assert not found[4].promises


def test_what_is_held_and_what_is_not_is_told(traced: Suite) -> None:
    assert told(traced) == [
        'docs/mail.md: MH-1.2 comes from section "2. Roll-out", which is not there (is it "2. Rollout"?)',
        'docs/mail.md: 2 of 3 sections are held by promises; by none: "2. Rollout"',
    ]
    assert traced.run().code == 0
    outcome = traced.run("--design", "closes")
    assert outcome.code == 1
    assert outcome.lines[-1] == "gate: closed (the design document and the promises differ)"


def test_a_section_that_changed_since_the_review_is_told(
    traced: Suite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(traced.path)
    asked = ["--infra", "fixtures/infra", "--features", "features"]
    assert review.run(asked) == 1
    assert 'mail.feature:10: docs/mail.md has no section "2. Roll-out"' in capsys.readouterr().err
    assert re.search(r'"1\. Replicas" \(reviewed [0-9a-f]{8}\)\n', (traced.path / "features/mail.feature").read_text())
    traced.write("fixtures/infra/docs/mail.md", DESIGN.replace("One is\nenough", "One is enough"))
    assert not any("has changed" in line for line in told(traced))
    traced.write("fixtures/infra/docs/mail.md", DESIGN.replace("waits", "is lost"))
    (changed,) = (line for line in told(traced) if "has changed" in line)
    assert changed.startswith('docs/mail.md: section "1. Replicas" has changed since MH-1.1 was reviewed; ')
    assert changed.endswith("(docs/mail.md:3)")
    review.run(asked)
    assert not any("has changed" in line for line in told(traced))


def test_a_document_that_is_not_there_is_told(suite: Suite) -> None:
    suite.feature(FEATURE.format(""))
    assert told(suite, "--report-dir=reports") == [
        "docs/mail.md: the design document is not in the judged repo, and 2 promises come from it"
    ]
    page = (suite.path / "reports" / "spec.html").read_text()
    assert "the design document is not in the judged repo, and 2 promises come from it" in page


def test_a_document_outside_of_the_repo_is_not_read(suite: Suite) -> None:
    suite.write("secret.md", "## 1. Replicas\n\nsecret\n")
    suite.feature(FEATURE.format("").replace("docs/mail.md", "../../secret.md"))
    assert any("is not in the judged repo" in line for line in suite.run().lines)


def test_a_line_that_names_no_section_is_refused(suite: Suite) -> None:
    suite.feature(FEATURE.format("").replace('"1. Replicas"', "1. Replicas"))
    outcome = suite.run()
    assert any("mail.feature:2: no section of a design is named" in line for line in outcome.lines)
    assert outcome.code == 2


def test_reports_show_the_sections(traced: Suite) -> None:
    (document,) = traced.report()["design"]
    assert [(one["title"], one["held_by"]) for one in document["sections"]] == [
        ("Mail", []), ("1. Replicas", ["MH-1.1"]), ("Why", ["MH-1.1"]), ("2. Rollout", []), ("3. Background", []),
    ]  # fmt: skip
    assert document["gone"] == [{"requirement": "MH-1.2", "title": "2. Roll-out"}]
    page = (traced.path / "reports" / "spec.html").read_text()
    assert "The design: <code>docs/mail.md</code>" in page
    assert "2 of 3 sections are held by promises" in page
    assert "2 of 3 sections are held by promises" in (traced.path / "reports" / "summary.md").read_text()


def test_a_comment_says_nothing_of_a_design_that_is_held(suite: Suite) -> None:
    suite.write("fixtures/infra/docs/mail.md", "# Mail\n\n## 1. Replicas\n\nOne is enough.\n")
    suite.feature(FEATURE.format("").partition("  @MH-1.2")[0])
    assert suite.run("--report-dir=reports").code == 0
    assert "docs/mail.md" not in (suite.path / "reports" / "summary.md").read_text()


def test_the_bundled_design_is_held_whole() -> None:
    file = "docs/plans/mailserver-hardening.md"
    now = fingerprints(ROOT / "fixtures" / "infra", file)
    text = (ROOT / "fixtures" / "infra" / file).read_text()
    named = " ".join(file.read_text() for file in (ROOT / "features").rglob("*.feature"))
    for section in sections(text):
        if section.promises:
            assert f'"{section.title}" (reviewed {now[section.title.casefold()]})' in named


@pytest.mark.parametrize(
    "text",
    [
        "Mail\n====\n\nWhy\n---\ntext\n",
        "Of two\nlines\n===\n",
        "text\n\n---\n\nmore\n",  # a rule
        "- item\n---\n",
        "> quoted\n---\n",
        "| a |\n|---|\n| b |\n",
        "```\ncode\n---\n```\nMail\n---\n",
        "    code\n---\n",
        "# Mail #\n---\nx\n===\n",
        "   Mail   \n   ---   \n",
        "Mail\n= =\n",
        "Mail\n    ---\n",
        "1. one\n===\n",
        "Mail\n\n===\n",
    ],
)
def test_headings_are_those_of_commonmark(text: str) -> None:
    """As cmark has them; of what it underlines, ours are never more."""
    page = html.fromstring(f"<div>{cmarkgfm.github_flavored_markdown_to_html(text)}</div>")
    expected = [(int(h.tag[1]), " ".join(h.text_content().split())) for h in page.iter("h1", "h2", "h3")]
    assert [(section.level, section.title) for section in sections(text)] == expected


def test_front_matter_is_no_heading() -> None:
    (only,) = sections("---\ntitle: Mail\n---\n\nWhy\n---\n\nIt waits.\n")
    assert (only.title, only.line, only.own.strip()) == ("Why", 5, "It waits.")


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param(f"# a{' ' * 300_000}b\n", {f"a{' ' * 300_000}b"}, id="spaces-in-a-heading"),
        pytest.param("## a\nx\n" * 60_000, {"a"}, id="many-headings"),
    ],
)
def test_a_document_is_read_once_over(text: str, titles: set[str]) -> None:
    """Where each heading looks at all that follow, as these did, a change can stall the gate for hours."""
    assert {section.title for section in sections(text)} == titles


@pytest.mark.skipif(shutil.which("git-crypt") is None, reason="git-crypt is not installed")
def test_a_document_that_is_secret_is_not_read(suite: Suite) -> None:
    """Its headings would be told; a link to it inside the repo leads no further."""
    repo = GitRepo(suite.path / "fixtures" / "infra")
    repo.git("crypt", "init")
    repo.write(".gitattributes", "vault/** filter=git-crypt diff=git-crypt\n")
    repo.write("vault/key", "# CANARY\n\nCANARY too\n")
    (suite.path / "fixtures/infra/docs").mkdir()
    (suite.path / "fixtures/infra/docs/mail.md").symlink_to("../vault/key")
    repo.commit()
    suite.feature(FEATURE.format(""))
    outcome = suite.run("--report-dir=reports")
    assert (
        "docs/mail.md: the design document is secret, so it is not read, and 2 promises come from it" in outcome.lines
    )
    assert "CANARY" not in outcome.text
    for file in (suite.path / "reports").iterdir():
        assert "CANARY" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"# A\n" + b"x" * 2**20, "is longer than 1048576 bytes, so it is not read"),
        (b"# \xff\n", "cannot be read ('utf-8' codec can't decode byte 0xff in position 2: invalid start byte)"),
    ],
)
def test_a_document_that_cannot_be_read_says_why(suite: Suite, content: bytes, why: str) -> None:
    suite.write("fixtures/infra/docs/mail.md", "")
    (suite.path / "fixtures/infra/docs/mail.md").write_bytes(content)
    suite.feature(FEATURE.format(""))
    assert told(suite) == [f"docs/mail.md: the design document {why}, and 2 promises come from it"]


def test_sections_of_one_heading_are_one(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who names one of them names all: no fingerprint could be that of each."""
    text = "## A\n### Notes\none\n## B\n### Notes\ntwo\n"
    suite.write("fixtures/infra/docs/mail.md", text)
    suite.feature(
        'Feature: Mail\n  Design: docs/mail.md, "Notes"\n\n  @MH-1.1\n  Scenario: One\n    Then replicas is 1\n'
    )
    monkeypatch.chdir(suite.path)
    assert review.run(["--infra", "fixtures/infra", "--features", "features"]) == 0
    assert not any("has changed" in line for line in told(suite))
    suite.write("fixtures/infra/docs/mail.md", text.replace("two", "three"))
    assert any("has changed" in line for line in told(suite))


def test_a_review_changes_nothing_else(traced: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    file = traced.path / "features" / "mail.feature"
    file.write_bytes(FEATURE.format("").replace("2. Roll-out", "2. Rollout").replace("\n", "\r\n").encode())
    monkeypatch.chdir(traced.path)
    assert review.run(["--infra", "fixtures/infra", "--features", "features"]) == 0
    before, after = FEATURE.format("").replace("2. Roll-out", "2. Rollout"), file.read_bytes().decode()
    assert re.sub(r" \(reviewed [0-9a-f]{8}\)", "", after) == before.replace("\n", "\r\n")
    assert after.count("(reviewed ") == 2


def test_a_design_that_closes_is_named_by_somebody(suite: Suite) -> None:
    suite.scenario("Then replicas is 1")
    assert suite.run().code == 0
    outcome = suite.run("--design", "closes")
    assert outcome.lines[-1] == "gate: closed (no promise names a section of a design document)"
    assert outcome.code == 1
    assert suite.run("--design", "closes", "-k", "one").code == 0  # of a selection it is not known


@pytest.mark.parametrize("place", ["Rule: r", "Background:"])
def test_a_section_is_named_where_it_is_read(suite: Suite, place: str) -> None:
    step = "\n    Given a stack\n" if place == "Background:" else ""
    scenario = "  @MH-1.1\n  Scenario: One\n    Then replicas is 1\n"
    suite.feature(f'Feature: Mail\n\n  {place}\n    Design: docs/mail.md, "1. Replicas"\n{step}\n{scenario}')
    outcome = suite.run()
    assert any("mail.feature:4: a section of a design is named by a feature or a scenario" in x for x in outcome.lines)
    assert outcome.code == 2


def test_a_text_of_a_step_names_none(suite: Suite) -> None:
    suite.scenario("Then replicas is 1", '"""', "Design: of a text", '"""')
    assert not any("no section of a design" in line for line in suite.run().lines)
