"""What a stack asks the other roots of its repo, and what it has worked out with what they say."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Same(Struct, Generic[T], frozen=True, eq=False):
    """Something that is the same as nothing but itself."""

    thing: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.thing is self.thing

    def __hash__(self) -> int:
        return id(self.thing)


class Others:
    """The other roots of the repo; of a stack that stands alone there are none."""

    def __call__(self, question: Callable[..., list[Any]], *about: Hashable) -> list[Any]:
        """What they say to a question: a function of a root, and what else it is to be given."""
        return []

    def kept(self, about: object, question: Hashable, answer: Callable[[], T]) -> T:
        """The answer to a question about something that the stack declares, worked out once.  It rests on the stack's
        root and on what others say.
        """
        return answer()
