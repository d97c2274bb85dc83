"""What a domain's declared and published records say about its mail: DMARC, SPF and MX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from readers import Missing
from readers.declarations import Declarations
from readers.dns import Record, Resolver
from readers.hosts import is_in
from readers.mail import Dmarc, Spf, is_dmarc, is_spf, stricter_or_same
from tfparse.values import HOLE


def declared_dmarc(declarations: Declarations) -> Iterator[Record]:
    """The declared DMARC records: at least one, else Missing.  Raises as :meth:`Declarations.of`, at the end."""
    return _some((r for r in declarations.of("_dmarc", "TXT") if HOLE in r.data or is_dmarc(r.data)),
                 f"declared DMARC record of {declarations.domain}")


def declared_spf(declarations: Declarations) -> Iterator[Record]:
    """The declared SPF records, likewise."""
    return _some((r for r in declarations.of("@", "TXT") if HOLE in r.data or is_spf(r.data)),
                 f"declared SPF record of {declarations.domain}")


def declared_mx(declarations: Declarations) -> Iterator[Record]:
    """The declared MX records, likewise."""
    return _some(declarations.of("@", "MX"), f"declared MX of {declarations.domain}")


def aliases(declarations: Declarations, name: str, domain: str) -> Iterator[Record | None]:
    """The declared CNAMEs of a name, or None once where there is none.

    A record whose name is not known is in doubt only if it may lead into ``domain``.
    """
    found = False
    for record in declarations.of(name, "CNAME", lambda record: may_be_in(record.data, domain)):
        found = True
        yield record
    if not found:
        yield None


def may_be_in(host: str, domain: str) -> bool:
    """Whether a host, with holes where it is not known, may be in the domain: what follows the holes decides."""
    if HOLE not in host:
        return is_in(host, domain)
    ending, wanted = host.rpartition(HOLE)[2].lower(), f".{domain}".lower()
    return wanted.endswith(ending) or ending.endswith(wanted)


def _some(records: Iterable[Record], what: str) -> Iterator[Record]:
    found = False
    for record in records:
        found = True
        yield record
    if not found:
        raise Missing(what, "the infra repo")


def published_dmarc(dns: Resolver, domain: str) -> list[Record]:
    """The DMARC records that DNS publishes.  UnknownValueError where DNS does not answer."""
    return [r for r in dns.ask(f"_dmarc.{domain}", "TXT").require() if is_dmarc(r.data)]


def some_published_dmarc(dns: Resolver, domain: str) -> list[Record]:
    """Likewise, but at least one, else Missing."""
    found = published_dmarc(dns, domain)
    if not found:
        raise Missing(f"published DMARC record of {domain}", f"the TXT records of _dmarc.{domain}")
    return found


def shortfalls(policy: Dmarc, floor: str) -> list[str]:
    """In what a DMARC record effectively asks for less than ``floor`` of all mail; nothing, if it does not."""
    asked = {"p": policy.policy, "sp": policy.subdomain_policy, "np": policy.np}
    found = [f"{tag}={value}" for tag, value in asked.items() if not stricter_or_same(value, floor)]
    if policy.pct != 100:
        found.append(f"pct={policy.pct}")
    if policy.testing:
        found.append("t=y")
    return found + list(policy.problems if found else ())


def differences(one: Dmarc, other: Dmarc) -> list[str]:
    """In which tags another DMARC record differs from one; order, case and spaces do not matter."""
    left, right = ({name: "".join(value.split()).lower() for name, value in d.tags.items()} for d in (one, other))
    return [f"{tag}={right[tag]}, not {left.get(tag, 'absent')}" if tag in right else f"no {tag}, not {left[tag]}"
            for tag in sorted(left.keys() | right.keys()) if left.get(tag) != right.get(tag)]


def authorises(spf: Spf, relay: str, includes: Mapping[str, str]) -> bool:
    """Whether an SPF record includes what ``includes`` says the relay needs.  Missing for a relay it has not."""
    if relay not in includes:
        raise Missing(f"relay {relay}", f"the table of relays ({', '.join(includes)})")
    return includes[relay].lower() in spf.includes


def best_mx(declarations: Declarations) -> Iterator[Record]:
    """Of each witness, the MX records of the lowest preference (RFC 5321, section 5.1); Missing as above."""
    return _some((r for records in declarations.by_witness("@", "MX") for r in _lowest(records)),
                 f"declared MX of {declarations.domain}")


def _lowest(records: Iterable[Record]) -> list[Record]:
    found = list(records)
    lowest = min(r.known_preference() for r in found)
    return [r for r in found if r.known_preference() == lowest]
