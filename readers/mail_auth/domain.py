"""What a domain's declared and published records say about its mail: DMARC, SPF and MX."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

from readers import Missing
from readers.dns import Answer, Record, RecordSet, Resolver, is_in, lookup, lookup_expanded
from readers.dns.declarations import Declarations
from readers.dns.publication import PendingChange, Witnesses, pending_change
from readers.dns.records import may_be_in
from readers.mail_auth.records import Dmarc, Spf, is_dmarc, is_spf, parse_dmarc, parse_spf, stricter_or_same
from tfparse.cty.values import HOLE
from tfparse.diagnostics import UnknownValueError
from tfparse.patterns import pattern

_MEANT_AS_DMARC = pattern(r"\W*v\W*dmarc", re.IGNORECASE)


def declared_dmarc(declarations: Declarations) -> Iterator[Record]:
    """The declared DMARC records: at least one, else Missing.

    Text that was meant to be one counts. So does what an alias leads to; one that leads away is UnknownValueError.

    Raises:
        UnknownValueError: as :meth:`Declarations.of` does, at the end.
    """
    return _some(declarations, _dmarc_at(declarations, "_dmarc", set()), "declared DMARC record")


def _dmarc_at(declarations: Declarations, name: str, seen: set[str]) -> Iterator[Record]:
    yield from (r for r in declarations.of(name, "TXT") if HOLE in r.data or _MEANT_AS_DMARC.match(r.data))
    # A CNAME of an unknown name, of which repos have many, is not taken for this one.
    for alias in declarations.of(name, "CNAME", lambda record: False):
        target = alias.known_data()
        if not is_in(target, declarations.domain):
            raise UnknownValueError(f"{alias.name} is an alias of {target}, which is not declared here", alias.origin)
        if target not in seen:
            yield from _dmarc_at(declarations, declarations.relative(target), seen | {target})


def declared_spf(declarations: Declarations) -> Iterator[Record]:
    """The declared SPF records, likewise."""
    found = (r for r in declarations.of("@", "TXT") if HOLE in r.data or is_spf(r.data))
    return _some(declarations, found, "declared SPF record")


def aliases(declarations: Declarations, name: str, domain: str) -> Iterator[Record | None]:
    """The declared CNAMEs of a name, by wildcards too, and of what they lead to; or None once where there is none.

    A record whose name is not known is in doubt only if it may lead into ``domain``.
    """
    names, found = [name], False
    for one in names:
        for record in declarations.of(one, "CNAME", lambda record: may_be_in(record.data, domain), wildcards=True):
            found = True
            yield record
            if HOLE not in record.data and is_in(record.data, declarations.domain):
                further = declarations.relative(record.data)
                names += [further] if further not in names else []
    if not found:
        yield None


def published_aliases(dns: Resolver, name: str, domain: str) -> Iterator[tuple[str, Answer]]:
    """What DNS answers to the question for the CNAME of a name, and of each name that these lead to, as far as the
    ``domain`` that is looked for: what follows in there is none of ours."""
    names = [name]
    for one in names:
        answer = dns.ask(one, "CNAME")
        yield one, answer
        leads = [r.data for r in answer.records if r.data not in names and not is_in(r.data, domain)]
        names += leads[: max(_LONGEST_CHAIN - len(names), 0)]


_LONGEST_CHAIN = 16
"""Resolvers give up about here."""


def _some(declarations: Declarations, records: Iterable[Record], what: str) -> Iterator[Record]:
    """The records; Missing after them where none is declared by who publishes the domain."""
    found = False
    for record in records:
        found = found or declarations.is_published(record)
        yield record
    if not found:
        raise Missing(f"{what} of {declarations.domain}", "what the repo has published")


def published_dmarc(dns: Resolver, domain: str) -> list[Record]:
    """The DMARC records that DNS publishes.  UnknownValueError where DNS does not answer."""
    return [r for r in dns.ask(f"_dmarc.{domain}", "TXT").require() if is_dmarc(r.data)]


def shortfalls(policy: Dmarc, floor: str) -> list[str]:
    """In what a DMARC record effectively asks for less than ``floor`` of all mail; nothing, if it does not."""
    asked = {"p": policy.policy, "sp": policy.subdomain_policy, "np": policy.np}
    found = [f"{tag}={value}" for tag, value in asked.items() if not stricter_or_same(value, floor)]
    if policy.pct != 100:
        found.append(f"pct={policy.pct}")
    if policy.testing:
        found.append("t=y")
    return found + list(policy.problems if found else ())


def shortfalls_of(text: str, floor: str) -> list[str]:
    """Likewise of a record's text: what receivers do not take for a DMARC record asks for nothing."""
    if not is_dmarc(text):
        return [f'"{text}", which receivers do not take for a DMARC record: they want "v=DMARC1;" at its start']
    return shortfalls(parse_dmarc(text), floor)


def differences(one: Dmarc, other: Dmarc) -> list[str]:
    """In which tags another DMARC record differs from one; order, case and spaces do not matter."""
    left, right = ({name: "".join(value.split()).lower() for name, value in d.tags.items()} for d in (one, other))
    return [
        f"{tag}={right[tag]}, not {left.get(tag, 'absent')}" if tag in right else f"no {tag}, not {left[tag]}"
        for tag in sorted(left.keys() | right.keys())
        if left.get(tag) != right.get(tag)
    ]


def dmarc_identity(record: Record) -> Hashable | None:
    """What two DMARC records have in common that :func:`differences` does not tell apart; None for any other TXT.

    UnknownValueError for one that is not wholly known.
    """
    if not is_dmarc(data := record.known_data()):
        return None
    return frozenset((name, "".join(value.split()).lower()) for name, value in parse_dmarc(data).tags.items())


def one_each(witnesses: Witnesses) -> bool:
    """Whether some witness declares a DMARC record, and none more than one."""
    return bool(witnesses) and all(len(records) == 1 for records in witnesses)


def all_strict(witnesses: Witnesses, floor: str) -> bool:
    """Whether DMARC records are declared, all of them as strict as ``floor``."""
    policies = [parse_dmarc(record.known_data()) for records in witnesses for record in records]
    return bool(policies) and not any(shortfalls(policy, floor) for policy in policies)


def all_alike(witnesses: Witnesses) -> bool:
    """Whether DMARC records are declared, all of them the same."""
    return len({dmarc_identity(record) for records in witnesses for record in records}) == 1


def pending_dmarc_change(
    declarations: Declarations, published: Iterable[Record], right: Callable[[Witnesses], bool]
) -> PendingChange | None:
    """The declared change of the DMARC record that DNS does not show yet, if that is all that is wrong."""
    return pending_change(declarations, "_dmarc", "TXT", published, identity_key=dmarc_identity, right=right)


def pending_alias_change(
    declarations: Declarations, name: str, domain: str, published: Iterable[Record]
) -> PendingChange | None:
    """Likewise, of a CNAME of ``name``, in full, that led into ``domain``."""
    return pending_change(
        declarations, declarations.relative(name), "CNAME", published, identity_key=lambda record: record.known_data(),
        right=lambda witnesses: not any(is_in(r.known_data(), domain) for records in witnesses for r in records),
        of_interest=lambda record: may_be_in(record.data, domain),
    )  # fmt: skip


def authorises(declarations: Declarations, spf: Spf, relay: str, includes: Mapping[str, str]) -> bool:
    """Whether an SPF record includes what ``includes`` says the relay needs, itself or by what it includes or
    redirects to.  Missing for a relay that ``includes`` has not."""
    if relay not in includes:
        named = relay or "(none, so mail goes straight out)"
        raise Missing(f"relay {named}", f"the table of relays ({', '.join(includes)})")
    wanted = includes[relay].lower()
    return any(wanted in one.includes or wanted == one.redirect for one in _spf_reached(declarations, spf))


def spf_lookups(declarations: Declarations, spf: Spf) -> int:
    """How many terms of an SPF record, and of those declared here that it leads to, ask DNS: RFC 7208, section 4.6.4,
    lets no more than ten.  What other domains' records ask besides is not known."""
    asking = ("include", "a", "mx", "ptr", "exists")
    return sum(
        sum(m.name in asking for m in one.effective) + (one.redirect is not None)
        for one in _spf_reached(declarations, spf)
    )


def spf_void_lookups(declarations: Declarations, spf: Spf) -> list[str]:
    """Terms of an SPF record, and of those declared here that it leads to, for names of the domain that certainly have
    no such record: RFC 7208, section 4.6.4, lets no more than two of them be."""
    found = []
    for one in _spf_reached(declarations, spf):
        for mechanism in one.effective:
            host = mechanism.value.lower().rstrip(".") or declarations.domain
            if mechanism.name in _ASKED_FOR and "%" not in host and is_in(host, declarations.domain):
                answers = [lookup_expanded(w.records, host, type) for w in declarations.witnesses if w.records
                           for type in (*_ASKED_FOR[mechanism.name], "CNAME")]  # fmt: skip
                if not any(answer.certain or answer.possible for answer in answers):
                    found.append(f"{mechanism.name}:{host}")
    return [] if declarations.unread else found


_ASKED_FOR = {"a": ("A", "AAAA"), "exists": ("A",), "mx": ("MX",), "include": ("TXT",)}
"""The records that terms of SPF ask for."""


def spf_names(declarations: Declarations, spf: Spf, domain: str) -> list[str]:
    """What an SPF record names in a domain, itself or by what it includes or redirects to; ``+all`` names everyone."""
    reached = _spf_reached(declarations, spf)
    everyone = ["+all, which is everyone"] if any(one.all == "+" for one in reached[:1]) else []
    return [d for one in reached for d in one.domains if is_in(d, domain)] + everyone


def _spf_reached(declarations: Declarations, spf: Spf) -> list[Spf]:
    """A record, and those declared for names of the domain that it includes or redirects to, at any depth."""
    reached, seen = [spf], set[str]()
    for one in reached:
        for target in filter(None, (*one.includes, one.redirect)):
            if target not in seen and is_in(target, declarations.domain):
                seen.add(target)
                texts = declarations.of(declarations.relative(target), "TXT")
                reached += [parse_spf(r.known_data()) for r in texts if HOLE in r.data or is_spf(r.data)]
    return reached


def spf_by_witness(declarations: Declarations) -> Iterator[list[Record]]:
    """The SPF records of each witness that has any: of two, receivers follow none (RFC 7208, section 4.5).  Of answers
    between which a server chooses (weights, places), a receiver sees one."""
    for records in declarations.by_witness("@", "TXT"):
        answers: dict[str, list[Record]] = {}
        for record in records:
            if HOLE in record.data or is_spf(record.data):
                answers.setdefault(record.choice, []).append(record)
        yield from answers.values()


def best_mx(declarations: Declarations) -> Iterator[Record]:
    """Of each witness, the MX records of the lowest preference (RFC 5321, section 5.1); Missing as above."""
    return _some(declarations, _best(declarations), "declared MX")


def _best(declarations: Declarations) -> Iterator[Record]:
    for witness in declarations.witnesses:
        yield from _lowest(lookup(witness.records, declarations.domain, "MX"))
    tuple(declarations.of("@", "MX"))  # it raises where there is a doubt


def _lowest(found: RecordSet) -> list[Record]:
    """None, where one that is in doubt may be lower."""
    lowest = min((r.known_preference() for r in found.certain), default=0)
    if any(r.preference is None or r.preference < lowest for r in found.possible):
        return []
    return [r for r in found.certain if r.known_preference() == lowest]
