"""The DNS records that an infra repo declares for a domain, wherever it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from readers import Missing
from readers.dns import Record, lookup, lookup_expanded, zone_records
from readers.dns.providers import FORMS, may_declare_dns
from readers.dns.reading import concerns, declared_in
from readers.dns.ways import Asked, name_account
from readers.dns.zone_texts import zone_texts
from tfparse.cty.values import HOLE, Unknown, Value
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.root import Root
from tfparse.infra import Infra, kept

MAX_ZONE_LINES = 20_000
"""How many lines the zone texts of a repo may have together: to read so many takes a second or two."""


class Witness(Struct, frozen=True):
    """Who says what the records are: the resources of one provider, or one zone text.  ``house``: the world need not
    ask it."""

    name: str
    records: tuple[Record, ...]
    house: bool = False
    is_text: bool = False


class Declarations(Struct, frozen=True):
    """The records declared for a domain, by witness: what the resources say together, what each zone text says.

    ``unread`` says why there may be more: parts of the repo were not readable.  ``unread_texts`` are those of them
    that may hold zone text, and no resource.
    ``before`` gives what was declared at the base that the repo is compared with; None without one.
    """

    domain: str
    witnesses: tuple[Witness, ...]
    unread: tuple[Unknown, ...]
    before: Callable[[], Declarations] | None = None
    unread_texts: tuple[Unknown, ...] = ()

    def of(
        self, name: str, type: str, of_interest: Callable[[Record], bool] = lambda record: True, *,
        wildcards: bool = False,
    ) -> Iterator[Record]:  # fmt: skip
        """The records of a name (relative to the domain; ``@`` is the domain itself) and a type.

        First come those that are declared beyond doubt; then UnknownValueError is raised where a record
        that is not wholly known may be one more ``of_interest``, where the name is delegated, or where not all of the
        repo was read.
        """
        for witness in self.by_witness(name, type, of_interest, wildcards=wildcards):
            yield from witness

    def by_witness(
        self, name: str, type: str, of_interest: Callable[[Record], bool] = lambda record: True, *,
        wildcards: bool = False,
    ) -> Iterator[tuple[Record, ...]]:  # fmt: skip
        """As :meth:`of`, the records of each witness that has any together."""
        look = lookup_expanded if wildcards else lookup
        found = [look(witness.records, self.name(name), type) for witness in self.witnesses]
        yield from (f.certain for f in found if f.certain)
        for f in found:
            replace(f, possible=tuple(filter(of_interest, f.possible))).require()
        seen = tuple(record for witness in self.witnesses if not witness.house for record in witness.records)
        asked = Asked(self.domain, self.name(name), type, seen)
        name_account(asked).settled(f"what {self.name(name)} is answered with cannot be known")
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
        said: dict[str, tuple[Record, ...]] = {}
        for witness in self.witnesses:
            certain = lookup(witness.records, self.name(name), type).certain
            said[witness.name] = said.get(witness.name, ()) + certain
        return said

    def is_published(self, record: Record) -> bool:
        """Whether a record is declared by who publishes the domain: what the house says stands in only where nobody
        else declares anything."""
        hosted = [witness for witness in self.witnesses if not witness.house and witness.records]
        served = [witness for witness in self.witnesses if not witness.is_text and witness.records]
        return any(record in witness.records for witness in hosted or served or self.witnesses)

    def name(self, name: str) -> str:
        return self.domain if name == "@" else f"{name}.{self.domain}"

    def relative(self, name: str) -> str:
        """The other way round: a name of the domain, as :meth:`of` takes it."""
        return "@" if name == self.domain else name.removesuffix(f".{self.domain}")


@kept
def read_declarations(
    infra: Infra, domain: str, zone_variables: str, infra_before: Infra | None = None
) -> Declarations:
    """All records declared for ``domain``: resources of any provider that any root reaches, and zone text.

    Zone text stands in variables of root modules, in those whose name fits the glob ``zone_variables``
    and in any other whose text looks like it; where a root hands it on changed, what it hands on counts.
    Where no such variable is to be seen, but a variable file cannot be read, the text may stand there, and with it
    any record.  ``infra_before`` is the repo at the base.

    Raises:
        Missing: nothing at all is declared.
        Malformed: a name of a record cannot be one.
    """
    by_provider = declared_in(infra, domain)
    texts = infra.ask(zone_texts, zone_variables)
    unread = infra.ask(_unseen)
    hidden = infra.ask(_unread_inputs, most=1) if not texts else []
    unread_texts = [Unknown(f"zone text may stand in it: {why.reason}", why.origin) for why in hidden]
    unread += unread_texts
    witnesses = [Witness(f"the {name} resources", records, house) for (name, house), records in by_provider.items()]
    witnesses += _zone_witnesses(texts, domain)
    if not any(witness.records for witness in witnesses) and not unread:
        raise Missing(f"DNS record of {domain}", "the infra repo")
    before = partial(read_declarations, infra_before, domain, zone_variables) if infra_before else None
    return Declarations(domain, tuple(witnesses), tuple(unread), before, tuple(unread_texts))


def _unseen(root: Root) -> list[Unknown]:
    """Why a root may declare more records than can be read."""
    doubts = root.doubts if root.resources(FORMS.__contains__) else ()
    return [*dict.fromkeys([*root.incomplete, *doubts]), *root.unread_modules("dns", may_declare_dns)]


def _unread_inputs(root: Root) -> list[Unknown]:
    return [] if root.unread_inputs is None else [root.unread_inputs]


def _zone_witnesses(texts: Iterable[tuple[str, Value]], domain: str) -> Iterator[Witness]:
    """What each zone text says; one of all kinds of record where they are longer together than is read."""
    lines = 0
    # One variable file may serve many roots: a text is one witness, whoever gets it.
    for name, value in {(value.origin, value.raw): (name, value) for name, value in texts}.values():
        source = f"the zone text in {name}"
        lines += sum(part.text.count("\n") for part in value.text_parts() if isinstance(part.text, str))
        if lines > MAX_ZONE_LINES:
            why = Unknown(f"zone texts of more than {MAX_ZONE_LINES} lines are not read", value.origin)
            record = Record(HOLE, HOLE, HOLE, origin=value.origin, unknown=why, sensitive=value.secret, source=source)
            yield Witness(source, (record,), house=True, is_text=True)
        else:
            found = (r for r in zone_records(value, domain, source) if concerns(r, domain))
            yield Witness(source, tuple(found), house=True, is_text=True)
