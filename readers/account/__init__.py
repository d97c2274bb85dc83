"""How sure an answer is: what was looked at besides, and what was found there."""

from __future__ import annotations

from readers.account.account import NO_ACCOUNT, Account, Remark, Way, Weight, located, survey

__all__ = ["NO_ACCOUNT", "Account", "Remark", "Way", "Weight", "located", "survey"]
