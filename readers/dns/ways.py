"""Ways in which a name is answered with something else than the records that are declared for it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from readers.account import Account, Remark, Way, survey
from readers.dns.records import Record
from tfparse.cty.values import HOLE


class Asked(Struct, frozen=True):
    """The question for a name, in full, and a type; ``records`` are those of the domain that the world is to see."""

    domain: str
    name: str
    type: str
    records: tuple[Record, ...]


def _delegations(asked: Asked) -> Iterator[Remark]:
    """Name servers for a name, or for one above it within the domain: theirs is the answer (RFC 1034, section 4.2)."""
    for record in asked.records if asked.type not in ("NS", "DS") else ():
        owner = record.name
        if record.type != "NS" or HOLE in owner or owner == asked.domain or record.repetition is not None:
            continue
        if asked.name == owner or asked.name.endswith(f".{owner}"):
            yield Remark(f"{owner} is delegated by an NS record: who is asked there answers for it", record.origin)


WAYS: tuple[Way[Asked], ...] = (
    Way("DNS name", "a delegation (NS) of the name, or of one above it", "RFC 1034, section 4.2", _delegations),
    Way("DNS name", "resources of other types that may declare records", "readers/dns/providers.py (looks_like_dns)",
        lambda asked: ()),
    Way("DNS name", "Cloudflare's email routing, which sets the MX records of its zone",
        "https://developers.cloudflare.com/email-routing/setup/email-routing-dns-records/", lambda asked: ()),
    Way("DNS name", "the registrar's name servers for the domain", "RFC 1034, section 4.2", None,
        "who is asked for the domain at all is seen by asking DNS (--dns), not in the repo"),
    Way("DNS name", "rules and workers of a provider that answer in place of a record",
        "https://developers.cloudflare.com/dns/manage-dns-records/reference/proxied-dns-records/", None,
        "a proxied name has the provider's addresses; records of mail (MX, TXT) cannot be proxied"),
)  # fmt: skip
"""What is looked at beside a name's own records.  The records that are found so are read as those of the others."""


def name_account(asked: Asked) -> Account:
    """What else could decide what a name is answered with."""
    return survey(WAYS, asked)
