"""What programs have answered, kept for the user's next run: the same program says the same of the same text.

Each answer is a file of the user's own, sealed with a key that only the question gives: who has not the text that was
asked about, learns nothing from it.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from tfparse.own_file import keep_newest, read_own, sealed, write_own

_MAGIC = b"design-policy answer 1\n"
_SUFFIX = ".answer"
_MOST, _LARGEST = 256, 2**20
"""So many answers are kept, of at most so many bytes each."""
_OURS = ("program.py", "namespace.py", "answers.py")


class Output(NamedTuple):
    """What a program said, and its exit status."""

    status: int
    out: str
    err: str


class Answers(Struct):
    """The answers in a folder."""

    folder: Path
    is_new: bool = False

    def answer(self, program: str, needs: Iterable[str], asked: Sequence[str], ask: Callable[[], Output]) -> Output:
        """What a program answers: by what is kept, or else by asking it.  ``needs``: what it reads besides."""
        parts = [*_about(program, needs), *asked]
        file, seal = self._file(parts), _digest(parts, "seal").encode()
        held = read_own(file, _MAGIC, _LARGEST)
        if held is not None:
            return Output(*json.loads(sealed(held, seal)))
        said = ask()
        if write_own(file, _MAGIC, sealed(json.dumps(said).encode(), seal)):
            self.is_new = True
        return said

    def has(self, program: str, needs: Iterable[str], asked: Sequence[str]) -> bool:
        """Whether there is a file for an answer; whether it is sound, is seen when it is read."""
        return self._file([*_about(program, needs), *asked]).exists()

    def _file(self, parts: Iterable[str]) -> Path:
        return self.folder / (_digest(parts, "name")[:32] + _SUFFIX)

    def tidy(self) -> None:
        """Keep the newest."""
        if self.is_new:
            keep_newest(self.folder, _SUFFIX, _MOST)


def _about(program: str, needs: Iterable[str]) -> Iterator[str]:
    """Which program it is, with what it reads besides, how it is kept apart, and by whom it is asked."""
    for path in (program, *(found for pattern in needs for found in sorted(glob.glob(pattern)))):
        about = os.stat(path)
        yield from (path, str(about.st_size), str(about.st_mtime_ns))
    yield from (str(os.geteuid()), sys.platform, _our_own())


@cache
def _our_own() -> str:
    code = (Path(__file__).with_name(name).read_bytes() for name in _OURS)
    return hashlib.sha256(b"\0".join(code)).hexdigest()


def _digest(parts: Iterable[str], purpose: str) -> str:
    said = hashlib.sha256(purpose.encode())
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        said.update(b"%d:" % len(data) + data)
    return said.hexdigest()
