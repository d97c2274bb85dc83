"""Room for the frames of deep recursion.

CPython has memory for 16 KB of frames at a time, and gives each piece back when the last frame in it returns.  Where
evaluation goes to and fro over the end of one, it is mapped, cleared and unmapped thousands of times a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_WORDS = 2**16
"""Such a piece is twice as large as what is first in it needs, and only what is used of it takes memory."""

Function = TypeVar("Function", bound=Callable[..., Any])


def roomy(function: Function) -> Function:
    """The function itself, whose frame says that it needs much: there is room for the frames of all that it calls."""
    function.__code__ = function.__code__.replace(co_stacksize=_WORDS)
    return function
