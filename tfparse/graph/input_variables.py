"""The value of an input variable: what it is given, or its default, of its type, nulls and validations considered.

Source: https://developer.hashicorp.com/terraform/language/values/variables
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfparse.configs.module import Located, Section
from tfparse.configs.variables import ConstantScope
from tfparse.cty.convert import ConversionError, convert, format_number
from tfparse.cty.types import BOOL, DYNAMIC, STRING, Primitive
from tfparse.cty.values import EPHEMERAL, SECRET, Unknown, Value, unknown
from tfparse.diagnostics import Origin, TerraformError, WholeModuleError
from tfparse.documents import encode_json
from tfparse.hcl.syntax import parse_expression
from tfparse.hcl.walking import logical
from tfparse.lang import constant
from tfparse.lang.constraints import ANY, Constraint, read_constraint
from tfparse.lang.traversal import Namespace

if TYPE_CHECKING:
    from tfparse.graph.instance import ModuleInstance


def value_of(instance: ModuleInstance, name: str, section: Section) -> Value:
    """The value of a variable.

    Raises:
        TerraformError: what is given is not of the variable's type, or is refused.
    """
    origin = section.header.origin
    nullable = instance.flag(section, "nullable", True)
    value = _given(instance, name, section)
    if value is None or (value.is_null and not nullable and "default" in section.attributes):
        value = default_of(instance, section)
        if value is None:
            raise instance.fail(origin, "Missing required argument", f'The argument "{name}" is required.')
    elif value.is_null and not nullable:
        raise instance.fail(
            value.origin or origin, "Required variable not set", f'The variable "{name}" is not nullable.'
        )
    else:
        value = _as_type(instance, name, section, value)
    if instance.flag(section, "ephemeral", False):
        value = value.marked(EPHEMERAL)
    if instance.flag(section, "sensitive", False):
        value = value.marked()
    elif instance.tree.secrets.is_variable(instance.module.directory, name):
        value = _kept(value, instance)
    for block in section.blocks:
        if block.type == "validation":
            _validate(instance, name, value, Section.of(block))
    return value


def _as_type(instance: ModuleInstance, name: str, section: Section, value: Value) -> Value:
    try:
        return _constraint(instance, section).apply(value)
    except ConversionError as error:
        raise instance.fail(
            value.origin or section.header.origin,
            "Invalid value for input variable",
            f'The value for the variable "{name}" is not suitable: {error}.',
        ) from None


def _kept(value: Value, instance: ModuleInstance) -> Value:
    """The value of a variable that a Secret is made of, marked but for what of it stands in the open anyway."""
    raw = value.raw
    if isinstance(raw, dict):
        items = {key: _kept(item, instance) for key, item in raw.items()}
        return Value(value.type, items, value.origin, marks=value.marks, rest=value.rest)
    if isinstance(raw, tuple):
        return Value(value.type, tuple(_kept(item, instance) for item in raw), value.origin, marks=value.marks)
    if raw is None or isinstance(raw, (bool, Unknown)):
        return value if value.parts is None else value.marked(SECRET)
    written = raw if isinstance(raw, str) else format_number(raw)
    if instance.tree.secrets.is_open(written):
        return value
    instance.context.remember(written)
    return value.marked(SECRET)


def default_of(instance: ModuleInstance, section: Section) -> Value | None:
    """The default of a variable, as its type; None where it has none.

    Raises:
        TerraformError: the default is not of the variable's type.
    """
    located = section.attributes.get("default")
    if located is None:
        return None
    value = constant(located.node, _nowhere(instance, located))
    if value.is_null and not instance.flag(section, "nullable", True):
        raise instance.fail(
            located.origin,
            "Invalid default value for variable",
            "A null default value is not valid when nullable=false.",
        )
    try:
        return _constraint(instance, section).apply(value)
    except ConversionError as error:
        raise instance.fail(
            located.origin,
            "Invalid default value for variable",
            f"This default value is not compatible with the variable's type: {error}.",
        ) from None


def as_output(instance: ModuleInstance, section: Section, value: Value) -> Value:
    """The value of an output as its type.

    Raises:
        TerraformError: it does not fit.
    """
    try:
        return _constraint(instance, section).apply(value)
    except ConversionError as error:
        at = value.origin or section.header.origin
        raise instance.fail(at, "Invalid output value", f"The value is not suitable: {error}.") from None


def _constraint(instance: ModuleInstance, section: Section) -> Constraint:
    located = section.attributes.get("type")
    return ANY if located is None else read_constraint(located.node, _nowhere(instance, located))


def _nowhere(instance: ModuleInstance, located: Located) -> ConstantScope:
    scopes, file = instance.root.constant_scopes, located.file
    if file not in scopes:
        scopes[file] = ConstantScope(instance.tree, file, instance.root.budget)
    return scopes[file]


def _given(instance: ModuleInstance, name: str, section: Section) -> Value | None:
    """What the caller, or for a root the variable files, say.  None leaves it to the default."""
    given = instance.arguments.get(name)
    if given is not None:
        textual = instance.parent is None and name in instance.root.textual_inputs
        return _from_text(instance, section, given()) if textual else given()
    if instance.parent is not None:
        return None
    unread = instance.root.unread_inputs
    if unread is not None:
        return _unset(name, unread.reason, unread.origin)
    if "default" in section.attributes:
        return None
    why = f"variable {name} has no default, and no file of the repo gives it a value"
    return _unset(name, why, section.header.origin)


def _unset(name: str, reason: str, origin: Origin | None) -> Value:
    return Value(DYNAMIC, Unknown(reason, origin, f"var.{name}"), origin)


def _from_text(instance: ModuleInstance, section: Section, value: Value) -> Value:
    """A value that reaches Terraform as text: Terragrunt writes all but strings as JSON.

    Terraform reads the text as an expression if a type says so, and that is no type of a single value.
    """
    single = "type" not in section.attributes or isinstance(_constraint(instance, section).type, Primitive)
    if value.is_unknown:
        return value
    if value.is_null:
        return unknown("Terragrunt hands a null over as text", value.origin)
    if isinstance(value.raw, str) and not single:
        scope = ConstantScope(instance.tree, "<input>", instance.root.budget)
        return constant(parse_expression(value.raw, "<input>"), scope)
    if isinstance(value.type, Primitive):
        return convert(value, STRING) if single else value
    return encode_json(value, value.origin) if single else value


def _validate(instance: ModuleInstance, name: str, value: Value, section: Section) -> None:
    condition = section.attributes.get("condition")
    if condition is None:
        return
    names = {"var": Namespace(lambda n, o: value if n == name else instance.variable(n, o))}
    try:
        held = instance.evaluate(condition, names)
    except WholeModuleError:
        raise
    except TerraformError:
        # `x == null || f(x.y)` is an error up to Terraform 1.11 and right since 1.12, which stops at the
        # first operand that decides.  A condition never changes the value: leave it to Terraform.
        if logical(condition.node):
            return
        raise
    try:
        held = convert(held, BOOL)
    except ConversionError as error:
        raise instance.fail(condition.origin, "Invalid variable validation result", f"{error}.") from None
    if held.is_null:
        raise instance.fail(condition.origin, "Invalid variable validation result", "It is null.")
    if held.raw is False:
        message = section.attributes.get("error_message")
        shown = instance.evaluate(message, names) if message else None
        detail = shown.raw if shown is not None and isinstance(shown.raw, str) and not shown.marks else ""
        raise instance.fail(value.origin or condition.origin, "Invalid value for variable", detail)
