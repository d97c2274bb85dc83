"""How a script leaves where it is: ``exit``, ``return``, ``break``, ``continue``."""

from __future__ import annotations


class Leave(Exception):
    """The way goes on elsewhere: behind an ``exit``, ``return``, ``break`` or ``continue``."""

    def __init__(self, how: str, levels: int = 1) -> None:
        super().__init__(how)
        self.how = how
        self.levels = levels
