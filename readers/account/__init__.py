"""How sure an answer is: what was looked at besides, and what was found there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfparse import names_from

if TYPE_CHECKING:
    from readers.account.account import NO_ACCOUNT, Account, Remark, Way, Weight, located, survey
    from readers.account.certainty import Certainty, every, present, same, some, told_apart, undetermined
    from readers.account.setting import Setting, as_text
else:
    __getattr__ = names_from(
        __name__,
        {
            "account": "NO_ACCOUNT Account Remark Way Weight located survey",
            "certainty": "Certainty every present same some told_apart undetermined",
            "setting": "Setting as_text",
        },
    )  # fmt: skip  (whoever needs one of them does not wait for the rest)

__all__ = [
    "Account", "Certainty", "NO_ACCOUNT", "Remark", "Setting", "Way", "Weight", "as_text", "every", "located",
    "present", "same", "some", "survey", "told_apart", "undetermined",
]  # fmt: skip
