"""``design-policy history``: since when each promise holds, and which commit broke it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from design_policy import SUITE
from design_policy.judge import place_of, what_is_asked
from gate.git import GitError
from gate.history import contract, page, terminal
from gate.history.run import History, Question, TerminalProgress, history, question_of
from gate.history.since import bisect
from gate.history.workers import HistoryError
from gate.home import HomeError, file_above, read_home
from gate.options import URL
from gate.own_steps import VARIABLE, operators_steps

_MORE = """\
Each commit is judged as of its day, by git's objects alone: nothing is checked out, and what a partial clone does not
have is unknown.  What is published is not asked (--dns=off), for nobody knows what it was.  What was judged is kept
($XDG_CACHE_HOME/design-policy), so that Ctrl-C loses nothing, and the next history only judges what is new.
Exit status: 0 it is told, 2 it could not be asked."""


def run(arguments: Sequence[str]) -> int:
    """Tell the history; 0 where it is told, 2 where it could not be asked."""
    asked = _parser().parse_args(arguments)
    try:
        question = _question(asked)
        if asked.bisect is not None:
            print("\n".join(terminal.found(bisect(question, asked.bisect))))
            return 0
        told = history(question, TerminalProgress())
        _show(told, asked)
    except (GitError, HistoryError, HomeError, ValueError) as error:
        print(f"design-policy: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ndesign-policy: stopped; say it again to go on from here", file=sys.stderr)
        return 2
    return 0


def _show(told: History, asked: argparse.Namespace) -> None:
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print("\n".join(terminal.lines(told, colour=colour, every=asked.spans == "all")))
    if asked.report_dir is not None:
        folder = Path(asked.report_dir)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "history.json").write_text(contract.render(told), encoding="utf-8")
        (folder / "history.html").write_text(page.render(told, _link(asked)), encoding="utf-8")
        print(f"\nwrote {asked.report_dir}/history.html and history.json")


def _link(asked: argparse.Namespace) -> str | None:
    """What a commit's name is put behind."""
    file = file_above(place_of(asked.infra))
    link: str | None = asked.link or page.commit_link(read_home(file).link if file else None)
    if link is not None and not URL.fullmatch(link):
        raise ValueError(f"--link: {link!r} is not the beginning of a web address (https://...)")
    return link if link is None or link.endswith("/") else f"{link}/"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="design-policy history", description="Since when each promise holds, and which commit broke it.",
        epilog=_MORE, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument("--infra", metavar="PATH", help="the repo (default: the one in which I stand)")
    parser.add_argument(
        "--features",
        metavar="PATH",
        action="append",
        help="where the promises stand, as they are now (`example`: those of the suite)",
    )
    parser.add_argument("--since", metavar="DAY|REV", help="begin there (default: with the first commit)")
    parser.add_argument("--until", metavar="REV", default="HEAD", help="end there (default: HEAD)")
    parser.add_argument("--bisect", metavar="ID", help="find only the commit that broke this requirement, by halving")
    parser.add_argument("--all", action="store_true", help="every commit, and not first parents only")
    parser.add_argument("--spans", choices=("latest", "all"), default="latest", help="how many to print")
    parser.add_argument("--report-dir", metavar="DIR", help="write history.html and history.json there")
    parser.add_argument(
        "--link",
        metavar="URL",
        help="what a commit's name is put behind to make a link"
        " (https://github.com/OWNER/REPO/commit/; default: by the settings' link)",
    )
    parser.add_argument("--processes", metavar="N", type=int, default=2, help="how many judge at once (default: 2)")
    parser.add_argument("--fresh", action="store_true", help="judge all anew, and keep nothing")
    parser.add_argument("--steps", metavar="FOLDER", help=f"Python modules with steps of your own (or ${VARIABLE})")
    return parser


def _question(asked: argparse.Namespace) -> Question:
    if asked.steps is not None:
        os.environ[VARIABLE] = asked.steps
    operators_steps()
    place, file, features = what_is_asked(asked.infra, asked.features)
    if not features:
        raise ValueError(f"{place} has no promises yet: say --features=FOLDER, or `design-policy init`")
    where = place
    if file is not None and place == file.parent:
        where = file.parent / read_home(file).infra
    return replace(
        question_of(SUITE, where, features, file), since=asked.since, until=asked.until, every=asked.all,
        keeps=not asked.fresh, processes=asked.processes,
    )  # fmt: skip
