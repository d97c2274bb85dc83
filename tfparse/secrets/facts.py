"""What of a module tells whether a secret begins there, or may pass through: it is little, and kept between runs, so
that most modules need not be loaded to find the secrets of a repo.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from tfparse.configs.file_names import is_configuration
from tfparse.source.sources import SourceTree

_ROOMS = ("configs", "hcl", "secrets", "source")
"""Whose code decides what is kept."""


class Call(NamedTuple):
    """A call of a module of this repo: its name, the folder of that module, and the names of its arguments."""

    name: str
    target: str
    arguments: tuple[str, ...]


class Facts(NamedTuple):
    """Of a module: the variables that are sensitive, those with a default, what it calls, and whether secrets begin in
    anything else.
    """

    sensitive: tuple[str, ...]
    defaults: tuple[str, ...]
    calls: tuple[Call, ...]
    has_more: bool


def facts_of(tree: SourceTree, directory: str, look: Callable[[], Facts]) -> tuple[Facts, tuple[str, ...]]:
    """The facts of the module in a folder: those that are kept, with its files, which parse; or else what comes of
    looking at it, and no files.
    """
    looked = []

    def work() -> tuple[object, ...]:
        looked.append(directory)
        sensitive, defaults, calls, has_more = look()
        return sensitive, defaults, tuple(map(tuple, calls)), has_more

    paths = [posixpath.join(directory, name) for name in tree.names(directory) if is_configuration(name)]
    about = b"\0".join(part.encode("utf-8", "surrogateescape") for part in (code(), directory, *paths))
    sensitive, defaults, calls, has_more = tree.told(paths, about, work)
    facts = Facts(sensitive, defaults, tuple(Call(*call) for call in calls), has_more)
    return facts, () if looked else tuple(paths)


@cache
def code() -> str:
    """Which code looks for secrets: what another has kept is not believed."""
    digest = blake2b(digest_size=16)
    for room in _ROOMS:
        for file in sorted((Path(__file__).parents[1] / room).glob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
