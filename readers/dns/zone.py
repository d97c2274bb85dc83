"""BIND zone text (RFC 1035 section 5) in a Terraform value, as records that know their lines.

dnspython reads the tokens and the data; the lines are its tokenizer's.  Its zone reader is not used:
it forgets where a record stood, and one unknown stretch would spoil the zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tokenizer
import dns.ttl

from readers import Malformed
from readers.dns.generate import generated
from readers.dns.records import Record, name_text, normal_name, rdata_text
from tfparse.cty.values import HOLE, Line, Unknown, Value
from tfparse.diagnostics import Origin
from tfparse.patterns import pattern

_STAND_IN = "hole-7c1f0e5b"
"""Stands for a hole while dnspython reads, to which U+FFFC would be an internationalised name."""


def zone_records(text: Value, domain: str, source: str = "zone text") -> list[Record]:
    """The records that zone text declares, in its order; ``domain`` is the origin that it starts with.

    A hole within a line makes unknown only the field it stands in.  One that fills a line, or touches
    the text at the edge of one (as a template loop with strip markers does), may hold lines of its own:
    it gives a record whose name, type and data are all unknown; so do ``$INCLUDE`` and a ``$GENERATE`` of too many.
    A hole is not taken to change ``$ORIGIN`` or to open a quote.

    Malformed, with the line, for text that a name server would refuse to load.
    """
    reader = _Reader(normal_name(domain), source)
    # A lone carriage return ends a line too, for BIND and for dnspython.
    lines = [line._replace(text=piece) for line in text.lines() for piece in line.text.split("\r")]
    for entry in _entries(lines, reader.what):
        reader.read(entry)
    _refuse_cname_with_company(reader.records, reader.what)
    return reader.records


class _Entry(NamedTuple):
    """The lines of one entry: several where parentheses span them."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines).replace(HOLE, _STAND_IN)

    @property
    def origin(self) -> Origin | None:
        return self.lines[0].origin

    @property
    def unknown(self) -> Unknown | None:
        return next((line.unknown for line in self.lines if line.unknown), None)

    @property
    def secret(self) -> bool:
        """Whether it must not be shown."""
        return any(line.secret for line in self.lines)

    @property
    def may_hold_lines(self) -> bool:
        return any(_EDGE.fullmatch(line.text) for line in self.lines)

    @property
    def is_hole(self) -> bool:
        return not self.text.replace(_STAND_IN, "").strip()


_EDGE = pattern(rf"\s*{HOLE}+\s*|\s*{HOLE}\S.*|.*\S{HOLE}\s*")
"""A line that is a hole, or that begins or ends in one with no space between it and the text."""


def _entries(lines: list[Line], what: str) -> Iterator[_Entry]:
    tokenizer = dns.tokenizer.Tokenizer(_Entry(tuple(lines)).text + "\n")
    while True:
        first = tokenizer.line_number - 1
        try:
            token = tokenizer.get()
            blank = token.is_eol_or_eof()
            while not token.is_eol_or_eof():
                token = tokenizer.get()
        except dns.exception.DNSException as error:
            raise Malformed(what, str(error), lines[first].origin) from error
        if not blank:
            yield _Entry(tuple(lines[first : tokenizer.line_number - 1]))
        if token.is_eof():
            return


class _Reader:
    """The state that passes from entry to entry: origin, owner, TTL."""

    def __init__(self, domain: str, source: str) -> None:
        self.what = f"zone text of {domain}"
        self.records: list[Record] = []
        self._source = source
        self._origin = dns.name.from_text(domain)
        self._owner: str | None = None
        self._ttl: int | Unknown | None = None
        self._stated_ttl: int | None = None
        self._doubt: Unknown | None = None
        self._may_generate = 10_000

    def read(self, entry: _Entry) -> None:
        self._doubt = entry.unknown or self._doubt
        if entry.unknown and entry.may_hold_lines:
            self._anything(entry, entry.unknown)
            if entry.is_hole:
                self._owner = HOLE
                return
        tokenizer = dns.tokenizer.Tokenizer(entry.text)
        try:
            first = tokenizer.get(want_leading=True)
            if first.is_identifier() and first.value.startswith("$"):
                self._directive(first.value.upper(), tokenizer, entry)
            else:
                self._record(first, tokenizer, entry)
        except (dns.exception.DNSException, ValueError) as error:
            raise Malformed(self.what, str(error) or "syntax error", entry.origin) from error

    def _directive(self, directive: str, tokenizer: dns.tokenizer.Tokenizer, entry: _Entry) -> None:
        if directive == "$ORIGIN":
            self._origin = dns.name.from_text(self._certain(tokenizer.get_name(self._origin)))
            tokenizer.get_eol()
        elif directive == "$TTL":
            word = tokenizer.get_identifier()
            self._ttl = entry.unknown if _STAND_IN in word else dns.ttl.from_text(word)
            tokenizer.get_eol()
        elif directive == "$GENERATE" and self._generate(tokenizer, entry):
            pass
        elif directive in ("$INCLUDE", "$GENERATE"):
            self._anything(entry, Unknown(f"{directive} in zone text is not followed", entry.origin))
        else:
            raise ValueError(f"{directive} is no directive")

    def _generate(self, tokenizer: dns.tokenizer.Tokenizer, entry: _Entry) -> bool:
        """Read the lines that one stands for; false where they are not known.  What they state is theirs alone."""
        lines = None if entry.unknown else generated(tokenizer, self._may_generate)
        owner, ttl = self._owner, self._stated_ttl
        for line in lines or ():
            own = dns.tokenizer.Tokenizer(line)
            self._record(own.get(want_leading=True), own, entry)
            self._may_generate -= 1
        self._owner, self._stated_ttl = owner, ttl
        return lines is not None

    def _anything(self, entry: _Entry, why: Unknown) -> None:
        self.records.append(
            Record(HOLE, HOLE, HOLE, origin=entry.origin, unknown=why, sensitive=entry.secret, source=self._source)
        )

    def _record(self, first: dns.tokenizer.Token, tokenizer: dns.tokenizer.Tokenizer, entry: _Entry) -> None:
        if not first.is_whitespace():
            self._owner = _hollow(self._certain(tokenizer.as_name(first, self._origin)))
        if self._owner is None:
            raise ValueError("the first record has no name")
        ttl, kind = self._ttl_and_type(tokenizer)
        preference, data = (None, HOLE) if kind == HOLE else self._data(kind, tokenizer, entry)
        if kind == "SOA" and ttl is None and self._ttl is None and HOLE not in data:
            ttl = self._stated_ttl = int(data.rpartition(" ")[2])
        # An owner or an $ORIGIN with a hole outlasts the line that set it.
        unknown = self._doubt if HOLE in self._owner + kind + data else None
        record = Record(self._owner, kind, data, ttl, preference, entry.origin, unknown, sensitive=entry.secret,
                        source=self._source)  # fmt: skip
        self.records.append(record)

    def _ttl_and_type(self, tokenizer: dns.tokenizer.Tokenizer) -> tuple[int | None, str]:
        """``[TTL] [class] type`` or ``[class] [TTL] type``; HOLE for a type that is not known.

        A TTL that is not stated is ``$TTL``'s, else the last one stated, else the SOA's last field
        (RFC 1035 section 5.1, RFC 2308 section 4, and what BIND does without ``$TTL``).
        """
        ttl = self._stated_ttl if self._ttl is None else self._ttl if isinstance(self._ttl, int) else None
        while True:
            word = tokenizer.get_identifier()
            if word.upper() == "IN":
                continue
            if _STAND_IN in word:
                following = tokenizer.get()
                tokenizer.unget(following)
                if not (following.is_identifier() and (following.value.upper() == "IN" or _is_type(following.value))):
                    return ttl, HOLE
                ttl = self._stated_ttl = None
            elif word[0].isdigit():
                ttl = self._stated_ttl = dns.ttl.from_text(word)
            elif _is_type(word):
                return ttl, dns.rdatatype.to_text(dns.rdatatype.from_text(word))
            else:
                raise ValueError(f"{word!r} is no record type")

    def _data(self, type: str, tokenizer: dns.tokenizer.Tokenizer, entry: _Entry) -> tuple[int | None, str]:
        try:
            rdata = dns.rdata.from_text(dns.rdataclass.IN, type, tokenizer, self._origin, relativize=False)
        except dns.exception.DNSException:
            if entry.unknown is None:
                raise
            return None, HOLE
        preference, data = rdata_text(rdata)
        return preference, _hollow(self._without_origin(data))

    def _certain(self, name: dns.name.Name) -> str:
        return self._without_origin(name_text(name))

    def _without_origin(self, text: str) -> str:
        """What ends in a hole may end in a dot: then the origin that was put after it is not certain."""
        origin = "." + name_text(self._origin)
        return text.removesuffix(origin) if text.endswith(_STAND_IN + origin) else text


def _hollow(text: str) -> str:
    return text.replace(_STAND_IN, HOLE)


def _is_type(word: str) -> bool:
    try:
        dns.rdatatype.from_text(word)
    except (dns.exception.DNSException, ValueError):
        return False
    return True


_BESIDE_CNAME = {"CNAME", "RRSIG", "NSEC", HOLE}


def _refuse_cname_with_company(records: list[Record], what: str) -> None:
    """RFC 1034 section 3.6.2: a CNAME stands alone; name servers refuse the zone where it does not."""
    by_name: dict[str, list[Record]] = {}
    for record in records:
        if HOLE not in record.name:
            by_name.setdefault(record.name, []).append(record)
    for name, group in by_name.items():
        targets = {r.data for r in group if r.type == "CNAME" and HOLE not in r.data}
        if targets and (len(targets) > 1 or any(r.type not in _BESIDE_CNAME for r in group)):
            raise Malformed(what, f"{name} has a CNAME and other data", group[-1].origin)
