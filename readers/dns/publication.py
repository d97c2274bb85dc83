"""What is published before a change is applied: still what was declared before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable

from msgspec import Struct

from readers import Malformed, Missing
from readers.dns import Record
from readers.dns.declarations import Declarations
from tfparse.diagnostics import Origin, TerraformError, UnknownValueError

#: What the witnesses that say anything of a name say of it.
Witnesses = list[list[Record]]
IdentityKey = Callable[[Record], Hashable | None]


class PendingChange(Struct, frozen=True):
    """A change of the declarations that DNS does not show yet.  ``origin`` is the place of the record as it is declared
    now; None where it is no longer."""

    origin: Origin | None
    note: str


def pending_change(
    declarations: Declarations, name: str, type: str, published: Iterable[Record], *, identity_key: IdentityKey,
    right: Callable[[Witnesses], bool], of_interest: Callable[[Record], bool] = lambda record: True,
) -> PendingChange | None:  # fmt: skip
    """The change for which what is published of a name and type waits, if that is all that is wrong with it; else None.

    All that is declared now must be ``right``, and what is published must be just what a witness declared at the base
    and declares no longer.  Anything else that is published is not on its way: it has drifted.  Where nothing is
    published, nothing must have been declared by any witness: that a record is absent tells less than what one says.
    ``identity_key`` is what two records have in common that mean the same; None for a record that does not matter here.

    None too where there is no base, where any of it, now or then, is in doubt, and where Terraform does not enforce
    the change (``ignore_changes``).
    """
    if declarations.before is None:
        return None
    try:
        now = _of_each(declarations, name, type, of_interest, identity_key)
        then = _of_each(declarations.before(), name, type, of_interest, identity_key)
        shown = _identities([record for record in published if identity_key(record) is not None], identity_key)
        if not right([records for records in now.values() if records]) or (not shown and any(then.values())):
            return None
        for witness in then | now:
            before, declared = then.get(witness, []), now.get(witness, [])
            if _identities(before, identity_key) == shown != _identities(declared, identity_key):
                return _change(witness, before, declared)
    except (Malformed, Missing, TerraformError, UnknownValueError):
        pass
    return None


def _of_each(
    declarations: Declarations, name: str, type: str, of_interest: Callable[[Record], bool], identity_key: IdentityKey
) -> dict[str, list[Record]]:
    said = declarations.sets(name, type, of_interest)
    return {witness: [r for r in records if identity_key(r) is not None] for witness, records in said.items()}


def _identities(records: Iterable[Record], identity_key: IdentityKey) -> Counter[Hashable]:
    return Counter(map(identity_key, records))


def _change(witness: str, before: list[Record], declared: list[Record]) -> PendingChange | None:
    if any(record.ignored for record in declared):
        return None
    if not declared:
        return PendingChange(None, f"removed from {witness}; DNS shows what the base declared")
    old = " and ".join(record.shown for record in before) or "no such record"
    note = f"declared in {declared[0].source}; DNS shows what the base declared: {old}"
    return PendingChange(declared[0].origin, note)
