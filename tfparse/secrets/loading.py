"""An infra repo that is ready to be asked: what is secret in it is marked where it is read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tfparse.diagnostics import Diagnostic, TerraformError
from tfparse.graph.root import Answer, Brought, Root
from tfparse.infra import Infra
from tfparse.secrets.secrecy import find_secrets
from tfparse.source.cache import ParseCache
from tfparse.source.sources import SourceTree

_FRAMES = 5_000
"""Python's own limit while such a chain is followed, of which each link takes some nine calls."""


def load(
    path: Path,
    cache: ParseCache | None = None,
    variable_files: Mapping[str, Sequence[str]] | None = None,
    beside: Mapping[str, Callable[[SourceTree], Root]] | None = None,
    answers: Sequence[Answer] = (),
    brings: Callable[[Root], Brought] | None = None,
) -> Infra:
    """The infra repo in a directory.  Nothing is read until it is asked for.  ``variable_files`` are given to a root
    module on the command line (``-var-file``), by its path; ``beside`` makes what is asked like a root module,
    ``answers`` are what the owner says of modules from elsewhere, ``brings`` says what comes of a root besides.

    Raises:
        TerraformError: ``path`` is no directory.
    """
    if not path.is_dir():
        raise TerraformError(Diagnostic("No infra repo", f"{path} is not a directory"))
    infra = opened(Infra(path, cache, variable_files, None, beside, answers, brings))
    infra.tree.find_secrets = lambda: find_secrets(infra).places
    return infra


def opened(infra: Infra) -> Infra:
    """The same, once Python follows chains of references as far as Terraform does.  Nothing in it is marked yet."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _FRAMES))
    return infra
