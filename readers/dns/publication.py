"""What is published before a change is applied: still what was declared before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from readers import Malformed, Missing
from readers.dns import Record
from readers.dns.declarations import Declarations
from tfparse.diagnostics import Origin, TerraformError, UnknownValueError

#: What the witnesses that say anything of a name say of it.
Witnesses = list[list[Record]]
Gist = Callable[[Record], Hashable | None]


@dataclass(frozen=True, slots=True)
class Awaited:
    """A change of the declarations that DNS does not show yet.  ``origin`` is the place of the record as it is declared
    now; None where it is no longer."""

    origin: Origin | None
    note: str


def awaited(
    declarations: Declarations,
    name: str,
    type: str,
    published: Iterable[Record],
    *,
    gist: Gist,
    right: Callable[[Witnesses], bool],
    of_interest: Callable[[Record], bool] = lambda record: True,
) -> Awaited | None:
    """The change that what is published of a name and type awaits, if that is all that is wrong with it; else None.

    All that is declared now must be ``right``, and what is published must be just what a witness declared at the base
    and declares no longer.  Anything else that is published is not on its way: it has drifted.  Where nothing is
    published, nothing must have been declared by any witness: that a record is absent tells less than what one says.
    ``gist`` is what two records have in common that mean the same; None for a record that does not matter here.

    None too where there is no base, where any of it, now or then, is in doubt, and where Terraform does not enforce
    the change (``ignore_changes``).
    """
    if declarations.before is None:
        return None
    try:
        now = _of_each(declarations, name, type, of_interest, gist)
        then = _of_each(declarations.before(), name, type, of_interest, gist)
        shown = _gists([record for record in published if gist(record) is not None], gist)
        if not right([records for records in now.values() if records]) or (not shown and any(then.values())):
            return None
        for witness in then | now:
            before, declared = then.get(witness, []), now.get(witness, [])
            if _gists(before, gist) == shown != _gists(declared, gist):
                return _change(witness, before, declared)
    except (Malformed, Missing, TerraformError, UnknownValueError):
        pass
    return None


def _of_each(
    declarations: Declarations, name: str, type: str, of_interest: Callable[[Record], bool], gist: Gist
) -> dict[str, list[Record]]:
    said = declarations.sets(name, type, of_interest)
    return {witness: [r for r in records if gist(r) is not None] for witness, records in said.items()}


def _gists(records: Iterable[Record], gist: Gist) -> Counter[Hashable]:
    return Counter(map(gist, records))


def _change(witness: str, before: list[Record], declared: list[Record]) -> Awaited | None:
    if any(record.unenforced for record in declared):
        return None
    if not declared:
        return Awaited(None, f"removed from {witness}; DNS shows what the base declared")
    old = " and ".join(record.shown for record in before) or "no such record"
    return Awaited(declared[0].origin, f"declared in {declared[0].source}; DNS shows what the base declared: {old}")
