"""What the secrets of an infra repo are made of: a walk from where they are used back to where they are written."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from functools import cached_property, partial
from typing import NamedTuple

from msgspec import Struct, field

from tfparse.configs.module import Located, Module, Section, attributes_of, load_module
from tfparse.configs.terragrunt import FILES
from tfparse.diagnostics import TerraformError
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression, place_of
from tfparse.hcl.walking import INDEX, Path, children, references, string_of
from tfparse.infra import Infra
from tfparse.secrets.beginnings import Place, items_of, look, target_of
from tfparse.secrets.facts import Call, Facts, facts_of
from tfparse.source.sources import SourceTree

_TERRAGRUNT = frozenset(FILES)
_READING = ("file", "templatefile")


class Literal(NamedTuple):
    """A text as it is written, the lines that it stands on, and the column that it begins in."""

    file: str
    first: int
    last: int
    text: str
    column: int


class Taint(Struct, dict=True):
    """The walk.  ``variable_files`` give values to the variables of root modules."""

    infra: Infra
    variable_files: list[str]
    sound: set[str] = field(default_factory=set)
    """Files that are known to parse."""
    _facts: dict[str, Facts] = field(default_factory=dict)
    _begun: dict[str, list[Place]] = field(default_factory=dict)
    """Where secrets begin in the modules that were looked at, but for their variables."""
    _callers: dict[str, list[tuple[str, Call]]] = field(default_factory=dict)
    _seen: set[tuple[str | int, ...]] = field(default_factory=set)
    _named: set[tuple[str, str]] = field(default_factory=set)
    _literals: list[Literal] = field(default_factory=list)
    _tails: set[str] = field(default_factory=set)

    def literals(self) -> list[Literal]:
        """The literals that are secret."""
        tree = self.infra.tree
        for directory in self.infra.directories:
            facts, files = tree.once(("facts", directory), partial(self._facts_of, directory))
            self._facts[directory] = facts
            self.sound.update(files)
            for call in facts.calls:
                self._callers.setdefault(call.target, []).append((directory, call))
        waiting = list(self._seeds())
        while waiting:
            place = waiting.pop()
            # What is looked at without knowing what each.value goes through is looked at again by who knows.
            each = place_of(place.each.node) if place.each is not None else ()
            key = (place.located.file, place.directory, *place_of(place.located.node), *each)
            if key not in self._seen:
                self._seen.add(key)
                self._gather(place.located)
                waiting.extend(self._behind(place))
        return self._literals

    @property
    def variables(self) -> frozenset[tuple[str, str]]:
        """The variables that a secret is made of, each with the folder of its module."""
        return frozenset(self._named)

    def files(self, paths: Iterable[str]) -> list[str]:
        """The files among ``paths`` that a secret is read from, whichever folder stands before their name."""
        return [path for path in paths if any(f"/{path}".endswith(tail) for tail in self._tails)]

    # -- where it begins --------------------------------------------------------------------------

    def _module(self, directory: str | None) -> Module | None:
        """The module in a folder of this repo."""
        return load_module(self.infra.tree, directory) if directory in self._facts else None

    def _facts_of(self, directory: str, tree: SourceTree) -> tuple[Facts, tuple[str, ...]]:
        return facts_of(tree, directory, partial(self._look, directory))

    def _look(self, directory: str) -> Facts:
        facts, self._begun[directory] = look(self.infra.tree, directory)
        return facts

    def _seeds(self) -> Iterator[Place]:
        for directory, facts in self._facts.items():
            for name in facts.sensitive:
                yield from self._variable(directory, name)
            if facts.has_more:
                if directory not in self._begun:
                    self._look(directory)
                yield from self._begun[directory]

    # -- where it leads ---------------------------------------------------------------------------

    def _behind(self, place: Place) -> Iterator[Place]:
        """What an expression refers to."""
        paths = [path for path, _ in references(place.located.node)]
        module = self._module(place.directory) if paths else None
        for path in paths if module is not None else ():
            assert module is not None
            head, name, *rest = *path, ""
            if head == "var":
                yield from self._variable(place.directory, name)
            elif head == "local" and name in module.locals:
                yield Place(place.directory, _inside(module.locals[name], rest))
            elif head == "module" and name in module.calls:
                yield from self._output(place.directory, module.calls[name], rest)
            elif head == "each" and place.each is not None:
                yield Place(place.directory, place.each)
            else:
                yield from self._argument(place.directory, module, path)

    def _variable(self, directory: str, name: str) -> Iterator[Place]:
        """The default of a variable, and whatever gives it another value."""
        if (directory, name) in self._named:
            return
        self._named.add((directory, name))
        facts, callers = self._facts.get(directory), self._callers.get(directory, [])
        if facts and name in facts.defaults and (module := self._module(directory)):
            yield Place(directory, module.variables[name].attributes["default"])
        for caller, (called, _, arguments) in callers:
            if name in arguments and (module := self._module(caller)):
                given = module.calls[called].attributes
                yield Place(caller, given[name], given.get("for_each"))
        if not callers or self._is_root(directory):
            yield from (Place("", given) for given in self._given.get(name, ()))

    def _is_root(self, directory: str) -> bool:
        """Whether somebody runs Terraform there.  (Nothing is evaluated, as Terragrunt's settings would be.)"""
        if self._configured:
            return directory in self._configured
        try:
            return directory in self.infra.root_paths
        except TerraformError:
            return True  # it may be: there are too many

    @cached_property
    def _configured(self) -> set[str]:
        """The directories with a configuration of Terragrunt."""
        found = self.infra.directories.items()
        return {directory for directory, names in found if not _TERRAGRUNT.isdisjoint(names)}

    @cached_property
    def _given(self) -> dict[str, list[Located]]:
        """What variable files and Terragrunt's inputs say, by the variable: which root they are for is not asked."""
        said: dict[str, list[Located]] = {}
        found = self.infra.directories.items()
        settings = [posixpath.join(folder, name) for folder, names in found for name in names if name in FILES]
        for file in [*self.variable_files, *settings]:
            try:
                attributes = attributes_of(file, self.infra.tree.parse(file))
            except TerraformError:
                continue
            if file.endswith(FILES):
                inputs = attributes.get("inputs")
                attributes = {key: Located(file, node) for key, node in items_of(inputs.node)} if inputs else {}
            for name, value in attributes.items():
                said.setdefault(name, []).append(value)
        return said

    def _output(self, directory: str, call: Section, rest: list[str]) -> Iterator[Place]:
        target = target_of(directory, call)
        child = self._module(target)
        wanted = next((step for step in rest if step and step != INDEX), None)
        for name, section in child.outputs.items() if child and target is not None else ():
            if wanted in (None, name) and "value" in section.attributes:
                yield Place(target or "", section.attributes["value"])

    def _argument(self, directory: str, module: Module, path: Path) -> Iterator[Place]:
        """An argument of another resource."""
        kind, path = ("data", path[1:]) if path[0] == "data" else ("resource", path)
        if len(path) > 2 and (section := module.resources.get((kind, path[0], path[1]))) is not None:
            name = next((step for step in path[2:] if step != INDEX), "")
            if name in section.attributes:
                yield Place(directory, section.attributes[name], section.attributes.get("for_each"))

    def all_of(self, path: str) -> list[Literal]:
        """All literals of a file that is one secret; none where it does not parse."""
        before = len(self._literals)
        try:
            body = self.infra.tree.parse(path)
        except TerraformError:
            return []
        self._gather_from(path, body)
        return self._literals[before:]

    # -- what stands there ------------------------------------------------------------------------

    def _gather(self, located: Located) -> None:
        """The literals of an expression: keys and indexes are no values, and paths name the files to be read."""
        self._gather_from(located.file, located.node)

    def _gather_from(self, file: str, top: ast.Node) -> None:
        waiting: list[tuple[ast.Node, bool]] = [(top, False)]
        while waiting:
            node, verbatim = waiting.pop()
            inner: Iterable[ast.Node]
            match node:
                case (ast.STRING | ast.TEXT | ast.NUMBER, line, column, text):
                    more = text.rstrip("\n").count("\n") if verbatim else 0
                    self._literals.append(Literal(file, line, line + more, text, column))
                    continue
                case (ast.INDEX, _, _, source, _):
                    inner = (source,)
                case (ast.OBJECT, _, _, pairs):
                    inner = [part for key, value in pairs for part in (key, value)[string_of(key) is not None :]]
                case (ast.CALL, _, _, name, (path, *others), _) if name.removeprefix("core::").startswith(_READING):
                    self._tails.update(_tail(path))
                    inner = others
                case (ast.TEMPLATE, _, _, parts, verbatim):
                    inner = parts
                case _:
                    inner = children(node)
            waiting.extend((child, verbatim) for child in inner)


def _inside(located: Located, steps: list[str]) -> Located:
    """What of an expression is meant, as far as it is written out."""
    for step in steps:
        items = dict(items_of(located.node))
        if step not in items:
            break
        located = Located(located.file, items[step])
    return located


def _tail(path: Expression) -> Iterator[str]:
    """The end of a path that is certain: all of a literal, or what follows its last reference."""
    match path:
        case (ast.STRING, _, _, text) | (ast.TEMPLATE, _, _, (*_, (ast.TEXT, _, _, text)), _):
            if text.strip("./"):
                yield f"/{posixpath.normpath(text.lstrip('./'))}"
