"""One record type for what is declared and what is published, and how to look among records.

Unknown stretches of a name, a type or data stand as :data:`~tfparse.cty.values.HOLE`, so that what is known
around them still counts: ``app-${var.x}.example.org`` is certainly not ``_dmarc.example.org``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any, NoReturn

import dns.exception
import dns.name
import dns.rdata
import dns.rdatatype
import dns.tokenizer
from msgspec import Struct
from msgspec.structs import replace

from readers import Malformed
from tfparse.cty.values import HOLE, REDACTED, Unknown
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.graph.model import IgnoredPath
from tfparse.patterns import pattern


class Record(Struct, frozen=True):
    """A resource record.

    ``name``: absolute, lower case, A-labels, without the final dot (the root is ``.``).
    ``data``: for TXT its strings joined without spaces (RFC 7208 3.3, RFC 6376 3.6.2.2); for CNAME, NS,
    PTR, DNAME and MX the target as ``name`` is written (the MX preference is ``preference``); for
    others the presentation form of RFC 1035 section 5.
    ``ttl`` in seconds, None where it is not stated or not known (Cloudflare's 1, "automatic", is kept).
    ``unknown``: why any of name, type and data has a hole, or an MX no preference.
    ``repetition``: why it is not known whether there is such a record at all.
    ``ignored``: the ``ignore_changes`` entry that keeps Terraform from holding the record to this.
    ``source``: who says so: a resource's address, a name server.
    ``choice``: of several answers that a server chooses between (weights, places), which one this belongs to.
    ``answered``: why DNS answers with something else than this (a proxy, an alias); empty where it does not.
    """

    name: str
    type: str
    data: str
    ttl: int | None = None
    preference: int | None = None
    origin: Origin | None = None
    unknown: Unknown | None = None
    repetition: Unknown | None = None
    ignored: IgnoredPath | None = None
    sensitive: bool = False
    source: str = ""
    choice: str = ""
    answered: str = ""

    def known_data(self) -> str:
        """The data; UnknownValueError where it has a hole."""
        if HOLE in self.data:
            self._refuse()
        return self.data

    def known_preference(self) -> int:
        """The preference of an MX; UnknownValueError where it is not known."""
        if self.preference is None:
            self._refuse()
        return self.preference

    def _refuse(self) -> NoReturn:
        why = self.unknown or Unknown(f"{self} is not wholly known")
        raise UnknownValueError(why.reason, why.origin or self.origin)

    @property
    def shown(self) -> str:
        """The data for people, an MX's preference before it: holes as ``${?}``, what is sensitive redacted."""
        data = REDACTED if self.sensitive else self.data.replace(HOLE, "${?}")
        return data if self.preference is None else f"{self.preference} {data}"

    def __str__(self) -> str:
        return f"{self.name} {self.type} ".replace(HOLE, "${?}") + self.shown

    def __repr__(self) -> str:
        return f"<Record {self}>"


class RecordSet(Struct, frozen=True):
    """What is known of the records of one name and type.

    ``certain`` are of that name and type beyond doubt (their data may have holes).  ``possible`` are
    those whose name, type or existence is not known and that could be of them.
    """

    name: str
    type: str
    certain: tuple[Record, ...]
    possible: tuple[Record, ...]

    def require(self) -> tuple[Record, ...]:
        """The records, if none is in doubt; else UnknownValueError with the first doubt."""
        for record in self.possible:
            why = record.unknown or record.repetition or Unknown("whether this record exists is not known")
            anything = {record.name, record.type, record.data} == {HOLE}
            doubt = "there may be" if anything else f"{record} may be"
            raise UnknownValueError(
                f"{doubt} a {self.type} record of {self.name}: {why.reason}", why.origin or record.origin
            )
        return self.certain


def is_in(host: str, domain: str) -> bool:
    """Whether a host is the domain or one in it."""
    host, domain = host.rstrip(".").lower(), domain.rstrip(".").lower()
    return host == domain or host.endswith(f".{domain}")


def may_be_in(host: str, domain: str) -> bool:
    """Whether a host, with holes where it is not known, may be in the domain: what follows the holes decides."""
    if HOLE not in host:
        return is_in(host, domain)
    ending, wanted = host.rpartition(HOLE)[2].lower(), f".{domain}".lower()
    return wanted.endswith(ending) or ending.endswith(wanted)


def lookup(records: Iterable[Record], name: str, type: str) -> RecordSet:
    """The records of a name and a type, certain and possible.  Wildcards are not expanded."""
    wanted, kind = normal_name(name), type.upper()
    certain: list[Record] = []
    possible: list[Record] = []
    for record in records:
        if record.type not in (kind, HOLE) or not _may_be(record.name, wanted):
            continue
        doubtful = record.repetition is not None or HOLE in (record.type, *record.name)
        (possible if doubtful else certain).append(record)
    return RecordSet(wanted, kind, tuple(certain), tuple(possible))


def lookup_expanded(records: Iterable[Record], name: str, type: str) -> RecordSet:
    """As :func:`lookup`; where nothing stands at the name, what the wildcard that covers it says (RFC 4592).

    The closest ancestor that exists decides: one has a wildcard of its own below it or none counts.
    """
    known, wanted = list(records), normal_name(name)
    existing = {r.name for r in known if HOLE not in r.name and r.repetition is None}

    def exists(owner: str) -> bool:
        return any(other == owner or other.endswith(f".{owner}") for other in existing)

    own, ancestor = lookup(known, wanted, type), wanted
    while not exists(wanted) and "." in ancestor:
        ancestor = ancestor.partition(".")[2]
        if exists(ancestor):
            wild = lookup(known, f"*.{ancestor}", type)
            return replace(own, certain=own.certain + wild.certain, possible=own.possible + wild.possible)
    return own


def _may_be(pattern: str, text: str) -> bool:
    """Whether the holes of a pattern can be filled so that it is the text.

    In linear time, which a regex of many holes is not: source may be hostile.
    """
    first, *others = pattern.split(HOLE)
    if not others:
        return pattern == text
    *middle, last = others
    at = len(first)
    for piece in middle:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return text.startswith(first) and text.endswith(last, at)


def shortest(address: str) -> str:
    """An address in its shortest form; what is none stays as it is."""
    try:
        return ipaddress.ip_address(address).compressed
    except ValueError:
        return address


def normal_name(name: str) -> str:
    """A domain name as :attr:`Record.name` has it.  Malformed if it is none (RFC 1035 section 2.3.4)."""
    try:
        return name_text(dns.name.from_text(name))
    except (dns.exception.DNSException, UnicodeError) as error:
        raise Malformed(f"domain name {name!r}", str(error)) from error


def name_text(name: dns.name.Name) -> str:
    """A dnspython name as :attr:`Record.name` has it."""
    return name.canonicalize().to_text(omit_final_dot=True)


_NAMES = (
    dns.rdatatype.NS, dns.rdatatype.CNAME, dns.rdatatype.PTR, dns.rdatatype.DNAME, dns.rdatatype.NSAP_PTR,
)  # fmt: skip
"""Types whose data is a name: those of dnspython's ``NSBase``."""


def rdata_text(rdata: dns.rdata.Rdata) -> tuple[int | None, str]:
    """The preference and the data of a dnspython rdata as :class:`Record` has them."""
    said: Any = rdata  # its class need not be loaded to be asked for: that of TXT is large
    if isinstance(strings := getattr(said, "strings", None), tuple):
        # TXT is bytes; UTF-8 is what people put there, and what is not must still print and compare.
        return None, b"".join(strings).decode("utf-8", "backslashreplace")
    if rdata.rdtype in _NAMES:
        return None, name_text(said.target)
    if rdata.rdtype == dns.rdatatype.MX:
        return said.preference, name_text(said.exchange)
    return None, rdata.to_text().removesuffix(".").lower() if rdata.rdtype == dns.rdatatype.SRV else rdata.to_text()


_QUOTED = pattern(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_QUOTED_ONLY = pattern(rf"\s*(?:{_QUOTED.pattern}\s*)+", re.DOTALL)


def txt_content(content: str) -> str | None:
    """The text of a provider's TXT content: quoted strings joined, or the content as it stands.

    Cloudflare takes ``"v=DMARC1"`` with its quotes, several such strings, or bare text.  None where a
    quote opens and what follows is not a list of quoted strings.
    https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/#txt
    """
    if not content.lstrip().startswith('"'):
        # A hole ahead of a quote may open one.
        return None if content.startswith(HOLE) and '"' in content else content
    if not _QUOTED_ONLY.fullmatch(content):
        return None
    strings = (dns.tokenizer.Token(dns.tokenizer.QUOTED_STRING, s) for s in _QUOTED.findall(content))
    try:
        return b"".join(s.unescape_to_bytes().value for s in strings).decode("utf-8", "backslashreplace")
    except (dns.exception.DNSException, UnicodeError):
        return None


def txt_words(content: str) -> str | None:
    """The text of TXT data as a zone file has it (RFC 1035, section 5.1): quoted strings, or words between blanks.

    None where a quote opens and what follows is not a list of quoted strings.
    """
    return txt_content(content) if '"' in content else "".join(content.split())
