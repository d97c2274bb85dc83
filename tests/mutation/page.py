"""docs/mutation.md: the score, and what no requirement cares about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.mutation.score import Score, Tally

PAGE = Path(__file__).parents[2] / "docs" / "mutation.md"

_HEAD = """\
# How well the features see

Written by `make mutate`; do not edit. It changes the good repo of `fixtures/infra` in one small way after the other,
judges each of these mutants, and asks whether the requirement that looked there noticed: whether its verdict became
*failed* or *undetermined*.

What is changed is what the findings of the scenarios that pass point at. A verdict also hangs on what no finding
names (the module call, the volume, the selector of a service): that is found by deleting each file, each block of a
file that mattered, and so on down to single arguments and lines. The rules delete a piece, comment it out, rename it,
empty it, make it unknown, flip a switch, count one up and one down, take another unit, change a word or drop it.
Programs (`promtool`, `amtool`, `postconf`, `rspamadm`) are not asked here: what only they find out is excused as such.

Promises that hold as long as something is *not* there (MH-6.1, MH-6.2) point at no line and have no mutants; that
they see it come is what `tests/violations` shows, as it shows the mistakes that are more than one small change.
"""


def page(score: Score, requirements: list[str]) -> str:
    return "\n".join([_HEAD, *_score(score, requirements), *_equivalents(score, "equivalent.yaml")])


def page_of_second(score: Score, requirements: list[str]) -> str:
    """The part on the second design, below the same words."""
    excused = _equivalents(score, "equivalent_cloud.yaml")
    return "\n".join(["# The second design (`fixtures/cloud`)\n", *_score(score, requirements), *excused])


def _score(score: Score, requirements: list[str]) -> Iterator[str]:
    total = score.total
    yield f"**{total.killed} of {total.killed + total.survived}** mutants are found out ({total.percent});"
    yield f"{total.equivalent} more are excused, each for one of the reasons below.\n"
    yield "## What findings name\n"
    rows = {id_: score.watched.get(id_, Tally()) for id_ in requirements}
    yield from _table("requirement", rows)
    yield "## What verdicts hang on besides\n"
    yield "Here any of the requirements that it matters to may notice.\n"
    yield from _table("file", {f"`{file}`": tally for file, tally in sorted(score.beside.items())})


def _table(first: str, rows: Mapping[str, Tally]) -> Iterator[str]:
    yield f"| {first} | mutants | found out | excused | unnoticed | score |"
    yield "|---|--:|--:|--:|--:|--:|"
    for name, t in rows.items():
        yield f"| {name} | {t.mutants} | {t.killed} | {t.equivalent} | {t.survived} | {t.percent} |"
    yield ""


def _equivalents(score: Score, file: str) -> Iterator[str]:
    yield "## What is excused\n"
    yield f"Listed by hand in `tests/mutation/{file}`, where a reason that no mutant needs any more is refused.  If a mutant"
    yield "survives that did not before, a number here changes, which `make mutate ARGS=--check` objects to.\n"
    yield "| mutants | where | why |"
    yield "|--:|---|---|"
    for excuse in score.excuses:
        place = f"`{excuse.file.rpartition('/')[2]}`"
        by = f" ({', '.join(excuse.by)})" if excuse.by else ""
        yield f"| {excuse.used} | {place}: `{_cell(excuse.at)}`{by} | {_cell(' '.join(excuse.why.split()))} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
