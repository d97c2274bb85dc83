"""What Terraform would refuse in a root module, wherever it stands.

The gate asks only about what it needs; an error elsewhere in the module leaves its answers as they are.  Whoever
writes source wants to hear of all of them: the console does, by :func:`validate`.  Not checked is what needs the
schema of a provider.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from tfparse.configs.module import Located, Module, Section
from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.types import BOOL, DYNAMIC
from tfparse.cty.values import EPHEMERAL, SENSITIVE, Unknown, Value
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UnsupportedError, WholeModuleError
from tfparse.graph.body import Expanded
from tfparse.graph.input_variables import default_of
from tfparse.graph.instance import ModuleInstance
from tfparse.graph.repetition import SINGLE, UNKNOWN_COUNT, RepetitionData, Repetitions
from tfparse.graph.root import Root
from tfparse.hcl.walking import Path
from tfparse.validation.graph import EXPAND, Graph, Vertex, child_address, shown
from tfparse.validation.names import Place, complaint, names, places, resource_key
from tfparse.validation.schema import problems


def validate(root: Root) -> tuple[Diagnostic, ...]:
    """All that Terraform would refuse in a root module and in the modules that it calls.

    As Terraform does it: each module by itself, for all values that its variables may have and however many there
    are of anything; then each instance of it.  What only a provider's schema, a plan or the version of Terraform
    decides is not among it.
    """
    try:
        _validate(root)
    except UnsupportedError as error:
        root.report(error)
    return tuple(root.diagnostics)


def _validate(root: Root) -> None:
    graph = Graph()
    done: set[str] = set()
    content: set[Origin] = set()
    for address, instance, children, inside in _configured(root.instance, "", None):
        graph.add(address, instance.module, children, inside)
        if instance.module.directory not in done:
            done.add(instance.module.directory)
            _as_written(root, instance)
            anyone = _AnyInstance(instance.module, root, instance.address)
            _Evaluation(anyone, content).run()
            _arguments(instance, anyone)
    for loop in graph.cycles():
        root.report(_cycle(root, graph, loop))
    for instance in root.instances:
        if instance.repetition is None:
            _Evaluation(instance, content).run()


def _cycle(root: Root, graph: Graph, loop: list[Vertex]) -> TerraformError:
    place = next(graph.sites[vertex] for vertex in loop if vertex in graph.sites)
    addresses = list(dict.fromkeys(map(shown, loop)))
    summary = "Cycle"
    if len(loop) == 1:
        summary = "Self-referencing local value" if loop[0][1] == "local" else "Self-referential block"
    return root.instance.fail(place.origin, summary, " -> ".join([*addresses, addresses[0]]))


class _AnyInstance(ModuleInstance):
    """A module of whose arguments, and of whose calls, nothing is known."""

    def __init__(self, module: Module, root: Root, address: str) -> None:
        super().__init__(module, root, address, dict.fromkeys(module.variables, self._anything), root.instance)

    @staticmethod
    def _anything() -> Value:
        return Value(DYNAMIC, ANYTHING)

    def repetitions(self, section: Section) -> Repetitions:
        repeated = "count" in section.attributes or "for_each" in section.attributes
        return UNKNOWN_COUNT if repeated else super().repetitions(section)

    def source_of(self, section: Section) -> str | Unknown:
        return ANYTHING


ANYTHING = Unknown("it may be anything")

Configured = tuple[str, ModuleInstance, dict[str, Module], Vertex | None]


def _configured(instance: ModuleInstance, address: str, inside: Vertex | None) -> Iterator[Configured]:
    """One instance of each module that is called, though none may be made of it: its address, itself, its children."""
    children: dict[str, ModuleInstance] = {}
    instance.root.budget.spend_instances(len(instance.module.calls))
    for name, section in instance.module.calls.items():
        directory = instance.source_of(section)
        if isinstance(directory, str):
            children[name] = instance.child(name, section, directory, SINGLE)
        elif instance.source_text(section).startswith("."):
            at = directory.origin or section.header.origin
            instance.root.report(instance.fail(at, "Unreadable module directory", f"{directory.reason}."))
    yield address, instance, {name: child.module for name, child in children.items()}, inside
    for name, child in children.items():
        if child.call_error is not None:
            instance.root.report(child.call_error)
        yield from _configured(child, child_address(address, name), (address, "module", name, EXPAND))


def _arguments(instance: ModuleInstance, anyone: ModuleInstance) -> None:
    """What is certain of the arguments of a module's calls fits the variables there, even if no call is ever made."""
    for name, section in instance.module.calls.items():
        directory = instance.source_of(section)
        if isinstance(directory, str):
            child = anyone.child(name, section, directory, anyone.repetitions(section)[0])
            evaluation = _Evaluation(child, set())
            for variable in section.attributes.keys() & child.module.variables.keys():
                evaluation.attempt(partial(child.variable, variable, section.header.origin))


def _as_written(root: Root, instance: ModuleInstance) -> None:
    """What is wrong in the blocks of a module and in its references, whether or not they are evaluated."""
    module = instance.module
    for at, summary, detail in problems(module):
        root.report(instance.fail(at.origin, summary, detail))
    if module.broken is not None:
        return
    found: list[Place] = [Place(located, frozenset()) for located in module.locals.values()]
    for kind, table in (("variable", module.variables), ("output", module.outputs), ("module", module.calls)):
        found.extend(place for section in table.values() for place in places(kind, section))
    for key, section in module.resources.items():
        held = list(places(key[0], section))
        found.extend(held)
        _conditions_about(instance, key, held)
    for block in module.blocks:
        if block.type in ("provider", "import"):
            found.extend(places(block.type, Section.of(block)))
        elif block.type == "check":
            # What a check reads by itself, it alone may name.
            own = {("data", *inner.labels) for inner in block.blocks if inner.type == "data"}
            _complain(instance, places("check", Section.of(block)), own)
    _complain(instance, found)


def _conditions_about(instance: ModuleInstance, key: tuple[str, str, str], found: Iterable[Place]) -> None:
    """Report the conditions of a resource that name it otherwise than by ``self``."""
    for place in found:
        if place.later.endswith("condition") and any(resource_key(name.path) == key for name in names(place)):
            detail = "Within a condition of a resource, it can only be named as self, once it is there."
            instance.root.report(instance.fail(place.expression.origin, f"Invalid reference in {place.later}", detail))


def _complain(instance: ModuleInstance, found: Iterable[Place], own: Container[Path] = ()) -> None:
    """Report what Terraform has against the references in some places, but for those to ``own``."""
    for place in found:
        if place.content:
            continue
        for name in names(place):
            against = None if name.path[:3] in own else complaint(instance.module, name, place.special)
            if against is not None:
                instance.root.report(instance.fail(name.at, *against))


class _Evaluation:
    """Everything in one instance of a module, worked out for the errors that it gives."""

    def __init__(self, instance: ModuleInstance, content: set[Origin]) -> None:
        """``content``: the expressions in contents of ``dynamic`` blocks whose references have been looked at."""
        self.instance = instance
        self.content = content
        self.root = instance.root
        self.origin = Origin(instance.module.directory or ".", 1)

    def run(self) -> None:
        instance, module = self.instance, self.instance.module
        for name, section in module.variables.items():
            if instance.call_error is None:
                self.attempt(lambda n=name: instance.variable(n, self.origin))  # type: ignore[misc]  # mypy: default
            self.attempt(lambda s=section: default_of(instance, s))  # type: ignore[misc]  # mypy: default
        for name in module.locals:
            self.attempt(lambda n=name: instance.local(n, self.origin))  # type: ignore[misc]  # mypy: default
        for name, section in module.outputs.items():
            value = self.attempt(lambda n=name: instance.output(n, self.origin))  # type: ignore[misc]  # mypy: default
            self.conditions(section, "Module output value precondition failed")
            if value is not None and instance.parent is None and value.all_marks() & SENSITIVE:
                self.exposed(section)
            self.ephemeral(section, value)
        for section in module.resources.values():
            self.resource(section)

    def attempt(self, work: Callable[[], Value | None]) -> Value | None:
        with self.reporting():
            return work()
        return None

    @contextmanager
    def reporting(self) -> Iterator[None]:
        try:
            yield
        except WholeModuleError:
            pass  # a loop, or a name that nothing declares: all of them are known by now
        except TerraformError as error:
            self.root.report(error)

    def ephemeral(self, section: Section, value: Value | None) -> None:
        """What is not kept may only leave a module by an output that says so, and no root module."""
        declared = self.instance.flag(section, "ephemeral", False)
        if declared and self.instance.parent is None:
            detail = "A root module's outputs are kept."
            self.root.report(self.instance.fail(section.header.origin, "Ephemeral output not allowed", detail))
        elif value is not None and not declared and value.all_marks() & EPHEMERAL:
            origin = section.attributes["value"].origin
            detail = "This output value is not declared as an ephemeral one."
            self.root.report(self.instance.fail(origin, "Ephemeral value not allowed", detail))

    def exposed(self, section: Section) -> None:
        if self.instance.flag(section, "sensitive", False):
            return
        detail = "A root module output containing sensitive data must be marked as sensitive."
        self.root.report(self.instance.fail(section.header.origin, "Output refers to sensitive values", detail))

    def conditions(self, section: Section, summary: str) -> None:
        """The preconditions of an output, or of a resource's lifecycle."""
        for block in section.blocks:
            if block.type != "precondition":
                continue
            condition = Section.of(block).attributes.get("condition")
            if condition is not None:
                held = self.attempt(lambda c=condition: self.decided(c))  # type: ignore[misc]  # mypy: default
                if held is not None and held.raw is False:
                    self.root.report(self.instance.fail(condition.origin, summary, "Its condition is false."))

    def decided(self, condition: Located) -> Value:
        try:
            return convert(self.instance.evaluate(condition), BOOL)
        except ConversionError as error:
            raise self.instance.fail(condition.origin, "Invalid condition result", f"{error}.") from None

    def resource(self, section: Section) -> None:
        repetitions = Repetitions()
        with self.reporting():
            repetitions = self.instance.repetitions(section)
        for data in repetitions:
            if self.is_there(data):
                self.body(self.instance.body(section, data))
        lifecycle = section.block("lifecycle")
        if lifecycle is not None:
            self.conditions(Section.of(lifecycle), "Resource precondition failed")

    def is_there(self, data: RepetitionData) -> bool:
        """Whether errors in a body certainly count.  Of whatever the module is given, they do even where it is not said
        how often it is there: so Terraform sees it, before it looks at what is given."""
        return data.repetition is None or isinstance(self.instance, _AnyInstance)

    def body(self, expanded: Expanded, *, content: bool = False) -> None:
        if content:
            self.references(expanded)
        for name in expanded.arguments():
            self.attempt(partial(expanded.argument, name))
        nested: list[Expanded] = []
        with self.reporting():
            nested = expanded.nested()
        for block in nested:
            # (Of how many blocks there will be, Terraform does not look into one.)
            if block.repetition is None:
                self.body(block, content=content or block.names is not expanded.names)

    def references(self, made: Expanded) -> None:
        """What is wrong with the references in a block that a ``dynamic`` one makes."""
        special = frozenset(made.names)
        for located in made.located():
            if located.origin not in self.content:
                self.content.add(located.origin)
                _complain(self.instance, [Place(located, special)])
