"""What Terragrunt adds to a root module: generated files, inputs, variable files.

Only what changes the meaning of the source is read: ``include``, ``locals``, ``generate``, ``inputs``
and the ``extra_arguments`` of ``terraform``.  Dependencies' outputs, commands and the environment are
unknown.  Source: https://terragrunt.gruntwork.io/docs/reference/hcl/
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tfparse.ast import Node
from tfparse.body import as_unknown
from tfparse.diagnostics import Diagnostic, Origin, TerraformError
from tfparse.evaluate import Lazy, evaluate, watching
from tfparse.files import FileContext
from tfparse.functions import FunctionError
from tfparse.module import Generated, Section, Sited, attributes_of, blocks_of
from tfparse.references import Names
from tfparse.sources import CHECKOUT, SourceTree
from tfparse.values import Part, Unknown, Value, string, text, tuple_, unknown

FILE = "terragrunt.hcl"

NOT_FOUND = "find_in_parent_folders() -> nothing"
_COMMANDS_THAT_NEED_VARS = ("apply", "console", "destroy", "import", "plan", "push", "refresh")


@dataclass
class Settings:
    """What Terragrunt says about one root.  Later variable files win; ``inputs`` yield to all of them."""

    source: str | None = None
    generated: list[Generated] = field(default_factory=list)
    inputs: dict[str, Value] = field(default_factory=dict)
    variable_files: list[Value] = field(default_factory=list)
    variable_arguments: dict[str, Value] = field(default_factory=dict)
    unread: Unknown | None = None
    """Why inputs that are not listed may exist all the same."""
    diagnostics: list[Diagnostic] = field(default_factory=list)


class _Config:
    """One terragrunt.hcl, evaluated for the root ``directory`` (its own, or one that includes it)."""

    def __init__(self, tree: SourceTree, path: str, directory: str, includes: dict[str, _Config]) -> None:
        self.tree = tree
        self.file = path
        self.directory = directory
        self.includes = includes
        self.context = _Functions(tree, path, directory)
        body = tree.parse(path)
        self.attributes = attributes_of(path, body)
        self.blocks = blocks_of(path, body)
        self._locals: dict[str, Value | TerraformError | None] = {}

    def excerpt(self, origin: Origin) -> str:
        return self.tree.excerpt(origin)

    def evaluate(self, sited: Sited) -> Value:
        with watching(None):
            return evaluate(self.context.prepared(sited.node), self)

    def resolve(self, name: str, origin: Origin) -> Lazy:
        if name == "local":
            return Names(self.local)
        if name == "include":
            return Names(lambda label, o: Names(lambda what, o2: self._included(label, what, o2)))
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
            return Names(config.local)
        if what == "inputs" and "inputs" in config.attributes:
            return config.evaluate(config.attributes["inputs"])
        return unknown(f"include.{label}.{what} is not read", origin)

    def local(self, name: str, origin: Origin) -> Value:
        if name not in self._locals:
            sited = next((attributes_of(self.file, b.node[5]).get(name) for b in self.of_type("locals")
                          if name in attributes_of(self.file, b.node[5])), None)
            if sited is None:
                raise TerraformError(Diagnostic("Unsupported attribute", f'There is no local named "{name}".', origin,
                                                self.excerpt(origin)))
            self._locals[name] = None
            try:
                self._locals[name] = self.evaluate(sited)
            except TerraformError as error:
                self._locals[name] = error
        held = self._locals[name]
        if held is None:
            raise TerraformError(Diagnostic("Cycle", f"local.{name} needs itself", origin, self.excerpt(origin)))
        if isinstance(held, TerraformError):
            raise held.with_traceback(None)
        return held

    def of_type(self, type_: str) -> list[Sited]:
        return [b for b in self.blocks if b.node[3] == type_]


class _Functions(FileContext):
    """Terragrunt's own functions, which stand in expressions beside Terraform's."""

    def __init__(self, tree: SourceTree, path: str, directory: str) -> None:
        super().__init__(tree, directory)
        self.path = path
        self.directory = directory

    def prepared(self, node: Node) -> Node:
        """The expression with calls of Terragrunt's functions replaced by what they give."""
        if node and node[0] == "call" and isinstance(node[3], str):
            made = self._called(node)
            if made is not None:
                return made
        return tuple(self.prepared(part) if isinstance(part, tuple) else part for part in node)

    def _called(self, node: Node) -> Node | None:
        name, arguments = node[3], node[4]
        here = posixpath.dirname(self.path)
        simple: dict[str, Callable[[], str | None]] = {
            "path_relative_to_include": lambda: posixpath.relpath(self.directory or ".", here or "."),
            "path_relative_from_include": lambda: posixpath.relpath(here or ".", self.directory or "."),
            "get_repo_root": lambda: CHECKOUT,
            "get_path_to_repo_root": lambda: posixpath.relpath(".", self.directory or "."),
            "get_path_from_repo_root": lambda: self.directory or ".",
            "get_terragrunt_dir": lambda: _absolute(here),
            "get_original_terragrunt_dir": lambda: _absolute(self.directory),
            "get_parent_terragrunt_dir": lambda: _absolute(here),
            "find_in_parent_folders": lambda: self._in_parent_folders(arguments),
        }
        if name in simple:
            found = simple[name]()
            return ("string", node[1], node[2], found) if found is not None else ("var", node[1], node[2], NOT_FOUND)
        if name == "get_terraform_commands_that_need_vars":
            items = tuple(("string", node[1], node[2], c) for c in _COMMANDS_THAT_NEED_VARS)
            return ("tuple", node[1], node[2], items)
        return _mystery(node) if name in _RUN_TIME else None

    def _in_parent_folders(self, arguments: tuple[Node, ...]) -> str | None:
        name = arguments[0][3] if arguments and arguments[0][0] == "string" else FILE
        folder = posixpath.dirname(self.path)
        while folder:
            folder = posixpath.dirname(folder)
            candidate = f"{folder}/{name}" if folder else name
            if self.tree.is_file(candidate) or self.tree.is_directory(candidate):
                return _absolute(candidate)
        return None


_RUN_TIME = frozenset({
    "get_env", "run_cmd", "sops_decrypt_file", "read_terragrunt_config", "get_aws_account_id", "get_aws_account_alias",
    "get_aws_caller_identity_arn", "get_aws_caller_identity_user_id", "get_platform", "get_terraform_command",
    "get_terraform_cli_args", "get_default_retryable_errors", "get_working_dir", "read_tfvars_file", "mark_as_read",
    "get_terragrunt_source_cli_flag",
})


def _absolute(path: str) -> str:
    return f"{CHECKOUT}/{path}" if path else CHECKOUT


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


def _mystery(node: Node) -> Node:
    """A call that only Terragrunt can answer: a name that :class:`_Config` resolves to an unknown."""
    return ("var", node[1], node[2], f"{node[3]}()")


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
    for included in config.includes.values():
        _apply(settings, included)
    _apply(settings, config)
    return settings


def _guarded(settings: Settings, work: Callable[[], None]) -> None:
    try:
        work()
    except (TerraformError, FunctionError) as error:
        if not isinstance(error, TerraformError):
            error = TerraformError(Diagnostic("Terragrunt configuration", str(error)))
        settings.diagnostics.extend(error.diagnostics)
        settings.unread = settings.unread or as_unknown(error)


def _include(settings: Settings, config: _Config, block: Sited) -> None:
    section = Section.of(block)
    label = section.labels[0] if section.labels else ""
    sited = section.attributes.get("path")
    path = config.evaluate(sited) if sited is not None else unknown("include has no path", block.origin)
    if isinstance(path.raw, Unknown):
        settings.unread = settings.unread or path.raw
        return
    target = config.context.locate(path.as_string())
    if config.tree.is_directory(target):
        target = f"{target}/{FILE}".lstrip("/")
    config.includes[label] = _Config(config.tree, target, config.directory, config.includes)


def _apply(settings: Settings, config: _Config) -> None:
    """Take in what one configuration says; what was there before, from an include, yields to it."""
    for block in config.of_type("generate"):
        _guarded(settings, partial(_generate, settings, config, Section.of(block)))
    if "inputs" in config.attributes:
        _guarded(settings, lambda: _inputs(settings, config.evaluate(config.attributes["inputs"])))
    for block in config.of_type("terraform"):
        section = Section.of(block)
        if "source" in section.attributes:
            _guarded(settings, partial(_source, settings, config, section))
        for extra in section.blocks:
            if extra.node[3] == "extra_arguments":
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
        settings.inputs.update({name: _outward(value) for name, value in inputs.raw.items()})
        settings.unread = settings.unread or inputs.rest


def _generate(settings: Settings, config: _Config, section: Section) -> None:
    values = {name: config.evaluate(sited) for name, sited in section.attributes.items()}
    path, contents = values.get("path"), values.get("contents")
    if path is None or contents is None or not isinstance(path.raw, str):
        return
    if (disabled := values.get("disable")) is not None and disabled.raw is True:
        return
    settings.generated = [g for g in settings.generated if g.name != path.raw]
    name = posixpath.normpath(path.raw)
    settings.generated.append(_generated(config.tree, name, contents, section.header.origin))


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
    values = {name: config.evaluate(sited) for name, sited in section.attributes.items()}
    commands = values.get("commands", tuple_(()))
    if isinstance(commands.raw, tuple) and not any(c.raw in ("plan", "apply") for c in commands.raw):
        return
    for kind in ("required_var_files", "optional_var_files"):
        if kind in values:
            settings.variable_files.extend(values[kind].elements())
    for argument in values["arguments"].elements() if "arguments" in values else ():
        if isinstance(argument.raw, str) and "=" in argument.raw:
            name, _, value = argument.raw.removeprefix("-var").lstrip(" =").partition("=")
            if argument.raw.startswith("-var-file"):
                settings.variable_files.append(string(argument.raw.partition("=")[2], argument.origin))
            elif not argument.raw.startswith("-") or argument.raw.startswith("-var"):
                settings.variable_arguments[name] = _outward(string(value, argument.origin))


__all__ = ["FILE", "Settings", "read_settings"]
