"""Filesystem functions: they read inside the infra root only.

Source: https://developer.hashicorp.com/terraform/language/functions (Filesystem Functions)
"""

from __future__ import annotations

import base64
import posixpath
from typing import Annotated

from tfparse.cty.convert import convert
from tfparse.cty.equality import set_
from tfparse.cty.types import DYNAMIC, STRING, Map, Object, Set
from tfparse.cty.values import REDACTED, SENSITIVE, Unknown, Value, string
from tfparse.functions._glob import matcher, split
from tfparse.functions._parameters import AnythingUnknown, FunctionError, Str, StringValue
from tfparse.functions._registry import Call, Redacted, Unsupported, check_size, function, normal


@function
def abspath(call: Call, path: Str) -> StringValue:
    """The absolute form of a path."""
    return call.context.abspath(path).at(call.origin)


@function
def basename(path: Str) -> str:
    """The last element of a path."""
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


@function
def dirname(path: Str) -> str:
    """All but the last element of a path."""
    directory = path.rpartition("/")
    cleaned = posixpath.normpath(directory[0] + directory[1]) if directory[1] else "."
    return "/" if cleaned == "//" else cleaned


@function
def pathexpand(call: Call, path: Str) -> StringValue:
    """A path, a tilde at its beginning replaced by the home directory of whoever runs Terraform."""
    if path.startswith("~"):
        return Value(STRING, Unknown("the home directory depends on who runs Terraform", call.origin), call.origin)
    return string(path, call.origin)


@function
def file(call: Call, path: Str) -> StringValue:
    """The text of a file."""
    try:
        return call.context.read_text(path, call.origin)
    except FunctionError:
        call.context.read_bytes(path)  # refuses what cannot be read at all
        raise FunctionError(
            f'contents of "{path}" are not valid UTF-8; use the filebase64 function to obtain the '
            "Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to obtain "
            "file hashing results instead"
        ) from None


@function
def filebase64(call: Call, path: Str) -> StringValue:
    """The bytes of a file in base64."""
    content = base64.b64encode(call.context.read_bytes(path)).decode()
    return string(content, call.origin).marked(call.context.marks_of_file(path))


@function
def fileexists(call: Call, path: Str) -> bool:
    """Whether there is a file at a path."""
    if call.context.exists(path):
        return True
    if call.context.glob(path, "*"):
        raise FunctionError(f'"{path}" is a directory, not a file')
    return False


@function
def fileset(call: Call, path: Str, pattern: Str) -> Annotated[Value, Set(STRING)]:
    """The files under a path that match a pattern."""
    # (A slash at the beginning of the pattern is one between the two.)
    directory, rest = split(posixpath.normpath(f"{path or '.'}/{pattern.lstrip('/')}"))
    there = call.context.glob(directory, "**/*")
    # Where there is nothing to match, Terraform does not look at the pattern.
    found = [posixpath.join(directory, name) for name in there if matcher(rest)(name)]
    check_size(len(found))
    names = [string(normal(posixpath.relpath(name, path or ".")), call.origin) for name in found]
    return set_(STRING, names, call.origin)


@function
def templatefile(call: Call, path: Str, vars: AnythingUnknown) -> Value:
    """What the template in a file makes of a map of variables."""
    return _rendered(call, call.context.read_text(path, call.origin), vars, files=True)


@function
def templatestring(call: Call, template: AnythingUnknown, vars: AnythingUnknown) -> StringValue:
    """What a template makes of a map of variables."""
    if template.type not in (STRING, DYNAMIC):
        raise FunctionError("invalid template value: a string is required", 0)
    return convert(_rendered(call, template, vars, files=False), STRING)


def _rendered(call: Call, template: Value, variables: Value, *, files: bool) -> Value:
    unfit = not isinstance(variables.type, (Map, Object)) and variables.raw is not None and variables.type != DYNAMIC
    if unfit and not template.is_unknown:
        raise FunctionError("invalid vars value: must be a map", 1)
    # What of a secret variable the template shows is marked in it, stretch by stretch.
    marks = template.marks | (variables.all_marks() & SENSITIVE)
    unknown = template.unknown or variables.unknown
    if unknown is not None:
        return Value(DYNAMIC, unknown, call.origin, marks=marks)
    try:
        rendered = call.context.render_template(template, variables, files=files)
    except Unsupported:
        raise
    except FunctionError:
        if template.secret:
            raise Redacted(REDACTED) from None
        raise
    return rendered.marked(marks)
