"""Modules that are loaded while scenarios run, and some that need not be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import PathFinder

_COLOURS = "mako.ext.pygmentplugin"


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


def load_mako() -> None:
    """Load the templates that pytest-bdd needs, without what colours their pages of errors.

    Nobody sees such a page, and it takes Pygments' lexers of a dozen languages: a twentieth of a run that finds all
    as it was.  Mako does without where Pygments is not installed.  Whoever asks for its colours later has them.
    """
    if _COLOURS in sys.modules:
        return
    sys.modules[_COLOURS] = None  # type: ignore[assignment]  # so Python says that there is none
    try:
        import_module("mako.exceptions")
    finally:
        del sys.modules[_COLOURS]
