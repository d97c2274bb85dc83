"""The patterns of ``fileset``: ``*``, ``**``, ``?``, ``[class]``, ``{one,other}`` and ``\\`` to escape.

Source: bmatcuk/doublestar v1; https://developer.hashicorp.com/terraform/language/functions/fileset

It reads a pattern as it goes along a name, and complains of what is wrong in it only once it gets there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from tfparse.functions._parameters import FunctionError
from tfparse.functions._registry import Unsupported
from tfparse.patterns import pattern

MAX_PATTERN = 250
MAX_BRANCHES = 8
"""How long a pattern of more than stars may be, and how many stars and alternatives it may have, to be worked out."""

_META = pattern(r"[*?\[{\\]")


def split(pattern: str) -> tuple[str, str]:
    """The directory in which all that matches a clean path must be, and the rest of the pattern."""
    fixed: list[str] = []
    parts = pattern.split("/")
    while len(parts) > 1 and not _META.search(parts[0]):
        fixed.append(parts.pop(0))
    return "/".join(fixed) or ("/" if fixed else "."), "/".join(parts)


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Callable[[str], object]:
    """What says whether a path matches.

    It raises :class:`FunctionError` where Terraform refuses the pattern, and :class:`Unsupported` where that depends
    on the order in which the file system lists its names.
    """
    if not re.search(r"[\[{\\]", pattern):
        import re2  # seldom needed, and large

        options = re2.Options()
        options.dot_nl = True
        matches: Callable[[str], object] = re2.compile(_stars(pattern), options).fullmatch
        return matches
    if len(pattern) > MAX_PATTERN or len(re.findall(r"[*{]", pattern)) > MAX_BRANCHES:
        raise Unsupported(f"a pattern of more than {MAX_PATTERN} characters, or {MAX_BRANCHES} stars and braces")
    return _Matcher(pattern).matches


def _stars(pattern: str) -> str:
    """A regular expression for whole paths, linear in time."""
    segments = pattern.split("/")
    made: list[str] = []
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "**":
            made.append(".*" if last else "(?:[^/]+/)*")
        else:
            parts = (re.escape(part).replace(r"\?", "[^/]") for part in re.split(r"\*+", segment))
            made.append("[^/]*".join(parts) + ("" if last else "/"))
    return "".join(made)


class _Matcher:
    """A pattern of which each part is held against a part of a path; what was found out about a path is kept."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._parts = pattern.split("/")
        self._found: dict[tuple[str, str], bool | None] = {}

    def matches(self, path: str) -> bool:
        names = path.split("/")
        self._found.clear()
        if self._parts[0] != "**" and self._part(self._parts[0], names[0]) is None:
            raise FunctionError(self._refusal)
        return self._from(0, names)

    @property
    def _refusal(self) -> str:
        return f'failed to glob pattern "{self._pattern}": syntax error in pattern'

    def _from(self, at: int, names: list[str]) -> bool:
        if at == len(self._parts) or not names:
            return at == len(self._parts) and not names
        if self._parts[at] == "**":
            last = at == len(self._parts) - 1
            return last or any(self._from(at + 1, names[n:]) for n in range(len(names)))
        found = self._part(self._parts[at], names[0])
        if found is None:
            raise Unsupported(self._refusal)
        return found and self._from(at + 1, names[1:])

    def _part(self, pattern: str, name: str) -> bool | None:
        """Whether one part of a path matches; None where what is wrong in the pattern is met."""
        key = pattern, name
        if key not in self._found:
            self._found[key] = self._read(pattern, name)
        return self._found[key]

    def _read(self, pattern: str, name: str) -> bool | None:
        while pattern and name:
            match pattern[0]:
                case "*":
                    rest = pattern[1:]
                    return not rest or any(self._part(rest, name[n:]) for n in range(len(name)))
                case "{":
                    return self._alternatives(pattern[1:], name)
                case "[":
                    content, end, pattern = _until("]", pattern[1:])
                    is_in = _is_in(content, name[0]) if end else None
                    if not is_in:
                        return is_in
                case "\\" if pattern == "\\":
                    return None
                case "\\":
                    if pattern[1] != name[0]:
                        return False
                    pattern = pattern[2:]
                case char:
                    if char not in ("?", name[0]):
                        return False
                    pattern = pattern[1:]
            name = name[1:]
        return not name and pattern in ("", "*")

    def _alternatives(self, pattern: str, name: str) -> bool | None:
        content, end, rest = _until("}", pattern)
        if not end:
            return None
        while True:
            one, comma, content = _until(",", content)
            found = self._part(one + rest, name)
            # An alternative at the end that is empty is none.
            if found is not False or not comma or not content:
                return found


def _until(char: str, text: str) -> tuple[str, str, str]:
    """As ``str.partition``, at the first such character that no backslash stands before."""
    at = text.find(char)
    while at > 0 and text[at - 1] == "\\":
        at = text.find(char, at + 1)
    return (text, "", "") if at < 0 else (text[:at], char, text[at + 1 :])


_RANGE = pattern(r"(?P<low>\\.|[^\\-])(?:-(?P<high>\\.|[^\\-]))?", re.DOTALL)


def _is_in(content: str, char: str) -> bool | None:
    """Whether a character is of the class; None where the class is not well formed.  Only ``^`` negates it."""
    negated = content.startswith("^")
    at, found = int(negated), False
    while at < len(content):
        span = _RANGE.match(content, at)
        if span is None:
            return None
        low = span["low"][-1]
        found |= low <= char <= (span["high"] or low)[-1]
        at = span.end()
    return found != negated if content else None
