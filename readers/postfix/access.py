"""Access tables of Postfix' restrictions, and which of them send mail another way.

Sources: access(5) ("FILTER ... overrides message routing"; no other action does), postconf(5) (smtpd_*_restrictions,
smtpd_restriction_classes), https://www.postfix.org/DATABASE_README.html, SMTPD_POLICY_README.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from readers.postfix.main_cf import MainCf
from readers.postfix.tables import WORDS, Read, answers
from tfparse.diagnostics import Origin
from tfparse.patterns import pattern

RESTRICTIONS = tuple(
    f"smtpd_{stage}_restrictions"
    for stage in ("client", "helo", "sender", "relay", "recipient", "data", "end_of_data", "etrn")
)
_PLAIN = pattern(r"(permit|reject|defer|warn_if_reject)(_\w+)?|sleep|[0-9]+s?")
_LISTED = pattern(r"reject_(rbl|rhsbl)_|permit_(dnswl|rhswl)_")
"""Restrictions that are followed by the domain of a list in DNS."""
_ACTION = pattern(
    r"(OK|DUNNO|REJECT|DEFER(_IF_(REJECT|PERMIT))?|BCC|DISCARD|HOLD|PREPEND|REDIRECT|INFO|WARN|[0-9]+|[45][0-9]{2})"
    r"(\s.*)?|((permit|reject|defer)(_\w+)?[\s,]*)+",
    re.IGNORECASE | re.DOTALL,
)
"""Actions after which mail takes the way that it takes without them."""
_FILTER = pattern(r"FILTER\s", re.IGNORECASE)
_DEPTH = 8


class OtherWay(Struct, frozen=True):
    """Something in a restriction that sends mail another way; ``certain`` where it is seen to."""

    shown: str
    origin: Origin | None
    certain: bool


def other_ways(main_cf: MainCf, text: str, origin: Origin | None, read: Read, own: Sequence[str]) -> Iterator[OtherWay]:
    """What in the text of a restriction sends mail another way, or may.  ``own`` are policy services that do not."""
    yield from _Restrictions(main_cf, origin, read, own).of(text, 0)


class _Restrictions(Struct, frozen=True):
    main_cf: MainCf
    origin: Origin | None
    read: Read
    own: Sequence[str]

    def of(self, text: str, depth: int) -> Iterator[OtherWay]:
        words = iter(WORDS.findall(self.main_cf.expand_text(text, self.origin)))
        for word in words:
            if re.fullmatch(r"check_\w+_(access|a_access|mx_access|ns_access)", word):
                yield from self._table(next(words, ""))
            elif word == "check_policy_service":
                service = next(words, "")
                if service not in self.own:
                    yield OtherWay(f"what the policy service {service} answers is not seen", self.origin, False)
            elif _LISTED.match(word):
                next(words, None)
            elif not _PLAIN.fullmatch(word):
                yield from self._named(word, depth)

    def _named(self, word: str, depth: int) -> Iterator[OtherWay]:
        """A restriction class, or a table that stands alone."""
        found = self.main_cf.parameter(word) if re.fullmatch(r"\w+", word) else None
        if found is not None and depth < _DEPTH:
            yield from self.of(found.text, depth + 1)
        elif ":" in word:
            yield from self._table(word)
        else:
            yield OtherWay(f"the restriction {word} is not known", self.origin, False)

    def _table(self, table: str) -> Iterator[OtherWay]:
        for found in answers(table, self.origin, self.read):
            action = found.text or ""
            if found.text is None:
                entry = f"an entry of {found.table} does is not known"
                shown = entry if found.key else f"the lookup table {found.table} says is not seen"
                yield OtherWay(f"what {shown}", found.origin, False)
            elif _FILTER.match(action):
                shown = f"{found.table} hands mail to the filter {action.split()[1] if not found.secret else ''}"
                yield OtherWay(shown.rstrip(), found.origin, True)
            elif action and not _ACTION.fullmatch(action):
                yield OtherWay(f"what an entry of {found.table} does is not known", found.origin, False)
