"""Random expressions of Terraform's language, most of them of a wanted kind and without an error."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

UNKNOWN = {
    "string": ["local.u", "local.part"],
    "number": ["local.number"],
    "bool": ["local.bool"],
    "list": ["local.list"],
    "object": ["local.map"],
    "any": ["local.any"],
}
"""Names of the prelude that stand for what is not known before apply."""

KINDS = ("string", "number", "bool", "list", "object")


class Expressions:
    """A source of expressions.  ``names`` are the variables of the ``for`` expressions around, by their kind."""

    def __init__(self, chance: Random, unknown: float = 0.1) -> None:
        self.chance = chance
        self.unknown = unknown
        self.names: list[tuple[str, str]] = []

    def any(self, depth: int) -> str:
        return self.of(self.chance.choice(KINDS), depth)

    def of(self, kind: str, depth: int) -> str:
        """An expression; one time in twenty of any other kind than is asked for."""
        chance = self.chance
        if chance.random() < 0.05:
            kind = chance.choice(KINDS)
        if chance.random() < self.unknown / max(depth, 1):
            return chance.choice(UNKNOWN[kind if chance.random() < 0.8 else "any"])
        known = [name for name, held in self.names if held == kind]
        if known and chance.random() < 0.4:
            return chance.choice(known)
        if depth <= 0:
            return self.leaf(kind)
        return getattr(self, kind)(depth - 1) if chance.random() < 0.7 else self.either(kind, depth - 1)

    def leaf(self, kind: str) -> str:
        chance = self.chance
        if chance.random() < 0.06:
            return "null"
        return chance.choice(
            {
                "string": ['"a"', '"b"', '""', '"5"', '"true"', '"a-b"', '"\u00e9"', "local.secret"],
                "number": ["0", "1", "2", "-3", "1.5", "10"],
                "bool": ["true", "false"],
                "list": [
                    "[]",
                    '["a", "b"]',
                    "[1, 2, 3]",
                    '[1, "a", true]',
                    'toset(["b", "a"])',
                    'tolist(["x"])',
                    "[null]",
                ],
                "object": ["{}", '{ a = 1, b = "x" }', '{ a = "y" }', 'tomap({ a = "p", c = "q" })', "local.object"],
            }[kind]
        )

    def either(self, kind: str, depth: int) -> str:
        """What can be of any kind: a choice, something picked out, parentheses, ``try``."""
        of = self.of
        made: list[Callable[[], str]] = [
            lambda: f"({of('bool', depth)} ? {of(kind, depth)} : {of(kind, depth)})",
            lambda: f"({of(kind, depth)})",
            lambda: f"try({of(kind, depth)}, {of(kind, depth)})",
            lambda: f"[{of(kind, depth)}, {self.any(depth)}][{self.chance.choice(['0', '1', 'local.number'])}]",
            lambda: f"{{ a = {of(kind, depth)}, b = {self.any(depth)} }}" + self.chance.choice([".a", '["a"]', ".b"]),
        ]
        return self.chance.choice(made)()

    def string(self, depth: int) -> str:
        of, chance = self.of, self.chance
        made: list[Callable[[], str]] = [
            lambda: f'"{self.template(depth)}"',
            lambda: f'join("-", {of("list", depth)})',
            lambda: f"upper({of('string', depth)})",
            lambda: f"jsonencode({self.any(depth)})",
            lambda: f'format("%s/%v", {of("string", depth)}, {self.any(depth)})',
        ]
        return chance.choice(made)()

    def template(self, depth: int) -> str:
        """The inside of a quoted template."""
        of, chance = self.of, self.chance
        parts: list[Callable[[], str]] = [
            lambda: chance.choice(["x ", "-", "$${n}", " %%{if}", "\\n", "\u00e9"]),
            lambda: f"${{{of(chance.choice(['string', 'number', 'bool']), depth)}}}",
            lambda: f"${{~ {of('string', depth)} ~}}",
            lambda: f"%{{ if {of('bool', depth)} }}{self.template(depth - 1)}%{{ else }}no%{{ endif }}",
            lambda: self.repeated(of("list", depth)),
        ]
        return "".join(chance.choice(parts[: 2 if depth < 1 else None])() for _ in range(chance.randint(1, 3)))

    def repeated(self, collection: str) -> str:
        name = f"v{len(self.names)}"
        return f"%{{ for {name} in {collection} ~}} ${{{name}}}; %{{ endfor }}"

    def number(self, depth: int) -> str:
        of, chance = self.of, self.chance
        made: list[Callable[[], str]] = [
            lambda: f"{of('number', depth)} {chance.choice('+-*/%')} {of('number', depth)}",
            lambda: f"-{of('number', depth)}",
            lambda: f"length({of(chance.choice(['list', 'object', 'string']), depth)})",
            lambda: f"({of('number', depth)} {chance.choice('+-*')} {of('number', depth)})",
        ]
        return chance.choice(made)()

    def bool(self, depth: int) -> str:
        of, chance = self.of, self.chance
        made: list[Callable[[], str]] = [
            lambda: f"{of('number', depth)} {chance.choice(['<', '<=', '>', '>='])} {of('number', depth)}",
            lambda: f"{self.any(depth)} {chance.choice(['==', '!='])} {self.any(depth)}",
            lambda: f"{of('bool', depth)} {chance.choice(['&&', '||'])} {of('bool', depth)}",
            lambda: f"!{of('bool', depth)}",
            lambda: f"can({self.any(depth)})",
            lambda: f"contains({of('list', depth)}, {of('string', depth)})",
        ]
        return chance.choice(made)()

    def list(self, depth: int) -> str:
        of, chance = self.of, self.chance
        made: list[Callable[[], str]] = [
            lambda: "[" + ", ".join(self.any(depth) for _ in range(chance.randint(0, 3))) + "]",
            lambda: self.loop("[", "]", depth),
            lambda: f"{of('list', depth)}[*]{chance.choice(['', '.a'])}",
            lambda: f"{self.any(depth)}[*]",
            lambda: f"values({of('object', depth)})",
            lambda: f"concat({of('list', depth)}, {of('list', depth)})",
            lambda: f"toset({of('list', depth)})",
            lambda: f"tolist({of('list', depth)})",
        ]
        return chance.choice(made)()

    def object(self, depth: int) -> str:
        of, chance = self.of, self.chance
        made: list[Callable[[], str]] = [
            lambda: f"{{ a = {self.any(depth)}, ({of('string', depth)}) = {self.any(depth)} }}",
            lambda: self.loop("{", "}", depth),
            lambda: f"merge({of('object', depth)}, {of('object', depth)})",
            lambda: f"tomap({of('object', depth)})",
        ]
        return chance.choice(made)()

    def loop(self, opening: str, closing: str, depth: int) -> str:
        """A ``for`` expression."""
        chance = self.chance
        collection = self.of(chance.choice(["list", "object"]), depth)
        key = self.bound("string") + ", " if chance.random() < 0.5 else ""
        value = self.bound(chance.choice(KINDS))
        result, group = self.any(depth), ""
        if opening == "{":
            result = f"{self.of('string', depth)} => {result}"
            group = "..." if chance.random() < 0.3 else ""
        condition = f" if {self.of('bool', depth)}" if chance.random() < 0.3 else ""
        del self.names[-2 if key else -1 :]
        return f"{opening}for {key}{value} in {collection} : {result}{group}{condition}{closing}"

    def bound(self, kind: str) -> str:
        """A new variable of a loop."""
        self.names.append((f"v{len(self.names)}", kind))
        return self.names[-1][0]
