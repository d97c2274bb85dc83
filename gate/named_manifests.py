"""The folders of manifests that are judged besides: by the command line, or by the judged repo's settings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from gate.home import NAME, Home
from gate.own_files import refusals


def named_manifests(
    asked: Sequence[str] | None, kept: Home, home: Path, infra: Path, *, at_base: bool = False
) -> tuple[str, ...]:
    """Each folder or file, as :class:`readers.manifests.root.Named` reads it: below the infra repo by its path there,
    elsewhere by its absolute path.  pytest.UsageError where one that is asked for is not there, unless ``at_base``.
    """
    if asked is None:
        return tuple(_kept(kept.manifests, home, infra))
    for said in asked:
        if not at_base and not os.path.exists(said.partition(":")[0]):
            raise pytest.UsageError(f"--manifests: there is no folder or file {said.partition(':')[0]!r}")
    return tuple(_placed(said, Path.cwd(), infra) for said in asked)


def those_that_count(before: Iterable[str], now: Iterable[str], home: Path) -> tuple[str, ...]:
    """The folders of the base's settings that are still there, and those that the change names: where one has moved,
    the change alone knows where it is now.
    """
    still = (said for said in before if os.path.lexists(home / said.partition(":")[0]))
    return tuple(dict.fromkeys([*still, *now]))


def as_at_base(named: Iterable[str], home: Path, home_then: Path, tree: Path) -> list[str]:
    """The same for the infra repo at the base, whose settings stand in ``home_then``.  What was rendered elsewhere was
    rendered from the change: it is not known there.
    """
    return [_then(Path(said), home, home_then, tree) for said in named]


def _then(said: Path, home: Path, home_then: Path, tree: Path) -> str:
    if not said.is_absolute():
        return str(tree / said)
    known = said.is_relative_to(home)
    return str(home_then / said.relative_to(home) if known else home_then.parent / "not-known-at-the-base" / said.name)


def _kept(named: Iterable[str], home: Path, infra: Path) -> Iterable[str]:
    for said in named:
        place = home / said.partition(":")[0]
        for reason in refusals(home, [place]).values():
            raise pytest.UsageError(f"{home / NAME}: manifests: {said}: {reason}")
        yield _placed(said, home, infra)


def _placed(said: str, folder: Path, infra: Path) -> str:
    path, colon, namespace = said.partition(":")
    place = Path(os.path.abspath(folder / path))
    shown = place.relative_to(infra).as_posix() if place.is_relative_to(infra) else place.as_posix()
    return f"{shown}{colon}{namespace}"
