"""Temporary folders of this program: nothing of them stays behind, not even of a run that was killed.

What is decrypted, or handed to a program, stands in them.  A run that is killed removes nothing, so the next one does.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

PREFIX = "design-policy-"
_YOUNG = 60
"""Seconds in which a folder is left alone: whoever makes one holds it only then."""


class OwnFolder(tempfile.TemporaryDirectory[str]):
    """A new folder that only this user can read, and that this process holds for as long as it is there."""

    def __init__(self, kind: str = "work") -> None:
        super().__init__(prefix=f"{PREFIX}{kind}-", ignore_cleanup_errors=True)
        _remove_left_behind(tempfile.gettempdir())
        self._held = os.open(self.name, os.O_RDONLY | os.O_DIRECTORY)
        with suppress(OSError):  # a file system without locks: nobody gets one, and so nothing is removed
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def cleanup(self) -> None:
        """Remove it."""
        super().cleanup()
        with suppress(OSError):  # it was removed before
            os.close(self._held)
        self._held = -1


@cache
def _remove_left_behind(folder: str) -> None:
    """Remove the folders of runs that are no more: this user's, not new, and held by no process."""
    for path in Path(folder).glob(f"{PREFIX}*"):
        with suppress(OSError):
            about = path.lstat()
            if stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and about.st_mtime < time.time() - _YOUNG:
                _remove_unless_held(path)


def _remove_unless_held(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(handle)
