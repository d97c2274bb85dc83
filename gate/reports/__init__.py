"""What a run leaves behind for others: each format is one function from a :class:`~gate.reports.view.Run` to text."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gate.reports import contract, github, junit, sarif, summary
from gate.reports.view import Run


def _page(run: Run) -> str:
    from gate.reports import page  # which takes longer to load than most runs need it

    return page.render(run)


#: The files of ``--report-dir``, and what writes each.
FORMATS: dict[str, Callable[[Run], str]] = {
    "report.json": contract.render, "junit.xml": junit.render, "results.sarif": sarif.render,
    "summary.md": summary.render, "spec.html": _page,
}  # fmt: skip


def prepare(directory: Path) -> None:
    """Make the folder of the reports, without those of an earlier run, which this one may not live to replace.

    OSError, which names the option, where that cannot be.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name in FORMATS:
            (directory / name).unlink(missing_ok=True)
    except OSError as error:
        raise OSError(f"--report-dir: {error}") from error
    if not os.access(directory, os.W_OK):
        raise PermissionError(f"--report-dir: {str(directory)!r} cannot be written to")


def write(run: Run) -> list[str]:
    """Write all reports that were asked for.  What went wrong is returned, a line for each report that is not there:
    a report that fails takes no other with it, and never the verdict.
    """
    faults = []
    directory = run.settings.report_dir
    if directory is not None:
        for name, render in FORMATS.items():
            faults += _attempt(name, partial(_put, directory / name, render, run))
    return faults + _attempt("GitHub's step summary", partial(github.add_to_step_summary, run))


def _attempt(name: str, action: Callable[[], None]) -> list[str]:
    try:
        action()
    except Exception as error:  # noqa: BLE001  (whatever it is, it becomes an error of the suite, exit status 3)
        return [f"{name} was not written: {type(error).__name__}: {error}"]
    return []


def _put(path: Path, render: Callable[[Run], str], run: Run) -> None:
    """The file is there whole, or not at all."""
    text = render(run)
    half = path.with_name(f".{path.name}.part")
    try:
        half.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
