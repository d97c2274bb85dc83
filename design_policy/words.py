"""``design-policy words``: the steps that features are written in, and ``docs/vocabulary.md``, made from the same."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from textwrap import indent

from pytest_bdd.feature import get_feature
from pytest_bdd.parser import Step
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from design_policy import SUITE
from design_policy.glue import glue
from gate.own_steps import operators_steps
from gate.vocabulary import matches, steps
from gate.words import Word, subjects_of, word_of
from readers.subjects.condition import OPERATORS

_HEAD = """\
# The vocabulary

Made from the step definitions in `steps/`: what a step says, the table below it, and an example that the bundled
features run. `design-policy words WORD` shows those that have to do with a word.
"""
_PATHS = """\
## Paths and conditions

A path is spelt as in Kubernetes and Helm, whatever form declares it: `spec.template.spec.containers[nginx].image`,
`metadata.annotations."metallb.io/loadBalancerIPs"`. `[*]` is each element, `[0]` the first, `[nginx]` the one of that
name, `[type=LoadBalancer]` those where; a lone `.` is all of it, as of a file read as lines. A cell under `is` is a
value, or one of these:

| is | holds of |
|---|---|"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A step as the vocabulary lists it: where it belongs, what it says, and how it is used."""

    room: str
    title: str
    word: Word
    meaning: str | None
    examples: tuple[str, ...]


def run(arguments: Sequence[str]) -> int:
    """Print the steps that have to do with all of some words."""
    if any(argument in ("-h", "--help") for argument in arguments):
        print("usage: design-policy words [WORD ...] (--page: all in Markdown; --glue, --examples: for editors)")
        return 0
    operators_steps()
    if arguments == ["--glue"]:
        print(glue(contexts()), end="")
        return 0
    every = entries()
    if arguments == ["--examples"]:
        print(examples(every), end="")
        return 0
    if arguments == ["--page"]:
        print(page(every), end="")
        return 0
    found = [entry for entry in every if all(word.lower() in _all_text(entry) for word in arguments)]
    print("\n".join(_listed(found)))
    said = [(operator, f"{operator.words} {operator.example} {operator.meaning}".lower()) for operator in OPERATORS]
    operators = [operator for operator, text in said if all(word.lower() in text for word in arguments)]
    if operators:
        print("\nUnder `is`, besides a plain value:\n")
        print("\n".join(f"  {operator.example:<28}{operator.meaning}" for operator in operators))
    if not found and not operators:
        print(f"design-policy: no step has to do with {' '.join(arguments)!r}", file=sys.stderr)
        return 1
    return 0


def contexts() -> list[StepFunctionContext]:
    """The step definitions of the suite, and those of whoever runs it, in the order of their files."""
    names = [f"steps.{path.stem}" for path in sorted((SUITE / "steps").glob("[!_]*.py"))] + operators_steps()
    for name in names:
        import_module(name)
    found = {id(c): c for c in step_function_context_registry.values() if c.step_func.__module__ in names}
    return sorted(found.values(), key=lambda c: (names.index(c.step_func.__module__), _line(c)))


def _line(context: StepFunctionContext) -> int:
    return context.step_func.__code__.co_firstlineno


def entries() -> list[Entry]:
    """The vocabulary, by subject."""
    known = contexts()
    subjects = subjects_of(known)
    used = _uses(known)
    made = []
    for context in known:
        word, module = word_of(context, subjects), context.step_func.__module__
        title = (import_module(module).__doc__ or module).strip().splitlines()[0].rstrip(".")
        meaning = (context.step_func.__doc__ or "").strip().split("\n")[0] or None
        shown = word.examples or tuple(filter(None, [used.get(id(context))]))
        made.append(Entry(module.rpartition(".")[2], title, word, meaning, shown))
    return made


def _uses(known: list[StepFunctionContext]) -> dict[int, str]:
    """The shortest use of each step in the bundled features, as it reads there."""
    found: dict[int, str] = {}
    for path in sorted((SUITE / "features").rglob("*.feature")):
        for step in steps(get_feature(str(path.parent), path.name)):
            for context in matches(step, known):
                text = _written(step)
                if len(text) < len(found.get(id(context), text + " ")):
                    found[id(context)] = text
    return found


def _written(step: Step) -> str:
    rows = [[str(cell) for cell in row] for row in step.datatable.raw()] if step.datatable else []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  | " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([f"{step.type.capitalize()} {step.name}", *table])


def _all_text(entry: Entry) -> str:
    texts = [entry.room, entry.title, entry.word.text, entry.meaning, entry.word.reason, *entry.examples]
    return " ".join(filter(None, texts)).lower()


def _listed(found: Iterable[Entry]) -> Iterator[str]:
    room = None
    for entry in found:
        if entry.room != room:
            room = entry.room
            yield f"\n{entry.title}\n" if room else ""
        yield f"  {entry.word.text}"
        yield from (f"      {line}" for line in _details(entry))


def _details(entry: Entry) -> Iterator[str]:
    if entry.meaning:
        yield entry.meaning
    if entry.word.table is not None:
        yield f"its table: {entry.word.table.header}"
    if entry.word.reason:
        yield f"a word of its own: {entry.word.reason}"
    if entry.examples:
        yield "for example:"
        yield from indent("\n".join(entry.examples), "  ").splitlines()


def examples(every: Iterable[Entry]) -> str:
    """A feature of all examples, from which editors complete steps; it is not to be judged."""
    shown = [f"  Scenario: {e.word.text}\n{indent(chr(10).join(e.examples), '    ')}\n" for e in every if e.examples]
    return "\n".join(["# Made by `design-policy words --examples`, for editors.", "Feature: Every step", "", *shown])


def page(every: Iterable[Entry]) -> str:
    """``docs/vocabulary.md``."""
    lines, room = [_HEAD], None
    for entry in every:
        if entry.room != room:
            room = entry.room
            lines.append(f"## {entry.title}\n")
        lines.append(f"### `{entry.word.text}`\n")
        if entry.meaning:
            lines.append(f"{entry.meaning}\n")
        if entry.word.table is not None:
            lines.append(f"Its table: `{entry.word.table.header}`\n")
        if entry.word.reason:
            lines.append(f"A word of its own: {entry.word.reason}\n")
        if entry.examples:
            lines.append("```gherkin\n{}\n```\n".format("\n".join(entry.examples)))
    rows = [f"| `{operator.example}` | {operator.meaning} |" for operator in OPERATORS]
    return "\n".join([*lines, _PATHS, *rows, ""])
