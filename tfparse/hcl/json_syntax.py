"""Terraform's JSON syntax (https://developer.hashicorp.com/terraform/language/syntax/json) to the same trees.

A string is a template, an object or array is one or several blocks where Terraform has blocks.  Whether a property
of a *resource* is an argument or a block only its provider's schema says: one that could be either becomes both, an
attribute and blocks of its name, for the reader knows which to ask for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from tfparse.cty.normal import normalized
from tfparse.hcl import ast
from tfparse.hcl.ast import Body, Expression
from tfparse.hcl.syntax import check_depth, parse, reading
from tfparse.hcl.tokens import EXPRESSION, MAX_TOKENS, TEMPLATE, Frame, Invalid
from tfparse.patterns import pattern

MAX_NESTING: Final = 100
"""How deep objects and arrays may nest."""


class Value(NamedTuple):
    """A JSON value and its place; of an object a list of :class:`Property`, of an array a list of values."""

    line: int
    column: int
    kind: str  # "object", "array", "string", "number" or "literal"
    content: Any


class Property(NamedTuple):
    name: Value
    value: Value


_OTHER: Final = "*"
"""Stands for the type of a block that only its provider knows."""

_TERRAGRUNT: Final = "terragrunt"
"""What the body of a Terragrunt configuration is of."""

# Blocks that Terraform itself knows, by what they are in ("" is the file), with the number of their labels.
_IN_RESOURCE: Final = {"connection": 0, "dynamic": 1, "lifecycle": 0, "provisioner": 1}
_BLOCKS: Final[Mapping[str, Mapping[str, int]]] = {
    "": {
        "check": 1, "data": 2, "ephemeral": 2, "import": 0, "locals": 0, "module": 1, "moved": 0, "output": 1,
        "provider": 1, "removed": 0, "resource": 2, "terraform": 0, "variable": 1,
    },
    "check": {"assert": 0, "data": 2},
    "data": _IN_RESOURCE,
    "ephemeral": _IN_RESOURCE,
    "lifecycle": {"postcondition": 0, "precondition": 0},
    "output": {"precondition": 0},
    "provisioner": {"connection": 0},
    "removed": {"connection": 0, "lifecycle": 0, "provisioner": 1},
    "resource": _IN_RESOURCE,
    "terraform": {
        "after_hook": 1, "backend": 1, "before_hook": 1, "cloud": 0, "error_hook": 1, "extra_arguments": 1,
        "provider_meta": 1, "required_providers": 0,
    },
    _TERRAGRUNT: {
        "dependency": 1, "exclude": 0, "feature": 1, "generate": 1, "include": 1, "locals": 0, "remote_state": 0,
        "terraform": 0,
    },
    "variable": {"validation": 0},
    _OTHER: {"dynamic": 1},
}  # fmt: skip
# Where the provider says what is an argument and what a block.
_OPEN: Final = {"data", "dynamic", "ephemeral", "provider", "resource", _OTHER}

# Arguments whose strings Terraform reads as references or types, by block.
_EXPRESSIONS: Final = {
    ("data", "depends_on"), ("data", "provider"), ("ephemeral", "depends_on"), ("ephemeral", "provider"),
    ("import", "provider"), ("module", "depends_on"), ("output", "depends_on"), ("resource", "depends_on"),
    ("resource", "provider"), ("dynamic", "iterator"), ("import", "to"), ("lifecycle", "ignore_changes"),
    ("lifecycle", "replace_triggered_by"), ("module", "providers"), ("moved", "from"), ("moved", "to"),
    ("removed", "from"), ("variable", "type"),
}  # fmt: skip


def parse_json_file(text: str | bytes, file: str) -> Body:
    """The body of a ``*.tf.json`` file, of a ``*.tfvars.json`` file, in which no string is a template, or of a
    ``*.hcl.json`` file, which is Terragrunt's.

    :raises TerraformError: if the text is not JSON, or not of the shape that Terraform wants.
    """
    with reading(text, file) as source:
        value = _Reader(source).read()
        literal = file.endswith(".tfvars.json")
        of = "locals" if literal else _TERRAGRUNT if file.endswith(".hcl.json") else ""
        body = _Trees(literal).body(value, of)
        check_depth(body)
        return body


# -- JSON with positions, which no reader of the standard library keeps --------------------------

_TOKEN: Final = pattern(
    r"""(?P<blank> [ \t\r\n]+ )
      | (?P<string> " (?> (?: [^"\\\x00-\x1f] | \\. )* ) " ) | (?P<literal> true | false | null )
      | (?P<number> -? (?: 0 | [1-9][0-9]* ) (?: \. [0-9]+ )? (?: [eE] [+-]? [0-9]+ )? )
      | (?P<mark> [][{}:,] )""",
    re.VERBOSE,
)


class _Reader:
    """A JSON document, or else Invalid is raised."""

    def __init__(self, text: str) -> None:
        self.tokens = self.scan(text)
        self.depth = 0

    def scan(self, text: str) -> Iterator[Value]:
        pos, line, line_start, count = 0, 1, 0, 0
        while found := _TOKEN.match(text, pos):
            kind = str(found.lastgroup)
            if kind != "blank":
                yield Value(line, pos - line_start + 1, kind, found[0])
                count += 1
                if count > MAX_TOKENS:
                    raise Invalid(line, 1, "File too large", f"There are more than {MAX_TOKENS} values and marks.")
            elif "\n" in found[0]:
                line += found[0].count("\n")
                line_start = text.rindex("\n", pos, found.end()) + 1
            pos = found.end()
        yield Value(line, pos - line_start + 1, "end" if pos == len(text) else "bad", text[pos : pos + 1])

    def read(self) -> Value:
        """The one value of the document."""
        value = self.value(next(self.tokens))
        self.expect(next(self.tokens), "")
        return value

    def value(self, token: Value) -> Value:
        line, column, kind, text = token
        if kind == "string":
            return self.string(token)
        if kind == "literal":
            return Value(line, column, kind, {"true": True, "false": False, "null": None}[text])
        if kind == "number":
            return token
        if text not in ("{", "["):
            self.expect(token, "a value")
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise Invalid(line, column, "Nesting too deep", f"No more than {MAX_NESTING} levels may be open at once.")
        content = list(self.properties() if text == "{" else self.elements())
        self.depth -= 1
        return Value(line, column, "object" if text == "{" else "array", content)

    def string(self, token: Value) -> Value:
        try:
            content = json.loads(token.content)
            content.encode()
        except ValueError:
            raise Invalid(token.line, token.column, "Invalid JSON string", "This is not a valid string.") from None
        return Value(token.line, token.column, "string", content)

    def properties(self) -> Iterator[Property]:
        token = next(self.tokens)
        while token.content != "}":
            if token.kind != "string":
                self.expect(token, "a property name")
            name = self.string(token)
            self.expect(next(self.tokens), ":")
            yield Property(name, self.value(next(self.tokens)))
            token = next(self.tokens)
            if token.content != "}":
                self.expect(token, ",")
                token = next(self.tokens)
                if token.content == "}":
                    self.expect(token, "a property name")

    def elements(self) -> Iterator[Value]:
        token = next(self.tokens)
        while token.content != "]":
            yield self.value(token)
            token = next(self.tokens)
            if token.content != "]":
                self.expect(token, ",")
                token = next(self.tokens)
                if token.content == "]":
                    self.expect(token, "a value")

    def expect(self, token: Value, content: str) -> None:
        if token.content != content or token.kind in ("string", "bad"):
            found = "the end of the file" if token.kind == "end" else f"{token.content!r}"
            wanted = content or "the end of the file"
            raise Invalid(token.line, token.column, "Invalid JSON", f"Expected {wanted}, but found {found}.")


# -- trees ---------------------------------------------------------------------------------------


class _Trees:
    """What becomes of the values of one document.

    A value may have a place in many trees, once in each block that it is in: it is made into an expression once.

    Raises:
        Invalid: a value is none that Terraform's syntax in JSON has.
    """

    def __init__(self, literal: bool) -> None:
        self.literal = literal
        self.made: dict[tuple[int, bool], Expression] = {}

    def body(self, value: Value, of: str) -> Body:
        """The body that an object is, or an array of objects.

        ``of`` is what it is of: "" for the file, the type of a block that Terraform knows, else :data:`_OTHER`.
        """
        attributes: dict[str, ast.Attribute] = {}
        blocks: list[ast.Block] = []
        known = _BLOCKS.get(of, {})
        for name, content in _properties(value):
            key = name.content
            if key == "//":
                continue
            if key in known:
                # Terragrunt takes an include without a label, too.
                labels = known[key] if (of, key) != (_TERRAGRUNT, "include") or not _has(content, "path") else 0
                blocks += self.blocks(key, key, name, content, labels)
                continue
            if not of:
                detail = f'No block type is named "{key}".'
                raise Invalid(name.line, name.column, "Extraneous JSON object property", detail)
            if key in attributes:
                raise Invalid(name.line, name.column, "Duplicate argument", f'The argument "{key}" was already set.')
            attributes[key] = (ast.ATTRIBUTE, name.line, name.column, key, self.argument(of, key, content))
            if of in _OPEN and _could_be_blocks(content):
                blocks += self.blocks(key, _OTHER, name, content, 0)
        return (ast.BODY, value.line, value.column, tuple(attributes.values()), tuple(blocks))

    def blocks(self, type: str, inner: str, name: Value, value: Value, labels: int, *above: str) -> Iterator[ast.Block]:
        """The blocks that a property stands for: one an object, under a level of objects for each label."""
        if labels:
            for label, below in _properties(value):
                yield from self.blocks(type, inner, label, below, labels - 1, *above, label.content)
        elif value.kind == "object":
            yield (ast.BLOCK, name.line, name.column, type, above, self.body(value, inner))
        elif value.kind == "array":
            for item in value.content:
                yield (ast.BLOCK, item.line, item.column, type, above, self.body(item, inner))
        else:
            next(_properties(value), None)

    def argument(self, of: str, name: str, value: Value) -> Expression:
        if (of, name) in _EXPRESSIONS:
            return self.reference(value)
        return self.expression(value, self.literal or of == "variable")

    def expression(self, value: Value, literal: bool) -> Expression:
        """The expression that a value is; if ``literal``, its strings are only strings."""
        key = (id(value), literal)
        if key not in self.made:
            self.made[key] = self.made_of(value, literal)
        return self.made[key]

    def made_of(self, value: Value, literal: bool) -> Expression:
        line, column, kind, content = value
        if kind == "string":
            return (ast.STRING, line, column, normalized(content)) if literal else _template(value)
        if kind == "object":
            pairs = [(self.expression(name, literal), self.expression(item, literal)) for name, item in content]
            return (ast.OBJECT, line, column, tuple(pairs))
        if kind == "array":
            return (ast.TUPLE, line, column, tuple([self.expression(item, literal) for item in content]))
        if kind == "literal":
            return (ast.LITERAL, line, column, content)
        if content.startswith("-"):
            return (ast.UNARY, line, column, "-", (ast.NUMBER, line, column + 1, content[1:]))
        return (ast.NUMBER, line, column, content)

    def reference(self, value: Value) -> Expression:
        """A value whose strings are expressions, as those of ``depends_on``."""
        line, column, kind, content = value
        if kind == "string":
            return _embedded(value, "expression", EXPRESSION)
        if kind == "object":
            pairs = [(self.expression(name, True), self.reference(item)) for name, item in content]
            return (ast.OBJECT, line, column, tuple(pairs))
        if kind == "array":
            return (ast.TUPLE, line, column, tuple([self.reference(item) for item in content]))
        return self.expression(value, True)


def _properties(value: Value) -> Iterator[Property]:
    """The properties of an object, or of all objects in an array."""
    for item in value.content if value.kind == "array" else (value,):
        if item.kind != "object":
            if item.kind == "literal" and item.content is None:
                continue
            raise Invalid(item.line, item.column, "Incorrect JSON value type", "A JSON object is required here.")
        yield from item.content


def _has(value: Value, name: str) -> bool:
    """Whether an object has a property of that name that is no object."""
    properties = value.content if value.kind == "object" else ()
    return any(found.name.content == name and found.value.kind != "object" for found in properties)


def _could_be_blocks(value: Value) -> bool:
    if value.kind == "array":
        return bool(value.content) and all(item.kind == "object" for item in value.content)
    return value.kind == "object"


def _template(value: Value) -> Expression:
    """A string as a template, or as a plain string if it holds no sequence."""
    node = _embedded(value, "template", TEMPLATE)
    match node:
        case (ast.TEMPLATE, line, column, parts, _):
            texts = [text for part in parts for text in _text(part)]
            if len(texts) == len(parts):
                return (ast.STRING, line, column, "".join(texts))
            return (ast.TEMPLATE, line, column, parts, False)
    return node


def _text(part: ast.Part) -> Iterator[str]:
    match part:
        case (ast.TEXT, _, _, text):
            yield text


def _embedded(value: Value, start: str, inside: Frame) -> Expression:
    """What is in a string, all of it said to stand where the string begins: its escapes shift what follows."""
    try:
        node = parse(value.content, start, inside)
    except Invalid as invalid:
        raise Invalid(value.line, value.column, invalid.summary, invalid.detail) from None
    moved: Expression = _moved(node, value.line, value.column)
    return moved


def _moved(part: Any, line: int, column: int) -> Any:
    """A node, or what one is made of, as if all of it stood in one place."""
    match part:
        case (str() as tag, int(), int(), *rest):
            return (tag, line, column, *[_moved(child, line, column) for child in rest])
        case tuple():
            return tuple([_moved(child, line, column) for child in part])
    return part
