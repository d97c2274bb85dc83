"""The words of a text, and which of some words stand in it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tfparse.patterns import pattern

_WORD = pattern(r"""[^\s"'`=:,;<>(){}\[\]|$\\]+""")
_MARKS_TO_BLANKS = bytes(at if _WORD.match(chr(at)) or at > 127 else 0x20 for at in range(256))
"""Makes words what Python splits a text into, which is quicker."""
_ASCII = bytes(range(128))
_FOREIGN_BLANK = pattern(rb"\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2(?:\x80[\x80-\x8a\xa8\xa9\xaf]|\x81\x9f)|\xe3\x80\x80")
"""A blank that is one outside of ASCII, in UTF-8."""
_MUCH = 256 * 1024
"""Bytes of text of which to make each word takes longer than to load RE2, which finds words in a text as it is."""
_MOST = 4 * 1024
"""Characters of the words that it looks for.  (Of more, a hostile text takes it ten times as long, and more.)"""
_END = b" \0 "
"""What it finds at the end of a text, if it has come there.  No source has one."""


def words(text: str) -> list[str]:
    """The words of a text."""
    return _WORD.findall(text)


def split(source: bytes) -> list[str]:
    """The words of a text in UTF-8."""
    return source.translate(_MARKS_TO_BLANKS).decode("utf-8", "replace").split()


class WordsSought:
    """Words that are looked for together, in one text after the other."""

    def __init__(self, sought: frozenset[str]) -> None:
        self._sought = sought
        self._numbered = ["", *sought]
        self._searched = 0

    def among(self, source: bytes) -> set[str]:
        """Those that stand in a text in UTF-8."""
        self._searched += len(source)
        if (
            self._searched > _MUCH
            and self._set is not None
            and not _FOREIGN_BLANK.search(source.translate(None, _ASCII))
        ):
            numbers = self._set.Match(b" " + source.translate(_MARKS_TO_BLANKS) + _END)
            if 0 in numbers:  # otherwise it had too little memory
                return {self._numbered[number] for number in numbers if number}
        return set(self._sought.intersection(split(source)))

    @cached_property
    def _set(self) -> Any:
        """RE2's set of all these words; None where they are too many for it, or are not plain."""
        if sum(map(len, self._sought)) > _MOST or not all(map(str.isascii, self._sought)):
            return None
        import re2  # seldom needed, and large

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1  # that is, bytes
        options.log_errors = False
        found = re2.Set.SearchSet(options)
        for word in (_END, *(b" %s " % re2.escape(word).encode() for word in self._numbered[1:])):
            found.Add(word)
        found.Compile()
        return found
