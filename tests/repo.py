"""Small infra repos, written for one test."""

from __future__ import annotations

import textwrap
from pathlib import Path

from tfparse import Infra, load


def repo(folder: Path, files: dict[str, str | bytes]) -> Infra:
    """An infra repo of these files; text is dedented."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).lstrip("\n").encode())
    return load(folder)
