"""Regular expressions that are compiled when they are first used: a run uses some of the hundreds that there are."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class Pattern:
    """Stands for the compiled pattern: what is asked of it is found once, and kept here."""

    def __init__(self, text: object, flags: int) -> None:
        self.pattern, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(cast("str", self.pattern), self._flags), name)
        setattr(self, name, found)
        return found


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What ``re.compile`` gives, without the wait for it where nothing is sought.

    A text that is no regular expression is noticed when it is used.
    """
    return cast("re.Pattern[AnyStr]", Pattern(text, flags))
