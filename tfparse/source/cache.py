"""Parsed source, kept between runs by the hash of its content.

One small file a repo holds the syntax trees of its files: plain tuples, which ``marshal`` loads in a few
hundredths of a second.  ``marshal`` is not safe on data of others, so the file is believed only if it is
ours (owner, mode), whole (digest) and made by this very version of the parser and of Python.  Anything
else is ignored, as if there were no cache.

The source may hold secrets, and the cache outlives it: what git-crypt locks again, say.  So each tree is sealed with a
key made of the very bytes that it was parsed from.  Who has them has no need of the tree; who has not, learns nothing
from it (but that a guess of all of them was right).
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from tfparse.hcl.ast import Body, Expression
from tfparse.hcl.syntax import VERSION as SYNTAX_VERSION
from tfparse.own_file import cache_directory, cache_name, read_own, sealed, write_own

MAX_SIZE = 16 * 1024 * 1024
"""Bytes up to which trees are kept that a run had no use for: those of another root, or of another branch."""

_SHOWN, _SEALING = 16, 32
"""Bytes of a digest of source that stand in the file, and that nobody knows who has not got the source."""

_MAGIC = f"tfparse 4 {SYNTAX_VERSION} {sys.version} {marshal.version}\n".encode()


Tree = TypeVar("Tree", Body, Expression)


class Ready(NamedTuple):
    """A tree, or what is worked out of sources, as bytes: as they are kept in the cache's file, and as they are."""

    sealed: bytes
    plain: bytes


class Others(Protocol):
    """Somebody else who parses the same sources meanwhile."""

    def get(self, key: bytes) -> Ready | None:
        """A tree, or what is worked out of sources, that is ready."""

    def every(self) -> Iterator[tuple[bytes, bytes]]:
        """All that is ready, by its key, as it is kept."""


class ParseCache:
    """Syntax trees by the hash of the source they were made from.  Without a file, it only remembers.

    ``others``: who is asked for a tree before a source is parsed.  ``gives``: it is made for others.
    """

    def __init__(self, file: Path | None = None, others: Others | None = None, *, gives: bool = False) -> None:
        self._file, self._others, self._gives = file, others, gives
        self._stored: dict[bytes, bytes] = _load(file) if file is not None else {}
        self._trees: dict[bytes, Any] = {}
        self._away: dict[bytes, bytes] = {}
        """Those that were at hand, as they will be written."""
        self._seals: dict[bytes, bytes] = {}
        self._new = False

    def parsed(self, data: bytes, name: str, parser: Callable[[bytes, str], Tree]) -> Tree:
        """The tree of ``data``, parsed by ``parser`` if it is not at hand.  Errors are not kept."""
        digest = digest_of(data, name, parser)
        key = digest[:_SHOWN]
        if key not in self._trees:
            stored = self._away.get(key) or self._stored.get(key)
            # Each is loaded by itself: most questions need few.
            self._seals[key] = digest[_SHOWN:]
            self._trees[key] = (
                _tree(_sealed(stored, self._seals[key])) if stored else self._made(key, data, name, parser)
            )
            self._new = self._new or stored is None
        tree: Tree = self._trees[key]
        return tree

    def told(self, digests: Sequence[bytes], about: bytes, work: Callable[[], Any]) -> Any:
        """What is worked out of the sources with these digests (:func:`digest_of`), as plain data; ``about`` is what
        decides it besides.  None is not kept.
        """
        if self._file is None and not self._gives:
            return work()
        digest = hashlib.blake2b(b"".join(digests) + about, digest_size=_SHOWN + _SEALING, key=b"told").digest()
        key, seal = digest[:_SHOWN], digest[_SHOWN:]
        stored = self._away.get(key) or self._stored.get(key)
        if stored is None:
            if ready := self._taken_over(key):
                return _tree(ready.plain)
            found = work()
            if found is not None:
                self._away[key], self._new = _sealed(marshal.dumps(found), seal), True
                self._seals[key] = seal
            return found
        self._away[key] = stored
        for used in (digest[:_SHOWN] for digest in digests):
            if used in self._stored:  # so it is not what nobody had a use for
                self._away.setdefault(used, self._stored[used])
        return marshal.loads(_sealed(stored, seal))  # noqa: S302 - it was checked with its file, see _load

    def _made(self, key: bytes, data: bytes, name: str, parser: Callable[[bytes, str], Tree]) -> Tree:
        ready = self._taken_over(key)
        tree: Tree = _tree(ready.plain) if ready else parser(data, name)
        return tree

    def _taken_over(self, key: bytes) -> Ready | None:
        ready = self._others.get(key) if self._others is not None else None
        if ready is not None:
            self._away[key], self._new = ready.sealed, True
        return ready

    def taken(self) -> Iterator[tuple[bytes, Ready]]:
        """What is at hand, by its key, as others want it; it is at hand no more."""
        for key, tree in self._trees.items():
            plain = marshal.dumps(tree)
            yield key, Ready(_sealed(plain, self._seals[key]), plain)
        for key, stored in self._away.items():
            yield key, Ready(stored, _sealed(stored, self._seals[key]))
        for held in (self._trees, self._away, self._seals):
            held.clear()

    def used(self) -> tuple[list[bytes], dict[bytes, bytes]]:
        """The keys of what was used so far and stands in the file, and what was used and does not."""
        self.shrink(0)
        new = {key: stored for key, stored in self._away.items() if key not in self._stored}
        return [key for key in self._away if key in self._stored], new

    def take_over(self, used: Iterable[bytes], new: Mapping[bytes, bytes]) -> None:
        """Count as used here what another has used who began with the same file."""
        for key in used:
            if key in self._stored:
                self._away.setdefault(key, self._stored[key])
        for key, stored in new.items():
            self._away.setdefault(key, stored)
        self._new = self._new or bool(new)

    @property
    def has_file(self) -> bool:
        """Whether trees that are no more at hand are not lost."""
        return self._file is not None

    def shrink(self, most: int) -> None:
        """Have no more than so many trees at hand, those that were asked for last."""
        for key in list(self._trees)[: max(0, len(self._trees) - most)]:
            if self._file is not None:
                self._put(key)
            del self._trees[key], self._seals[key]

    def _put(self, key: bytes) -> None:
        """Count a tree that is at hand as used, as it will be written."""
        stored = self._away.pop(key, None) or self._stored.get(key)
        self._away[key] = stored or _sealed(marshal.dumps(self._trees[key]), self._seals[key])

    def save(self) -> None:
        """Write the trees of this run, if any is new.  A cache that cannot be written is no error."""
        if self._file is None or not self._new:
            return
        self._new = not write_own(self._file, _MAGIC, marshal.dumps(self._kept()))

    def _kept(self) -> dict[bytes, bytes]:
        """What to write: all that this run used, or others have made meanwhile, and of the rest what was used last, as
        far as there is room.
        """
        for key, stored in self._others.every() if self._others is not None else ():
            self._away.setdefault(key, stored)
        for key in self._trees:
            self._put(key)
        used = self._away
        kept = {key: stored for key, stored in self._stored.items() if key not in used} | used
        size = sum(map(len, kept.values()))
        for key in list(kept)[: len(kept) - len(used)]:
            if size <= MAX_SIZE:
                break
            size -= len(kept.pop(key))
        return kept


def digest_of(data: bytes, name: str, parser: Callable[..., Any]) -> bytes:
    """By which the tree of a source is kept, and then by which it is sealed."""
    # The same bytes (none at all, say) are one tree as a Terraform file, others as variables or a template.
    kind = parser.__name__ + next((end for end in (".tfvars.json", ".hcl.json") if name.endswith(end)), "")
    return hashlib.blake2b(data, digest_size=_SHOWN + _SEALING, key=kind.encode()).digest()


@contextmanager
def cached(infra: Path, others: Others | None = None) -> Iterator[ParseCache]:
    """The parse cache of an infra repo, written back at the end."""
    cache = ParseCache(cache_directory() / cache_name(infra), others)
    yield cache
    cache.save()


def _sealed(data: bytes, seal: bytes) -> bytes:
    """A tree under a seal that seals only it: this parser's, of one source."""
    return sealed(data, _MAGIC + seal)


def _tree(stored: bytes) -> Any:
    return marshal.loads(stored)  # noqa: S302 - it was checked with its file, see _load


def _load(file: Path) -> dict[bytes, bytes]:
    payload = read_own(file, _MAGIC)
    if payload is None:
        return {}
    trees = marshal.loads(payload)  # noqa: S302 - it is ours, whole and of this version, as just checked
    return trees if isinstance(trees, dict) else {}
