"""The secrets of a repo that has changed since an earlier run, found by a second process while this one still loads
what judges.

Handed over is all that finding them here would have left: what was found, what was looked at, what was used up of a
run's pools, and what the parse cache has made and had a use for.
"""

from __future__ import annotations

import marshal
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import astuple

from tfparse.configs.file_names import SOURCE
from tfparse.infra import Infra
from tfparse.own_file import cache_directory, cache_name
from tfparse.secrets.loading import load
from tfparse.secrets.secrecy import Secrets, look_for_secrets
from tfparse.secrets.taint import Literal
from tfparse.source.cache import ParseCache
from tfparse.source.reads import Reads
from tfparse.source.spending import Spending, Spent, take


class _Found(NamedTuple):
    """As plain data, in the order of the fields of :class:`~tfparse.secrets.secrecy.Secrets` and others."""

    sources: tuple[str, ...]
    lines: dict[str, set[int]]
    files: set[str]
    unreadable: set[str]
    texts: set[str]
    words_left: int
    literals: list[tuple[Any, ...]]
    variables: frozenset[tuple[str, str]]
    open_words: set[str]
    reads: tuple[set[str], ...]
    spent: tuple[Any, ...] | None
    used: list[bytes]
    new: dict[bytes, bytes]


def find_ahead(path: Path) -> bytes:
    """The secrets of the repo in a folder, for :func:`take_over`; nothing where the other process is to look itself."""
    cache = ParseCache(cache_directory() / cache_name(path))
    infra = load(path, cache)
    spending = Spending(infra.tree)
    with infra.aside():
        secrets = look_for_secrets(infra)
        open_words, reads = secrets.found, infra.reads
    if infra.tree.pools.is_short or infra.tree.reads_what_is_ignored:
        return b""
    spent = spending.since()
    found = _Found(
        secrets.sources, secrets.lines, secrets.files, secrets.unreadable, secrets.texts, secrets.words_left,
        [tuple(literal) for literal in secrets.literals], secrets.variables, open_words,
        astuple(reads), spent and tuple(spent), *cache.used(),
    )  # fmt: skip
    return marshal.dumps(tuple(found))


def take_over(infra: Infra, data: bytes) -> Secrets | None:
    """What another process has found, as if it had been found here; None where this one is to look."""
    found = _Found(*marshal.loads(data))  # noqa: S302 - it comes of our own process
    sources = tuple(path for path in infra.files if path.endswith(SOURCE))
    if found.sources != sources or (found.spent is not None and not take(infra.tree, Spent(*found.spent))):
        return None
    infra.tree.reads.add(Reads(*found.reads))
    infra.tree.cache.take_over(found.used, found.new)
    secrets = Secrets(
        infra.tree.view(), found.lines, found.files, found.unreadable, found.texts, sources, found.words_left,
        [Literal(*literal) for literal in found.literals], found.variables,
    )  # fmt: skip
    secrets.found = found.open_words
    infra.tree.put_away()
    return secrets
