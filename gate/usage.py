"""Whether a feature uses the steps as they declare themselves: their tables, their docstrings, their subjects."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct, field
from pytest_bdd.parser import Feature, Step
from pytest_bdd.steps import StepFunctionContext

from gate.features import Problem
from gate.vocabulary import matches, rendered
from gate.words import Table, Word, subjects_of, word_of
from readers import Malformed
from tfparse.patterns import pattern

_QUOTED = pattern(r'"[^"]*"|<\w+>|\d+')
_MOST_NEAR = 3


class Vocabulary:
    """The step definitions that a feature may use, and what they say of themselves."""

    def __init__(self, known: Sequence[StepFunctionContext], suite: Path) -> None:
        self.known, self._suite = list(known), suite
        subjects = subjects_of(self.known)
        self._words = {id(context): word_of(context, subjects) for context in known}
        self._found: dict[tuple[str, str], list[StepFunctionContext]] = {}

    @property
    def words(self) -> list[Word]:
        return list(self._words.values())

    def problems(self, feature: Feature) -> list[Problem]:
        """What is wrong with the steps of a feature, each once."""
        found: list[Problem] = []
        given: dict[int, _Given] = {}
        for steps in rendered(feature):
            found += self._of_scenario(steps, given)
        found += [
            Problem(line, f"nobody uses what this step gives: {one.text} (take it away, or use it)")
            for line, one in given.items() if not one.is_used
        ]  # fmt: skip
        return sorted(dict.fromkeys(found))

    def _of_scenario(self, steps: Sequence[Step], given: dict[int, _Given]) -> Iterator[Problem]:
        at_hand: dict[str, _Given] = {}
        for step in steps:
            line, text = step.line_number, f"{step.keyword} {step.name}"
            found = self._matching(step)
            word = self._words[id(found[0])] if len(found) == 1 else None
            missing = [need for need in word.needs if need not in at_hand] if word else []
            for name, one in at_hand.items():
                # Where something is wrong, whether what was given would be used cannot be told.
                one.is_used |= word is None or bool(missing) or name in word.needs
            if word is None:
                yield Problem(line, self._ambiguous(text, found) if found else self._undefined(step))
                continue
            for need in missing:
                yield Problem(line, f"nothing is given that this step is about: {text}: {self._how_to_give(need)}")
            wrong = [Problem(line, message) for message in self._table(step, word, at_hand)]
            yield from wrong or _cells(step, word)
            if step.docstring and not word.reads_docstring:
                yield Problem(line, f"nobody reads the text below this step: {text} (take it away)")
            for gift in (word.gives, *word.gives_also):
                if gift is not None:
                    at_hand[gift] = given.setdefault(line, _Given(text, step, is_used=word.is_context))

    def _matching(self, step: Step) -> list[StepFunctionContext]:
        """The definitions that match a step: scenarios have most of their steps in common."""
        text = step.type, step.name
        if text not in self._found:
            self._found[text] = matches(step, self.known)
        return self._found[text]

    def _table(self, step: Step, word: Word, at_hand: dict[str, _Given]) -> Iterator[str]:
        text, rows = f"{step.keyword} {step.name}", step.datatable.raw() if step.datatable else None
        if not word.reads_table or not text.endswith(":"):
            if rows is not None:
                yield f"nobody reads the table below this step: {text} (take it away)"
            return
        if word.table is None:
            place = f"{os.path.relpath(word.file, self._suite)}:{word.line}"
            yield f"{place} reads a table and does not say which columns it has: @takes(...) of gate.words does"
            return
        if rows is None or len(rows) < 2:
            missing = "a table" if rows is None else "rows"
            yield f"{missing} should stand below this step: {text} {word.table.header}"
            return
        if word.table.rows not in (None, len(rows) - 1):
            yield f"the table below has {len(rows) - 1} rows, where {word.table.rows} makes sense: {text}"
        yield from _header([str(cell) for cell in rows[0]], word.table, text, at_hand)

    def _ambiguous(self, text: str, found: Sequence[StepFunctionContext]) -> str:
        words = (self._words[id(context)] for context in found)
        places = sorted(f"{os.path.relpath(word.file, self._suite)}:{word.line}" for word in words)
        return f"ambiguous step: {text} (defined in {' and '.join(places)})"

    def _undefined(self, step: Step) -> str:
        text = f"{step.keyword} {step.name}"
        kinds = [context for context in self.known if context.parser.is_matching(step.name)]
        if kinds:
            kind = (kinds[0].type or "given").capitalize()
            return f"undefined step: {text} (it begins with {kind}: {kind} {step.name})"
        shown = [text.partition("\n")[0] for word in self.words for text in (*word.examples, word.text)]
        bare = {_bare(text): text for text in shown}
        full = f"{step.type.capitalize()} {step.name}"
        near = get_close_matches(_bare(full), list(bare), n=_MOST_NEAR, cutoff=0.6)
        hint = f" (did you mean: {'; or: '.join(bare[name] for name in near)})" if near else ""
        return f"undefined step: {text}{hint}"

    def _how_to_give(self, subject: str) -> str:
        texts = sorted(word.text for word in self.words if subject in (word.gives, *word.gives_also))
        return f"write before it: {'; or: '.join(texts)}"


def _cells(step: Step, word: Word) -> Iterator[Problem]:
    """The cells that a step cannot read, at their lines."""
    if step.datatable is None or word.table is None:
        return
    header, *body = step.datatable.rows
    for row in body:
        for name, cell in zip((head.value for head in header.cells), row.cells, strict=True):
            is_known = name in (*word.table.columns, *word.table.optional)
            read = word.table.reads.get(name) if is_known else word.table.named
            try:
                if read is not None:
                    read(cell.value)
            except (ValueError, Malformed) as error:
                yield Problem(row.location.line, f"column {name!r}: {error} (under: {step.keyword} {step.name})")


class _Given(Struct):
    """What a step gave, and whether a later one is about it."""

    text: str
    step: Step
    is_used: bool = field(default=False)

    def column(self, name: str) -> list[str]:
        """The cells of a column of the table below the step."""
        rows = self.step.datatable.raw() if self.step.datatable else [[]]
        header, *body = [[str(cell) for cell in row] for row in rows]
        return [row[header.index(name)] for row in body] if name in header else []


def _header(header: list[str], table: Table, text: str, at_hand: dict[str, _Given]) -> Iterator[str]:
    known = [*table.columns, *table.optional]
    if table.named_by is not None:
        subject, column = table.named_by
        known += at_hand[subject].column(column) if subject in at_hand else header
    if table.further is not None:
        known += header
    if not set(header) & set(known):
        yield f"the table has no header below: {text} (its first row names the columns: {table.header})"
        return
    for name in dict.fromkeys(header):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it knows {', '.join(map(repr, known))}"
            yield f"column {name!r} is unknown to this step: {text} ({hint})"
        elif header.count(name) > 1:
            yield f"column {name!r} stands twice in the table below: {text}"
    for name in table.columns:
        if name not in header:
            yield f"column {name!r} is missing from the table below: {text} {table.header}"


def _bare(text: str) -> str:
    """A step without what is filled in, to be compared with another."""
    return _QUOTED.sub("_", text)
