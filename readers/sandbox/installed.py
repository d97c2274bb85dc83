"""Where on this machine a program is looked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def installed(name: str) -> Iterator[str]:
    """All programs of that name, in the order in which they are found."""
    # A relative folder of PATH may be one of the judged repo, and so may what it holds.
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(folder)]
    for folder in (*folders, *PATH.split(":")):
        if (found := shutil.which(name, path=folder)) is not None:
            yield found
