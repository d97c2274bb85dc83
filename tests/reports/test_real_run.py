"""What the gate writes of the bundled examples, held to the same schemas, in the same browser."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import etree
from playwright.sync_api import Browser, expect

from tests.reports.schemas import JUNIT, SARIF

ROOT = Path(__file__).parents[2]
#: The example as it is, as it was, and as it was while nobody could be asked: open, and closed for two reasons.
RUNS = {
    "open": ["--infra=fixtures/infra"],
    "closed": ["--infra=fixtures/infra_before", "--link=https://git.example/o/infra/src/commit/0/"],
    "off": ["--infra=fixtures/infra_before", "--dns=off"],
}


@pytest.fixture(scope="module", params=RUNS)
def reports(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "features", f"--report-dir={folder}"]
    done = subprocess.run([*command, *RUNS[request.param]], cwd=ROOT, timeout=120, check=False, capture_output=True)
    assert done.returncode == (request.param != "open"), done.stdout.decode()
    return folder


def test_junit(reports: Path) -> None:
    document = etree.parse(reports / "junit.xml")
    JUNIT.assertValid(document)
    assert len(document.findall("testsuite")) == len(list((ROOT / "features").rglob("*.feature")))


def test_sarif(reports: Path) -> None:
    log = json.loads((reports / "results.sarif").read_text(encoding="utf-8"))
    SARIF.validate(log)
    for result in log["runs"][0]["results"]:
        (location,) = result["locations"]
        place = location["physicalLocation"]["artifactLocation"]
        root = (
            ROOT if place["uriBaseId"] == "SUITE" else ROOT / json.loads((reports / "report.json").read_text())["infra"]
        )
        assert (root / place["uri"]).is_file()


def test_summary(reports: Path) -> None:
    text = (reports / "summary.md").read_text(encoding="utf-8")
    assert len(text) < 65_536
    if "## Gate: open" in text:
        assert "### Failed" not in text


def test_page(reports: Path, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = context.new_page()
    page.goto((reports / "spec.html").as_uri())
    page.get_by_role("button", name="Open all").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    report = json.loads((reports / "report.json").read_text(encoding="utf-8"))
    expect(page.locator(".requirement")).to_have_count(len(report["requirements"]))
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    context.close()
