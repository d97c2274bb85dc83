"""Someone who reads spec.html."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from gate.reports import page as spec
from gate.reports.view import Run


class Reader:
    """Opens the page of a run, and notes whatever a reader should never meet."""

    def __init__(self, browser: Browser, path: Path) -> None:
        self._browser, self._path = browser, path
        self._contexts: list[BrowserContext] = []
        #: Console messages, errors, dialogs, and requests for anything but the file.
        self.disturbances: list[str] = []

    def open(self, run: Run, fragment: str = "", **options: object) -> Page:
        """The page of a run.  ``options`` are a browser context's: width, colour scheme, JavaScript."""
        return self.show(spec.render(run), fragment, **options)

    def show(self, text: str, fragment: str = "", **options: object) -> Page:
        """Likewise any page."""
        self._path.write_text(text, encoding="utf-8")
        context = self._browser.new_context(**options)
        self._contexts.append(context)
        page = context.new_page()
        note: Callable[[str], None] = self.disturbances.append
        page.on("console", lambda message: note(f"console: {message.text}"))
        page.on("pageerror", lambda error: note(f"error: {error}"))
        page.on("dialog", lambda dialog: (note(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.split("#")[0] == self._path.as_uri() or request.url.startswith("data:")
                else note(f"request: {request.url}")
            ),
        )
        page.goto(self._path.as_uri() + fragment)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def visible(page: Page) -> list[str]:
    return [element.get_attribute("data-id") for element in page.locator(".requirement").all() if element.is_visible()]


def is_open(page: Page, requirement: str) -> bool:
    return page.locator(f'[data-id="{requirement}"] details').evaluate("details => details.open")
