"""spec.html for everybody: by keyboard, aloud, on paper, on a phone, without a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from gate.features import Step
from gate.verdict import Verdict
from tests.reports.reader import Reader, is_open, visible
from tests.reports.runs import WAIVER, every_verdict, finding, hostile, record, run, two_features

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def test_the_keyboard_is_enough(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the requirements")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the requirements")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator('[data-id="MH-1.1"] summary')).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    assert not is_open(page, "MH-1.1")


def test_it_reads_without_javascript(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path), java_script_enabled=False)
    expect(page.locator("h1")).to_have_text("The gate is closed")
    expect(page.locator("form")).to_be_hidden()
    assert visible(page) == ["MH-1.1", "MH-1.2", "MH-10.1"]
    page.locator('[data-id="MH-1.2"] summary').click()
    expect(page.locator('[data-id="MH-1.2"] .steps')).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_everything_is_open(reader: Reader, tmp_path: Path, script: bool) -> None:
    page = reader.open(two_features(tmp_path), java_script_enabled=script)
    steps = page.locator('[data-id="MH-10.1"] .steps')
    expect(steps).to_be_hidden()
    page.emulate_media(media="print")
    expect(steps).to_be_visible()
    expect(page.locator("form")).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")


def test_printing_leaves_the_page_as_it_was(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path))
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert is_open(page, "MH-1.2")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert [is_open(page, requirement) for requirement in visible(page)] == [True, False, False]


@pytest.mark.parametrize("viewport", [PHONE, DESK, {"width": 320, "height": 600}], ids=["phone", "desk", "narrow"])
def test_nothing_sticks_out(reader: Reader, tmp_path: Path, viewport: dict[str, int]) -> None:
    wide = record(findings=(finding("x" * 300, expected="y" * 300, actual="z" * 300, note="n" * 300),), title="t" * 200)
    table = record("MH-2.1", line=9, steps=(Step("Then", "so:", (("k" * 300, "n"), ("v" * 300, "1")), "d" * 300),))
    page = reader.open(run(tmp_path, wide, table, hostile()), viewport=viewport)
    page.get_by_role("button", name="Open all").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing(reader: Reader, tmp_path: Path, scheme: str, viewport: dict[str, int]) -> None:
    judged = every_verdict(tmp_path, base="0" * 40, link="https://git.example/", stale=(WAIVER,))
    # The page's own policy would keep axe out.
    page = reader.open(judged, viewport=viewport, color_scheme=scheme, bypass_csp=True)
    page.get_by_role("button", name="Open all").click()
    results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert results.violations_count == 0, results.generate_report()
    assert len(results.response["passes"]) > 20


def test_the_colours_follow_the_reader(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(two_features(tmp_path), color_scheme="light")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(paper)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(paper) != light


def test_a_closed_row_has_the_verdict_of_each_scenario(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(
        run(tmp_path, record("MH-1.1", Verdict.PASSED, title="It is on"), record("MH-1.1", line=9, title="It works"))
    )
    titles = page.locator("h3 .title").all_text_contents()
    assert [" ".join(title.split()) for title in titles] == ["✓passed: It is on;", "✕failed: It works"]
    tree = page.locator("main").aria_snapshot()
    assert 'heading "MH-1.1 passed: It is on ; failed: It works"' in tree


ALOUD = """\
- article "MH-1.1 Rspamd is on":
  - group:
    - text: failed
    - heading "MH-1.1 Rspamd is on" [level=3]
    - paragraph: Why it matters.
    - list:
      - listitem: Given a stack
      - listitem:
        - text: "Then these hold:"
        - 'group "Table of the step: these hold:"':
          - table:
            - rowgroup:
              - row "name n":
                - columnheader "name"
                - columnheader "n"
            - rowgroup:
              - row "a 1":
                - cell "a"
                - cell "1"
    - list "Evidence":
      - listitem:
        - paragraph: failed replicas
        - term: expected
        - definition:
          - code: "2"
        - term: found
        - definition:
          - code: "1"
        - term: at
"""


def test_a_requirement_is_read_aloud_in_the_order_of_its_story(reader: Reader, tmp_path: Path) -> None:
    """What a screen reader is given: the verdict, the promise and its steps, then what was found and where."""
    page = reader.open(two_features(tmp_path))
    assert page.locator('[data-id="MH-1.1"]').aria_snapshot().startswith(ALOUD)
