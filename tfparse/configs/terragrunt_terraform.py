"""What the ``terraform`` block of a terragrunt.hcl says, and what else may have a root applied otherwise than it reads.

Source: https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/#terraform and, for the options,
https://developer.hashicorp.com/terraform/cli/commands/plan and .../config/environment-variables#tf_cli_args
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import astuple

from tfparse.cty.values import Part, Unknown, Value, null, string, text, tuple_
from tfparse.diagnostics import Origin
from tfparse.source.sources import CHECKOUT

_ARGUMENTS_OF = "TF_CLI_ARGS"
#: Options of ``terraform plan`` and ``apply`` that change nothing of what is applied.
HARMLESS_OPTIONS = frozenset({
    "auto-approve", "backup", "compact-warnings", "concise", "detailed-exitcode", "generate-config-out", "input",
    "json", "lock", "lock-timeout", "no-color", "out", "parallelism", "refresh", "state", "state-out", "upgrade",
})  # fmt: skip
#: Options that keep part of the root, or all of it, from being applied.
PARTIAL_OPTIONS = frozenset({"target", "target-file", "exclude", "exclude-file", "destroy", "refresh-only", "replace"})
#: Programs that a hook may run and that write nothing that Terraform reads; of ``terraform`` and ``tofu`` itself only
#: what they say of the source.
HARMLESS_PROGRAMS = frozenset({"checkov", "echo", "false", "infracost", "tflint", "tfsec", "trivy", "true"})
_HARMLESS_COMMANDS = frozenset({"fmt", "validate", "version", "providers", "show"})
_HOOKS = ("before_hook", "after_hook", "error_hook")


class Applied(Struct):
    """How Terragrunt has a root applied: variables from the command line and the environment, and what it may change.

    ``doubts`` say why what is applied may be another root than the one that is read; ``notes`` what a reader of it
    should know.
    """

    environment: dict[str, Value] = field(default_factory=dict)
    variable_files: list[Value] = field(default_factory=list)
    variable_arguments: dict[str, Value] = field(default_factory=dict)
    doubts: list[Unknown] = field(default_factory=list)
    notes: list[Unknown] = field(default_factory=list)

    def extra_arguments(self, values: Mapping[str, Value], origin: Origin) -> None:
        """Take in an ``extra_arguments`` block, unless it is for commands that apply nothing."""
        commands = values.get("commands", tuple_(()))
        applies = ("plan", "apply")
        if isinstance(commands.raw, tuple) and not any(c.raw in applies or c.is_unknown for c in commands.raw):
            return
        for name, value in values["env_vars"].mapping().items() if "env_vars" in values else ():
            self._variable(name, value, value.origin or origin)
        for kind in ("required_var_files", "optional_var_files"):
            self.variable_files.extend(_listed(values.get(kind)))
        self._arguments(_listed(values.get("arguments")), origin)

    def _variable(self, name: str, value: Value, origin: Origin) -> None:
        """An environment variable that Terraform runs with."""
        if name.startswith("TF_VAR_"):
            self.environment[name.removeprefix("TF_VAR_")] = outward(value)
        elif name in (_ARGUMENTS_OF, f"{_ARGUMENTS_OF}_plan", f"{_ARGUMENTS_OF}_apply"):
            if isinstance(value.raw, str):
                words = (string(word, value.origin) for word in shlex.split(value.raw))
                self._arguments(words, origin)
            else:
                self.variable_files.append(value)  # it may name any option, one that sets variables among them

    def _arguments(self, given: Iterable[Value], origin: Origin) -> None:
        arguments = iter(given)
        for argument in arguments:
            option = argument.raw
            if not isinstance(option, str):
                self.variable_files.append(argument)  # likewise
                continue
            name, _, setting = option.lstrip("-").partition("=")
            if name in ("var", "var-file"):
                self._setting(name, setting, argument, arguments)
            elif name in PARTIAL_OPTIONS:
                self.notes.append(Unknown(f"Terraform is run with {option}: not all is applied", argument.origin))
            elif name not in HARMLESS_OPTIONS and option.startswith("-"):
                what = f"what the option {option} of Terraform does is not known here"
                self.doubts.append(Unknown(what, argument.origin or origin))

    def _setting(self, option: str, setting: str, argument: Value, following: Iterator[Value]) -> None:
        """A variable, or a file of them, that stands behind the ``=`` or in the next argument."""
        if not setting:
            then = next(following, null())
            setting = then.raw if isinstance(then.raw, str) else ""
            if then.is_unknown:
                self.variable_files.append(then)
        if option == "var-file":
            self.variable_files.append(string(setting, argument.origin))
        elif "=" in setting:
            name, _, value = setting.partition("=")
            self.variable_arguments[name] = outward(string(value, argument.origin))

    def hook(self, kind: str, values: Mapping[str, Value], origin: Origin) -> None:
        """Note a hook that runs something of which it is not known that it changes nothing."""
        if kind not in _HOOKS:
            return
        words = [word.raw for word in _listed(values.get("execute"))]
        program = str(words[0]).rpartition("/")[2] if words and isinstance(words[0], str) else "something"
        asks = program in ("terraform", "tofu") and any(word in _HARMLESS_COMMANDS for word in words[1:2])
        if program not in HARMLESS_PROGRAMS and not asks:
            article = "an" if kind[0] in "ae" else "a"
            what = f"{article} {kind} runs {program}, which may change what is applied"
            self.notes.append(Unknown(what, values["execute"].origin if "execute" in values else origin))


def copied(applied: Applied) -> Applied:
    """The same, which may be added to."""
    return Applied(*(held.copy() for held in astuple(applied)))


def _listed(value: Value | None) -> tuple[Value, ...]:
    """The elements of a list; of an unknown one, itself in their place."""
    if value is None or value.is_null:
        return ()
    return (value,) if value.is_unknown else value.elements()


def outward(value: Value) -> Value:
    """A value as Terraform gets it: where the checkout's path stands in a string, it is not known."""
    if not isinstance(value.raw, str) or CHECKOUT not in value.raw:
        return value
    why = Unknown("an absolute path depends on where the repo is checked out", value.origin)
    parts: list[Part] = []
    for number, piece in enumerate(value.raw.split(CHECKOUT)):
        if number:
            parts += [Part("/", value.origin), Part(why, value.origin)]
        parts.append(Part(piece, value.origin))
    return text(tuple(parts), value.origin, marks=value.marks)
