"""``design-policy judge``: the gate, on the repo in which one stands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from design_policy import SUITE
from gate.base import OUTSIDERS
from gate.home import EXAMPLE, NAME, HomeError, file_above, read_home
from gate.own_steps import VARIABLE, operators_steps

_EXAMPLES = SUITE / "fixtures"
_BEGIN = """\
design-policy: {place} has no promises yet: there is no {name} in it.
To begin, stand in it and say `design-policy init`: it writes these settings, and a first feature in policy/.
To judge it by features that stand elsewhere, say --features=FOLDER (--features=example: the mail server's, which the
suite brings)."""

_MORE = """\
Each of these overrides a setting:
  --dns=MODE            whom to ask what is published: system, server:IP[:PORT], authoritative, zones:DIR, off
  --block=all|new       which failures close the gate; new ones were none at the base
  --waivers=FILE        what to live with, and until when
  --waivers-from=change|base   whose waivers count
  --link=URL            where the repo's files can be read
  --design=told|closes  what a design document that the promises do not hold does
  --require-proof       close the gate where a program that would prove something is missing
And of one run:
  --base=REV            compare with that revision
  --as-of=DATE          the day that decides what is in force (default: today)
  --report-dir=DIR      write spec.html, summary.md, junit.xml, results.sarif and report.json there

Other options are pytest's (-v: show what passed, too; -q: only what did not; -k, -m: some of the scenarios).
Exit status: 0 the gate is open, 1 closed, 2 it could not be asked."""


def run(arguments: Sequence[str]) -> int:
    """Judge; 0 where the gate is open, 1 where it is closed, 2 where it could not be asked."""
    asked, rest = _parser().parse_known_args(arguments)
    try:
        command = _arguments(asked, rest)
    except (HomeError, ValueError) as error:
        print(f"design-policy: {error}", file=sys.stderr)
        return 2
    if command is None:
        return 2
    status = int(pytest.main(command))
    return status if status in (0, 1) else 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="design-policy judge", description="Judge an infra repo by the promises that stand in it.", epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument("--infra", metavar="PATH", help="the repo to judge (default: the one in which I stand)")
    parser.add_argument(
        "--features",
        metavar="PATH",
        action="append",
        help=f"where the promises stand (default: what {NAME} says; `{EXAMPLE}`: those of the suite)",
    )
    parser.add_argument("--steps", metavar="FOLDER", help=f"Python modules with steps of your own (or ${VARIABLE})")
    return parser


def _arguments(asked: argparse.Namespace, rest: Sequence[str]) -> list[str] | None:
    """The command line for pytest; None where the repo has nothing to be judged by, which was said."""
    if asked.steps is not None:
        os.environ[VARIABLE] = asked.steps
    operators_steps()
    place, file, features = what_is_asked(asked.infra, asked.features)
    if not features:
        print(_BEGIN.format(place=place, name=NAME), file=sys.stderr)
        return None
    where = [f"--settings={file}"] if file else []
    infra = file.parent if file and asked.infra is None and place != SUITE / "fixtures" / "infra" else place
    return [
        "-c", str(SUITE / "pytest.ini"), "--rootdir", str(SUITE), *OUTSIDERS, "-p", "no:cacheprovider",
        "-W", "ignore::pytest.PytestAssertRewriteWarning",
        f"--infra={infra}", *where, *(f"--features={folder}" for folder in features), *rest,
        *map(str, features),
    ]  # fmt: skip


def what_is_asked(infra: str | None, named: Sequence[str] | None) -> tuple[Path, Path | None, list[Path]]:
    """The folder that is asked about, its settings if it has any, and where its features stand: none where nobody says.

    Raises:
        HomeError: the settings are not in order.
        ValueError: what is named is not there.
    """
    place = place_of(infra)
    file = file_above(place)
    features = [named_features(name) for name in named or ()] or kept_features(file)
    if not features and place.parent == _EXAMPLES:
        features = [SUITE / "features"]
    return place, file, features


def place_of(infra: str | None) -> Path:
    """The folder that is asked about."""
    path = infra if infra is not None else os.environ.get("INFRA_ROOT")
    if path is None:
        here = Path.cwd()
        return SUITE / "fixtures" / "infra" if here == SUITE else here
    if not os.path.isdir(path):
        raise ValueError(f"--infra: {path!r} is not a folder")
    return Path(os.path.abspath(path))


def named_features(name: str) -> Path:
    """Where the features are that an option names.  ValueError where there is nothing."""
    if name == EXAMPLE:
        return SUITE / "features"
    if not os.path.exists(name):
        raise ValueError(f"--features: there is no {name!r}")
    if not os.path.isdir(name):
        raise ValueError(f"--features: {name!r} is no folder: name the folder it is in, and choose with -k or -m")
    return Path(os.path.abspath(name))


def _holds_features(place: Path) -> bool:
    """Whether nothing but features is collected there: a file of Python pytest would import, and run what a text
    (``test*.txt``) has for examples."""
    return place.is_dir() or place.suffix == ".feature"


def kept_features(file: Path | None) -> list[Path]:
    """Where the settings say that the features stand."""
    if file is None:
        return []
    kept = read_home(file)
    if not kept.features:
        raise HomeError(f'{file}:1: features is missing: name the folder of the promises (features = "policy")')
    for name in kept.features:
        if name != EXAMPLE and not (file.parent / name).exists():
            raise HomeError(f"{file}:1: features: there is no {name!r} beside it")
        if name != EXAMPLE and not _holds_features(file.parent / name):
            raise HomeError(f"{file}:1: features: {name!r} is neither a folder nor a .feature file")
    return [SUITE / "features" if name == EXAMPLE else file.parent / name for name in kept.features]
