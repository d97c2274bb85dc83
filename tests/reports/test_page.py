"""spec.html as a reader has it, in a real Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gate.verdict import Verdict
from gate.waivers import Problem
from tests.reports.reader import Reader, is_open, visible
from tests.reports.runs import HOSTILE_FILE, WAIVER, every_verdict, finding, hostile, record, run, two_features

PHONE = {"width": 390, "height": 844}


def test_it_says_how_the_gate_stands(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path))
    expect(page.locator("h1")).to_have_text("The gate is closed")
    expect(page.locator(".lead")).to_have_text("1 requirement of 3 in force closes it: MH-1.1.")
    assert page.locator("h2").all_text_contents() == ["Mail is safe", "The relay stays"]
    assert visible(page) == ["MH-1.1", "MH-1.2", "MH-10.1"]


def test_every_verdict_has_its_word_and_its_shape(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(every_verdict(tmp_path))
    marks = page.locator("summary .verdict").all_inner_texts()
    assert sorted(text.split(maxsplit=1)[1] for text in marks) == sorted(Verdict)
    assert len({text.split()[0] for text in marks}) == len(Verdict)


def test_what_wants_a_look_is_open_and_the_rest_is_not(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(every_verdict(tmp_path))
    opened = {
        page.locator(f'[data-id="MH-1.{n}"]').get_attribute("data-verdict"): is_open(page, f"MH-1.{n}")
        for n in range(1, 9)
    }
    assert opened == {
        "not in force": False,
        "passed": False,
        "not proven": False,
        "pending": True,
        "waived": True,
        "undetermined": True,
        "failed": True,
        "error": True,
    }


def test_story_and_evidence(reader: Reader, tmp_path: Path) -> None:
    failed = record(findings=(finding(note="set in main.tf", was="7"),), before=Verdict.PASSED)
    page = reader.open(run(tmp_path, failed, base="0123456789abcdef", link="https://git.example/"))
    body = page.locator('[data-id="MH-1.1"] .body')
    for text in ("Why it matters.", "Given a stack", "Then these hold:", "expected", "set in main.tf", "At the base"):
        expect(body).to_contain_text(text)
    assert body.locator("th").all_text_contents() == ["name", "n"]
    assert body.locator("dd").all_inner_texts() == ["2", "1", "7", 'main.tf:3\n3 replicas = "1"', "set in main.tf"]
    assert body.locator("dd a").get_attribute("href") == "https://git.example/main.tf#L3"
    expect(page.locator(".feature > .story")).to_have_text("It was not.")


def test_new_is_told_from_old(reader: Reader, tmp_path: Path) -> None:
    new, old = record(before=Verdict.PASSED), record("MH-1.2", line=9, before=Verdict.FAILED)
    changed = record("MH-1.4", Verdict.PASSED, line=13, findings=(finding(verdict=Verdict.PASSED, was="0"),))
    records = new, old, record("MH-1.3", Verdict.PASSED, line=11), changed
    page = reader.open(run(tmp_path, *records, base="0" * 40, block="new"))
    assert page.locator(".state").all_inner_texts() == [
        "✕ failed new",
        "✕ failed as before",
        "✓ passed",
        "✓ passed changed",
    ]
    expect(page.locator(".lead")).to_have_text("1 requirement of 4 in force closes it: MH-1.1.")
    assert reader.open(run(tmp_path, old)).locator(".age").count() == 0
    page = reader.open(run(tmp_path, old, base="0" * 40, block="new", status=0))
    expect(page.locator(".lead")).to_have_text("Nothing new closes it. What was wrong before still is: MH-1.2.")


def test_what_closes_the_gate_and_is_no_scenario_is_said(reader: Reader, tmp_path: Path) -> None:
    judged = run(tmp_path, record(verdict=Verdict.PASSED), status=0)
    judged.judgement.problems = (Problem(".policy-waivers.yml", 4, "owner is missing"),)
    expect(reader.open(judged).locator("header")).to_contain_text("owner is missing (.policy-waivers.yml:4)")
    expect(reader.open(run(tmp_path, status=5)).locator("header")).to_contain_text("nothing was judged")


def test_an_expired_waiver_is_said(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(run(tmp_path, record(expired=WAIVER)))
    expect(page.locator(".remark")).to_have_text("Its waiver expired on 2026-12-01 (.policy-waivers.yml:4).")


def test_a_waiver_says_who_why_and_until_when(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(every_verdict(tmp_path, stale=(WAIVER,)))
    said = " ".join(page.locator('[data-id="MH-1.5"] .remark').inner_text().split())
    assert said == "It is failed, and waived until 2026-12-01 by viktor: until the relay moves (.policy-waivers.yml:4)"
    expect(page.locator("main")).to_contain_text("Stale waivers")


def test_filter_by_verdict(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path))
    expect(page.get_by_role("status")).to_have_text("3 of 3 shown")
    page.get_by_role("checkbox", name="passed").uncheck()
    assert visible(page) == ["MH-1.1"]
    expect(page.get_by_role("status")).to_have_text("1 of 3 shown")
    expect(page.get_by_role("heading", name="The relay stays")).to_be_hidden()
    page.get_by_role("checkbox", name="failed").uncheck()
    expect(page.get_by_text("No requirement matches.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("status")).to_have_text("3 of 3 shown")
    assert visible(page) == ["MH-1.1", "MH-1.2", "MH-10.1"]


def test_one_verdict_alone_can_be_filtered(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(run(tmp_path, record(verdict=Verdict.PASSED), status=0))
    page.get_by_role("checkbox", name="passed").uncheck()
    assert visible(page) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rspamd", ["MH-1.1"]),
        ("MH-10", ["MH-10.1"]),
        ("stack REPLICAS", ["MH-1.1", "MH-1.2", "MH-10.1"]),
        ("is off", ["MH-1.2"]),
        ("nowhere", []),
        ("  ", ["MH-1.1", "MH-1.2", "MH-10.1"]),
    ],
)
def test_search(reader: Reader, tmp_path: Path, text: str, found: list[str]) -> None:
    page = reader.open(two_features(tmp_path))
    page.get_by_role("searchbox", name="Search").fill(text)
    assert visible(page) == found
    expect(page.get_by_role("status")).to_have_text(f"{len(found)} of 3 shown")


def test_enter_in_the_search_loads_nothing(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path))
    page.get_by_role("searchbox").fill("rspamd")
    page.get_by_role("searchbox").press("Enter")
    assert visible(page) == ["MH-1.1"]


def test_a_link_opens_its_requirement(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path), "#MH-10.1", viewport=PHONE)
    assert is_open(page, "MH-10.1")
    assert not is_open(page, "MH-1.2")
    expect(page.locator('[data-id="MH-10.1"] summary')).to_be_focused()
    expect(page.locator('[data-id="MH-10.1"] summary')).to_be_in_viewport()


def test_a_link_on_the_page_opens_what_the_filter_hides(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path))
    page.get_by_role("button", name="Close all").click()
    page.get_by_role("searchbox").fill("relay")
    assert visible(page) == ["MH-10.1"]
    page.locator(".lead a").click()
    assert is_open(page, "MH-1.1")
    assert visible(page) == ["MH-1.1", "MH-1.2", "MH-10.1"]


@pytest.mark.parametrize("fragment", ["#nothing", "#%", "#%E0%A4%A", "#<img>", "#search"])
def test_a_link_to_nothing_does_nothing(reader: Reader, tmp_path: Path, fragment: str) -> None:
    expect(reader.open(two_features(tmp_path), fragment).get_by_role("status")).to_have_text("3 of 3 shown")


def test_open_all_and_close_all(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path))
    page.get_by_role("button", name="Open all").click()
    assert all(is_open(page, requirement) for requirement in visible(page))
    page.get_by_role("button", name="Close all").click()
    assert not any(is_open(page, requirement) for requirement in visible(page))


def test_hostile_text_is_text(reader: Reader, tmp_path: Path) -> None:
    """Nothing of it runs (the reader would note a dialog, a request or an error), and no element comes of it."""
    benign = run(tmp_path, record("MH-6.6"), record("MH-6.7", Verdict.WAIVED, waiver=WAIVER), stale=(WAIVER,))
    kinds = "[...new Set([...document.querySelectorAll('*')].map(e => e.localName))].sort()"
    expected = reader.open(benign).evaluate(kinds)
    waived = hostile(Verdict.WAIVED, "MH-6.7")
    page = reader.open(run(tmp_path, hostile(), waived, stale=(waived.waiver,), link="https://git.example/"))
    assert page.evaluate(kinds) == expected
    assert page.locator("script").count() == 1
    assert (
        page.evaluate(
            "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => a.name.startsWith('on'))"
        )
        == []
    )
    assert {a.get_attribute("href")[0] for a in page.locator("a").all()} == {"#", "h"}
    body = page.locator('[data-id="MH-6.6"]')
    expect(body).to_contain_text("<script>alert(1)</script>")
    expect(body).to_contain_text(HOSTILE_FILE.replace("\u202e", "\\u202e"))
    expect(body).to_contain_text("{{ 7*7 }}")
    page.get_by_role("searchbox").fill("onerror=alert(3)")
    assert visible(page) == ["MH-6.6", "MH-6.7"]


def test_the_policy_allows_nothing_from_elsewhere(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path))
    policy = page.locator("meta[http-equiv]").get_attribute("content")
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+'; img-src data:; base-uri 'none'; form-action 'none'",
        policy,
    )
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"https://evil.example/x.png\">')")
    page.wait_for_timeout(200)
    said, asked = sorted(reader.disturbances)
    assert "violates the following Content Security Policy directive" in said
    assert asked == "request: https://evil.example/x.png"  # as Chromium calls even what it then does not send
    reader.disturbances.clear()


def test_the_contents_count_by_feature_and_lead_there(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path))
    rows = page.get_by_role("navigation", name="Contents").get_by_role("listitem")
    assert [" ".join(row.inner_text().split()) for row in rows.all()] == [
        "Mail is safe ✕ failed 1 ✓ passed 1",
        "The relay stays ✓ passed 1",
    ]
    rows.nth(1).get_by_role("link").click()
    expect(page.get_by_role("heading", name="The relay stays")).to_be_in_viewport()


def test_what_is_new_can_be_had_alone(reader: Reader, tmp_path: Path) -> None:
    """As against the base: of what is wrong, what is new; of what holds, what shows something else."""
    old = record("MH-1.1", before=Verdict.FAILED)
    new = record("MH-1.2", before=Verdict.PASSED, line=9)
    same = record("MH-1.3", Verdict.PASSED, before=Verdict.PASSED, line=19)
    page = reader.open(run(tmp_path, old, new, same, base="1" * 40))
    page.get_by_label("only what is new or changed").check()
    assert visible(page) == [
        element.get_attribute("data-id")
        for element in page.locator(".requirement").all()
        if element.get_attribute("data-age") in ("new", "changed")
    ]
    assert 0 < len(visible(page)) < 3
    page.get_by_role("button", name="Show all").click()
    for requirement in ("MH-1.1", "MH-1.2", "MH-1.3"):
        expect(page.locator(f'[data-id="{requirement}"]')).to_be_visible()
