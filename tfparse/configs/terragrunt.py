"""What Terragrunt adds to a root module: generated files, inputs, variable files.

Only what changes the meaning of the source is read: ``include``, ``locals``, ``generate``, ``inputs``
and the ``extra_arguments`` of ``terraform``.  Dependencies' outputs, commands and the environment are
unknown.  Source: https://terragrunt.gruntwork.io/docs/reference/hcl/
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from tfparse.configs.module import Generated, Located, LocatedBlock, Section, attributes_of, blocks_of
from tfparse.configs.terragrunt_functions import FILE, NOT_FOUND, TerragruntFunctions
from tfparse.cty.types import Primitive
from tfparse.cty.values import Part, Unknown, Value, null, string, text, tuple_, unknown
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UnknownValueError, kept
from tfparse.functions import FunctionError
from tfparse.lang import Lazy, evaluate, watching
from tfparse.lang.core import as_unknown
from tfparse.lang.traversal import Namespace
from tfparse.source.sources import CHECKOUT, SourceTree


@dataclass
class Settings:
    """What Terragrunt says about one root.  Each yields to those that follow."""

    source: str | None = None
    generated: list[Generated] = field(default_factory=list)
    inputs: dict[str, Value] = field(default_factory=dict)
    environment: dict[str, Value] = field(default_factory=dict)
    variable_files: list[Value] = field(default_factory=list)
    variable_arguments: dict[str, Value] = field(default_factory=dict)
    unread: Unknown | None = None
    """Why inputs that are not listed may exist all the same."""
    deep: bool = False
    """Whether inputs that are maps or lists are merged with those of an include, rather than put in their place."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


class _Config:
    """One terragrunt.hcl, evaluated for the root ``directory`` (its own, or one that includes it)."""

    def __init__(self, tree: SourceTree, path: str, directory: str, includes: dict[str, _Config]) -> None:
        self.tree = tree
        self.file = path
        self.directory = directory
        self.includes = includes
        self.context = TerragruntFunctions(tree, path, directory, includes)
        body = tree.parse(path)
        self.attributes = attributes_of(path, body)
        self.blocks = blocks_of(path, body)
        self._locals: dict[str, Value | TerraformError | None] = {}

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
        if name in ("dependency", "feature", "values") or name.endswith("()"):
            return unknown(f"{name} is read when Terragrunt runs", origin)
        raise TerraformError(Diagnostic("Unknown variable", f'There is no variable named "{name}".', origin,
                                        self.excerpt(origin)))

    def _included(self, label: str, what: str, origin: Origin) -> Lazy:
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
                raise TerraformError(Diagnostic("Unsupported attribute", f'There is no local named "{name}".', origin,
                                                self.excerpt(origin)))
            self._locals[name] = None
            try:
                self._locals[name] = self.evaluate(located)
            except TerraformError as error:
                self._locals[name] = kept(error)
        held = self._locals[name]
        if held is None:
            raise TerraformError(Diagnostic("Cycle", f"local.{name} needs itself", origin, self.excerpt(origin)))
        if isinstance(held, TerraformError):
            raise kept(held)
        return held

    def of_type(self, type_: str) -> list[LocatedBlock]:
        return [b for b in self.blocks if b.type == type_]


def _outward(value: Value) -> Value:
    """A value as Terraform gets it: where the checkout's path stands in a string, it is not known."""
    if not isinstance(value.raw, str) or CHECKOUT not in value.raw:
        return value
    why = Unknown("an absolute path depends on where the repo is checked out", value.origin)
    parts: list[Part] = []
    for number, piece in enumerate(value.raw.split(CHECKOUT)):
        if number:
            parts += [Part("/", value.origin), Part(why, value.origin)]
        parts.append(Part(piece, value.origin))
    return text(tuple(parts), value.origin, sensitive=value.sensitive)


def read_settings(tree: SourceTree, directory: str) -> Settings:
    """What ``directory``'s terragrunt.hcl, and what it includes, say.  Nothing, where there is none."""
    settings = Settings()
    path = f"{directory}/{FILE}" if directory else FILE
    if not tree.is_file(path):
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
    return settings


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
        target = f"{target}/{FILE}".lstrip("/")
    included = _Config(config.tree, target, config.directory, config.includes)
    config.includes["".join(block.labels[:1])] = included
    if strategy.raw != "no_merge":
        settings.deep = settings.deep or strategy.raw == "deep"
        _apply(settings, included)


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
        for extra in section.blocks:
            if extra.type == "extra_arguments":
                _guarded(settings, partial(_extra_arguments, settings, config, Section.of(extra)))


def _source(settings: Settings, config: _Config, section: Section) -> None:
    source = config.evaluate(section.attributes["source"])
    if isinstance(source.raw, str) and source.raw.startswith((".", "/")):
        settings.source = config.context.locate(source.raw.replace("//", "/"))
    elif isinstance(source.raw, (str, Unknown)):
        where = source.origin
        settings.unread = settings.unread or Unknown("the root module's source is not in this repo", where)


def _inputs(settings: Settings, inputs: Value) -> None:
    if isinstance(inputs.raw, Unknown):
        settings.unread = settings.unread or inputs.raw
    elif isinstance(inputs.raw, dict):
        for name, value in inputs.raw.items():
            if settings.deep and name in settings.inputs and not isinstance(value.type, Primitive):
                value = unknown(f"inputs.{name} is merged deeply with that of an include", value.origin)
            settings.inputs[name] = _outward(value)
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
    name = posixpath.normpath(path.raw) if isinstance(path.raw, str) else "generated.tf"
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


def _extra_arguments(settings: Settings, config: _Config, section: Section) -> None:
    values = {name: config.evaluate(located) for name, located in section.attributes.items()}
    commands = values.get("commands", tuple_(()))
    if isinstance(commands.raw, tuple) and not any(c.raw in ("plan", "apply") or c.is_unknown for c in commands.raw):
        return
    for name, value in values["env_vars"].mapping().items() if "env_vars" in values else ():
        if name.startswith("TF_VAR_"):
            settings.environment[name.removeprefix("TF_VAR_")] = _outward(value)
    for kind in ("required_var_files", "optional_var_files"):
        settings.variable_files.extend(_listed(values.get(kind)))
    arguments = iter(_listed(values.get("arguments")))
    for argument in arguments:
        option = argument.raw
        if not isinstance(option, str):
            settings.variable_files.append(argument)  # it may be any option, one that names a file among them
            continue
        option, _, setting = option.removeprefix("-").partition("=")
        if not setting and option in ("-var", "var", "-var-file", "var-file"):
            following = next(arguments, null())
            setting = following.raw if isinstance(following.raw, str) else ""
            if following.is_unknown:
                settings.variable_files.append(following)
        if option.endswith("var-file"):
            settings.variable_files.append(string(setting, argument.origin))
        elif option.endswith("var") and "=" in setting:
            name, _, given = setting.partition("=")
            settings.variable_arguments[name] = _outward(string(given, argument.origin))


def _listed(value: Value | None) -> tuple[Value, ...]:
    """The elements of a list; of an unknown one, itself in their place."""
    if value is None or value.is_null:
        return ()
    return (value,) if value.is_unknown else value.elements()


__all__ = ["FILE", "Settings", "read_settings"]
