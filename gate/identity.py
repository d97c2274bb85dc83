"""All that decides a verdict but the infra repo: what is kept from one run to the next is kept by this."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gate.options import Settings
from readers.sandbox.installed import installed

#: The programs that may decide a verdict, and those without which they are not asked.
PROGRAMS = ("amtool", "helm", "kubectl", "kustomize", "postconf", "promtool", "rspamadm")
_HELPERS = ("git", "mount", "unshare")
_ROOMS = ("gate", "readers", "steps", "tfparse")
#: What of the settings decides no finding: days are asked each time, the rest is what is made of findings.
_NO_MATTER = ("as_of", "block", "design", "link", "report_dir", "require_proof", "since", "suite", "trace", "waivers",
              "waivers_from")  # fmt: skip


def key_of_settings(asked: Settings) -> str:
    """What a run with some settings keeps is kept by this."""
    kind, _, place = asked.dns.partition(":")
    zones = tree_digest(Path(place)) if kind == "zones" else ""
    said = [f"{name} {getattr(asked, name)!r}" for name in asked.__struct_fields__ if name not in _NO_MATTER]
    return key_of(asked.suite, (), (zones, *said))


def key_of(suite: Path, places: Iterable[Path], more: Sequence[str]) -> str:
    """All of it as one short text: suite, features, Python, libraries, programs, whose process it is, and ``more``."""
    said = hashlib.sha256()
    code = [file for room in _ROOMS for file in _files(suite / room) if file.endswith(".py")]
    for path in [str(suite / "conftest.py"), str(suite / "pytest.ini"), *code, *map(str, features_of(places))]:
        said.update(f"{path}\n".encode("utf-8", "surrogateescape"))
        said.update(_content(path))
    for text in (sys.version, str(os.geteuid()), *sorted(_libraries()), *map(_program, (*PROGRAMS, *_HELPERS)), *more):
        said.update(f"{text}\n".encode("utf-8", "surrogateescape"))
    return said.hexdigest()


def features_of(places: Iterable[Path]) -> list[Path]:
    """The feature files in some places."""
    return sorted(path for place in places for path in ([place] if place.is_file() else place.rglob("*.feature")))


def tree_digest(folder: Path) -> str:
    """All files in a folder, and what they are called."""
    said = hashlib.sha256()
    for path in _files(str(folder)):
        said.update(f"{os.path.relpath(path, folder)}\n".encode("utf-8", "surrogateescape") + _content(path))
    return said.hexdigest()


def _files(folder: str | Path) -> Iterator[str]:
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (os.path.join(above, name) for name in sorted(names))


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).digest()


def import_path() -> list[str]:
    """Where libraries are looked for."""
    return list(dict.fromkeys(sys.path))


def _libraries() -> Iterator[str]:
    """What is installed beside the suite, as its folders are called: name and version."""
    for folder in import_path():
        if os.path.isdir(folder):
            yield from (name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info", ".pth")))


def _program(name: str) -> str:
    """Which programs there are of that name: another one, or another version, has another time or size."""
    found = ((place, os.stat(place)) for place in installed(name))
    return f"{name}: {', '.join(f'{place} {about.st_size} {about.st_mtime_ns}' for place, about in found) or 'none'}"
