"""What is said of a name and a type in a zone: by each who declares its records, or by DNS."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dns.exception
import dns.rdatatype
from msgspec import Struct

from readers import Malformed, Missing, nearest
from readers.dns import Record, Resolver, is_in, lookup_expanded, normal_name
from readers.dns.declarations import Declarations, Witness
from readers.dns.publication import PendingChange, Witnesses, pending_change
from tfparse.cty.values import HOLE, Unknown

UNREAD_TYPES = "the other resources"
"""The witness that holds resources which by their type may declare records, and are not read."""
_ADDRESSES = ("A", "AAAA", "HTTPS")
"""Types of which a provider answers with something of its own, where a record is proxied or flattened."""
_TYPES = ["A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NS", "PTR", "SOA", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"]


class Said(Struct, frozen=True):
    """What one voice says of a name and a type: its ``records``, of which there may be none.

    ``possible`` are records that may be of them, each ``doubt`` says why what it says cannot be known.  ``who``
    follows the name in a sentence: "declared by the Cloudflare resources".
    """

    who: str
    records: tuple[Record, ...]
    possible: tuple[Record, ...] = ()
    doubts: tuple[Unknown, ...] = ()


class DeclaredZone(Struct, frozen=True):
    """The declared records of a zone: what its publishers say or, of the ``house``, who answers its own network.
    ``texts``: what zone text says counts beside what publishers say.
    """

    declarations: Declarations
    house: bool = False
    texts: bool = False

    @property
    def zone(self) -> str:
        return self.declarations.domain

    @property
    def speakers(self) -> list[Witness]:
        """Who counts.  Where nobody publishes the zone but the house, what that says is what is published.

        Raises:
            Missing: of the house, it declares nothing of the zone.
        """
        of_house = [witness for witness in self.declarations.witnesses if witness.house and witness.records]
        if self.house:
            if not of_house:
                raise Missing(f"record of {self.zone}", "what servers and zones of one's own network are told")
            return of_house
        known = [w for w in self.declarations.witnesses if w.records and w.name != UNREAD_TYPES]
        hosted = [witness for witness in known if not witness.house or (self.texts and witness.is_text)]
        return hosted or [witness for witness in known if not witness.is_text] or known

    @property
    def unread(self) -> Unknown | None:
        """Why there may be more records than are read: zone text is of the house, where others publish the zone."""
        of_house = self.house or all(witness.house for witness in self.speakers)
        passed_over = () if of_house or self.texts else self.declarations.unread_texts
        return next((why for why in self.declarations.unread if why not in passed_over), None)

    def said(self, name: str, type: str) -> list[Said]:
        """What each who says anything of a name (in full) and a type says; one, of nobody, where nobody does."""
        said = [self._of(witness, name, type, {name}) for witness in self.speakers]
        some = [one for one in said if one.records or one.doubts or one.possible]
        others = (witness for witness in self.declarations.witnesses if witness.name == UNREAD_TYPES)
        hidden = [record for one in others for record in lookup_expanded(one.records, name, type).possible]
        unread = () if self.unread is None else (self.unread,)
        if not some or hidden or unread:
            some.append(Said("declared", (), tuple(hidden), unread))
        return some

    def _of(self, witness: Witness, name: str, type: str, seen: set[str]) -> Said:
        """The records of a name, by a wildcard too, or of what it is an alias of, as a server answers."""
        found, who = lookup_expanded(witness.records, name, type), f"declared by {witness.name}"
        if found.certain or type == "CNAME":
            # A CNAME stands alone (RFC 1034, section 3.6.2): beside a certain one there is no other.
            return Said(who, found.certain, () if found.certain and type == "CNAME" else found.possible)
        aliases = lookup_expanded(witness.records, name, "CNAME")
        reaching = [alias for alias in aliases.certain if not alias.answered or type in _ADDRESSES]
        if aliases.certain and not reaching:
            return Said(who, (), found.possible)
        for alias in reaching:
            if HOLE in alias.data or not is_in(alias.data, self.zone):
                why = alias.answered or f"it is an alias of {alias.shown}, which is not declared here"
                return Said(who, (), found.possible, (Unknown(f"{alias.name}: {why}", alias.origin),))
            if alias.data not in seen:
                return self._of(witness, alias.data, type, seen | {alias.data})
        possible = [alias for alias in aliases.possible if not alias.answered or type in _ADDRESSES]
        return Said(who, (), (*found.possible, *possible))

    def pending(
        self, name: str, type: str, published: Said, right: Callable[[Witnesses], bool]
    ) -> PendingChange | None:
        """The declared change for which what is published waits, if that is all that is wrong with it."""
        own = self.declarations.relative(name)
        return pending_change(self.declarations, own, type, published.records, identity_key=identity, right=right)


class PublishedZone(Struct, frozen=True):
    """The records of a zone as DNS answers for them; ``declared`` is what is declared, where anything is."""

    zone: str
    dns: Resolver
    declared: DeclaredZone | None = None

    def said(self, name: str, type: str) -> list[Said]:
        """What DNS answers.

        Raises:
            UnknownValueError: it does not answer.
        """
        answer = self.dns.ask(name, type)
        followed = f", by way of {answer.chain[-1][1]}" if answer.chain else ""
        return [Said(f"published{followed}", answer.require())]

    @property
    def tells_ttl(self) -> bool:
        """Whether the TTL of an answer is the record's own: a resolver counts it down."""
        return self.dns.mode.startswith(("zones:", "authoritative"))

    def pending(
        self, name: str, type: str, published: Said, right: Callable[[Witnesses], bool]
    ) -> PendingChange | None:
        """As :meth:`DeclaredZone.pending`; None where nothing is declared."""
        return None if self.declared is None else self.declared.pending(name, type, published, right)


def identity(record: Record) -> tuple[int | None, str]:
    """What two records have in common that say the same.

    Raises:
        UnknownValueError: it is not wholly known.
    """
    return record.preference, record.known_data()


def full_name(zone: str, name: str) -> str:
    """A name as a feature writes it, in full: ``@`` is the zone itself, ``www`` and ``www.example.org`` are the same.

    Raises:
        Malformed: it is no name, or one that is not in the zone.
    """
    written, zone = name.strip().lower(), normal_name(zone)
    if not written:
        raise Malformed("name of a record", "it is empty; write @ for the zone's own")
    if written == "@":
        return zone
    is_full = written.endswith(".") or is_in(written, zone)
    found = normal_name(written if is_full else f"{written}.{zone}")
    if not is_in(found, zone):
        raise Malformed(f"name {name}", f"it is not in {zone}")
    return found


def record_type(text: str) -> str:
    """A record type as a feature writes it.

    Raises:
        Malformed: there is none of that name; the message names the nearest.
    """
    try:
        found = dns.rdatatype.from_text(text.strip())
    except (dns.exception.DNSException, ValueError):
        found = None
    if found is None or dns.rdatatype.is_metatype(found):
        raise Malformed(f'record type "{text}"', f"there is none{nearest(text.strip().upper(), _TYPES)}")
    return dns.rdatatype.to_text(found)


def differences(declared: Said, published: Said) -> Iterator[tuple[Record | None, str]]:
    """In what DNS says something else than is declared: the declared record that it lacks, or None; and what it is.

    Raises:
        UnknownValueError: what is declared is not wholly known.
    """
    answered = {identity(record): record for record in published.records}
    wanted = {identity(record): record for record in declared.records}
    for key, record in wanted.items():
        if key not in answered:
            yield record, f"not published: {record.shown}"
    for key, record in answered.items():
        if key not in wanted:
            yield None, f"published, not declared: {record.shown}"


def every_pair(zone: DeclaredZone) -> list[tuple[str, str]]:
    """The names and types of which a zone certainly declares records, wildcards left out: nobody asks for these."""
    sets = [(r.name, r.type) for witness in zone.speakers for r in witness.records if _is_plain(r)]
    return list(dict.fromkeys(sets))


def nameless(zone: DeclaredZone) -> Iterator[Record]:
    """The declared records of which it is not known what they are called, of which type, or whether there are any."""
    for witness in zone.speakers:
        yield from (r for r in witness.records if not _is_certain(r) and not r.name.startswith("*"))


def _is_plain(record: Record) -> bool:
    return _is_certain(record) and record.type != "SOA" and not record.name.startswith("*")


def _is_certain(record: Record) -> bool:
    return HOLE not in record.name + record.type and record.repetition is None
