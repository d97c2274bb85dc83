"""A module as written: what its files declare, override files merged in.

Source: https://developer.hashicorp.com/terraform/language/files/override
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, NamedTuple

from msgspec import Struct, field

from tfparse.configs.file_names import SOMEWHERE, in_order, is_configuration, is_override, read_by_one
from tfparse.cty.values import Unknown
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, origin_at
from tfparse.hcl.ast import Body, Expression, place_of
from tfparse.source.sources import SourceTree


class Located(NamedTuple):
    """An expression and the file it stands in."""

    file: str
    node: Expression

    @property
    def origin(self) -> Origin:
        return origin_at((self.file, *place_of(self.node)))


class LocatedBlock(NamedTuple):
    """A block as it is written, and where."""

    file: str
    line: int
    column: int
    type: str
    labels: tuple[str, ...]
    body: Body

    @property
    def origin(self) -> Origin:
        return origin_at((self.file, self.line, self.column))

    @property
    def attributes(self) -> dict[str, Located]:
        """Its arguments by name, each with its expression."""
        return attributes_of(self.file, self.body)

    @property
    def blocks(self) -> list[LocatedBlock]:
        """The blocks nested in it."""
        return blocks_of(self.file, self.body)


class Section(Struct):
    """The content of a block, which override files may have changed piece by piece."""

    header: LocatedBlock
    labels: tuple[str, ...]
    attributes: dict[str, Located]
    blocks: list[LocatedBlock]

    @staticmethod
    def of(block: LocatedBlock) -> Section:
        return Section(block, block.labels, block.attributes, block.blocks)

    def override(self, other: Section) -> None:
        """Terraform's merge: arguments replace arguments, nested blocks replace all of their type."""
        self.attributes.update(other.attributes)
        replaced = {b.type for b in other.blocks}
        self.blocks = [b for b in self.blocks if b.type not in replaced] + other.blocks

    def block(self, type: str) -> LocatedBlock | None:
        for block in self.blocks:
            if block.type == type:
                return block
        return None


# (Of these there are so many that the classes themselves take too long.)
_located: Final[Callable[[tuple[str, Expression]], Located]] = partial(tuple.__new__, Located)
_located_block: Final[Callable[[tuple[Any, ...]], LocatedBlock]] = partial(tuple.__new__, LocatedBlock)


def attributes_of(file: str, body: Body) -> dict[str, Located]:
    """The arguments of a body by name, each with its expression."""
    _, _, _, attributes, _ = body
    return {name: _located((file, value)) for _, _, _, name, value in attributes}


def blocks_of(file: str, body: Body) -> list[LocatedBlock]:
    """The blocks of a body."""
    _, _, _, _, blocks = body
    return [
        _located_block((file, line, column, type_, labels, inner)) for _, line, column, type_, labels, inner in blocks
    ]


_LABELS: dict[str, tuple[str, ...]] = {
    "variable": ("name",), "output": ("name",), "module": ("name",), "resource": ("type", "name"),
    "data": ("type", "name"), "locals": (),
}  # fmt: skip
_IGNORED = {"terraform", "provider", "moved", "import", "removed", "check", "ephemeral", "action"}
_DUPLICATE = {
    "variable": "Duplicate variable declaration",
    "output": "Duplicate output definition",
    "module": "Duplicate module call",
}
_MISSING_BASE = {
    "variable": "Missing base variable declaration to override",
    "output": "Missing base output definition to override",
    "module": "Missing module call to override",
    "resource": "Missing resource to override",
    "data": "Missing data resource to override",
}


class Module(Struct):
    """The declarations of one directory (and of generated files that belong to it), which nobody changes once it is
    loaded: roots share it.
    """

    directory: str
    variables: dict[str, Section] = field(default_factory=dict)
    locals: dict[str, Located] = field(default_factory=dict)
    outputs: dict[str, Section] = field(default_factory=dict)
    calls: dict[str, Section] = field(default_factory=dict)
    resources: dict[tuple[str, str, str], Section] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    blocks: list[LocatedBlock] = field(default_factory=list)
    """All of its blocks as they are written, those of override files last."""
    broken: Unknown | None = None
    """Why something that is not declared here may be declared all the same: a file did not parse."""
    of_one_program: list[LocatedBlock] = field(default_factory=list)
    """The blocks of files that either Terraform or OpenTofu alone reads."""
    doubts: list[Unknown] = field(default_factory=list)
    """Why what is declared here may not be what is applied."""

    def requires(self, provider: str) -> bool:
        """Whether ``required_providers`` names a provider, or may do so in a file that cannot be read."""
        if self.broken is not None or self.doubts:
            return True
        settings = (inner for block in self.blocks if block.type == "terraform" for inner in block.blocks)
        return any(provider in inner.attributes for inner in settings if inner.type == "required_providers")

    def add(self, block: LocatedBlock, tree: SourceTree, override: bool) -> None:
        """Take one top-level block in."""
        self.blocks.append(block)
        type_, labels = block.type, block.labels
        if type_ in _IGNORED:
            return
        wanted = _LABELS.get(type_)
        if wanted is None:
            self.complain(tree, block, "Unsupported block type", f'Blocks of type "{type_}" are not expected here.')
        elif len(labels) < len(wanted):
            detail = f"All {type_} blocks must have {len(wanted)} labels ({', '.join(wanted)})."
            self.complain(tree, block, f"Missing {wanted[len(labels)]} for {type_}", detail)
        elif len(labels) > len(wanted):
            detail = f"Only {len(wanted)} labels are expected for {type_} blocks."
            self.complain(tree, block, f"Extraneous label for {type_}", detail)
        elif type_ == "locals":
            self._add_locals(block, tree, override)
        else:
            self._add_section(type_, block, tree, override)

    def _add_locals(self, block: LocatedBlock, tree: SourceTree, override: bool) -> None:
        for name, value in block.attributes.items():
            if name in self.locals and not override:
                detail = f'A local value named "{name}" was already defined at {self.locals[name].origin}.'
                self.complain(tree, value, "Duplicate local value definition", detail)
            elif override and name not in self.locals:
                detail = f'There is no local value "{name}" to override.'
                self.complain(tree, value, "Missing base local value definition to override", detail)
            self.locals[name] = value

    def _add_section(self, type_: str, block: LocatedBlock, tree: SourceTree, override: bool) -> None:
        section = Section.of(block)
        table, key = self._place(section)
        held = table.get(key)
        if held is not None and override:
            held.override(section)
            return
        if held is not None:
            summary = _DUPLICATE.get(type_) or f'Duplicate {type_} "{block.labels[0]}" configuration'
            detail = f'"{".".join(section.labels)}" was already declared at {held.header.origin}.'
            self.complain(tree, block, summary, detail)
        elif override:
            detail = f'There is no {type_} "{".".join(section.labels)}" to override.'
            self.complain(tree, block, _MISSING_BASE[type_], detail)
        table[key] = section

    def _place(self, section: Section) -> tuple[dict[Any, Section], str | tuple[str, ...]]:
        """The table that a declaration belongs in, and its key there."""
        type_ = section.header.type
        if type_ in ("resource", "data"):
            return self.resources, (type_, *section.labels)
        (name,) = section.labels
        return {"variable": self.variables, "output": self.outputs, "module": self.calls}[type_], name

    def complain(self, tree: SourceTree, at: Located | LocatedBlock, summary: str, detail: str) -> None:
        self.diagnostics.append(Diagnostic(summary, detail, at.origin, tree.excerpt(at.origin)))
        self.doubts.append(Unknown(f"Terraform refuses the root module: {summary}", at.origin))


SIGNATURE = b"Generated by Terragrunt. Sig: nIlQXj57tbuaRZEa"
"""By which Terragrunt knows a file that it has written."""


class Generated(Struct, frozen=True):
    """A file that Terragrunt writes into a module: ``file`` is where its text really stands.

    ``if_exists`` says what becomes of a file of that name: "overwrite", "overwrite_terragrunt", "skip" or "error".
    """

    name: str
    file: str
    body: Body | TerraformError
    if_exists: str = "overwrite"


def load_module(
    tree: SourceTree, directory: str, generated: Iterable[Generated] = (), laid_over: Iterable[str] = ()
) -> Module:
    """Read the module in ``directory``; a generated file takes the place of a file of that name, as does one of a
    folder that is laid over it.

    A file that does not parse is a diagnostic, and makes the module ``broken``: what the other files
    declare still counts, unless that file may change it.
    """
    generated, laid_over = tuple(generated), tuple(laid_over)
    if generated or laid_over:
        return _load(tree, directory, generated, laid_over)
    return tree.once(("module", directory), lambda tree: _load(tree, directory, (), ()))


def _load(tree: SourceTree, directory: str, generated: Iterable[Generated], laid_over: Iterable[str]) -> Module:
    module = Module(directory)
    written = {g.name: g for g in generated if is_configuration(g.name)}
    folders = {name: folder for folder in (directory, *laid_over) for name in tree.names(folder)}
    names = written.keys() | {name for name in folders if is_configuration(name)}
    paths = {name: f"{folders.get(name, directory)}/{name}".lstrip("/") for name in names}
    for name in in_order(names):
        try:
            file, body = _read(tree, paths[name], written.get(name))
        except TerraformError as error:
            module.diagnostics.extend(error.diagnostics)
            first = error.diagnostics[0]
            why = Unknown(f"{paths[name]} does not parse: {first.summary}", first.origin)
            module.broken = module.broken or why
            if is_override(name) or name == SOMEWHERE:
                module.doubts.append(why)
            continue
        overrides = is_override(name)
        for name_, attribute in attributes_of(file, body).items():
            module.complain(tree, attribute, "Unsupported argument", f'"{name_}" is not expected here.')
        for block in blocks_of(file, body):
            module.add(block, tree, overrides)
    for name in sorted(read_by_one(names)):
        if _declares(module, tree, paths[name], written.get(name)):
            text = f"Terraform and OpenTofu differ in whether they read {paths[name]}: which one is run is not known"
            why = Unknown(text, Origin(paths[name], 1))
            module.broken = module.broken or why
            module.doubts.append(why)
    return module


def _declares(module: Module, tree: SourceTree, path: str, generated: Generated | None) -> bool:
    """Whether a file declares anything: ``terraform`` blocks say in which versions it works, and such things."""
    try:
        blocks = blocks_of(*_read(tree, path, generated))
    except TerraformError:
        return True
    module.of_one_program.extend(blocks)
    return any(block.type != "terraform" for block in blocks)


def _was_generated(tree: SourceTree, path: str) -> bool:
    try:
        return SIGNATURE in tree.read_bytes(path)
    except OSError:
        return False


def _read(tree: SourceTree, path: str, generated: Generated | None) -> tuple[str, Body]:
    if generated is None:
        return path, tree.parse(path)
    if generated.if_exists != "overwrite" and tree.is_file(path):
        if generated.if_exists == "skip":
            return path, tree.parse(path)
        if generated.if_exists == "error" or not _was_generated(tree, path):
            raise TerraformError(Diagnostic("File exists", f"Terragrunt will not write {path}.", Origin(path, 1)))
    if isinstance(generated.body, TerraformError):
        raise generated.body
    return generated.file, generated.body
