"""What Terragrunt adds to a root module: generated files, inputs, variable files.

Only what changes the meaning of the source is read: ``include``, ``locals``, ``generate``, ``inputs``
and the ``terraform`` block.  Dependencies' outputs, commands and the environment are
unknown.  Source: https://terragrunt.gruntwork.io/docs/reference/hcl/
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from functools import partial

from msgspec import Struct, field
from msgspec.structs import replace

from tfparse.configs.file_names import SOMEWHERE
from tfparse.configs.module import Generated, Located, LocatedBlock, Section, attributes_of, blocks_of
from tfparse.configs.terragrunt_functions import (
    FILES,
    NOT_FOUND,
    READ_CONFIG,
    STACK,
    DependsOnRootError,
    TerragruntFunctions,
    configuration_in,
)
from tfparse.configs.terragrunt_terraform import Applied, copied, outward
from tfparse.cty.types import Primitive
from tfparse.cty.values import Unknown, Value, null, object_, string, unknown
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UnknownValueError, kept
from tfparse.functions import FunctionError
from tfparse.lang import Lazy, evaluate, watching
from tfparse.lang.core import as_unknown
from tfparse.lang.traversal import Namespace
from tfparse.source.sources import SourceTree


class Settings(Struct):
    """What Terragrunt says about one root.  Each yields to those that follow."""

    source: str | None = None
    laid_over: tuple[str, ...] = ()
    """The root's own folder, where its ``source`` is another: Terragrunt lays its files over those."""
    generated: list[Generated] = field(default_factory=list)
    inputs: dict[str, Value] = field(default_factory=dict)
    applied: Applied = field(default_factory=Applied)
    unread: Unknown | None = None
    """Why inputs that are not listed may exist all the same."""
    deep: bool = False
    """Whether inputs that are maps or lists are merged with those of an include, rather than put in their place."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


class _Config:
    """One terragrunt.hcl, evaluated for the root ``directory``: its own, or one that includes it; None for any."""

    def __init__(self, tree: SourceTree, path: str, directory: str | None, includes: dict[str, _Config]) -> None:
        self.tree = tree
        self.file = path
        self.includes = includes
        self.context = TerragruntFunctions(tree, path, directory, includes)
        body = tree.parse(path)
        self.attributes = attributes_of(path, body)
        self.blocks = blocks_of(path, body)
        self._locals: dict[str, Value | TerraformError | None] = {}

    @property
    def directory(self) -> str:
        """The directory of the root.

        Raises:
            DependsOnRootError: it may be any.
        """
        return self.context.directory

    def excerpt(self, origin: Origin) -> str:
        return self.tree.excerpt(origin)

    def evaluate(self, located: Located) -> Value:
        with watching(None):
            return evaluate(self.context.prepared(located.node), self)

    def resolve(self, name: str, origin: Origin) -> Lazy:
        if name == "local":
            return Namespace(self.local)
        if name == "include":
            return Namespace(lambda label, o: Namespace(lambda what, o2: self._included(label, what, o2)))
        if name == NOT_FOUND:
            return unknown("find_in_parent_folders() finds nothing in this repo", origin)
        if name.startswith(READ_CONFIG):
            return self._read(name.removeprefix(READ_CONFIG), origin)
        if name in ("dependency", "feature", "values") or name.endswith("()"):
            return unknown(f"{name} is read when Terragrunt runs", origin)
        raise self._wrong("Unknown variable", f'There is no variable named "{name}".', origin)

    def _wrong(self, summary: str, detail: str, origin: Origin) -> TerraformError:
        return TerraformError(Diagnostic(summary, detail, origin, self.excerpt(origin)))

    def _included(self, label: str, what: str, origin: Origin) -> Lazy:
        _ = self.directory  # what is included depends on the root
        config = self.includes.get(label)
        if config is None:
            return unknown(f"include.{label} is not in this repo", origin)
        if what == "locals":
            return Namespace(config.local)
        if what == "inputs" and "inputs" in config.attributes:
            return config.evaluate(config.attributes["inputs"])
        return unknown(f"include.{label}.{what} is not read", origin)

    def local(self, name: str, origin: Origin) -> Value:
        if name not in self._locals:
            located = next((b.attributes[name] for b in self.of_type("locals") if name in b.attributes), None)
            if located is None:
                raise self._wrong("Unsupported attribute", f'There is no local named "{name}".', origin)
            self._locals[name] = None
            try:
                self._locals[name] = self.evaluate(located)
            except TerraformError as error:
                self._locals[name] = kept(error)
        held = self._locals[name]
        if held is None:
            raise self._wrong("Cycle", f"local.{name} needs itself", origin)
        if isinstance(held, TerraformError):
            raise kept(held)
        return held

    def _read(self, path: str, origin: Origin) -> Value:
        """What ``read_terragrunt_config`` gives of a file of the repo: its locals, and its inputs."""
        target = self.context.locate(path)
        config = _Config(self.tree, target, posixpath.dirname(target), {})
        names = dict.fromkeys(name for block in config.of_type("locals") for name in block.attributes)
        held = {name: _as_read(partial(config.local, name, origin)) for name in names}
        found = {"locals": object_(held, origin)}
        if "inputs" in config.attributes and not config.of_type("include"):
            found["inputs"] = _as_read(partial(config.evaluate, config.attributes["inputs"]))
        return object_(found, origin, rest=Unknown(f"only locals and inputs of {target} are read", origin))

    def of_type(self, type_: str) -> list[LocatedBlock]:
        return [b for b in self.blocks if b.type == type_]


def _as_read(work: Callable[[], Value]) -> Value:
    """What another configuration comes to; what is in error there is unknown here."""
    try:
        return work()
    except TerraformError as error:
        why = as_unknown(error)
        return unknown(why.reason, why.origin)


def read_settings(tree: SourceTree, directory: str) -> Settings:
    """What ``directory``'s terragrunt.hcl, and what it includes, say.  Nothing, where there is none."""
    settings = Settings()
    stack = posixpath.join(directory, STACK)
    if tree.is_file(stack):
        _guarded(settings, partial(_units, settings, tree, directory, stack))
    path = configuration_in(tree, directory)
    if path is None:
        return settings
    try:
        config = _Config(tree, path, directory, {})
    except TerraformError as error:
        settings.diagnostics.extend(error.diagnostics)
        settings.unread = as_unknown(error)
        return settings
    for block in config.of_type("include"):
        _guarded(settings, partial(_include, settings, config, block))
    _apply(settings, config)
    if settings.source not in (None, directory):
        settings.laid_over = (directory,)
    return settings


def _units(settings: Settings, tree: SourceTree, directory: str, path: str) -> None:
    """Note the units of a stack that are not in this repo; those that are, are read where they lie.

    Source: https://terragrunt.gruntwork.io/docs/features/stacks/
    """
    config = _Config(tree, path, directory, {})
    for block in (*config.of_type("unit"), *config.of_type("stack")):
        section = Section.of(block)
        source = config.evaluate(section.attributes["source"]) if "source" in section.attributes else null()
        is_local = isinstance(source.raw, str) and source.raw.startswith((".", "/"))
        if is_local and tree.is_directory(config.context.locate(source.as_string().replace("//", "/"))):
            continue
        named = source.raw if isinstance(source.raw, str) else "somewhere that cannot be known"
        what = " ".join((block.type, *block.labels))
        why = f"Terragrunt takes {what} from {named}, which is not in this repo"
        settings.applied.doubts.append(Unknown(why, source.origin or block.origin))


def _guarded(settings: Settings, work: Callable[[], None]) -> None:
    try:
        work()
    except UnknownValueError as error:
        settings.unread = settings.unread or Unknown(error.reason, error.origin)
    except (TerraformError, FunctionError, TypeError) as error:
        if not isinstance(error, TerraformError):
            error = TerraformError(Diagnostic("Terragrunt configuration", str(error)))
        settings.diagnostics.extend(error.diagnostics)
        settings.unread = settings.unread or as_unknown(error)


def _include(settings: Settings, config: _Config, block: LocatedBlock) -> None:
    values = {name: config.evaluate(located) for name, located in block.attributes.items()}
    path, strategy = values.get("path", null()), values.get("merge_strategy", string("shallow"))
    if not isinstance(path.raw, str) or strategy.raw not in ("shallow", "deep", "no_merge"):
        why = path.unknown or strategy.unknown or Unknown("an include that cannot be read", block.origin)
        settings.unread = settings.unread or why
        return
    target = config.context.locate(path.raw)
    if config.tree.is_directory(target):
        target = configuration_in(config.tree, target) or posixpath.join(target, FILES[0])
    included = _Config(config.tree, target, config.directory, config.includes)
    config.includes["".join(block.labels[:1])] = included
    if strategy.raw == "no_merge":
        return
    settings.deep = settings.deep or strategy.raw == "deep"
    said = None
    if settings == Settings(deep=settings.deep):  # nothing was said yet
        # Who looks for the roots is told of no secrets.
        what = ("said to all", target, config.tree.find_secrets)
        said = config.tree.once(what, partial(_said_to_all, target))
    if said is None:
        _apply(settings, included)
    else:
        settings.generated, settings.inputs = said.generated.copy(), said.inputs.copy()
        settings.applied = copied(said.applied)


def _said_to_all(path: str, tree: SourceTree) -> Settings | None:
    """What a configuration says, whichever root includes it; None where that is not the same, or not all in order."""
    said = Settings()
    try:
        _apply(said, _Config(tree, path, None, {}))
    except DependsOnRootError:
        return None
    is_in_order = not any(isinstance(generated.body, TerraformError) for generated in said.generated)
    return said if is_in_order and not said.diagnostics and said.unread is None else None


def _apply(settings: Settings, config: _Config) -> None:
    """Take in what one configuration says; what was there before, from an include, yields to it."""
    for block in config.of_type("generate"):
        _guarded(settings, partial(_generate, settings, config, block))
    if "generate" in config.attributes:
        _guarded(settings, partial(_generate_all, settings, config, config.attributes["generate"]))
    if "inputs" in config.attributes:
        _guarded(settings, lambda: _inputs(settings, config.evaluate(config.attributes["inputs"])))
    for block in config.of_type("terraform"):
        section = Section.of(block)
        if "source" in section.attributes:
            _guarded(settings, partial(_source, settings, config, section))
        for inner in section.blocks:
            _guarded(settings, partial(_inner, settings, config, inner))
        for name in section.attributes.keys() & {"exclude_from_copy", "include_in_copy"}:
            what = f"{name}: not all files of the repo are where Terraform runs"
            settings.applied.notes.append(Unknown(what, section.attributes[name].origin))
    _guarded(settings, lambda: _skipped(settings, config))


def _inner(settings: Settings, config: _Config, block: LocatedBlock) -> None:
    """A block within ``terraform``."""
    values = {name: config.evaluate(located) for name, located in block.attributes.items()}
    if block.type == "extra_arguments":
        settings.applied.extra_arguments(values, block.origin)
    else:
        settings.applied.hook(block.type, values, block.origin)


def _skipped(settings: Settings, config: _Config) -> None:
    """Note what keeps Terragrunt from the root: ``skip``, and an ``exclude`` block."""
    asked = [(name, config.attributes[name]) for name in ("skip",) if name in config.attributes]
    asked += [("exclude", b.attributes["if"]) for b in config.of_type("exclude") if "if" in b.attributes]
    for name, located in asked:
        if config.evaluate(located).raw is not False:
            settings.applied.notes.append(Unknown(f"{name}: Terragrunt may leave this root out", located.origin))


def _source(settings: Settings, config: _Config, section: Section) -> None:
    source = config.evaluate(section.attributes["source"])
    if isinstance(source.raw, str) and source.raw.startswith((".", "/")):
        settings.source = config.context.locate(source.raw.replace("//", "/"))
    elif isinstance(source.raw, (str, Unknown)):
        named = source.raw if isinstance(source.raw, str) else "somewhere that cannot be known"
        why = Unknown(f"Terragrunt takes the root module from {named}, which is not in this repo", source.origin)
        settings.applied.doubts.append(why)
        settings.unread = settings.unread or why


def _inputs(settings: Settings, inputs: Value) -> None:
    if isinstance(inputs.raw, Unknown):
        settings.unread = settings.unread or inputs.raw
    elif isinstance(inputs.raw, dict):
        for name, value in inputs.raw.items():
            if settings.deep and name in settings.inputs and not isinstance(value.type, Primitive):
                value = unknown(f"inputs.{name} is merged deeply with that of an include", value.origin)
            settings.inputs[name] = outward(value)
        settings.unread = settings.unread or inputs.rest


def _generate(settings: Settings, config: _Config, block: LocatedBlock) -> None:
    values = {name: config.evaluate(located) for name, located in block.attributes.items()}
    _add_generated(settings, config.tree, values, block.origin)


def _generate_all(settings: Settings, config: _Config, located: Located) -> None:
    """``generate = { name = { path = ... } }``, which says the same as blocks."""
    for value in config.evaluate(located).mapping().values():
        _add_generated(settings, config.tree, value.mapping(), located.origin)


def _add_generated(settings: Settings, tree: SourceTree, values: Mapping[str, Value], origin: Origin) -> None:
    path, contents = values.get("path", null()), values.get("contents", null())
    if (disabled := values.get("disable")) is not None and disabled.raw is True:
        return
    # Of a file whose name is not known it is certain only that it may declare anything.
    name = posixpath.normpath(path.raw) if isinstance(path.raw, str) else SOMEWHERE
    generated = _generated(tree, name, contents if isinstance(path.raw, str) else path, origin)
    if_exists = values.get("if_exists", string("overwrite")).raw
    generated = replace(generated, if_exists=if_exists if isinstance(if_exists, str) else "")
    settings.generated = [g for g in settings.generated if g.name != name] + [generated]


def _generated(tree: SourceTree, name: str, contents: Value, origin: Origin) -> Generated:
    if not isinstance(contents.raw, str):
        why = contents.unknown or Unknown("not a string", origin)
        problem = Diagnostic("Unknown generated file", why.reason, why.origin)
        return Generated(name, origin.file, TerraformError(problem))
    try:
        return Generated(name, origin.file, tree.parse_generated(name, contents, origin.file))
    except TerraformError as error:
        return Generated(name, origin.file, error)


__all__ = ["FILES", "STACK", "Settings", "read_settings"]
