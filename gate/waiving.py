"""Where a run's waivers come from, and what they make of a record."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from msgspec.structs import replace

from gate.base import base_tree, waivers_beside
from gate.collect import scenarios_known
from gate.extent import AT_BASE, extent
from gate.options import Settings, settings
from gate.own_files import refusal
from gate.record import Record
from gate.verdict import Verdict
from gate.waivers import NAME, Problem, Waiver, Waivers

#: The verdicts that a waiver can set aside.  An error of the suite is not among them: it says nothing.
WAIVABLE = (Verdict.FAILED, Verdict.UNDETERMINED)

_WAIVERS = pytest.StashKey[Waivers]()
_AT_BASE = pytest.StashKey[Waivers | None]()


def waivers(config: pytest.Config) -> Waivers:
    """The waivers of this run, read once in each process."""
    if _WAIVERS not in config.stash:
        config.stash[_WAIVERS] = _read(config)
    return config.stash[_WAIVERS]


def new_waivers(config: pytest.Config) -> tuple[Waiver, ...]:
    """The waivers that the change brings: those that waive more than the base did, or for longer."""
    before = _waivers_at_base(config)
    if before is None:
        return ()
    return tuple(w for w in waivers(config).entries if not any(w.is_within(other) for other in before.entries))


def _waivers_at_base(config: pytest.Config) -> Waivers | None:
    """The waivers in the same file at the base; None without a base, and where the file is not the repo's."""
    if _AT_BASE not in config.stash:
        asked, tree = settings(config), base_tree(config)
        path = None if tree is None else _place_at_base(asked, tree)
        config.stash[_AT_BASE] = None if path is None or tree is None else _read_file(config, path, tree)
    return config.stash[_AT_BASE]


def _place_at_base(asked: Settings, tree: Path) -> Path | None:
    path = asked.waivers or asked.infra / NAME
    if path.is_relative_to(asked.infra):
        return tree / path.relative_to(asked.infra)
    kept = waivers_beside(tree)
    return kept if kept.exists() else None


def _read_file(config: pytest.Config, path: Path, tree: Path) -> Waivers:
    inside = path == waivers_beside(tree) or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(tree))
    if not os.path.lexists(path) or not inside:
        return Waivers()
    from gate.waiver_file import read_waivers  # few repos have one, and YAML takes its time to load

    return read_waivers(path, NAME, settings(config).as_of, scenarios_known(config, extent(config).places))


def _read(config: pytest.Config) -> Waivers:
    asked = settings(config)
    path = asked.waivers or asked.infra / NAME
    if not os.path.lexists(path):
        return Waivers()
    shown = path.relative_to(asked.infra).as_posix() if path.is_relative_to(asked.infra) else asked.shown(path)
    # What is judged must not have a file of this machine read, or a secret one of its own, and shown in a message.
    if path.is_relative_to(asked.home) and (reason := refusal(asked.home, path)):
        return Waivers(problems=(Problem(shown, 1, f"cannot be read: {reason}"),))
    from gate.waiver_file import read_waivers  # likewise

    return read_waivers(path, shown, asked.as_of, scenarios_known(config, extent(config).places))


def waive(record: Record, title: str, config: pytest.Config) -> Record:
    """The record of a scenario of that title, waived if that is due; or with the waiver that has expired."""
    if record.verdict not in WAIVABLE:
        return record
    day = settings(config).as_of
    match = waivers(config).over(record.requirements, title, day)
    if match.live is None and record.feature.endswith(AT_BASE):
        # What the base has is waived by what it waives, though the change took that away along with the promise.
        match = (_waivers_at_base(config) or Waivers()).over(record.requirements, title, day)
    if match.live is None:
        return replace(record, expired=match.expired)
    before = _waivers_at_base(config) if settings(config).waivers_from == "base" else None
    if before is not None and before.over(record.requirements, title, day).live is None:
        return record
    return replace(record, verdict=Verdict.WAIVED, unwaived=record.verdict, waiver=match.live)


def stale(entries: Iterable[Waiver], records: Iterable[Record]) -> tuple[Waiver, ...]:
    """The waivers that nothing needs any more, given the records of all scenarios.

    Of the scenarios that a waiver covers, one at least must have been judged and all that were must have passed.  One
    that is over asks for nothing; but of one that is yet to begin, as of one that could not be proven or is pending,
    nobody knows.
    """
    records = list(records)
    return tuple(waiver for waiver in entries if _is_stale([r for r in records if _covers(waiver, r)]))


def _covers(waiver: Waiver, record: Record) -> bool:
    title = waiver.scenario
    named = title is None or record.name == title or record.name.startswith(f"{title}[")
    return named and waiver.requirement in record.requirements


def _is_stale(covered: list[Record]) -> bool:
    asking = [record for record in covered if not _is_over(record)]
    return bool(asking) and all(record.verdict is Verdict.PASSED for record in asking)


def _is_over(record: Record) -> bool:
    return record.verdict is Verdict.NOT_IN_FORCE and (record.reason or "").startswith("until")
