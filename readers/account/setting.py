"""What one field, variable or parameter is set to."""

from __future__ import annotations

import re

from msgspec import Struct

from readers.account.account import NO_ACCOUNT, Account
from readers.account.errors import Malformed
from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import STRING
from tfparse.cty.values import REDACTED, Value, unknown
from tfparse.diagnostics import Origin
from tfparse.graph.model import IgnoredPath


class Setting(Struct, frozen=True):
    """What one field, variable or parameter is set to.

    ``what`` names it ("ENABLE_RSPAMD", "replicas", a mounted path, "relayhost"), ``source`` says who sets it where the
    line alone does not tell ("env", "ConfigMap mailserver.env.config"), ``origin`` is the line to edit.  ``ignored`` is
    the ``ignore_changes`` entry because of which Terraform does not enforce it, if there is one.
    ``value`` is a string, perhaps unknown, perhaps in part.  ``account`` says what else could decide it.
    """

    what: str
    value: Value
    source: str
    origin: Origin | None
    ignored: IgnoredPath | None = None
    account: Account = NO_ACCOUNT

    @property
    def text(self) -> str:
        """The content.

        Raises:
            UnknownValueError: it cannot be known.
        """
        return self.value.as_string()

    @property
    def number(self) -> int:
        """The content as a whole number.

        Raises:
            Malformed: it is any other text.
        """
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", self.text):
            raise Malformed(f"{self.what} of {self.source}", f"{self.shown} is not a whole number", self.origin)
        return int(self.text)

    @property
    def sensitive(self) -> bool:
        return self.value.secret

    @property
    def shown(self) -> str:
        """The content as a report may show it."""
        if self.value.secret:
            return REDACTED
        return f"(unknown: {self.value.unknown.reason})" if self.value.unknown else f'"{self.text}"'


def as_text(value: Value, what: str) -> Value:
    """The value as the provider's string fields take it: ``1`` and ``"1"``, ``true`` and ``"true"`` are one."""
    if value.is_null:
        return unknown(f"{what} is null, and what a null becomes here is up to the provider", value.origin, STRING)
    if value.is_unknown:
        return value
    try:
        return convert(value, STRING)
    except ConversionError as error:
        raise Malformed(what, f"not a string: {error}", value.origin) from error
