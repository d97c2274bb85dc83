"""Patterns as the programs around Kubernetes take them (Prometheus, Alertmanager, kustomize): those of Go's ``regexp``,
anchored at both ends.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from readers import Malformed


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    import re2  # seldom needed, and large

    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True  # Prometheus 3 compiles ^(?s:pattern)$
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise Malformed("label pattern", f'"{pattern}": {text}') from None


def matches(pattern: str, text: str) -> bool:
    """Whether ``pattern`` matches all of ``text``, in linear time.  Malformed: it is no pattern."""
    return _compiled(pattern).fullmatch(text) is not None


def groups_of(pattern: str, text: str) -> dict[str, str] | None:
    """The groups by number and name where ``pattern`` matches all of ``text``, else None.  Malformed: it is none."""
    found = _compiled(pattern).fullmatch(text)
    if found is None:
        return None
    numbered = {str(number): group or "" for number, group in enumerate((found[0], *found.groups()))}
    return numbered | {name: group or "" for name, group in found.groupdict().items()}
