"""Modules that are loaded while scenarios run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import PathFinder


@contextmanager
def plain_imports() -> Iterator[None]:
    """Within it modules are loaded as Python does by itself.

    pytest's hook would ask of each whether it holds tests, whose assertions it rewrites: of hundreds that do not.
    """
    sys.meta_path.insert(0, PathFinder)
    try:
        yield
    finally:
        sys.meta_path.remove(PathFinder)
