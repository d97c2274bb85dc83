"""summary.md, as GitHub's own Markdown renders it (cmark-gfm with the extensions that are on there)."""

from __future__ import annotations

from pathlib import Path

import pytest
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options
from lxml import html

from gate.reports import summary
from gate.reports.markdown import block, code, prose
from gate.reports.view import Run
from gate.verdict import Verdict
from gate.waivers import Problem
from tests.reports.runs import WAIVER, every_verdict, finding, hostile, record, run

LINK = "https://git.example/o/infra/src/"


def rendered(run: Run) -> html.HtmlElement:
    # Raw HTML is let through, as GitHub does before it cleans up: what should not be there is then seen.
    text = github_flavored_markdown_to_html(summary.render(run), options=Options.CMARK_OPT_UNSAFE)
    return html.fromstring(f"<div>{text}</div>")


def sections(run: Run) -> dict[str, list[str]]:
    """The requirements named under each heading."""
    found: dict[str, list[str]] = {}
    for element in rendered(run).iter("h3", "strong"):
        if element.tag == "h3":
            found[element.text_content()] = []
        elif found and "Left out" not in element.text_content():
            found[list(found)[-1]].append(element.text_content())
    return found


def test_short_when_all_is_well(tmp_path: Path) -> None:
    well = run(tmp_path, record(verdict=Verdict.PASSED), record("MH-1.2", Verdict.NOT_IN_FORCE, line=9), status=0)
    assert summary.render(well) == (
        "## Gate: open\n\n1 requirement in force: 1 passed (1 scenario, and 1 not in force)."
        " Judged: `infra (in no git repository with a commit) as of 2026-11-23, DNS from off`.\n"
    )


def test_what_stands_apart(tmp_path: Path) -> None:
    records = [
        record("MH-1.1"),
        record("MH-1.2", Verdict.UNDETERMINED, line=9),
        record("MH-1.3", before=Verdict.FAILED, line=11),
        record("MH-1.4", Verdict.UNDETERMINED, line=12, before=Verdict.UNDETERMINED),
        record("MH-1.5", Verdict.WAIVED, line=13, waiver=WAIVER, unwaived=Verdict.FAILED),
        record("MH-1.6", Verdict.PENDING, line=14),
        record("MH-1.7", Verdict.ERROR, line=15),
        record("MH-1.8", Verdict.NOT_PROVEN, line=16),
        record("MH-1.9", Verdict.PASSED, line=17),
    ]
    assert sections(run(tmp_path, *records, base="0123456789abcdef" + "0" * 24)) == {
        "Errors of the suite": ["MH-1.7"],
        "New failures": ["MH-1.1"],
        "Undetermined": ["MH-1.2"],
        "Wrong before, and still": ["MH-1.3", "MH-1.4"],
        "Waived": ["MH-1.5"],
        "Pending": ["MH-1.6"],
        "Not proven": ["MH-1.8"],
    }
    assert list(sections(run(tmp_path, records[0]))) == ["Failed"]


def test_the_opening_names_what_closes(tmp_path: Path) -> None:
    old = record("MH-1.3", before=Verdict.FAILED, line=11)
    text = summary.render(run(tmp_path, record(), old, base="0123456789abcdef", block="new"))
    assert "2 requirements in force: 2 failed (2 scenarios); MH-1.1 closes the gate." in text
    assert "(0123456789ab)" in text


def test_a_failure_is_shown_with_its_evidence(tmp_path: Path) -> None:
    block = rendered(run(tmp_path, record())).find(".//pre")
    assert block.text_content() == (
        'replicas: failed\n  expected  2\n  found     1\n  at        main.tf:3\n            3 | replicas = "1"\n'
    )


def test_lines_are_links_where_a_link_is_given(tmp_path: Path) -> None:
    many = record(findings=(finding(), finding(line=2), finding(), finding(file="fixtures/x.zone")))
    page = rendered(run(tmp_path, many, link=LINK))
    assert [(a.get("href"), a.text_content()) for a in page.iter("a")] == [
        (f"{LINK}main.tf#L3", "main.tf:3"),
        (f"{LINK}main.tf#L2", "main.tf:2"),
    ]
    assert not list(rendered(run(tmp_path, many)).iter("a"))


def test_a_waiver_says_who_why_and_until_when(tmp_path: Path) -> None:
    page = rendered(every_verdict(tmp_path, link=LINK))
    (line,) = [item for item in page.iter("li") if "MH-1.5" in item.text_content()]
    assert (
        line.text_content().strip()
        == "MH-1.5 MH-1.5 holds: failed, waived until 2026-12-01 by viktor: until the relay moves (.policy-waivers.yml:4)"
    )
    assert [a.get("href") for a in line.iter("a")] == [f"{LINK}.policy-waivers.yml#L4"]


def test_stale_waivers_are_named(tmp_path: Path) -> None:
    text = summary.render(run(tmp_path, record(verdict=Verdict.PASSED), status=0, stale=(WAIVER,)))
    assert "### Stale waivers" in text
    assert "- `MH-3.1` (`.policy-waivers.yml:4`)" in text


@pytest.mark.parametrize("link", [None, LINK])
def test_hostile_text_is_text(tmp_path: Path, link: str | None) -> None:
    judged = run(
        tmp_path,
        hostile(),
        hostile(Verdict.WAIVED, "MH-6.7"),
        hostile(Verdict.PENDING, "MH-6.8"),
        stale=(hostile(Verdict.WAIVED).waiver,),
        link=link,
    )
    page = rendered(judged)
    assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= {
        "div",
        "h2",
        "h3",
        "p",
        "ul",
        "li",
        "strong",
        "code",
        "pre",
        *(["a"] if link else []),
    }
    assert all(a.get("href").startswith(f"{LINK}%3Cimg%20src") for a in page.iter("a"))


def test_nobody_is_called_and_no_issue_is_linked(tmp_path: Path) -> None:
    """GitHub looks for names and numbers in each text outside of code, once Markdown is rendered."""
    page = rendered(run(tmp_path, hostile(), hostile(Verdict.WAIVED, "MH-6.7"), link=LINK))
    texts = list(page.xpath("//text()[not(ancestor::code)]"))
    assert any("everyone" in text for text in texts)
    assert not [text for text in texts if "@everyone" in text or "#12" in text or "https://evil" in text]


def test_a_block_ends_where_it_should(tmp_path: Path) -> None:
    fence = record(findings=(finding(actual="1\n```\n# loud\n````\n@everyone"),))
    page = rendered(run(tmp_path, fence, record("MH-2.1", line=9)))
    assert [e.text_content() for e in page.iter("strong")] == ["MH-1.1", "MH-2.1"]
    assert not list(page.iter("h1"))


@pytest.mark.parametrize("text", ["```", "a\n````\n```\n# b", "  ```\n<b>"])
def test_a_block_is_code(text: str) -> None:
    (element,) = html.fromstring(f"<div>{github_flavored_markdown_to_html(block(text))}</div>")
    assert element.tag == "pre"
    assert element.text_content() == text + "\n"


@pytest.mark.parametrize("text", ["`", "``a`", " ", "a|b", "x\ny", "``"])
def test_code_is_code(text: str) -> None:
    (element,) = html.fromstring(f"<div>{github_flavored_markdown_to_html(code(text))}</div>").iter("code")
    assert element.text_content().strip() == " ".join(text.split())


def test_prose_reads_as_it_stands() -> None:
    text = "a_b_ *c* <d> &amp; [e](f) ~~g~~ 1. | # \\ ! `h` @i #2 https://j.example www.k.example"
    page = html.fromstring(
        f"<div>{github_flavored_markdown_to_html(prose(text), options=Options.CMARK_OPT_UNSAFE)}</div>"
    )
    assert page.text_content().strip() == text
    assert {element.tag for element in page.iter() if isinstance(element.tag, str)} == {"div", "p"}


def test_github_would_take_it(tmp_path: Path) -> None:
    many = [record(f"MH-{n // 9 + 1}.{n % 9 + 1}", line=n, findings=(finding(actual="é" * 3000),)) for n in range(90)]
    many += [record(f"MH-{n}.1", Verdict.UNDETERMINED, line=n) for n in range(50, 60)]
    text = summary.render(run(tmp_path, *many))
    assert 60_000 < len(text.encode()) < 65_536
    shown = text.count("- **MH-")
    assert f"{90 - shown} under “Failed”, 10 under “Undetermined”" in text
    assert text.count("```") % 2 == 0


def test_one_scenario_does_not_take_all_the_room(tmp_path: Path) -> None:
    text = summary.render(run(tmp_path, record(findings=(finding(actual="x" * 100_000),)), record("MH-2.1", line=9)))
    assert "more characters)" in text
    assert "**MH-2.1**" in text


def test_the_gravest_comes_first(tmp_path: Path) -> None:
    order = list(sections(every_verdict(tmp_path, base="0" * 40)))
    assert order == ["Errors of the suite", "New failures", "Undetermined", "Waived", "Pending", "Not proven"]


def test_a_shortfall_is_said(tmp_path: Path) -> None:
    assert "nothing was judged" in summary.render(run(tmp_path, status=5))


def test_what_closes_the_gate_and_is_no_scenario_is_said(tmp_path: Path) -> None:
    judged = run(tmp_path, record(verdict=Verdict.PASSED), status=0, link=LINK)
    judged.judgement.problems = (Problem(".policy-waivers.yml", 4, "owner is missing"),)
    judged.judgement.base_error = "the run ended\nwith exit status 3"
    text = summary.render(judged)
    assert (
        f"**The gate is closed:** `owner is missing` ([`.policy-waivers.yml:4`]({LINK}.policy-waivers.yml#L4))" in text
    )
    assert "`the base could not be judged: the run ended with exit status 3`" in text


def test_what_changed_and_still_holds_is_told(tmp_path: Path) -> None:
    many = tuple(finding(f"f{n}", verdict=Verdict.PASSED, was="0") for n in range(7))
    records = record(verdict=Verdict.PASSED, findings=many), record("MH-2.1", Verdict.PASSED, line=9)
    text = summary.render(run(tmp_path, *records, status=0, base="0" * 40))
    assert text.split("### Changed")[1].count(", was `0`") == 5
    assert "; and 2 more" in text
    assert "MH-2.1" not in text
