"""``templatefile`` and ``templatestring``: a template of its own text, with the variables it is given and no others.

Source: hashicorp/terraform, ``internal/lang/funcs`` (MakeTemplateFileFunc, MakeTemplateStringFunc).
"""

from __future__ import annotations

from collections.abc import Mapping

from tfparse.cty.values import SECRET, Unknown, Value, object_, unknown
from tfparse.diagnostics import Diagnostic, Origin, TerraformError, UnsupportedError
from tfparse.functions import Context, FunctionError, Redacted
from tfparse.hcl.ast import Expression, place_of
from tfparse.hcl.walking import references
from tfparse.lang import Lazy, constant, evaluate
from tfparse.source.sources import SourceTree

_DECODED = "<decode_tfvars argument>.tfvars"


class _Within:
    """What functions may do within a template: all that they may outside of it, but for templates (and, in
    ``templatestring``, for files)."""

    def __init__(self, outer: Context, files: bool) -> None:
        self._outer = outer
        self._files = files
        self.short_circuits = outer.short_circuits
        self.has_provider = outer.has_provider
        self.spend = outer.spend
        self.spend_text = outer.spend_text
        self.abspath = outer.abspath
        self.marks_at = outer.marks_at
        self.marks_of_file = outer.marks_of_file
        self.remember = outer.remember

    def read_text(self, path: str, origin: Origin | None) -> Value:
        self._check()
        return self._outer.read_text(path, origin)

    def read_bytes(self, path: str) -> bytes:
        self._check()
        return self._outer.read_bytes(path)

    def exists(self, path: str) -> bool:
        self._check()
        return self._outer.exists(path)

    def glob(self, base: str, pattern: str) -> list[str]:
        self._check()
        return self._outer.glob(base, pattern)

    def render_template(self, text: Value, variables: Value, *, files: bool) -> Value:
        raise FunctionError("cannot recursively call a template function from inside another template function")

    def decode_variables(self, text: Value) -> Value:
        return self._outer.decode_variables(text)

    def _check(self) -> None:
        if not self._files:
            raise FunctionError("cannot use filesystem access functions in templatestring templates")


class TemplateScope:
    """The variables of a template, and nothing else.  ``rest`` says why there may be more of them."""

    __slots__ = ("context", "file", "names", "rest", "tree")

    def __init__(
        self, tree: SourceTree, context: Context, file: str, names: Mapping[str, Lazy], rest: Unknown | None
    ) -> None:
        self.tree = tree
        self.context = context
        self.file = file
        self.names = names
        self.rest = rest

    def resolve(self, name: str, origin: Origin) -> Lazy:
        found = self.names.get(name)
        if found is not None:
            return found
        if self.rest is not None:
            return unknown(self.rest.reason, self.rest.origin)
        raise TerraformError(
            Diagnostic("Unknown variable", f'There is no variable named "{name}".', origin, self.excerpt(origin))
        )

    def excerpt(self, origin: Origin) -> str:
        return self.tree.excerpt(origin)


def render(tree: SourceTree, context: Context, template: Value, variables: Value, *, files: bool) -> Value:
    """What ``template`` makes of ``variables``, a map or an object, perhaps an open one.

    ``files`` says whether functions within may read any.

    Raises:
        FunctionError: the template cannot be rendered.
    """
    if isinstance(template.raw, Unknown):
        return unknown(template.raw.reason, template.raw.origin)
    if not isinstance(variables.raw, dict):
        raise FunctionError("invalid vars value: must be a map", 1)
    file = next((part.origin.file for part in template.text_parts() if part.origin is not None), "")
    body = _parsed(tree, template, file)
    for name in variables.raw:
        if not name.replace("-", "_").isidentifier():
            raise FunctionError(
                f'invalid template variable name "{name}": must start with a letter, followed by zero '
                "or more letters, digits, and underscores",
                1,
            )
    for path, node in references(body) if variables.rest is None else ():
        if path[0] not in variables.raw:
            place = Origin(file, *place_of(node))
            message = f'vars map does not contain key "{path[0]}", referenced at {place}'
            # It quotes the template, and nothing of what it is given.
            raise (FunctionError if template.all_marks() & SECRET else Redacted)(message, 1)
    scope = TemplateScope(tree, _Within(context, files), file, variables.raw, variables.rest)
    try:
        result = evaluate(body, scope)
    except UnsupportedError:
        raise
    except TerraformError as error:
        raise FunctionError(_in_template(error.diagnostics[0])) from None
    if result.is_null:
        raise FunctionError("the result of the template is null")
    return result.marked(template.marks | variables.marks)


def variables_in(tree: SourceTree, context: Context, contents: Value) -> Value:
    """The object that the text of a variable file is.

    Raises:
        FunctionError: it is no such file.
    """
    file = next((part.origin.file for part in contents.text_parts() if part.origin is not None), "")
    scope = _Constants(tree, context, file, {}, None)
    try:
        _, _, _, attributes, blocks = tree.parse_generated(_DECODED, contents, file)
        values = {name: constant(node, scope) for _, _, _, name, node in attributes}
    except UnsupportedError:
        raise
    except TerraformError as error:
        raise FunctionError(f"invalid tfvars: {_in_template(error.diagnostics[0])}") from None
    if blocks:
        _, _, _, type_, _, _ = blocks[0]
        raise FunctionError(f'invalid tfvars content: Unexpected "{type_}" block; Blocks are not allowed here.')
    return object_(values, contents.origin)


class _Constants(TemplateScope):
    """Where nothing can be referred to."""

    def resolve(self, name: str, origin: Origin) -> Lazy:
        raise TerraformError(Diagnostic("Variables not allowed", "Variables may not be used here.", origin))


def _parsed(tree: SourceTree, template: Value, file: str) -> Expression:
    try:
        return tree.parse_template(template, file)
    except TerraformError as error:
        raise FunctionError(_in_template(error.diagnostics[0])) from None


def _in_template(diagnostic: Diagnostic) -> str:
    where = f"{diagnostic.origin}: " if diagnostic.origin else ""
    return f"{where}{diagnostic.summary}: {diagnostic.detail}".rstrip(": ")
