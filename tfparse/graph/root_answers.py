"""What all roots of a repo say to one question, and which of them are to be asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tfparse.cty.identity import identical


class RootAnswers:
    """The answers to one question.

    Whoever is given them can tell by identity whether they are as before: a root that is asked again, and says what
    its predecessor said, changes nothing.
    """

    def __init__(self) -> None:
        self._of: dict[str, Sequence[Any]] = {}
        self._before: dict[str, Sequence[Any]] = {}
        """What was said by roots that have been replaced."""
        self._lists: dict[tuple[str | None, int | None], list[Any]] = {}
        self._whole: set[str | None] = set()
        """The roots without which all others are known to have been asked."""
        self._digests: dict[str | None, tuple[list[Any], bytes | None]] = {}
        """What all but a root said, each with its digest."""

    def together(
        self, paths: Iterable[str], without: str | None, most: int | None, ask: Callable[[str], Sequence[Any]]
    ) -> list[Any]:
        """What the roots in these places say, but for one ``without`` which it is asked; the first ``most`` of it."""
        if without not in self._whole:
            for path in paths:
                if path != without and path not in self._of:
                    self._take(path, ask(path))
            self._whole.add(without)
        if (without, most) not in self._lists:
            said = [one for path in paths if path != without for one in self._of[path]]
            self._lists[without, most] = said[:most]
        return self._lists[without, most]

    def each(self, paths: Iterable[str], without: str | None) -> Iterator[tuple[str, Sequence[Any]]]:
        """What each of these roots but one has said, of those that said anything."""
        return ((path, said) for path in paths if path != without and (said := self._of[path]))

    def digest(
        self,
        paths: Iterable[str],
        without: str | None,
        make: Callable[[Iterable[tuple[str, Sequence[Any]]]], bytes | None],
    ) -> bytes | None:
        """What ``make`` makes of the answers of all roots but one, which are :meth:`together`: as long as those are
        the same, it is made once.
        """
        said = self._lists[without, None]
        if without not in self._digests or self._digests[without][0] is not said:
            self._digests[without] = said, make(self.each(paths, without))
        return self._digests[without][1]

    def _take(self, path: str, said: Sequence[Any]) -> None:
        before = self._before.pop(path, ())
        if len(said) == len(before) and all(map(identical, said, before)):
            self._of[path] = before
            return
        self._of[path] = said
        self._lists = {key: held for key, held in self._lists.items() if key[0] == path}

    def ask_again(self, gone: Iterable[str]) -> None:
        """Ask the roots in some places anew: they are others now."""
        for path in gone:
            if path in self._of:
                self._before[path] = self._of.pop(path)
                self._whole.clear()

    def count_again(self) -> None:
        """There are roots in other places than before."""
        self._whole.clear()
        self._lists.clear()
