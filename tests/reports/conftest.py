"""A real browser, where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from gate.reports import page as spec
from gate.reports.view import Run

#: It speaks to nobody, and needs neither a display nor a sandbox of its own.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--disable-default-apps", "--no-first-run"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        missing = "Chromium is not installed (Debian package chromium): nobody looks at spec.html"
        # In CI nobody reads what was skipped.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


class Reader:
    """Someone who opens spec.html, and notes whatever a reader should never meet."""

    def __init__(self, browser: Browser, path: Path) -> None:
        self._browser, self._path = browser, path
        self._contexts: list[BrowserContext] = []
        #: Console messages, errors, dialogs, and requests for anything but the file.
        self.disturbances: list[str] = []

    def open(self, run: Run, fragment: str = "", **options: object) -> Page:
        """The page of a run.  ``options`` are a browser context's: width, colour scheme, JavaScript."""
        self._path.write_text(spec.render(run), encoding="utf-8")
        context = self._browser.new_context(**options)
        self._contexts.append(context)
        page = context.new_page()
        note: Callable[[str], None] = self.disturbances.append
        page.on("console", lambda message: note(f"console: {message.text}"))
        page.on("pageerror", lambda error: note(f"error: {error}"))
        page.on("dialog", lambda dialog: (note(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: None if request.url.split("#")[0] == self._path.as_uri() or
                request.url.startswith("data:") else note(f"request: {request.url}"))
        page.goto(self._path.as_uri() + fragment)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def reader(browser: Browser, tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(browser, tmp_path / "spec.html")
    yield reader
    reader.close()
    assert reader.disturbances == []
