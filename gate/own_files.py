"""Which files of the judged repo the gate reads for itself: its settings, features, waivers and zones.

What stands in them is shown: as a page, in a message that quotes a line.  So a link must not have a file of this
machine read in their place, nor a file that the repo keeps secret.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from tfparse.source.git import ATTRIBUTES, is_pipe_or_device
from tfparse.source.listing import LEFT_BEHIND, Listing
from tfparse.source.places import Folder

_ASTRAY = "it leads out of the repo that it is a part of"
_NO_FILE = "it is not a file"
_SECRET = "git-crypt keeps it secret, and what stands here is shown"
#: What no repo has for a file of its own.
_GIT = ".git"


def refusals(home: Path, files: Iterable[Path]) -> dict[Path, str]:
    """Why some of the files (or folders) of a repo, whose folder is ``home``, are not to be read."""
    from tfparse.source.git_crypt import encrypted  # only a repo of its own promises needs it
    from tfparse.source.sources import SourceTree

    top = Path(os.path.realpath(home))
    places = {file: Path(os.path.realpath(file)) for file in files}
    inside = {f: p.relative_to(top).as_posix() for f, p in places.items() if _is_inside(p, top)}
    secret = encrypted(SourceTree(top), [*inside.values(), ATTRIBUTES]) if inside else set()
    astray = dict.fromkeys((file for file in places if file not in inside), _ASTRAY)
    astray |= dict.fromkeys((file for file in inside if is_pipe_or_device(places[file])), _NO_FILE)
    return astray | dict.fromkeys((file for file, path in inside.items() if path in secret), _SECRET)


def refusal(home: Path, file: Path) -> str | None:
    """Why a file (or a folder) of a repo is not to be read; None where nothing speaks against it."""
    return refusals(home, [file]).get(file)


def _is_inside(place: Path, top: Path) -> bool:
    return place.is_relative_to(top) and _GIT not in place.relative_to(top).parts


def is_kept(home: Path, folder: Path) -> bool:
    """Whether a folder is part of a repo: git tracks something in it, or would; without git, no program left it."""
    if not folder.is_relative_to(home):
        return folder.name not in LEFT_BEHIND
    listing = _listing(home)
    path = folder.relative_to(home)
    return listing.holds(path.as_posix()) if listing is not None else LEFT_BEHIND.isdisjoint(path.parts)


@cache
def _listing(home: Path) -> Listing | None:
    return Folder(home.resolve()).listing


def forget_listings() -> None:
    """Know of no repo any more what it keeps: it may be another by the next run of this process."""
    _listing.cache_clear()


def unread_features(home: Path, places: Sequence[Path]) -> Iterator[str]:
    """What stands in some places as a feature of the repo and cannot be read as one, in words.

    A link to a folder is not followed: what it leads to is judged where it lies, if that is one of the places.
    """
    for place in places:
        for folder, folders, names in os.walk(place) if place.is_relative_to(home) else ():
            for name in sorted(names):
                path = Path(folder, name)
                if path.suffix == ".feature" and not path.is_file():
                    yield f"{path}:1: it is not a file"
            for path in (Path(folder, name) for name in sorted(folders)):
                if path.is_symlink() and _holds_others(path.resolve(), home, places):
                    yield f"{path}: features are not looked for behind a link: name the folder among the features"


def _holds_others(folder: Path, home: Path, places: Sequence[Path]) -> bool:
    known = any(folder.is_relative_to(place.resolve()) for place in places)
    return not known and _is_inside(folder, home.resolve()) and next(folder.rglob("*.feature"), None) is not None
