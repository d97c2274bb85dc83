"""How sure an answer is: what was looked at besides, and what was found there."""

from __future__ import annotations

from readers.account.account import NO_ACCOUNT, Account, Remark, Way, Weight, located, survey
from readers.account.certainty import Certainty, every, present, same, told_apart, undetermined
from readers.account.setting import Setting, as_text

__all__ = [
    "Account",
    "Certainty",
    "NO_ACCOUNT",
    "Remark",
    "Setting",
    "Way",
    "Weight",
    "as_text",
    "every",
    "located",
    "present",
    "same",
    "survey",
    "told_apart",
    "undetermined",
]
