"""JSON and YAML documents: every value knows its line, and unknown stretches stay where they are.

What a known document means is in the recorded cases (``yaml.txt``, ``encoding.txt``).
"""

from __future__ import annotations

import json
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tfparse.cty.laws import contradiction, variants
from tfparse import load
from tfparse.cty.types import DYNAMIC, NUMBER, STRING, List, Map, Set
from tfparse.cty.values import (
    CONFIDENTIAL,
    HOLE,
    Part,
    Unknown,
    Value,
    boolean,
    list_,
    map_,
    null,
    number,
    object_,
    string,
    text,
    tuple_,
)
from tfparse.diagnostics import Origin, TerraformError
from tfparse.documents import decode_json, decode_yaml
from tfparse.functions import Context, call

WHY = Unknown("data.vault.secret is read at plan time", Origin("main.tf", 9))
CONTEXT: Context = load(Path(__file__).parents[2] / "spec" / "terraform").root("").instance.context


def file_of(*pieces: str | Unknown, sensitive: int | None = None) -> Value:
    """A document as a template file renders it; the piece of that number is sensitive."""
    parts, line = [], 1
    for index, piece in enumerate(pieces):
        parts.append(Part(piece, Origin("values.yaml", line), True, CONFIDENTIAL * (index == sensitive)))
        line += piece.count("\n") if isinstance(piece, str) else 0
    return text(tuple(parts), Origin("main.tf", 1), marks=CONFIDENTIAL * (sensitive is not None))


def shown(value: Value) -> Any:
    """A value as plain data, ``...`` where it is unknown, text with a HOLE where that is."""
    if isinstance(value.raw, dict):
        return {key: shown(item) for key, item in value.raw.items()} | ({"...": "..."} if value.rest else {})
    if isinstance(value.raw, tuple):
        return [shown(element) for element in value.raw]
    if value.parts is not None:
        return "".join(HOLE if isinstance(part.text, Unknown) else part.text for part in value.parts)
    return "..." if value.is_unknown else value.raw


def places(value: Value) -> Any:
    """The line of each scalar."""
    if isinstance(value.raw, dict):
        return {key: places(item) for key, item in value.raw.items()}
    if isinstance(value.raw, tuple):
        return [places(element) for element in value.raw]
    return value.origin.line if value.origin else None


# -- places ---------------------------------------------------------------------------------------

VALUES = """\
# the chart's values
image:
  tag: "1.2"   # pinned
  args: [a,
    b]
rules: &rules
  - alert: Down
    expr: |
      up
      == 0
  - alert: >-
      folded
      text
copy: *rules
merged:
  <<: {x: 1}
  z: 2
"""


def test_yaml_scalars_are_on_their_lines() -> None:
    decoded = decode_yaml(file_of(VALUES))
    rules = [{"alert": 7, "expr": 8}, {"alert": 11}]
    assert places(decoded) == {
        "image": {"tag": 3, "args": [4, 5]},
        "rules": rules,
        "copy": rules,
        "merged": {"x": 16, "z": 17},
    }


def test_collections_are_where_they_begin() -> None:
    decoded = decode_yaml(file_of(VALUES))
    rules = decoded.get("rules")
    assert rules is not None
    assert [str(value.origin) for value in (decoded, rules, *rules.elements())] == [
        "values.yaml:2",
        "values.yaml:6",
        "values.yaml:7",
        "values.yaml:11",
    ]


def test_the_lines_of_a_literal_block_are_on_theirs() -> None:
    document = file_of("a:\n  main.cf: |\n    # relay\n    relayhost = [", WHY, "]:587\n\n      x = 1\n  b: 1\n")
    main_cf = decode_yaml(document).mapping()["a"].mapping()["main.cf"]
    assert [(line.text, line.origin and line.origin.line) for line in main_cf.lines()] == [
        ("# relay", 3),
        (f"relayhost = [{HOLE}]:587", 4),
        ("", 5),
        ("  x = 1", 6),
    ]


def test_lines_of_several_files_in_one_document() -> None:
    parts = (
        Part("a: 1\nb: ", Origin("main.tf", 10), True),
        Part("2\n", Origin("variables.tf", 3)),
        Part("c: |\n  x\n", Origin("main.tf", 12), True),
        Part("  y\n", Origin("other.tf", 7)),
    )
    decoded = decode_yaml(text(parts))
    assert {key: str(item.origin) for key, item in decoded.mapping().items()} == {
        "a": "main.tf:10",
        "b": "variables.tf:3",
        "c": "main.tf:12",
    }
    assert [str(line.origin) for line in decoded.mapping()["c"].lines()] == ["main.tf:13", "other.tf:7"]


def test_json_values_are_on_their_lines() -> None:
    decoded = decode_json(file_of('{\n  "a": [1,\n    "x"],\n  "b": {"c":\n    null}\n}\n'))
    assert places(decoded) == {"a": [2, 3], "b": {"c": 5}}
    assert shown(decoded) == {"a": [1, "x"], "b": {"c": None}}


# -- unknown stretches ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (("a: ", WHY, "\nb: 1\n"), {"a": "...", "b": 1}),
        (("a: ", WHY, "/32\n"), {"a": f"{HOLE}/32"}),
        (("a: http://", WHY, ":80/\n"), {"a": f"http://{HOLE}:80/"}),
        (('a: "', WHY, '"\n'), {"a": HOLE}),
        (("a: 'it''s ", WHY, "'\n"), {"a": f"it's {HOLE}"}),
        (("a: 1", WHY, "\n"), {"a": "..."}),  # it may be a number
        (("a: ", WHY, "e\n"), {"a": "..."}),  # it may be the word "true"
        (("a: 2001-", WHY, "\n"), {"a": "..."}),  # it may be a date, which is written in another form
        (("a: v", WHY, "\n"), {"a": f"v{HOLE}"}),
        (("a: |\n  x\n  ", WHY, "\n  y\n"), {"a": f"x\n{HOLE}\ny\n"}),
        (("a: 1 # ", WHY, "\nb: 2\n"), {"a": 1, "b": 2}),
        (("a: [x, ", WHY, ", z]\n"), {"a": ["x", "...", "z"]}),
        (("- ", WHY, "\n- b\n"), ["...", "b"]),
        (("a: 1\n", WHY, ": 2\nb: 3\n"), {"a": "...", "b": 3, "...": "..."}),
        (("x:\n  <<: ", WHY, "\n  z: 1\n"), {"x": {"z": 1, "...": "..."}}),
        (("a: &", WHY, " 1\n"), "..."),
        (("a: !", WHY, " 1\n"), "..."),
        (("a: 1\n", WHY, "\nb: 2\n"), "..."),
        ((WHY,), "..."),
    ],
)
def test_yaml_around_an_unknown_stretch(pieces: tuple[str | Unknown, ...], expected: Any) -> None:
    assert shown(decode_yaml(file_of(*pieces))) == expected


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (('{"a": ', WHY, ', "b": 1}'), {"a": "...", "b": 1}),
        (('{"a": "x', WHY, '\\n"}'), {"a": f"x{HOLE}\n"}),
        (('{"a":', WHY, "}"), {"a": "..."}),
        (("[1", WHY, ", 2]"), ["...", 2]),
        (('{"a": 1, "', WHY, '": 2, "b": 3}'), {"a": "...", "b": 3, "...": "..."}),
        (("[1, 2", WHY), "..."),
        ((WHY, "[1]"), "..."),
        (('{"a"', WHY, "1}"), "..."),
    ],
)
def test_json_around_an_unknown_stretch(pieces: tuple[str | Unknown, ...], expected: Any) -> None:
    assert shown(decode_json(file_of(*pieces))) == expected


def test_a_document_is_wrong_whatever_the_unknown_turns_out_to_be() -> None:
    with pytest.raises(TerraformError) as refusal:
        decode_yaml(file_of("a: 1\nb: [\n}\nc: ", WHY, "\n"))
    assert str(refusal.value.diagnostics[0].origin) == "values.yaml:3"


def test_what_cannot_be_read_says_where() -> None:
    with pytest.raises(TerraformError) as refusal:
        decode_yaml(file_of("a: 1\nb: c: d\n"))
    assert refusal.value.diagnostics[0].render() == (
        "Error: Invalid YAML\n  on values.yaml line 2:\n"
        "  on line 2, column 5: mapping values are not allowed in this context"
    )


# -- sensitive stretches --------------------------------------------------------------------------


def marks(value: Value) -> Any:
    if isinstance(value.raw, dict):
        return {key: marks(item) for key, item in value.raw.items()}
    return value.sensitive


def test_only_what_stands_in_a_sensitive_stretch_is_sensitive() -> None:
    decoded = decode_yaml(file_of("a: 1\nb: x", "secret", "y\nc: 2\n", sensitive=1))
    assert marks(decoded) == {"a": False, "b": True, "c": False}


def test_all_of_a_text_that_is_sensitive_as_a_whole() -> None:
    assert marks(decode_yaml(string("a: 1\nb: x").marked())) == {"a": True, "b": True}
    assert marks(decode_json(string('{"a": 1, "b": "x"}').marked())) == {"a": True, "b": True}


# -- there and back -------------------------------------------------------------------------------

SCALARS = st.one_of(
    st.text(alphabet="ab:- #\n\"'\\{}[],&*!|>%@`é\t~19", max_size=8).map(string),
    st.integers(-99, 99).map(number),
    st.booleans().map(boolean),
    st.just(null(STRING)),
    st.sampled_from(["true", "null", "", "1", "~", "y"]).map(string),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda elements: tuple_(tuple(elements))),
        st.dictionaries(st.text(alphabet="ab: \n-", max_size=4), inner, max_size=3).map(object_),
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("encoding", ["json", "yaml"])
@given(tree=TREES)
def test_what_is_encoded_is_decoded(encoding: str, tree: Value) -> None:
    encoded = call(f"{encoding}encode", [tree], CONTEXT)
    assert shown(call(f"{encoding}decode", [encoded], CONTEXT)) == shown(tree)


@pytest.mark.parametrize("encoding", ["json", "yaml"])
@given(tree=TREES)
def test_an_unknown_goes_there_and_comes_back(encoding: str, tree: Value) -> None:
    """Its neighbours stay known, and nothing that is said of the text is untrue."""
    truth = call(f"{encoding}encode", [tree], CONTEXT)
    for variant in variants(tree):
        guess = call(f"{encoding}encode", [variant], CONTEXT)
        assert contradiction(guess, truth) is None
        assert shown(call(f"{encoding}decode", [guess], CONTEXT)) == shown(variant)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Value(Map(STRING), {"a": string("x")}, rest=WHY), {"a": "x", "...": "..."}),
        (Value(Set(STRING), (string("x"), Value(STRING, WHY))), "..."),
        (Value(Set(STRING), (Value(STRING, WHY),)), ["..."]),
        (list_(NUMBER, (number(1), Value(NUMBER, WHY))), [1, "..."]),
        (map_(STRING, {"a": file_of("x\n", WHY)}), {"a": f"x\n{HOLE}"}),
        (Value(List(STRING), WHY), "..."),
    ],
)
def test_values_that_documents_cannot_hold_come_back_all_the_same(value: Value, expected: Any) -> None:
    for encoding in ("json", "yaml"):
        document = call(f"{encoding}encode", [object_({"k": value, "after": number(1)})], CONTEXT)
        assert shown(call(f"{encoding}decode", [document], CONTEXT)) == {"k": expected, "after": 1}


def test_an_encoded_value_in_a_template() -> None:
    """As in ``${indent(2, yamlencode(local.labels))}``."""
    labels = call("yamlencode", [object_({"app": string("mail"), "hash": Value(DYNAMIC, WHY)})], CONTEXT)
    indented = call("indent", [number(2), call("trimspace", [labels], CONTEXT)], CONTEXT)
    document = text((Part("labels:\n  ", None), *indented.text_parts(), Part("\nreplicas: 1\n", None)))
    assert shown(decode_yaml(document)) == {"labels": {"app": "mail", "hash": "..."}, "replicas": 1}


def test_an_encoded_value_that_was_changed_is_no_longer_that_value() -> None:
    encoded = call("yamlencode", [tuple_((file_of("a", WHY),))], CONTEXT)
    assert shown(decode_yaml(encoded)) == [f"a{HOLE}"]
    assert shown(decode_yaml(call("upper", [encoded], CONTEXT))) == ["..."]


# -- hostile documents ----------------------------------------------------------------------------

BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}]\n" for n in range(40))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (BOMB, "more than 1000000 values"),
        ("[" * 5000, "more than 100 levels deep"),
        ("x: " + "9" * 5000, "cannot parse"),
    ],
)
def test_a_hostile_document_is_refused(document: str, message: str) -> None:
    with pytest.raises(TerraformError) as refusal:
        decode_yaml(string(document))
    assert message in refusal.value.diagnostics[0].detail


@given(st.text(alphabet="a1:-[]{}&*!|>'\"#%,? \n\t\\\u00e9\u2028\ufffc\ue000", max_size=40))
def test_no_text_makes_anything_but_a_value_or_a_diagnostic(document: str) -> None:
    for decode in (decode_yaml, decode_json):
        for value in (string(document), text((Part(document, None), Part(WHY, None), Part(document, None)))):
            with suppress(TerraformError):
                decode(value)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(PLAIN)
def test_json_of_other_writers(data: Any) -> None:
    def normal(part: Any) -> Any:
        if isinstance(part, str):
            return unicodedata.normalize("NFC", part)
        if isinstance(part, list):
            return [normal(element) for element in part]
        return {normal(k): normal(v) for k, v in part.items()} if isinstance(part, dict) else part

    assert shown(decode_json(string(json.dumps(data, indent=1)))) == normal(data)
