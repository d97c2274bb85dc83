"""A root module at work: what it and the modules that it calls declare."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import cache, cached_property
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from tfparse.configs.fetched import Fetched, read_fetched
from tfparse.configs.files import Budget
from tfparse.configs.module import Module, load_module
from tfparse.configs.terragrunt import Settings
from tfparse.configs.variables import ConstantScope, read_inputs
from tfparse.configs.versions import SHORT_CIRCUIT, pinned, requires
from tfparse.cty.identity import identical
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Diagnostic, Origin, TerraformError
from tfparse.graph.chain import Link
from tfparse.graph.expansion import DeclaredResource
from tfparse.graph.instance import ModuleInstance
from tfparse.graph.model import Resource
from tfparse.hcl.syntax import parse_expression
from tfparse.lang import evaluate
from tfparse.source.reads import Reads
from tfparse.source.sources import SourceTree

Said = TypeVar("Said", bound=Hashable)


class Answer(NamedTuple):
    """What the owner of a repo says that a module from elsewhere does not declare: of "dns", "helm", "kubernetes", a
    provider ("aws") or "namespace NAME"; ``said`` is how that is repeated.
    """

    source: str
    declares_no: frozenset[str]
    said: str

    def covers(self, source: str, provider: str, namespace: str | None) -> bool:
        """Whether it is about this module, and what is asked."""
        kind = "kubernetes" if provider == NO_PROVIDER else provider
        within = kind in ("helm", "kubernetes") and f"namespace {namespace}" in self.declares_no
        return source == self.source and (kind in self.declares_no or within)


NO_PROVIDER = "none of them"
"""Stands for providers after which no module of a registry is named: those of Kubernetes."""


BROUGHT = "manifest"
"""The type of what stands in a manifest that no Terraform applies, and that something else brings."""


class Brought(NamedTuple):
    """What comes of a root besides its own resources (the objects of a Helm chart), and why there may be more."""

    resources: list[Resource]
    doubts: list[Unknown]


class SecretText(NamedTuple):
    """What is secret, and the lines of a file that it stands on."""

    file: str
    first: int
    last: int
    text: str


class State:
    """A root module as it is until it becomes another.  Whoever rests on it can tell by identity."""

    __slots__ = ("root",)

    def __init__(self, root: Root) -> None:
        self.root = root

    def is_of(self, root: Root | None) -> bool:
        """Whether this is what a root is now."""
        return root is not None and root.state is self


class Root:
    """A root module and everything that it reaches."""

    def __init__(
        self, tree: SourceTree, directory: str, settings: Settings, given_in: SourceTree | None = None
    ) -> None:
        self.tree = tree
        self.given_in = given_in or tree
        """The same tree, as it was looked at for the settings and the values of variables alone."""
        self._settings = settings
        self.path = directory
        self.directory = settings.source if settings.source is not None else directory
        self.diagnostics: list[Diagnostic] = list(settings.diagnostics)
        self._doubts: list[Unknown] = list(settings.applied.doubts)
        self.notes: tuple[Unknown, ...] = tuple(settings.applied.notes)
        """What else may change what is applied, or keep it from being applied."""
        self.incomplete: list[Unknown] = list(self._doubts)
        """Why the root may declare more than is seen: files of this repo that could not be read."""
        self.answers: tuple[Answer, ...] = ()
        """What the owner says of modules from elsewhere."""
        self.elsewhere: dict[Unknown, str] = {}
        """The calls of modules that are not in this repo, each with its source."""
        self.brings: Callable[[Root], Brought] | None = None
        """Says what comes of it besides its own resources."""
        self._modules: dict[str, Module] = {}
        self.loaded_in = tree.view()
        """The same tree, as it was looked at to load the modules that it calls; and that by their folders."""
        self.module_reads: dict[str, Reads] = {}
        self.budget = Budget(tree.pools)
        self.kept: dict[str, Any] = {}
        """What its readers have found out of it."""
        self._chain: dict[str, None] = {}
        self._short_circuits: bool | None = None
        self._reported: set[Diagnostic] = set()
        self._complaints: list[Diagnostic] = []
        """What there is to be said of modules as they are written."""
        inputs = self._inputs = read_inputs(self.given_in, self.directory, settings, self.budget)
        self.diagnostics += inputs.diagnostics
        self.unread_inputs = inputs.unread
        self.textual_inputs = inputs.textual
        self.instance = ModuleInstance(self.module(self.directory, settings), self, "", inputs.values)
        self._own_doubts = self._doubted
        self.state = State(self)

    def module(self, directory: str, settings: Settings | None = None) -> Module:
        """The module in ``directory``, read once; the root's own has Terragrunt's generated files."""
        if directory not in self._modules:
            if settings is not None:
                module = load_module(self.tree, directory, settings.generated, settings.laid_over)
            else:
                tree = self.loaded_in.view()
                module = load_module(tree, directory)
                self.module_reads[directory] = tree.reads
                self.loaded_in.reads.add(tree.reads)
            self._modules[directory] = module
            self._complaints.extend(module.diagnostics)
            self.diagnostics.extend(module.diagnostics)
            self._doubts.extend(module.doubts)
            if module.broken is not None:
                self.incomplete.append(module.broken)
        return self._modules[directory]

    @property
    def trees(self) -> tuple[SourceTree, ...]:
        """All that it was looked at in."""
        return self.tree, self.given_in, self.loaded_in

    @property
    def doubts(self) -> tuple[Unknown, ...]:
        """Why what is applied may be another root module than this one, or another than it reads."""
        _ = self.instances  # which reads all of its modules
        return tuple(self._doubts)

    def working_on(self, label: str) -> Link:
        """Guards against cycles and against chains of references that are too long."""
        return Link(self._chain, label)

    def report(self, error: TerraformError) -> None:
        """Keep the diagnostics of an error that was turned into an unknown."""
        for diagnostic in error.diagnostics:
            if diagnostic not in self._reported:
                self._reported.add(diagnostic)
                self.diagnostics.append(diagnostic)

    def is_given_the_same(self, tree: SourceTree, settings: Settings) -> bool:
        """Whether it would be the same root module with these settings, and with the values that a tree gives to the
        variables that it declares.  From then on that is the tree which they are from.
        """
        declared = self.instance.module.variables
        inputs = read_inputs(tree, self.directory, settings, Budget(tree.pools))
        if not identical(settings, self._settings) or not inputs.give_the_same(self._inputs, declared):
            return False
        self.given_in = tree
        return True

    @cached_property
    def constant_scopes(self) -> dict[str, ConstantScope]:
        """What its constants, by their file, are evaluated in."""
        return {}

    # -- becoming another (see renewal) -------------------------------------------------------

    @property
    def _doubted(self) -> tuple[int, int, int]:
        """How much was in doubt so far, and how much there was to be said of modules."""
        return len(self._doubts), len(self.incomplete), len(self._complaints)

    @property
    def is_plain(self) -> bool:
        """Whether none of the modules that it calls leaves anything in doubt, or changes how expressions are read."""
        as_before = self._short_circuits is None or self._short_circuits == self._asks_to_short_circuit()
        return as_before and self._doubted == self._own_doubts

    def begin_state(self, folders: Iterable[str]) -> None:
        """Be another root module from now on, with the modules in some folders read anew.  (``diagnostics`` still has
        what was said before.)
        """
        for folder in folders:
            del self.module_reads[folder], self._modules[folder]
        for name in ("instances", "brought", "_declarations"):
            vars(self).pop(name, None)
        self.kept.clear()
        self.elsewhere.clear()
        self.state = State(self)

    def let_go(self) -> None:
        """Hold nothing any more: nobody asks it, and what holds each other in a circle would stay for long."""
        for instance in list(self.instance.known()):
            vars(instance).clear()
        self.kept.clear()
        self.__dict__.pop("_declarations", None)
        self._modules.clear()

    @cached_property
    def fetched(self) -> dict[str, Fetched]:
        """The modules from elsewhere that ``terraform init`` has fetched for it."""
        return read_fetched(self.tree, self.path)

    def short_circuits(self) -> bool:
        """Whether ``&&`` and ``||`` look no further than they must: one of its modules asks for Terraform 1.12."""
        if self._short_circuits is None:
            self._short_circuits = self._asks_to_short_circuit()
        return self._short_circuits

    def _asks_to_short_circuit(self) -> bool:
        asked = any(requires(module, SHORT_CIRCUIT) for module in self.instance.called(set()))
        return asked or pinned(self.tree, self.directory, SHORT_CIRCUIT)

    # -- what there is ------------------------------------------------------------------------

    @cached_property
    def instances(self) -> tuple[ModuleInstance, ...]:
        """The root module's instance and those of all modules it calls, directly or not."""
        found = tuple(self.instance.descendants())
        for instance in found:
            for section in instance.module.calls.values():
                source = instance.source_of(section)
                if isinstance(source, Unknown):
                    self.elsewhere[source] = instance.source_text(section)
        return found

    def unseen(self, provider: str, namespace: str | None = None) -> list[Unknown]:
        """Why the root may declare more of a provider's resources (in a namespace of Kubernetes) than can be read."""
        more = self.brought.doubts if provider == NO_PROVIDER else []
        return [*self.incomplete, *more, *self.unread_modules(provider, lambda s: _may_declare(s, provider), namespace)]

    @cached_property
    def brought(self) -> Brought:
        """What comes of it besides its own resources, worked out once somebody asks for that."""
        return Brought([], []) if self.brings is None else self.brings(self)

    def unread_modules(
        self, provider: str, may_declare: Callable[[str], bool], namespace: str | None = None
    ) -> Iterator[Unknown]:
        """The modules from elsewhere that may declare a provider's resources, and of which the owner does not say that
        they declare none.
        """
        _ = self.instances  # which finds what is elsewhere
        for why, source in self.elsewhere.items():
            if may_declare(source) and not any(a.covers(source, provider, namespace) for a in self.answers):
                yield why

    @property
    def answered(self) -> list[Unknown]:
        """What the owner says of the modules from elsewhere that it calls."""
        _ = self.instances
        called = self.elsewhere.items()
        return [Unknown(a.said, why.origin) for why, source in called for a in self.answers if a.source == source]

    def resources(
        self,
        wanted: Callable[[str], bool] = lambda type: True,
        mode: str = "managed",
        may_be: Callable[[DeclaredResource], bool] = lambda one: True,
    ) -> list[Resource]:
        """The instances of resources, of the types ``wanted``, that the root reaches: callers first.  Those that by
        what is written of them are none of those meant (``may_be``) need not be counted.
        """
        declared = self._of_types("resource" if mode == "managed" else "data", wanted)
        found = [resource for one in declared if may_be(one) for resource in one.resources]
        return [*found, *self.brought.resources] if mode == "managed" and wanted(BROUGHT) else found

    def providers(self, wanted: Callable[[str], bool], said: Callable[[str], Said]) -> set[Said]:
        """What is said of each of the provider configurations that its resources of the types ``wanted`` go through.
        How many instances there are is asked no more often than that takes.
        """
        of = cache(said)
        found = {of(resource.provider) for resource in self.brought.resources} if wanted(BROUGHT) else set()
        for one in self._of_types("resource", wanted):
            if of(one.provider) not in found and one.resources:
                found.add(of(one.provider))
        return found

    def _of_types(self, kind: str, wanted: Callable[[str], bool]) -> list[DeclaredResource]:
        """The resources, or the data sources, of the types ``wanted``: callers first."""
        by_type = self._declarations[kind]
        numbered = [by_type[type_] for type_ in by_type if wanted(type_)]
        return [one for _, one in sorted(chain.from_iterable(numbered), key=itemgetter(0))]

    @cached_property
    def _declarations(self) -> dict[str, dict[str, list[tuple[int, DeclaredResource]]]]:
        """The resources and the data sources of its modules, by their type, each with its place among all of them."""
        declared: dict[str, dict[str, list[tuple[int, DeclaredResource]]]] = {"resource": {}, "data": {}}
        each = ((kind, one) for instance in self.instances for kind, ones in instance.declared.items() for one in ones)
        for place, (kind, one) in enumerate(each):
            declared[kind].setdefault(one.type, []).append((place, one))
        return declared

    def secret_texts(self) -> Iterable[SecretText]:
        """What of it is secret and stands in no Terraform source."""
        return ()

    def calls(self, name: str) -> bool:
        """Whether the root itself calls a module of this name."""
        return name in self.instance.module.calls

    # -- asking -------------------------------------------------------------------------------

    def evaluate(self, expression: str, file: str = "<expression>") -> Value:
        """The value of an expression in the scope of the root module.

        Raises:
            TerraformError: the expression cannot be parsed or evaluated.
        """
        node = parse_expression(expression, file)
        return evaluate(node, self.instance.scope(file))

    def output(self, name: str) -> Value:
        """An output of the root module.

        Raises:
            TerraformError: there is none, or its expression cannot be evaluated.
        """
        return self.instance.output(name, Origin("<expression>", 1))


def _may_declare(source: str, provider: str) -> bool:
    """Whether a module that cannot be read may declare resources of a provider.

    One from a registry is named for the provider that it is mainly for (``[HOST/]NAMESPACE/NAME/PROVIDER``);
    of others nothing is known.  Source: https://developer.hashicorp.com/terraform/language/modules/sources
    """
    address = source.split("//")[0].split("/")
    has_host = "." in address[0]
    in_registry = not source.startswith(".") and "::" not in source and len(address) == (4 if has_host else 3)
    return not in_registry or address[-1] == provider
