from __future__ import annotations

from typing import Any

import pytest

from readers import Malformed, Missing
from readers.helm.values import at_path, given_values, helm_values, value_at
from tests.readers.helm.plain import plain
from tfparse.cty.values import Part, Unknown, Value, boolean, null, number, object_, string, text, tuple_, unknown
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.graph.model import Block, Body, Resource

HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))


def at(line: int) -> Origin:
    return Origin("main.tf", line)


def document(content: str, line: int = 1) -> Value:
    return string(content, at(line), verbatim=True)


def hidden(line: int = 1) -> Value:
    return unknown(HIDDEN.reason, at(line))


def release(*documents: Value | str, blocks: tuple[Block, ...] = (), **attributes: Value) -> Resource:
    entries = tuple(document(d) if isinstance(d, str) else d for d in documents)
    body = Body({"values": tuple_(entries, at(1))} | attributes if documents else attributes, blocks, at(1))
    return Resource("helm_release.app", "managed", "helm_release", "app", None, body, at(1))


def setting(name: str, value: Value | str, kind: str = "set", line: int = 20, **more: Value) -> Block:
    """``set { name = ..., value = ... }``, as version 2 of the provider has it."""
    content = string(value, at(line + 1)) if isinstance(value, str) else value
    return Block(kind, (), Body({"name": string(name), "value": content} | more), at(line))


def values(*documents: Value | str, blocks: tuple[Block, ...] = (), **attributes: Value) -> Any:
    return plain(helm_values(release(*documents, blocks=blocks, **attributes)))


# -- values ---------------------------------------------------------------------------------------


def test_no_values() -> None:
    assert values() == {}
    assert values("", "# nothing\n", null()) == {}


def test_they_are_merged_once() -> None:
    asked = release("a: 1\n")
    assert given_values(asked) is given_values(asked)


@pytest.mark.parametrize("content", ["", "\n \n", "# a\n  # b", "\t\r\n#", "\u2028 \n"])
def test_a_text_without_content_is_an_empty_map(content: str) -> None:
    assert values(content) == {}


def test_maps_are_merged_and_all_else_is_replaced() -> None:
    first = "a: {b: 1, c: {d: 2, e: 3}}\nl: [1, 2]\ns: x\n"
    second = "a: {c: {d: 4}}\nl: [3]\ns: {t: z}\n"
    assert values(first, second) == {"a": {"b": 1, "c": {"d": 4, "e": 3}}, "l": [3], "s": {"t": "z"}}


def test_a_null_deletes_its_key() -> None:
    assert values("a: {b: 1, c: 2}\nd: 3\n", "a: {b: null}\nd: ~\n") == {"a": {"c": 2}}
    assert values("a: null\n") == {}
    assert values("l: [null, {a: null}]\n") == {"l": [None, {"a": None}]}


def test_a_map_may_follow_a_null() -> None:
    assert values("a: {b: 1}\n", "a: null\n", "a: {c: 2}\n") == {"a": {"c": 2}}


def test_each_node_knows_the_line_that_decides() -> None:
    found = helm_values(release(document("a: 1\nb: 2\n", 10), document("# second\nb: 3\n", 20)))
    assert [found.mapping()[key].origin for key in "ab"] == [at(10), at(21)]


@pytest.mark.parametrize("content", ["- 1\n", "just text\n", "12\n"])
def test_values_that_are_no_map(content: str) -> None:
    with pytest.raises(Malformed, match="Helm values of helm_release.app: they are no map") as refused:
        values("a: 1\n", document(content, 5))
    assert refused.value.origin == at(5)


def test_values_that_are_no_yaml() -> None:
    with pytest.raises(Malformed, match="Helm values of helm_release.app: ") as refused:
        values(document("a: 1\nb: [\n", 5))
    assert refused.value.origin is not None
    assert refused.value.origin.line in (6, 7)


# -- what is not known ----------------------------------------------------------------------------


def test_an_unknown_stretch_leaves_the_rest_known() -> None:
    part_known = text((Part("a: 1\npassword: ", at(1), True), Part(HIDDEN, at(2)), Part("\nb: 2\n", at(2), True)))
    assert values(part_known) == {"a": 1, "password": "?", "b": 2}


def test_what_an_unknown_entry_could_override_is_unknown() -> None:
    assert values("a: 1\nm: {x: 1}\n", hidden(), "b: 2\nm: {z: 2}\nl: [3]\n") == {
        "b": 2,
        "m": {"z": 2, "...": "?"},
        "l": [3],
        "...": "?",
    }


def test_what_stands_before_an_unknown_entry_is_not_known() -> None:
    found = helm_values(release("a: 1\n", hidden(), "b: 2\n"))
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        at_path(found, "a").as_number()
    assert at_path(found, "b").as_number() == 2


def test_unknown_values() -> None:
    assert values("a: 1\n", hidden()) == "?"
    assert values(values=hidden()) == "?"


def test_an_unknown_value_may_be_a_map() -> None:
    part_known = text((Part("a: ", at(1), True), Part(HIDDEN, at(1)), Part("\n", at(1), True)))
    assert values(part_known, "a: {b: 1}\n") == {"a": {"b": 1, "...": "?"}}
    assert values("a: {b: 1}\n", part_known) == {"a": "?"}


# -- set, set_list, set_sensitive -----------------------------------------------------------------


def test_set_comes_last() -> None:
    assert values("a: {b: 1, c: 2}\n", blocks=(setting("a.b", "3"),)) == {"a": {"b": 3, "c": 2}}


def test_set_has_types() -> None:
    blocks = (
        setting("a", "1"),
        setting("b", "1", type=string("string")),
        setting("c", "true", type=string("auto")),
        setting("d", "x,e=y"),
        setting("f", "{x,y}"),
        setting("g.h", "[1, {x: z}]", type=string("literal")),
    )
    assert values(blocks=blocks) == {
        "a": 1,
        "b": "1",
        "c": True,
        "d": "x",
        "e": "y",
        "f": ["x", "y"],
        "g.h": [1, {"x": "z"}],
    }


def test_set_in_lists_and_under_names_with_dots() -> None:
    blocks = (setting("a.hosts[1].name", "x"), setting(r"labels.example\.org/role", "y"))
    assert values("a: {hosts: [{name: w}]}\n", blocks=blocks) == {
        "a": {"hosts": [{"name": "w"}, {"name": "x"}]},
        "labels": {"example.org/role": "y"},
    }


def test_set_null_deletes() -> None:
    assert values("a: 1\nb: 2\n", blocks=(setting("a", "null"),)) == {"b": 2}


def test_set_list() -> None:
    elements = tuple_((string("x"), string("1"), null(), hidden()))
    assert values(blocks=(setting("a", elements, "set_list"),)) == {"a": ["x", 1, "?"]}
    assert values(blocks=(setting("a", tuple_(()), "set_list"),)) == {"a": [""]}
    assert values(blocks=(setting("a", tuple_((string("x,2"),)), "set_list"),)) == {"a": ["x", 2]}
    assert values(blocks=(setting("a", hidden(), "set_list"),)) == {"a": "?"}


def test_set_sensitive_is_sensitive() -> None:
    found = helm_values(release(blocks=(setting("a.b", "hunter2", "set_sensitive"),)))
    assert at_path(found, "a", "b").sensitive
    assert not at_path(found, "a").sensitive


def test_the_order_is_set_then_set_list_then_set_sensitive() -> None:
    elements = tuple_((string("x"),))
    blocks = (setting("a", "3", "set_sensitive"), setting("a", elements, "set_list"), setting("a", "1"))
    assert values("a: 0\n", blocks=blocks) == {"a": 3}
    assert values("a: 0\n", blocks=blocks[1:]) == {"a": ["x"]}


def test_set_as_a_list_of_objects() -> None:
    listed = tuple_(
        (
            object_({"name": string("a.b"), "value": string("1")}),
            object_({"name": string("c"), "value": string("1"), "type": string("string")}),
        )
    )
    assert values(set=listed) == {"a": {"b": 1}, "c": "1"}


def test_a_setting_knows_its_line() -> None:
    found = helm_values(release("a: 1\n", blocks=(setting("a", "2", line=30),)))
    assert at_path(found, "a").origin == at(31)


def test_a_setting_without_a_name() -> None:
    with pytest.raises(Malformed, match="a setting has no name"):
        values(set=tuple_((object_({"value": string("1")}),)))


def test_a_setting_that_helm_refuses() -> None:
    with pytest.raises(Malformed, match=r"Helm set a\[x\]: an index is no number"):
        values(blocks=(setting("a[x]", "1"),))


def test_a_setting_of_an_unknown_value() -> None:
    assert values("a: 1\nb: 2\n", blocks=(setting("a", hidden()),)) == {"a": "?", "b": 2}
    assert values("a: 1\nb: 2\n", blocks=(setting("a", "3", type=hidden()),)) == {"a": "?", "b": 2}


def test_a_setting_of_an_unknown_name_could_set_anything() -> None:
    unnamed = Block("set", (), Body({"name": hidden(), "value": string("1")}), at(20))
    assert values("a: 1\n", blocks=(unnamed,)) == "?"
    assert values("a: 1\n", blocks=(unnamed, setting("b", "2"))) == {"b": 2, "...": "?"}


def test_a_setting_that_may_not_be_there() -> None:
    perhaps = Block("set", (), Body({"name": string("a"), "value": string("2")}), at(20), repetition=HIDDEN)
    assert values("a: 1\nb: 2\n", blocks=(perhaps,)) == {"a": "?", "b": 2}


def test_unknown_settings() -> None:
    assert values("a: 1\n", set=hidden()) == "?"
    assert values("a: 1\n", set=tuple_((hidden(), object_({"name": string("b"), "value": string("2")})))) == {
        "b": 2,
        "...": "?",
    }


def test_numbers_and_booleans_are_text_to_the_provider() -> None:
    blocks = (setting("a", number(1)), setting("b", boolean(True)), setting("c", number(1), type=string("string")))
    assert values(blocks=blocks) == {"a": 1, "b": True, "c": "1"}


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({"values": string("a: 1")}, "it is no list"),
        ({"values": tuple_((tuple_(()),))}, "string required"),
        ({"set": string("a")}, "it is no list"),
        ({"set": tuple_((string("a"),))}, "a setting is no object"),
        ({"set": tuple_((object_({"name": tuple_(()), "value": string("1")}),))}, "string required"),
        ({"set_list": tuple_((object_({"name": string("a"), "value": string("1")}),))}, "it is no list"),
        (
            {"set_list": tuple_((object_({"name": string("a"), "value": tuple_((string("x}y"),))}),))},
            "a name has no value",
        ),
        (
            {"set_list": tuple_((object_({"name": string("a"), "value": tuple_((string("x},y=z,b={"),))}),))},
            "has a brace",
        ),
    ],
)
def test_what_the_provider_refuses(attributes: dict[str, Value], problem: str) -> None:
    with pytest.raises(Malformed, match=problem):
        values(**attributes)


# -- looking in -----------------------------------------------------------------------------------


def test_what_stands_under_a_path() -> None:
    found = helm_values(release("a: {b: 1}\n"))
    assert at_path(found, "a", "b").as_number() == 1
    assert value_at(found, "a", "c") is None
    with pytest.raises(Missing, match=r"no value a\.c in the Helm values"):
        at_path(found, "a", "c")


def test_a_path_through_something_else() -> None:
    with pytest.raises(Malformed, match='"a.b.c" is wanted, but something on the way is no map'):
        value_at(helm_values(release("a: {b: 1}\n")), "a", "b", "c")


def test_a_path_through_an_unknown() -> None:
    found = value_at(helm_values(release(text((Part("a: ", at(1)), Part(HIDDEN, at(1)))))), "a", "b")
    assert found is not None
    assert found.is_unknown


@pytest.mark.parametrize(
    "other",
    [
        document("a: 1", line=2),
        document("a: 2"),
        string("a: 1", at(1)),
        document("a: 1").marked(),
        text((Part("a: ", at(1), verbatim=True), Part(HIDDEN, at(1))), at(1)),
    ],
)
def test_a_text_is_read_once_but_another_text_is_another(other: Value) -> None:
    first, again = given_values(release(document("a: 1"))), given_values(release(document("a: 1")))
    assert first.get("a") is again.get("a")
    assert given_values(release(other)).get("a") is not first.get("a")


def test_of_texts_that_differ_in_what_is_not_known_each_says_its_own() -> None:
    """Unknowns are equal that stand for different things."""
    whole = [
        Part(Unknown(HIDDEN.reason, HIDDEN.origin, stands_for), at(1)) for stands_for in ("var.hidden", "local.other")
    ]
    texts = [text((Part("a: ", at(1)), part), at(1)) for part in whole]
    found = [given_values(release(one)).get("a") for one in texts]
    assert [value.unknown.stands_for for value in found if value is not None and value.unknown is not None] == [
        "var.hidden",
        "local.other",
    ]
