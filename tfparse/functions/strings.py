"""String functions.  What they make keeps the places its lines come from, and its unknown stretches.

Source: https://developer.hashicorp.com/terraform/language/functions (String Functions)
"""

from __future__ import annotations

from collections.abc import Iterator

from tfparse.cty.graphemes import each_is_one, starts
from tfparse.cty.text import MAX_TEXT, SPACE, Cutter, changed, cut, flat, like, piece, replaced, runs, stripped
from tfparse.cty.values import BOOL, STRING, Part, Unknown, Value, list_, text
from tfparse.functions._parameters import (
    BoolValue,
    FunctionError,
    Num,
    PartText,
    Str,
    Strings,
    StringsValue,
    StringValue,
    Text,
)
from tfparse.functions._registry import Call, Unsupported, check_size, function, normal, whole
from tfparse.functions.regexes import substitutions


def uncertain(value: Value, call: Call) -> Value:
    """An unknown string, for the reason that ``value`` is not wholly known."""
    return Value(STRING, value.unknown, call.origin)


# -- case -------------------------------------------------------------------------------------------


def _upper(char: str) -> str:
    # One character for one, as Unicode's simple case mapping has it: no SS for ß.
    upper, title = char.upper(), char.title()
    return upper if len(upper) == 1 else title if len(title) == 1 else char


def _titled(char: str) -> str:
    return char.title() if len(char.title()) == 1 else _upper(char)


@function
def upper(str: PartText) -> StringValue:
    """All letters in upper case."""
    return changed(str, lambda known: "".join(map(_upper, known)))


@function
def lower(str: PartText) -> StringValue:
    """All letters in lower case."""
    return changed(str, lambda known: "".join(char.lower()[0] for char in known))


@function
def title(str: Text) -> StringValue:
    """The first letter of each word in upper case."""
    before = ["", *flat(str)]
    return like(
        str,
        tuple(
            part._replace(text=_title(part.text, before[at]))
            for at, part in _placed(str)
            if not isinstance(part.text, Unknown)
        ),
    )


def _placed(value: Value) -> Iterator[tuple[int, Part]]:
    at = 0
    for part in value.text_parts():
        yield at, part
        at += len(part.text) if not isinstance(part.text, Unknown) else 1


def _title(known: str, before: str) -> str:
    made = []
    for char in known:
        made.append(char if _in_word(before) else _titled(char))
        before = char
    return "".join(made)


def _in_word(char: str) -> bool:
    # Letters, digits and the underscore are of a word; beyond ASCII, all but white space is.
    return char != "" and (char == "_" or char.isalnum() if char.isascii() else char not in SPACE)


# -- trimming ---------------------------------------------------------------------------------------


@function
def trimspace(str: PartText) -> StringValue:
    """Without white space at the ends."""
    return stripped(str, SPACE)


@function
def chomp(str: PartText) -> StringValue:
    """Without line breaks at the end."""
    return stripped(str, "\r\n", left=False)


@function
def trim(str: PartText, cutset: Str) -> StringValue:
    """Without any of the characters of ``cutset`` at the ends."""
    return stripped(str, cutset)


@function
def trimprefix(call: Call, str: PartText, prefix: Str) -> StringValue:
    """Without ``prefix``, where it begins with that."""
    starts = _starts_with(str, prefix)
    if starts is None:
        return uncertain(str, call)
    return like(str, cut(str, len(prefix), len(flat(str)))) if starts else str


@function
def trimsuffix(call: Call, str: PartText, suffix: Str) -> StringValue:
    """Without ``suffix``, where it ends with that."""
    ends = _ends_with(str, suffix)
    if ends is None:
        return uncertain(str, call)
    return like(str, cut(str, 0, len(flat(str)) - len(suffix))) if ends else str


# -- looking ----------------------------------------------------------------------------------------


def _starts_with(value: Value, prefix: str) -> bool | None:
    """None where an unknown stretch decides."""
    head = runs(value)[0]
    if value.unknown is None or head.startswith(prefix):
        return head.startswith(prefix)
    return None if prefix.startswith(head) else False


def _ends_with(value: Value, suffix: str) -> bool | None:
    tail = runs(value)[-1]
    if value.unknown is None or tail.endswith(suffix):
        return tail.endswith(suffix)
    return None if suffix.endswith(tail) else False


def _verdict(value: Value, found: bool | None, call: Call) -> Value:
    return Value(BOOL, value.unknown if found is None else found, call.origin)


@function
def startswith(call: Call, str: PartText, prefix: Str) -> BoolValue:
    """Whether it begins with ``prefix``."""
    return _verdict(str, _starts_with(str, prefix), call)


@function
def endswith(call: Call, str: PartText, suffix: Str) -> BoolValue:
    """Whether it ends with ``suffix``."""
    return _verdict(str, _ends_with(str, suffix), call)


@function
def strcontains(call: Call, str: PartText, substr: Str) -> BoolValue:
    """Whether ``substr`` stands anywhere in it."""
    found = any(substr in run for run in runs(str))
    return _verdict(str, True if found else None if str.is_unknown else False, call)


# -- cutting and joining ----------------------------------------------------------------------------


def _clusters(content: str, call: Call) -> list[int]:
    """Where each character begins, as a reader counts them, and where the last ends."""
    if not each_is_one(content):
        call.context.spend(3 * len(content))
    return [*starts(content), len(content)]


@function
def substr(call: Call, str: Text, offset: Num, length: Num) -> StringValue:
    """``length`` characters from ``offset`` (from the end, if negative) on; all that follow, if -1."""
    first, count = whole(offset), whole(length)
    flat_text = flat(str)
    clusters = _clusters(flat_text, call)
    size = len(clusters) - 1
    if first < 0:
        # Further back than the beginning, Terraform begins at the beginning.
        first = max(first + size, 0)
        if count == 0:
            # Terraform's loop looks for its end only after a character: at a negative offset, none is all.
            count = -1
    elif count == 0:
        return like(str, ())
    if first >= size:
        return like(str, ())
    stop = size if count < 0 else min(first + count, size)
    return like(str, cut(str, clusters[first], clusters[stop]))


@function
def strrev(call: Call, str: Str) -> str:
    """The characters in reverse order."""
    if each_is_one(str):
        return str[::-1]
    clusters = _clusters(str, call)
    return "".join(str[clusters[i] : clusters[i + 1]] for i in reversed(range(len(clusters) - 1)))


@function
def split(separator: Str, str: Text) -> StringsValue:
    """The pieces of a string between the separators; the characters, if the separator is empty."""
    content = flat(str)
    if not separator:
        spans = [(at, at + 1) for at in range(len(content))]
    else:
        check_size(content.count(separator))
        spans, at = [], 0
        for between in content.split(separator):
            spans.append((at, at + len(between)))
            at += len(between) + len(separator)
    check_size(len(spans))
    if str.parts is None:
        pieces = tuple(Value(STRING, normal(content[start:stop]), str.origin) for start, stop in spans)
    else:
        cutter = Cutter(str.parts)
        pieces = tuple(piece(cutter.cut(start, stop), str.origin) for start, stop in spans)
    return list_(STRING, pieces, str.origin)


@function
def join(call: Call, separator: Text, *lists: Strings) -> StringValue:
    """The elements of one list, or several, with a separator between them."""
    if not lists:
        raise FunctionError("at least one list is required")
    parts: list[Part] = []
    first = True
    for index, list in enumerate(lists):
        for position, element in enumerate(list.elements()):
            if element.is_null:
                where = f"element {position} of list {index + 1}" if len(lists) > 1 else f"element {position}"
                raise FunctionError(f"{where} is null; cannot concatenate null values", index + 1)
            if not first:
                parts.extend(separator.text_parts())
            first = False
            parts.extend(element.text_parts())
    size = sum(len(part.text) for part in parts if not isinstance(part.text, Unknown))
    if size > MAX_TEXT:
        raise Unsupported(f"the result is longer than {MAX_TEXT} characters")
    return text(tuple(part for part in parts if part.text != ""), call.origin)


@function
def indent(spaces: Num, str: PartText) -> StringValue:
    """Each line but the first with so many more spaces before it."""
    count = whole(spaces)
    if count < 0:
        raise FunctionError("strings: negative Repeat count")
    if count >= 2**47:
        raise FunctionError("panic in function implementation: runtime error: makeslice: len out of range")
    lines = flat(str).count("\n")
    if count * lines > MAX_TEXT:
        raise Unsupported(f"the result is longer than {MAX_TEXT} characters")
    # (Spaces for no line at all may be more than there is memory for.)
    deeper = "\n" + " " * count if lines else ""
    # In what is unknown the lines are indented too: in JSON and YAML that says the same.
    padded = (
        part if isinstance(part.text, Unknown) else part._replace(text=part.text.replace("\n", deeper))
        for part in str.text_parts()
    )
    return like(str, tuple(padded))


@function
def replace(call: Call, str: PartText, substr: Str, replace: Str) -> StringValue:
    """With every ``substr`` exchanged for another text; ``/.../`` is a regular expression."""
    if len(substr) > 1 and substr[0] == "/" == substr[-1]:
        if str.is_unknown:
            return uncertain(str, call)
        try:
            return replaced(str, substitutions(substr[1:-1], str.as_string(), replace, call))
        except FunctionError as error:
            raise FunctionError(f"{error}") from None
    if str.is_unknown and _may_straddle(runs(str), substr):
        return uncertain(str, call)
    content = flat(str)
    if content.count(substr) * len(replace) > MAX_TEXT:
        raise Unsupported(f"the result is longer than {MAX_TEXT} characters")
    if not substr:
        return replaced(str, [(at, at, replace) for at in range(len(content) + 1)])
    return replaced(str, _occurrences(content, substr, replace))


def _occurrences(content: str, old: str, new: str) -> Iterator[tuple[int, int, str]]:
    at = content.find(old)
    while at >= 0:
        yield at, at + len(old), new
        at = content.find(old, at + len(old))


def _may_straddle(known: list[str], old: str) -> bool:
    """Whether ``old`` could stand partly in a known run and partly in the unknown beside it."""
    if not old:
        return True
    for index, run in enumerate(known):
        before, after = index > 0, index < len(known) - 1
        if before and after and run and run in old:
            return True
        for size in range(1, min(len(old), len(run) + 1)):
            if (after and run.endswith(old[:size])) or (before and run.startswith(old[-size:])):
                return True
    return False
