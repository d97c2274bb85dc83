"""A module at work: its variables, locals, outputs, calls and resources as values, each worked out once.

Everything is evaluated when it is asked for, so a question parses and evaluates only what it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from tfparse.configs.fetched import fits
from tfparse.configs.files import FileContext
from tfparse.configs.module import Located, Module, Section
from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import BOOL
from tfparse.cty.values import EPHEMERAL, Unknown, Value, unknown
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UndeclaredError, kept
from tfparse.graph import input_variables, references
from tfparse.graph.body import Expanded
from tfparse.graph.expansion import declared_resources
from tfparse.graph.repetition import SINGLE, RepetitionData, Repetitions, repetitions_of
from tfparse.hcl.walking import string_of
from tfparse.lang import Lazy, Nested
from tfparse.lang.core import as_unknown, evaluate_apart
from tfparse.source.places import OutsideRoot
from tfparse.source.sources import SourceTree

if TYPE_CHECKING:
    from tfparse.graph.root import Root

MAX_MODULE_DEPTH = 30
META_ARGUMENTS = frozenset(
    {"source", "version", "count", "for_each", "providers", "depends_on", "ignore_nested_deprecations"}
)
"""Arguments of a module call that are none of the module's variables, the last since Terraform 1.15."""


class ModuleScope:
    """What the expressions of one file of a module instance may refer to."""

    __slots__ = ("instance", "file", "context", "names")

    def __init__(self, instance: ModuleInstance, file: str, names: Mapping[str, Lazy]) -> None:
        self.instance = instance
        self.file = file
        self.context = instance.context
        self.names = names

    def resolve(self, name: str, origin: Origin) -> Lazy:
        found = self.names.get(name)
        return self.instance.resolve(name, origin) if found is None else found

    def excerpt(self, origin: Origin) -> str:
        return self.instance.tree.excerpt(origin)


class ModuleInstance:
    """One instance of a module.  ``address`` is empty for a root, else ``module.a.module.b["k"]``."""

    def __init__(
        self,
        module: Module,
        root: Root,
        address: str = "",
        arguments: Mapping[str, Callable[[], Value]] | None = None,
        parent: ModuleInstance | None = None,
    ) -> None:
        self.module = module
        self.root = root
        self.address = address
        self.arguments = arguments or {}
        self.parent = parent
        self.call_name = ""
        self.depth: int = parent.depth + 1 if parent else 0
        self.call_error: TerraformError | None = None
        self.repetition: Unknown | None = parent.repetition if parent else None
        self.context: FileContext = FileContext(
            self.tree, root.directory, root.budget, short_circuits=root.short_circuits, has_provider=module.requires
        )
        self._done: dict[tuple[str, str], Value | TerraformError] = {}
        self._repetitions: dict[tuple[str, ...], Repetitions | TerraformError] = {}
        self._bodies: dict[tuple[str, ...], dict[int, tuple[RepetitionData, Expanded]]] = {}
        self._sources: dict[str, str | Unknown] = {}
        self.made: dict[str, dict[str | int | None, ModuleInstance]] = {}
        """The instances of its module calls that were asked for."""
        self.referred_to: set[str] = set()
        """The module calls that expressions refer to."""

    @property
    def tree(self) -> SourceTree:
        return self.root.tree

    declared = cached_property(declared_resources)

    def scope(self, file: str, names: Mapping[str, Lazy] | None = None) -> ModuleScope:
        return ModuleScope(self, file, names or {})

    def evaluate(self, located: Located, names: Mapping[str, Lazy] | None = None) -> Value:
        """The value of an expression of this module."""
        return evaluate_apart(located.node, self.scope(located.file, names))

    def tried(self, located: Located) -> Value:
        """The value of an expression of this module, unknown where it is in error."""
        try:
            return self.evaluate(located)
        except TerraformError as error:
            why = as_unknown(error)
            return unknown(why.reason, why.origin)

    def resolve(self, name: str, origin: Origin) -> Lazy:
        return references.resolve(self, name, origin)

    def fail(self, origin: Origin, summary: str, detail: str) -> TerraformError:
        return TerraformError(Diagnostic(summary, detail, origin, self.tree.excerpt(origin)))

    def address_of(self, kind: str, *names: str) -> str:
        """The address of something that the module declares: ``module.m.local.a``, ``data.x.y``."""
        return ".".join(filter(None, (self.address, "" if kind == "resource" else kind, *names)))

    # -- what repeats ---------------------------------------------------------------------------

    def repetitions(self, section: Section) -> Repetitions:
        """The instances of a resource or a module call, worked out once.

        Raises:
            TerraformError: ``count`` or ``for_each`` is refused.
        """
        key = (section.header.type, *section.labels)
        held = self._repetitions.get(key)
        if held is None:
            with self.root.working_on(self.address_of(*key)):
                try:
                    held = repetitions_of(self, section)
                    self.root.budget.spend_instances(len(held))
                except TerraformError as error:
                    held = kept(error)
            self._repetitions[key] = held
        if isinstance(held, TerraformError):
            raise kept(held)
        return held

    def body(self, section: Section, data: RepetitionData) -> Expanded:
        """The body of one instance of a resource, the same each time: it remembers what it has worked out."""
        bodies = self._bodies.setdefault((section.header.type, *section.labels), {})
        if id(data) not in bodies:
            # (The data is kept, so that no other one gets its id.)
            bodies[id(data)] = data, references.expanded_resource(self, section, data)
        return bodies[id(data)][1]

    # -- named values -------------------------------------------------------------------------

    def once(self, kind: str, name: str, work: Callable[[], Value]) -> Value:
        """What ``work`` gives, the first time; a value that needs itself is a cycle."""
        key = (kind, name)
        held = self._done.get(key)
        if held is None:
            with self.root.working_on(self.address_of(kind, name)):
                try:
                    held = work()
                except TerraformError as error:
                    held = kept(error)
            self._done[key] = held
        if isinstance(held, TerraformError):
            raise kept(held)
        return held

    def local(self, name: str, origin: Origin) -> Value:
        located = self.module.locals.get(name)
        if located is None:
            return self.undeclared("local value", name, origin)
        return self.once("local", name, lambda: self.evaluate(located))

    def variable(self, name: str, origin: Origin) -> Value:
        section = self.module.variables.get(name)
        if section is None:
            return self.undeclared("input variable", name, origin)
        return self.once("var", name, lambda: input_variables.value_of(self, name, section))

    def output(self, name: str, origin: Origin) -> Value:
        if self.call_error is not None:
            raise self.call_error
        section = self.module.outputs.get(name)
        if section is None or "value" not in section.attributes:
            return self.undeclared("output", name, origin)
        return self.once("output", name, lambda: self._output(section))

    def undeclared(self, what: str, name: str, origin: Origin) -> Value:
        """An error, unless the declaration may stand in a file that could not be read."""
        if self.module.broken is not None:
            return unknown(self.module.broken.reason, self.module.broken.origin)
        detail = f'There is no {what} named "{name}" in {self.module.directory or "the root module"}.'
        if what == "output":
            raise self.fail(origin, "Unsupported attribute", detail)
        raise UndeclaredError(Diagnostic(f"Reference to undeclared {what}", detail, origin, self.tree.excerpt(origin)))

    def _output(self, section: Section) -> Value:
        value = self.evaluate(section.attributes["value"])
        if "type" in section.attributes:  # since Terraform 1.15
            value = input_variables.as_output(self, section, value)
        value = value.marked(EPHEMERAL * self.flag(section, "ephemeral", False))
        return value.marked() if self.flag(section, "sensitive", False) else value

    def flag(self, section: Section, name: str, default: bool) -> bool:
        """A setting of a variable or an output that is either on or off."""
        located = section.attributes.get(name)
        if located is None:
            return default
        try:
            return convert(self.evaluate(located), BOOL).raw is True
        except ConversionError as error:
            raise self.fail(located.origin, "Unsuitable value type", f'"{name}" is on or off: {error}.') from None

    # -- calls --------------------------------------------------------------------------------

    def children(self, name: str, section: Section) -> dict[str | int | None, ModuleInstance]:
        """The instances of a module call, by key (None for a call without ``count`` and ``for_each``).

        Empty too where the module's source is not in this repo: see :meth:`source_of`.
        """
        if name not in self.made:
            directory = self.source_of(section)
            if isinstance(directory, Unknown):
                self.made[name] = {}
            else:
                self.made[name] = {t.key: self.child(name, section, directory, t) for t in self.repetitions(section)}
        return self.made[name]

    def known(self) -> Iterator[ModuleInstance]:
        """This instance and all below it that were asked for."""
        yield self
        for child in (child for children in self.made.values() for child in children.values()):
            yield from child.known()

    def source_of(self, section: Section) -> str | Unknown:
        """The directory that a module call names, or why it cannot be read."""
        (name,) = section.labels
        if name not in self._sources:
            self._sources[name] = self._source_of(section)
        return self._sources[name]

    def _source_of(self, section: Section) -> str | Unknown:
        located = section.attributes.get("source")
        where = section.header.origin
        call = f'module "{section.labels[0]}"'
        source = self.source_text(section)
        if located is None or not source:
            return Unknown(f"{call} has no source that is a plain string", where)
        own = source.startswith(("./", "../"))
        fetched = None if own else self._fetched(section, source)
        if not own and fetched is None:
            return Unknown(f"{call} comes from {source}, which is not in this repo", located.origin)
        try:
            directory = fetched or self.tree.locate(self.module.directory, source)
            self.tree.resolve(directory)
        except OutsideRoot as error:
            return Unknown(f"{call}: {error}", located.origin)
        if not self.tree.is_directory(directory):
            return Unknown(f"{call}: there is no directory {directory}", located.origin)
        if self.depth >= MAX_MODULE_DEPTH:
            return Unknown(f"{call} is nested more than {MAX_MODULE_DEPTH} calls deep", where)
        if any(caller.module.directory == directory for caller in self.callers()):
            return Unknown(f"{call}: {directory or 'the root module'} calls itself", located.origin)
        return directory

    def _fetched(self, section: Section, source: str) -> str | None:
        """The folder of a module from elsewhere, where ``terraform init`` has fetched the one that is asked for."""
        names = [caller.call_name for caller in self.callers() if caller.parent is not None]
        found = self.root.fetched.get(".".join([*reversed(names), section.labels[0]]))
        located = section.attributes.get("version")
        version = string_of(located.node) if located is not None else None
        if found is None or (located is not None and version is None) or not fits(found, source, version):
            return None
        return found.directory

    def callers(self) -> Iterator[ModuleInstance]:
        """This instance and all those that lead to it."""
        instance: ModuleInstance | None = self
        while instance is not None:
            yield instance
            instance = instance.parent

    def source_text(self, section: Section) -> str:
        """The ``source`` of a module call as it is written; empty where that is no plain string."""
        located = section.attributes.get("source")
        return (located and string_of(located.node)) or ""

    def child(self, name: str, section: Section, directory: str, data: RepetitionData) -> ModuleInstance:
        """The instance of a module that one repetition of a call makes."""
        module = self.root.module(directory)
        arguments = {
            argument: self._argument(located, data.names)
            for argument, located in section.attributes.items()
            if argument not in META_ARGUMENTS
        }
        address = f"{self.address}.module.{name}{data.suffix}".lstrip(".")
        child = ModuleInstance(module, self.root, address, arguments, self)
        child.call_name = name
        child.repetition = data.repetition or self.repetition
        child.call_error = self._check_call(section, module)
        return child

    def _argument(self, located: Located, names: Mapping[str, Lazy]) -> Callable[[], Value]:
        return lambda: self.evaluate(located, names)

    def _check_call(self, section: Section, module: Module) -> TerraformError | None:
        if module.broken is not None:
            return None
        known = module.variables.keys() | META_ARGUMENTS
        for name, located in section.attributes.items():
            if name not in known:
                return self.fail(located.origin, "Unsupported argument", f'An argument named "{name}" is not expected.')
        for name, variable in module.variables.items():
            if name not in section.attributes and "default" not in variable.attributes:
                return self.fail(
                    section.header.origin,
                    "Missing required argument",
                    f'The argument "{name}" is required, but no definition was found.',
                )
        return None

    def called(self, seen: set[str]) -> Iterator[Module]:
        """Its module and those that it calls, directly or not and however many instances there are; each once."""
        seen.add(self.module.directory)
        yield self.module
        for name, section in self.module.calls.items():
            directory = self.source_of(section)
            if isinstance(directory, str) and directory not in seen:
                made = next(iter(self.made.get(name, {}).values()), None)
                yield from (made or self.child(name, section, directory, SINGLE)).called(seen)

    def descendants(self) -> Iterator[ModuleInstance]:
        """This instance and all those it calls, directly or not."""
        yield self
        for name, section in self.module.calls.items():
            try:
                children = self.children(name, section)
            except TerraformError as error:
                self.root.report(error)
                self.root.incomplete.append(Unknown(str(error.diagnostics[0].summary), error.diagnostics[0].origin))
                continue
            for child in children.values():
                yield from child.descendants()


__all__ = ["ModuleInstance", "ModuleScope", "Nested"]
