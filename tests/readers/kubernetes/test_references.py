"""Variables that refer elsewhere: to a key of a ConfigMap or Secret, or by ``$(NAME)`` to another variable."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from readers import Malformed, Missing
from tests.growth import assert_in_proportion
from tests.readers.kubernetes.source import (
    HIDDEN,
    SETTINGS,
    at,
    block,
    config_map,
    env,
    env_from,
    hidden,
    key_of,
    partly,
    resource,
    secret,
    variable,
)
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import Block

# -- value_from -----------------------------------------------------------------------------------


def test_a_key_of_a_config_map() -> None:
    found = variable(env("A", None, key_of("config_map", "settings", "B")), SETTINGS)
    assert (found.what, found.text, found.source, found.origin) == ("A", "b", "ConfigMap settings key B", at(20))


def test_a_key_of_a_secret() -> None:
    found = variable(env("A", None, key_of("secret", "s", "k")), secret("s", {"k": "hush"}))
    assert (found.text, found.shown) == ("hush", "(not shown: secret)")


def test_a_key_that_is_not_there() -> None:
    """The container cannot start: that is not the same as a variable that nobody sets."""
    absent = env("A", None, key_of("config_map", "settings", "C"))
    with pytest.raises(Malformed, match=r"ConfigMap settings: it has no key C \(it has A, B\), which A is to be"):
        variable(env_from("config_map", "settings"), SETTINGS, absent)


def test_a_reference_without_a_key() -> None:
    with pytest.raises(Malformed, match=r"ConfigMap settings: it has no key  \(it has A, B\), which A is to be"):
        variable(env("A", None, key_of("config_map", "settings", None)), SETTINGS)


def test_a_value_leaves_no_room_for_a_source() -> None:
    assert variable(env("A", "1", key_of("config_map", "settings", "B")), SETTINGS).text == "1"
    assert variable(env("A", "", key_of("config_map", "settings", "B")), SETTINGS).text == "b"


def test_an_optional_key_that_is_not_there_leaves_what_was() -> None:
    absent = env("A", None, key_of("config_map", "settings", "C", optional=True))
    assert variable(env_from("config_map", "settings"), SETTINGS, absent).text == "mapped"
    assert variable(env("A", "1"), absent, SETTINGS).text == "1"
    with pytest.raises(Missing):
        variable(absent, SETTINGS)
    with pytest.raises(UnknownValueError, match="var.hidden"):
        variable(env("A", None, key_of("config_map", "settings", "C", optional=hidden())), SETTINGS)
    with pytest.raises(Malformed, match="optional: not a bool"):
        variable(env("A", None, key_of("config_map", "settings", "C", optional="perhaps")), SETTINGS)


def test_a_key_of_binary_data() -> None:
    encoded = {"B": base64.b64encode(b"hush").decode()}
    a_secret = resource("kubernetes_secret", "s", binary_data=encoded)
    assert variable(env("A", None, key_of("secret", "s", "B")), a_secret).text == "hush"
    a_map = resource("kubernetes_config_map", "c", binary_data=encoded)
    with pytest.raises(Malformed, match="ConfigMap c: it has no key B"):
        variable(env("A", None, key_of("config_map", "c", "B")), a_map)


def test_a_source_that_may_not_be_there() -> None:
    perhaps = block("value_from", block("config_map_key_ref", name="settings", key="A", repeated=HIDDEN))
    with pytest.raises(UnknownValueError, match="whether A is from a config_map_key_ref cannot be known: var.hidden"):
        variable(env("A", None, perhaps), SETTINGS)


def test_a_key_of_what_is_not_declared() -> None:
    with pytest.raises(UnknownValueError, match="Secret s is not declared in this stack"):
        variable(env("A", None, key_of("secret", "s", "k", optional=True)))


def test_a_field_of_the_pod() -> None:
    field = block("value_from", block("field_ref", field_path="status.podIP"))
    found = variable(env("A", None, field))
    assert found.shown == "(unknown: field_ref is filled in when the pod runs)"


def test_an_empty_value_from() -> None:
    with pytest.raises(Malformed, match="A: value_from names no source"):
        variable(env("A", None, block("value_from")))


# -- $(NAME) --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expanded"),
    [
        ("$(B)://x:$(C)", "b://x:c"),
        ("$(LATER)", "$(LATER)"),
        ("$$(B)-$(B)", "$(B)-b"),
        ("$$$(B)", "$b"),
        ("$$$$(B)", "$$(B)"),
        ("${B} $B B) $", "${B} $B B) $"),
        ("$(B", "$(B"),
        ("$(", "$("),
        ("$()", "$()"),
        ("$(B$(C))", "$(B$(C))"),
        ("100$$", "100$"),
        ("$(REF)", "$(B)"),
        ("$(EMPTY).", "."),
        ("$(FROM)", "mapped"),
    ],
)
def test_references(value: str, expanded: str) -> None:
    """As the kubelet expands them, whose rules and examples are in Kubernetes'
    "define interdependent environment variables"."""
    ahead = env("B", "b"), env("C", "c"), env("REF", "$$(B)"), env("EMPTY", "")
    source = env_from("config_map", "from"), config_map("from", {"FROM": "mapped", "RAW": "$(B)"})
    assert variable(*ahead, env("A", value), env("LATER", "l"), *source).text == expanded


def test_references_look_back_only() -> None:
    assert variable(env("B", "1"), env("A", "$(B)"), env("B", "2")).text == "1"
    assert variable(env("A", "1"), env("A", "$(A)2")).text == "12"
    assert variable(env_from("config_map", "settings"), env("A", "$(A)!"), SETTINGS).text == "mapped!"


def test_a_config_map_is_not_expanded() -> None:
    assert variable(env_from("config_map", "c"), config_map("c", {"A": "$(B)", "B": "b"})).text == "$(B)"


def test_a_reference_spreads_what_it_refers_to() -> None:
    found = variable(env("S", None, key_of("secret", "s", "k")), env("A", "x$(S)"), secret("s", {"k": "hush"}))
    assert (found.text, found.shown) == ("xhush", "(not shown: secret)")
    marked = variable(env("B", "b"), env("A", partly("x$(B)").marked()))
    assert (marked.text, marked.shown) == ("xb", "(not shown: secret)")
    assert variable(env("U", hidden()), env("A", "x$(U)")).shown == "(unknown: var.hidden has no value)"
    with pytest.raises(UnknownValueError, match="an env entry may set B"):
        variable(env("B", "1", repeated=HIDDEN), env("A", "$(B)"))


def test_a_reference_to_what_a_service_sets() -> None:
    for name in ("MAIL_SERVICE_HOST", "MAIL_SERVICE_PORT_SMTP", "MAIL_PORT_25_TCP_ADDR", "MAIL_PORT"):
        with pytest.raises(UnknownValueError, match=f"a service of the cluster may set {name}"):
            variable(env("A", f"$({name})"))
        assert variable(env(name, "1"), env("A", f"$({name})")).text == "1"


def test_a_partly_unknown_value_is_unknown() -> None:
    """``${var.hidden}B)`` may be ``$(B)``."""
    found = variable(env("B", "b"), env("A", partly("x", HIDDEN, "B)")))
    assert found.value.parts is None
    assert found.value.is_unknown


def test_many_references_are_not_deep() -> None:
    ahead = [env(f"V{i}", f"{i % 10}$(V0)") for i in range(200)]
    wide = "".join(f"$(V{i})" for i in range(1, 200))
    assert variable(env("V0", ""), *ahead[1:], env("A", wide)).text == "".join(str(i % 10) for i in range(1, 200))


def doubled(number: int, first: str) -> list[Block]:
    """Variables each of which is twice the one before."""
    return [env("V0", first), *(env(f"V{i}", f"$(V{i - 1})$(V{i - 1})") for i in range(1, number))]


def test_hostile_references_end() -> None:
    with pytest.raises(Malformed, match="a variable grows too long"):
        variable(*doubled(40, "xx"), env("A", "$(V39)"))
    chain = [env("V0", "x"), *(env(f"V{i}", f"$(V{i - 1})") for i in range(1, 2000)), env("A", "$(V1999)")]
    with pytest.raises(Malformed, match="its variables refer too deep"):
        variable(*chain)
    names = [f"V{i}" for i in range(600)]
    ahead = [env(name, "".join(f"$({other})" for other in names[:i])) for i, name in enumerate(names)]
    with pytest.raises(Malformed, match="its variables refer to too many"):
        variable(*ahead, env("A", "".join(f"$({name})" for name in names)))


def test_references_take_work_in_proportion() -> None:
    def asked(number: int) -> Callable[[], object]:
        made = [*doubled(number, ""), env("A", f"$(V{number - 1})")]
        assert variable(*made).text == ""
        return lambda: variable(*made)

    assert_in_proportion(asked, 20)
