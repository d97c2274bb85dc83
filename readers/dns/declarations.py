"""The DNS records that an infra repo declares for a domain, wherever it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial

from readers import Missing
from readers.dns import Record, declared_records, lookup, lookup_expanded, zone_records
from readers.dns.declared import RESOURCE_TYPES
from tfparse.cty.types import STRING
from tfparse.cty.values import HOLE, Unknown, Value, unknown
from tfparse.diagnostics import Origin, TerraformError, UnknownValueError
from tfparse.graph.root import Root
from tfparse.infra import Infra, kept

MAX_ZONE_LINES = 20_000
"""How many lines the zone texts of a repo may have together: to read so many takes a second or two."""
_ZONE_TEXT = re.compile(r"^\s*(\$ORIGIN\b|\$TTL\b|\S*\s+(\S+\s+)?(\S+\s+)?SOA\s)", re.MULTILINE | re.IGNORECASE)
"""What tells a zone's text (RFC 1035, section 5.1) from other text: a control entry, or an SOA record."""


@dataclass(frozen=True, slots=True)
class Declarations:
    """The records declared for a domain, by witness: what the resources say together, what each zone text says.

    ``unread`` says why there may be more: parts of the repo were not readable.  ``names`` are those of the witnesses.
    ``before`` gives what was declared at the base that the repo is compared with; None without one.
    """

    domain: str
    witnesses: tuple[tuple[Record, ...], ...]
    unread: tuple[Unknown, ...]
    names: tuple[str, ...] = ()
    before: Callable[[], Declarations] | None = None

    def of(
        self,
        name: str,
        type: str,
        of_interest: Callable[[Record], bool] = lambda record: True,
        *,
        wildcards: bool = False,
    ) -> Iterator[Record]:
        """The records of a name (relative to the domain; ``@`` is the domain itself) and a type.

        First come those that are declared beyond doubt; then UnknownValueError is raised where a record
        that is not wholly known may be one more ``of_interest``, or where not all of the repo was read.
        """
        for witness in self.by_witness(name, type, of_interest, wildcards=wildcards):
            yield from witness

    def by_witness(
        self,
        name: str,
        type: str,
        of_interest: Callable[[Record], bool] = lambda record: True,
        *,
        wildcards: bool = False,
    ) -> Iterator[tuple[Record, ...]]:
        """As :meth:`of`, the records of each witness that has any together."""
        look = lookup_expanded if wildcards else lookup
        found = [look(records, self.name(name), type) for records in self.witnesses]
        yield from (f.certain for f in found if f.certain)
        for f in found:
            replace(f, possible=tuple(filter(of_interest, f.possible))).require()
        if self.unread:
            why = self.unread[0]
            raise UnknownValueError(f"not all declarations could be read: {why.reason}", why.origin)

    def sets(
        self, name: str, type: str, of_interest: Callable[[Record], bool] = lambda record: True
    ) -> dict[str, tuple[Record, ...]]:
        """What each witness, by its name, says of a name and a type: nothing, where it has no such record.

        UnknownValueError where any of it is in doubt, as for :meth:`of`.
        """
        tuple(self.by_witness(name, type, of_interest))  # it raises where there is a doubt
        said: dict[str, tuple[Record, ...]] = dict.fromkeys(self.names, ())
        for witness, records in zip(self.names, self.witnesses, strict=True):
            said[witness] += lookup(records, self.name(name), type).certain
        return said

    def name(self, name: str) -> str:
        return self.domain if name == "@" else f"{name}.{self.domain}"

    def relative(self, name: str) -> str:
        """The other way round: a name of the domain, as :meth:`of` takes it."""
        return "@" if name == self.domain else name.removesuffix(f".{self.domain}")


@kept
def read_declarations(
    infra: Infra, domain: str, zone_variables: str, infra_before: Infra | None = None
) -> Declarations:
    """All records declared for ``domain``: Cloudflare resources that any root reaches, and zone text.

    Zone text stands in variables of root modules, in those whose name fits the glob ``zone_variables``
    and in any other whose text looks like it.  Where no such variable is to be seen, but a variable file
    cannot be read, the text may stand there, and with it any record.  ``infra_before`` is the repo at the base.
    Missing where nothing at all is declared.
    """
    resources = infra.ask(_resource_records, domain)
    texts = infra.ask(_zone_texts, zone_variables)
    unread = infra.ask(_unseen)
    if not texts:
        hidden = infra.ask(_unread_inputs, most=1)
        unread += [Unknown(f"zone text may stand in it: {why.reason}", why.origin) for why in hidden]
    # One variable file may serve many roots: a text is one witness, whoever gets it.
    zones = {value.origin: (name, value) for name, value in texts}
    names = ["the resources", *(f"the zone text in variable {name}" for name, _ in zones.values())]
    witnesses = [resources]
    witnesses += _zone_records(zones.values(), domain)
    witnesses = [[r for r in records if _concerns(r, domain)] for records in witnesses]
    if not any(witnesses) and not unread:
        raise Missing(f"DNS record of {domain}", "the infra repo")
    before = partial(read_declarations, infra_before, domain, zone_variables) if infra_before else None
    return Declarations(domain, tuple(map(tuple, witnesses)), tuple(unread), tuple(names), before)


def _zone_records(zones: Iterable[tuple[str, Value]], domain: str) -> Iterator[list[Record]]:
    """The records of each zone text; one of all kinds where they are longer together than is read."""
    lines = 0
    for name, value in zones:
        source = f"the zone text in variable {name}"
        lines += sum(part.text.count("\n") for part in value.text_parts() if isinstance(part.text, str))
        if lines > MAX_ZONE_LINES:
            why = Unknown(f"zone texts of more than {MAX_ZONE_LINES} lines are not read", value.origin)
            yield [Record(HOLE, HOLE, HOLE, origin=value.origin, unknown=why, sensitive=value.secret, source=source)]
        else:
            yield zone_records(value, domain, source)


def _concerns(record: Record, domain: str) -> bool:
    return HOLE in record.name or record.name == domain or record.name.endswith(f".{domain}")


def _resource_records(root: Root, domain: str) -> list[Record]:
    return list(declared_records(root.resources(RESOURCE_TYPES.__contains__), domain))


def _unseen(root: Root) -> list[Unknown]:
    return root.unseen("cloudflare")


def _unread_inputs(root: Root) -> list[Unknown]:
    return [] if root.unread_inputs is None else [root.unread_inputs]


def _zone_texts(root: Root, pattern: str) -> list[tuple[str, Value]]:
    """The values, by variable, of a root that hold zone text, or whose name says that they should."""
    found: list[tuple[str, Value]] = []
    for name, value in _variables(root):
        if isinstance(value.raw, Unknown) and value.parts is None:
            found += [(name, value)] if fnmatchcase(name, pattern) else []
        else:
            found += ((name, text) for text in _strings(value) if _is_zone_text(text))
    return found


def _variables(root: Root) -> Iterator[tuple[str, Value]]:
    """The variables of a root module, and values that variable files give to names it does not declare."""
    declared = root.instance.module.variables
    for name, section in declared.items():
        yield name, _evaluated(name, partial(root.instance.variable, name, section.header.origin))
    for name, work in root.instance.arguments.items():
        if name not in declared:
            yield name, _evaluated(name, work)


def _evaluated(name: str, work: Callable[[], Value]) -> Value:
    try:
        return work()
    except TerraformError as error:
        first = error.diagnostics[0]
        return unknown(f"variable {name}: {first.summary}", first.origin or Origin("", 0), STRING)


def _strings(value: Value) -> Iterator[Value]:
    raw = value.raw
    if value.parts is not None or isinstance(raw, str):
        yield value
    elif isinstance(raw, (dict, tuple)):
        for child in raw.values() if isinstance(raw, dict) else raw:
            yield from _strings(child)


def _is_zone_text(text: Value) -> bool:
    return _ZONE_TEXT.search("".join(p.text for p in text.text_parts() if isinstance(p.text, str))) is not None
