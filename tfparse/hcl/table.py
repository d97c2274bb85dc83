"""The parse table of the grammar.

Lark makes it, which takes as long as to parse a hundred files by it.  So that of the grammar in the lock stands beside
this module, where ``python -m tfparse.hcl.table`` writes it; where another grammar is installed, its own is made.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from tfparse.hcl.grammar import amended_grammar

STARTS: Final = ("expression", "start", "template")

TABLE: Final = Path(__file__).with_name("table.json")


class Rule(NamedTuple):
    """A rule of the grammar, as Lark serialises it."""

    name: str
    alias: str
    inlined: bool
    """Whether it is, where it has a single symbol, that symbol's value."""
    symbols: list[str]


class State(NamedTuple):
    """What may come next: the state after each symbol, and by the number of a rule what it applies before."""

    after: dict[str, int]
    applied: dict[str, str]


class Table(NamedTuple):
    """The rules, the states, and by the rule that a text is to be the first state and that after it."""

    grammar: str
    """A digest of the grammar that it is of."""
    starts: dict[str, tuple[int, int]]
    rules: list[Rule]
    states: list[State]


def parse_table() -> Table:
    """The table of the grammar of the installed python-hcl2.

    Raises:
        ImportError: there is none, or an amendment does not fit it.
    """
    grammar = amended_grammar()
    kept = _read(TABLE.read_text())
    return kept if kept.grammar == _digest(grammar) else make_table(grammar)


def _read(text: str) -> Table:
    grammar, starts, rules, states = json.loads(text)
    starts = {start: (first, last) for start, (first, last) in starts.items()}
    return Table(grammar, starts, [Rule(*rule) for rule in rules], [State(*state) for state in states])


def as_text(table: Table) -> str:
    """The text that a table is kept as, with a rule or a state a line."""
    parts = (_lines(part) if isinstance(part, list) else json.dumps(part) for part in table)
    return "[" + ",\n".join(parts) + "]\n"


def _lines(items: list[Any]) -> str:
    return "[\n" + ",\n".join(map(json.dumps, items)) + "\n]"


def _digest(grammar: str) -> str:
    return hashlib.sha256(grammar.encode()).hexdigest()


def make_table(grammar: str) -> Table:
    """The table of a grammar, which hangs on nothing but that."""
    # Nobody else in the process needs these.
    from lark import Lark
    from lark.grammar import Rule as LarkRule
    from lark.lexer import TerminalDef

    lark = Lark(grammar, parser="lalr", lexer="basic", start=list(STARTS))
    data, memo = lark.memo_serialize([TerminalDef, LarkRule])
    made = data["parser"]["parser"]
    by_key = {key: _rule(rule) for key, rule in memo.items() if rule["__type__"] == "Rule"}
    rules = sorted(by_key.values())
    states = {number: _state(row, made["tokens"], by_key, rules) for number, row in made["states"].items()}
    order = _reached([made["start_states"][start] for start in STARTS], states)
    place = {number: index for index, number in enumerate(order)}
    return Table(
        _digest(grammar),
        {start: (place[made["start_states"][start]], place[made["end_states"][start]]) for start in STARTS},
        rules,
        [State({s: place[n] for s, n in states[number].after.items()}, states[number].applied) for number in order],
    )


def _reached(first: list[int], states: dict[int, State]) -> list[int]:
    """The states that are come to, in the order of the symbols that lead there: Lark's numbers come out of sets."""
    found = dict.fromkeys(first)
    waiting = list(found)
    for number in waiting:
        new = dict.fromkeys(after for after in states[number].after.values() if after not in found)
        found |= new
        waiting += new
    return waiting


def _rule(written: dict[str, Any]) -> Rule:
    name, alias = written["origin"]["name"], written["alias"]
    symbols = [symbol["name"] for symbol in written["expansion"]]
    return Rule(name, alias or name, written["options"]["expand1"] and not alias, symbols)


def _state(row: dict[int, Any], symbols: dict[int, str], by_key: dict[Any, Rule], rules: list[Rule]) -> State:
    after: dict[str, int] = {}
    applied: dict[str, list[str]] = {}
    for symbol, (is_reduction, target) in sorted((symbols[number], step) for number, step in row.items()):
        if is_reduction:
            applied.setdefault(str(rules.index(by_key[target["@"]])), []).append(symbol)
        else:
            after[symbol] = target
    return State(after, {rule: " ".join(before) for rule, before in applied.items()})


if __name__ == "__main__":
    TABLE.write_text(as_text(make_table(amended_grammar())))
