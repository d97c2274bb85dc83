"""Paths, in Kubernetes' and Helm's own spelling: ``spec.template.spec.containers[nginx].env[FOO].value``.

A step is a key (``spec``; in double quotes where it holds dots or brackets: ``annotations."metallb.io/pool"``), or
follows one in brackets: ``[0]`` the first, ``[*]`` each, ``[nginx]`` the one whose ``name`` is that, and
``[type=LoadBalancer]`` those whose ``type`` is.  A lone ``.`` is all of it.
"""

from __future__ import annotations

import re

from msgspec import Struct

from readers import Malformed
from tfparse.cty.numbers import whole
from tfparse.patterns import pattern

_STEP = pattern(
    r'\.?(?:"(?P<quoted>[^"]*)"|(?P<key>[^\s."\[\]]+)'
    r'|\[(?:(?P<each>\*)|(?P<index>\d{1,9})|(?:(?P<by>[^\]"=]+)=)?(?:"(?P<exact>[^"]*)"|(?P<named>[^\]"]+)))\])'
)
WHOLE = "."
_PLAIN = pattern(r'[^\s."\[\]]+')


class Key(Struct, frozen=True):
    """What stands under a key of a mapping."""

    name: str

    def __str__(self) -> str:
        return self.name if _PLAIN.fullmatch(self.name) else f'"{self.name}"'


class Each(Struct, frozen=True):
    """Every element of a list, or value of a mapping."""

    def __str__(self) -> str:
        return "[*]"


class Index(Struct, frozen=True):
    """One element of a list, counted from 0."""

    number: int

    def __str__(self) -> str:
        return f"[{self.number}]"


class Where(Struct, frozen=True):
    """The elements of a list that have a text under a key; by ``name``, there is to be one."""

    key: str
    text: str
    one: bool

    def __str__(self) -> str:
        return f"[{self.text}]" if self.one else f"[{self.key}={self.text}]"


Step = Key | Each | Index | Where


class Path(Struct, frozen=True):
    """A path as written, and its steps."""

    text: str
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return self.text


def parse_path(text: str) -> Path:
    """Read a path.

    Raises:
        Malformed: it is no path; the message shows how one is written.
    """
    if text == WHOLE:
        return Path(text, ())
    steps: list[Step] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None or (found[0][0] not in ".[") != (at == 0 and found[0][0] != "["):
            problem = f'what stands from "{text[at:]}" on is no step; write a.b, a."b.c", a[*], a[0], a[name] or a[k=v]'
            raise Malformed(f"path {text}", problem)
        steps.append(_step(found))
        at = found.end()
    if not steps:
        raise Malformed("path", "it is empty")
    return Path(text, tuple(steps))


def _step(found: re.Match[str]) -> Step:
    if found["each"]:
        return Each()
    if found["index"]:
        return Index(whole(found["index"]))
    if (key := found["quoted"] if found["quoted"] is not None else found["key"]) is not None:
        return Key(key)
    wanted = found["exact"] if found["exact"] is not None else found["named"]
    return Where((found["by"] or "name").strip(), wanted, one=found["by"] is None)


def shown(steps: tuple[Step, ...]) -> str:
    """Steps as a path is written."""
    written = "".join(f".{step}" if isinstance(step, Key) else str(step) for step in steps)
    return written.removeprefix(".") or WHOLE
