"""history.html as a reader has it, in a real Chromium."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from gate.history import page as history_page
from gate.history.objects import Commit
from gate.history.run import History, Question
from gate.history.spans import Point, requirements
from tests.reports.reader import Reader

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
HOSTILE = '<img src=x onerror=alert(1)>"\u202e\x1b[31m'
LINK = "https://example.org/o/r/commit/"
DAYS = 100


def state(verdict: str, actual: str) -> dict:
    finding = {"what": "the policy", "expected": '"Local"', "actual": actual, "verdict": verdict, "file": "main.tf",
               "line": 7, "note": None}  # fmt: skip
    return {"verdict": verdict, "reason": "why", "findings": [finding]}


def commits() -> list[Commit]:
    """A commit a day, but for the last ten, which came in one."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    return [Commit(f"{n:040x}", begin + timedelta(days=min(n, DAYS - 10)), HOSTILE if n == 40 else f"commit {n}")
            for n in range(DAYS)]  # fmt: skip


def history() -> History:
    """One requirement that was broken for a while, one that holds all along, one that is not known since day 90."""
    scenarios = [{"name": name, "requirements": [id_]} for name, id_ in
                 (("It was broken", "MH-1.1"), ("It holds", "MH-1.2"), ("Nobody knows", "MH-2.1"))]  # fmt: skip
    points = [
        Point(commit, (
            state("failed", HOSTILE) if 40 <= n < 60 else state("passed", '"Local"'), state("passed", "yes"),
            state("undetermined", "unknown: why") if n >= 90 else state("passed", "known"),
        )) for n, commit in enumerate(commits())
    ]  # fmt: skip
    question = Question(Path("suite"), Path("repo"), ())
    return History(question, tuple(points), tuple(requirements(scenarios, points)), DAYS)


@pytest.fixture
def page(reader: Reader) -> Page:
    return reader.show(history_page.render(history(), LINK), viewport=DESK)


def span(page: Page, requirement: str, word: str) -> Locator:
    return page.locator(f'[data-id="{requirement}"] .span.{word}')


def stretch(of: Locator) -> tuple[float, float]:
    """From where to where something lies on its track, as parts of it."""
    left, right, width = of.evaluate(
        """e => { const a = e.getBoundingClientRect(), b = e.parentElement.getBoundingClientRect();
           return [a.left - b.left, a.right - b.left, b.width]; }"""
    )
    return round(left / width, 2), round(right / width, 2)


def test_it_says_at_once_what_does_not_hold_and_since_when(page: Page) -> None:
    expect(page.locator(".lead")).to_contain_text("Of 3 requirements, these are not known to hold at 00000000: MH-2.1")
    expect(page.locator(".lead a")).to_have_text(["MH-2.1"])
    expect(page.locator("#r-MH-1\\.1 .since")).to_contain_text("held since 00000000, 2026-03-02")
    expect(page.locator("#r-MH-1\\.2 .since")).to_contain_text("held all along")


@pytest.mark.parametrize("script", [True, False])
def test_the_picture_is_to_scale_and_broken_stands_out(reader: Reader, *, script: bool) -> None:
    page = reader.show(history_page.render(history(), LINK), viewport=DESK, java_script_enabled=script)
    if script:
        assert stretch(span(page, "MH-1.1", "broken")) == (0.4, 0.6)
        assert [stretch(each) for each in span(page, "MH-1.1", "held").all()] == [(0, 0.4), (0.6, 1)]
    heights = [page.evaluate(f"getComputedStyle(document.querySelector('.span.{word}'), '::before').height")
               for word in ("broken", "undetermined", "held")]  # fmt: skip
    assert [float(height.removesuffix("px")) for height in heights] == sorted(
        (float(height.removesuffix("px")) for height in heights), reverse=True
    )


def test_a_span_tells_its_commit_and_what_was_found(page: Page) -> None:
    expect(page.locator("#told")).to_be_hidden()
    span(page, "MH-1.1", "broken").hover()
    told = page.locator("#told")
    expect(told).to_be_visible()
    for text in ("MH-1.1", "broken since 00000000, 2026-02-10, until 00000000, 2026-03-02 (20 commits)", '"Local"', "main.tf:7",
                 "<img src=x onerror=alert(1)>"):  # fmt: skip
        expect(told).to_contain_text(text)
    assert told.locator("a").first.get_attribute("href") == f"{LINK}{40:040x}"
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()


def test_the_keyboard_goes_from_span_to_span(page: Page) -> None:
    span(page, "MH-1.1", "held").last.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#told")).to_contain_text("broken")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#told")).to_contain_text("from the first commit")


def test_one_can_look_closer(page: Page) -> None:
    page.get_by_role("button", name="last 14 days").click()
    expect(span(page, "MH-1.1", "broken")).to_be_hidden()
    page.get_by_role("button", name="all").click()
    expect(span(page, "MH-1.1", "broken")).to_be_visible()
    page.locator("#to").fill("500")
    assert stretch(span(page, "MH-1.1", "broken")) == (0.8, 1)
    track = page.locator('[data-id="MH-1.1"] .track')
    page.get_by_role("button", name="all").click()
    track.hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    left, right = stretch(span(page, "MH-1.1", "broken"))
    assert right - left > 0.2


def test_by_days_what_came_in_one_day_takes_one_day(page: Page) -> None:
    assert stretch(span(page, "MH-2.1", "undetermined")) == (0.9, 1)
    page.get_by_label("by days").check()
    left, right = stretch(span(page, "MH-2.1", "undetermined"))
    assert left > 0.98
    assert right == 1


def test_what_is_shown_can_be_chosen(page: Page) -> None:
    page.locator("[name=now][value=held]").uncheck()
    expect(page.locator('[data-id="MH-1.1"]')).to_be_hidden()
    expect(page.locator("#shown")).to_have_text("1 of 3 requirements")
    page.locator("[name=now][value=held]").check()
    page.locator("#search").fill("it holds")
    expect(page.locator("#shown")).to_have_text("1 of 3 requirements")
    page.locator("#search").fill("nothing like it")
    expect(page.locator("#none")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_everybody_can_use_it_everywhere(reader: Reader, viewport: dict[str, int], scheme: str) -> None:
    page = reader.show(history_page.render(history(), LINK), viewport=viewport, color_scheme=scheme)
    page.locator("details").first.evaluate("details => details.open = true")
    span(page, "MH-1.1", "broken").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in violations] == []


def test_it_reads_without_its_script(reader: Reader) -> None:
    page = reader.show(history_page.render(history(), None), java_script_enabled=False)
    expect(page.locator("#tools")).to_be_hidden()
    assert "broken since" in " ".join(page.locator("#s0-1").text_content().split())
    assert page.locator("a[href^=http]").count() == 0


@pytest.mark.parametrize(
    ("files", "commit"),
    [
        ("https://github.com/o/r/blob/main/", "https://github.com/o/r/commit/"),
        ("https://gitlab.com/o/r/-/blob/main/", "https://gitlab.com/o/r/-/commit/"),
        ("https://codeberg.org/o/r/src/branch/main/", "https://codeberg.org/o/r/commit/"),
        ("https://example.org/files/", None),
        (None, None),
    ],
)
def test_where_a_commit_can_be_read_follows_from_where_files_can(files: str | None, commit: str | None) -> None:
    assert history_page.commit_link(files) == commit
