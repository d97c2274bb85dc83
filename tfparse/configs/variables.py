"""The values that variable files give to a root module's variables.

Order, from weakest to strongest: Terragrunt's inputs (the environment), ``terraform.tfvars``,
``terraform.tfvars.json``, ``*.auto.tfvars`` and ``*.auto.tfvars.json`` by name, then files and
arguments on the command line.
Source: https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from msgspec import Struct, field

from tfparse.configs.files import Budget, FileContext
from tfparse.configs.module import attributes_of, blocks_of
from tfparse.configs.terragrunt import Settings
from tfparse.cty.identity import identical
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Diagnostic, Origin, TerraformError
from tfparse.lang import Lazy, constant
from tfparse.lang.core import as_unknown
from tfparse.source.places import OutsideRoot
from tfparse.source.sources import SourceTree


class Inputs(Struct):
    """Values by variable name.  ``unread`` says why a name that is not listed may have one too."""

    values: dict[str, Callable[[], Value]] = field(default_factory=dict)
    unread: Unknown | None = None
    textual: set[str] = field(default_factory=set)
    """Those that Terraform gets as text, from the environment or the command line."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)

    def set(self, name: str, value: Callable[[], Value], *, textual: bool = False) -> None:
        self.values[name] = value
        (self.textual.add if textual else self.textual.discard)(name)

    def shadow(self, why: Unknown) -> None:
        """A file that cannot be read may set anything: whatever was set before it is not certain."""
        self.unread = self.unread or why
        self.values.clear()

    def give_the_same(self, others: Inputs, names: Iterable[str]) -> bool:
        """Whether variables of these names get the same from others, down to the lines that decide it, and nothing
        else is said of them.  What cannot be worked out is not the same.
        """
        said, theirs = (self.unread, self.diagnostics), (others.unread, others.diagnostics)
        return identical(said, theirs) and all(self._gives_the_same(others, name) for name in names)

    def _gives_the_same(self, others: Inputs, name: str) -> bool:
        mine, theirs = self.values.get(name), others.values.get(name)
        if mine is None or theirs is None:
            return mine is theirs
        try:
            return (name in self.textual) is (name in others.textual) and identical(mine(), theirs())
        except TerraformError:
            return False


class ConstantScope:
    """The scope of a variable file, or of a variable's default: nothing can be referred to."""

    def __init__(self, tree: SourceTree, file: str, budget: Budget) -> None:
        self.file = file
        self.tree = tree
        self.context = FileContext(tree, "", budget)

    def resolve(self, name: str, origin: Origin) -> Lazy:
        raise TerraformError(
            Diagnostic("Variables not allowed", "Variables may not be used here.", origin, self.excerpt(origin))
        )

    def excerpt(self, origin: Origin) -> str:
        return self.tree.excerpt(origin)


def read_inputs(tree: SourceTree, directory: str, settings: Settings, budget: Budget) -> Inputs:
    """The values for the root module in ``directory``."""
    inputs = Inputs(unread=settings.unread, budget=budget)
    for name, value in (settings.inputs | settings.applied.environment).items():
        inputs.set(name, _constant(value), textual=True)
    for path in (path for folder in (directory, *settings.laid_over) for path in _standard_files(tree, folder)):
        _read(tree, path, inputs)
    for given in settings.applied.variable_files:
        _read_given(tree, directory, given, inputs)
    for name, value in settings.applied.variable_arguments.items():
        inputs.set(name, _constant(value), textual=True)
    return inputs


def _constant(value: Value) -> Callable[[], Value]:
    return lambda: value


def _standard_files(tree: SourceTree, directory: str) -> list[str]:
    names = tree.names(directory)
    automatic = [n for n in names if n.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    chosen = [n for n in ("terraform.tfvars", "terraform.tfvars.json") if n in names] + automatic
    return [f"{directory}/{n}" if directory else n for n in chosen]


def _read_given(tree: SourceTree, directory: str, given: Value, inputs: Inputs) -> None:
    if isinstance(given.raw, Unknown):
        inputs.shadow(given.raw)
        return
    try:
        path = tree.locate(directory, given.as_string())
    except OutsideRoot as error:
        inputs.shadow(Unknown(f"variable file {given.as_string()}: {error}", given.origin))
        return
    if not tree.is_file(path):
        inputs.shadow(Unknown(f"the variable file {path} is not in this repo", given.origin))
        return
    _read(tree, path, inputs)


def _read(tree: SourceTree, path: str, inputs: Inputs) -> None:
    try:
        body = tree.parse(path)
    except TerraformError as error:
        why = as_unknown(error)
        if error.diagnostics[0].summary == "Encrypted file":
            why = Unknown(error.diagnostics[0].detail, why.origin)
        else:
            inputs.diagnostics.extend(error.diagnostics)
        inputs.shadow(why)
        return
    scope = ConstantScope(tree, path, inputs.budget)
    for block in blocks_of(path, body):
        inputs.diagnostics.append(
            Diagnostic(
                f'Unexpected "{block.type}" block',
                "Blocks are not allowed here.",
                block.origin,
                tree.excerpt(block.origin),
            )
        )
    for name, located in attributes_of(path, body).items():
        inputs.set(name, partial(constant, located.node, scope))
