"""The effective environment: which of the sources decides a variable, and when that cannot be known."""

from __future__ import annotations

import base64

import pytest

from readers import Malformed, Missing
from readers.kubernetes import Cluster
from tests.readers.kubernetes.source import (
    HIDDEN,
    SETTINGS,
    Plain,
    at,
    block,
    config_map,
    container,
    deployment,
    env,
    env_from,
    hidden,
    key_of,
    opened,
    partly,
    resource,
    secret,
    the_container,
    variable,
)
from tfparse.cty.values import Unknown, null, object_, string
from tfparse.diagnostics import UnknownValueError

# -- which source decides -------------------------------------------------------------------------


def test_env() -> None:
    found = variable(env("A", "1", line=4), env("B", "2"))
    assert (found.what, found.text, found.source, found.origin) == ("A", "1", "env", at(4))


def test_env_from() -> None:
    found = variable(env_from("config_map", "settings"), SETTINGS)
    assert (found.what, found.text, found.source, found.origin) == ("A", "mapped", "ConfigMap settings", at(20))


@pytest.mark.parametrize(("kind", "type"), [
    ("config_map", "kubernetes_config_map"), ("config_map", "kubernetes_config_map_v1"),
    ("secret", "kubernetes_secret"), ("secret", "kubernetes_secret_v1"),
])  # fmt: skip
def test_both_names_of_a_resource_type(kind: str, type: str) -> None:
    assert variable(env_from(kind, "x"), resource(type, "x", data={"A": "1"})).text == "1"


def test_env_wins_over_env_from_wherever_it_stands() -> None:
    for blocks in ([env("A", "set"), env_from("config_map", "settings")],
                   [env_from("config_map", "settings"), env("A", "set")]):  # fmt: skip
        assert variable(*blocks, SETTINGS).text == "set"


def test_the_last_env_of_a_name_wins() -> None:
    assert variable(env("A", "1"), env("B", "2"), env("A", "3")).text == "3"


def test_a_later_env_from_wins() -> None:
    both = env_from("config_map", "settings"), env_from("config_map", "more")
    assert variable(*both, SETTINGS, config_map("more", {"A": "later"})).text == "later"
    assert variable(*reversed(both), SETTINGS, config_map("more", {"A": "later"})).text == "mapped"
    assert variable(*both, SETTINGS, config_map("more", {"C": "c"})).text == "mapped"


def test_nothing_sets_it() -> None:
    with pytest.raises(Missing, match=r"^no environment variable C in container app of deployment mail "
                       r"\(1 env entries, ConfigMap settings\)$") as error:  # fmt: skip
        variable(env("A", "1"), env_from("config_map", "settings"), SETTINGS, name="C")
    assert error.value.origin == at(1)


def test_other_containers_do_not_count() -> None:
    other = container("other", env("A", "1")), container("init", env("A", "1"), type="init_container")
    with pytest.raises(Missing):
        the_container(deployment("mail", *other, container("app"))).environment("A")


def test_an_entry_without_a_name_sets_nothing() -> None:
    assert variable(env("A", "1"), env(None, "2")).text == "1"


def test_an_entry_without_a_value_is_empty() -> None:
    assert variable(env("A", None, line=3)).text == ""
    assert variable(env("A", None, line=3)).origin == at(3)
    assert variable(env_from("config_map", "settings"), SETTINGS, env("A", "")).text == ""


@pytest.mark.parametrize(("value", "text"), [(587, "587"), (True, "true"), (209715200, "209715200"), ("1", "1")])
def test_numbers_and_bools_become_strings(value: Plain, text: str) -> None:
    assert variable(env("A", value)).text == text
    assert variable(env_from("config_map", "c"), config_map("c", {"A": value})).text == text


def test_a_value_that_is_no_string() -> None:
    with pytest.raises(Malformed, match="A: not a string"):
        variable(env("A", ["1"]))
    with pytest.raises(Malformed, match="A of ConfigMap c: not a string"):
        variable(env_from("config_map", "c"), config_map("c", {"A": ["1"]}))


# -- ConfigMaps and Secrets -----------------------------------------------------------------------


def test_the_config_map_is_one_of_the_same_namespace() -> None:
    elsewhere = config_map("settings", {"A": "elsewhere"}, namespace="other")
    assert variable(env_from("config_map", "settings"), elsewhere, SETTINGS).text == "mapped"
    with pytest.raises(UnknownValueError, match="an env_from source may set A: ConfigMap settings is not declared"):
        variable(env_from("config_map", "settings"), elsewhere)


def test_an_unknown_namespace_hides_which_config_map_is_meant() -> None:
    with pytest.raises(UnknownValueError, match=r"kubernetes_config_map\.it may be the ConfigMap named settings: var"):
        variable(env_from("config_map", "settings"), SETTINGS, namespace=hidden())


def test_a_config_map_as_a_manifest() -> None:
    metadata = {"name": "settings", "namespace": "mail"}
    held = {"kind": "ConfigMap", "metadata": metadata, "data": {"A": "mapped"}}
    raw = resource("kubernetes_manifest", "x", manifest=held)
    assert variable(env_from("config_map", "settings"), raw).text == "mapped"
    adrift = resource("kubernetes_manifest", "x", manifest=held | {"metadata": {"name": "settings"}})
    with pytest.raises(UnknownValueError, match="it names no namespace, so whoever applies it decides"):
        variable(env_from("config_map", "settings"), adrift)


def test_config_map_and_secret_are_two_kinds() -> None:
    with pytest.raises(UnknownValueError, match="Secret settings is not declared in this stack"):
        variable(env_from("secret", "settings"), SETTINGS)


def test_a_config_map_without_data() -> None:
    with pytest.raises(Missing):
        variable(env_from("config_map", "settings"), config_map("settings"))


def test_an_undeclared_source_is_unknown_unless_a_later_one_decides() -> None:
    undeclared = env_from("config_map", "elsewhere")
    assert variable(undeclared, env_from("config_map", "settings"), SETTINGS).text == "mapped"
    assert variable(undeclared, env("A", "1")).text == "1"
    for later in (undeclared, env_from("config_map", "elsewhere", optional=True)):
        with pytest.raises(UnknownValueError, match="ConfigMap elsewhere is not declared in this stack"):
            variable(env_from("config_map", "settings"), later, SETTINGS)


def test_a_secret_is_sensitive_marked_or_not() -> None:
    found = variable(env_from("secret", "s"), secret("s", {"A": "hush"}))
    assert (found.text, found.sensitive, found.shown, found.source) == ("hush", True, "(not shown: secret)", "Secret s")
    assert not variable(env_from("config_map", "settings"), SETTINGS).sensitive


def test_a_sensitive_map_marks_what_it_holds() -> None:
    marked = resource("kubernetes_config_map", "c", data=opened({"A": "1"}).marked())
    assert variable(env_from("config_map", "c"), marked).shown == "(not shown: secret)"


def test_binary_data() -> None:
    """A Secret's reaches the environment as its data does; a ConfigMap's does not."""
    encoded = {"A": base64.b64encode(b"hush").decode()}
    assert variable(env_from("secret", "s"), resource("kubernetes_secret", "s", binary_data=encoded)).text == "hush"
    with pytest.raises(Missing):
        variable(env_from("config_map", "c"), resource("kubernetes_config_map", "c", binary_data=encoded))


def test_a_prefix() -> None:
    assert variable(env_from("config_map", "settings", prefix="X_"), SETTINGS, name="X_A").text == "mapped"
    with pytest.raises(Missing):
        variable(env_from("config_map", "settings", prefix="X_"), SETTINGS)
    undeclared = env_from("config_map", "elsewhere", prefix="Y_")
    assert variable(env_from("config_map", "settings"), undeclared, SETTINGS).text == "mapped"
    with pytest.raises(UnknownValueError, match="ConfigMap settings may set XA, under a prefix: var.hidden"):
        variable(env_from("config_map", "settings", prefix=hidden()), SETTINGS, name="XA")
    with pytest.raises(Missing):
        variable(env_from("config_map", "settings", prefix=hidden()), SETTINGS, name="XC")


def test_a_key_that_is_no_variable_name() -> None:
    odd = config_map("odd", {"1A": "x"})
    with pytest.raises(UnknownValueError, match="older versions of Kubernetes leave the key 1A out"):
        variable(env_from("config_map", "odd"), odd, name="1A")
    with pytest.raises(Missing):
        variable(env_from("config_map", "odd"), odd, name="2A")


# -- what cannot be known -------------------------------------------------------------------------


def test_an_unknown_value_is_known_to_be_set() -> None:
    found = variable(env_from("config_map", "settings"), SETTINGS, env("A", hidden(), line=5))
    assert found.shown == "(unknown: var.hidden has no value)"
    with pytest.raises(UnknownValueError, match="var.hidden has no value") as error:
        _ = found.text
    assert error.value.origin == HIDDEN.origin


def test_an_unknown_neighbour_hides_nothing() -> None:
    assert variable(env("B", hidden()), env("A", "1"), env("C", hidden())).text == "1"
    assert variable(env_from("config_map", "c"), config_map("c", {"A": "1", "B": hidden()})).text == "1"


def test_an_open_map() -> None:
    merged = config_map("c", opened({"A": "1"}))
    assert variable(env_from("config_map", "c"), merged).text == "1"
    with pytest.raises(UnknownValueError, match="whether ConfigMap c has the key B cannot be known: var.hidden"):
        variable(env_from("config_map", "c"), merged, name="B")


def test_an_unknown_map_may_set_anything() -> None:
    with pytest.raises(UnknownValueError, match="whether ConfigMap c has the key A cannot be known"):
        variable(env_from("config_map", "settings"), env_from("config_map", "c"), SETTINGS, config_map("c", hidden()))
    assert variable(env_from("config_map", "c"), env_from("config_map", "settings"), SETTINGS, config_map("c", hidden())
    ).text == "mapped"  # fmt: skip


def test_an_unknown_reference_may_set_anything() -> None:
    with pytest.raises(UnknownValueError, match="may set A: which ConfigMap is meant cannot be known: var.hidden"):
        variable(env_from("config_map", "settings"), env_from("config_map", hidden()), SETTINGS)


def test_a_null_under_a_key() -> None:
    with pytest.raises(UnknownValueError, match="is null, and what a null becomes here is up to the provider"):
        _ = variable(env_from("config_map", "c"), config_map("c", {"A": null()})).text


def test_a_reference_without_a_name() -> None:
    with pytest.raises(Malformed, match="reference to a ConfigMap: it has no name"):
        variable(env_from("config_map", None))


def test_a_value_without_a_place_of_its_own() -> None:
    assert variable(env("A", string("1"), line=4)).origin == at(4)
    assert variable(env("A", string("1", at(9)), line=4)).origin == at(9)
    settings = config_map("settings", object_({"A": string("1")}), line=20)
    assert variable(env_from("config_map", "settings"), settings).origin == at(20)
    nowhere = Unknown("nobody knows")
    with pytest.raises(UnknownValueError, match="an env entry may set A: nobody knows") as error:
        variable(env("A", "1", repeated=nowhere, line=4))
    assert error.value.origin == at(4)


def test_a_dynamic_env() -> None:
    some = env("A", "2", repeated=HIDDEN)
    with pytest.raises(UnknownValueError, match="an env entry may set A: var.hidden"):
        variable(env("A", "1"), some)
    assert variable(some, env("A", "1")).text == "1"
    assert variable(env("A", "1"), env("B", "2", repeated=HIDDEN)).text == "1"
    with pytest.raises(UnknownValueError):
        variable(env("A", "1"), env(hidden(), "2", repeated=HIDDEN))
    assert variable(env("A", "1"), env(partly("X_", HIDDEN), "2", repeated=HIDDEN)).text == "1"
    with pytest.raises(UnknownValueError):
        variable(env("A", "1"), env(partly(HIDDEN, "A"), "2"))


def test_a_dynamic_env_from() -> None:
    with pytest.raises(UnknownValueError, match="ConfigMap settings may set A: var.hidden"):
        variable(env_from("config_map", "settings", repeated=HIDDEN), SETTINGS)
    with pytest.raises(Missing):
        variable(env_from("config_map", "settings", repeated=HIDDEN), SETTINGS, name="C")
    some = block("env_from", block("config_map_ref", name="settings", repeated=HIDDEN))
    for source in (some, block("env_from", block("some_ref", name="settings")), block("env_from")):
        with pytest.raises(UnknownValueError, match="an env_from source may set A: its kind cannot be known"):
            variable(source, SETTINGS)


def test_a_writer_beside() -> None:
    """``kubernetes_config_map_v1_data`` and ``kubernetes_env`` write into what other resources declare."""
    writer = resource("kubernetes_config_map_v1_data", "settings", data={"A": "patched"}, address="patch")
    with pytest.raises(UnknownValueError, match=r"kubernetes_config_map_v1_data\.patch may write into it too"):
        variable(env_from("config_map", "settings"), SETTINGS, writer)
    elsewhere = resource("kubernetes_config_map_v1_data", "settings", data={"A": "patched"}, namespace="other")
    assert variable(env_from("config_map", "settings"), SETTINGS, elsewhere).text == "mapped"
    a_secret = secret("s", {"A": "1"}), resource("kubernetes_secret_v1_data", "s", data={"A": "patched"})
    with pytest.raises(UnknownValueError, match=r"kubernetes_secret_v1_data\.it may write into it too"):
        variable(env_from("secret", "s"), *a_secret)
    stateful = deployment("mail", container("app", env("A", "1")), type="kubernetes_stateful_set")
    patched = Cluster([stateful, resource("kubernetes_env", "mail")]).workload("stateful set", "mail")
    with pytest.raises(UnknownValueError, match=r"kubernetes_env\.it may write into it too"):
        patched.container("app").environment("A")
    with pytest.raises(UnknownValueError, match=r"kubernetes_env\.it may write into it too"):
        variable(env("A", "1"), resource("kubernetes_env", "mail", block("env", name="A", value="2")))
    assert variable(env("A", "1"), resource("kubernetes_env", "web", block("env", name="A", value="2"))).text == "1"


def test_write_only_data() -> None:
    written = resource("kubernetes_secret", "s", data={"A": "1"}, data_wo={"B": "2"})
    assert variable(env_from("secret", "s"), written).text == "1"
    with pytest.raises(UnknownValueError, match="data_wo reaches the cluster only when its revision changes"):
        variable(env_from("secret", "s"), written, name="B")
    with pytest.raises(UnknownValueError, match="binary_data_wo reaches the cluster only"):
        variable(env_from("secret", "s"), resource("kubernetes_secret", "s", binary_data_wo={"B": "Mg=="}))


# -- ignored by Terraform -------------------------------------------------------------------------

PATH = ("spec", 0, "template", 0, "spec", 0, "container", 0)


def test_ignored_in_the_workload() -> None:
    entry = (*PATH, "env", 1, "value")
    assert variable(env("B", "x"), env("A", "1"), ignore=(entry,)).ignored is not None
    assert variable(env("A", "1"), env("B", "x"), ignore=(entry,)).ignored is None
    assert variable(env("A", "1"), ignore=((*PATH, "env"),)).ignored is not None
    whole = env("A", None, key_of("config_map", "settings", "B"))
    assert variable(whole, SETTINGS, ignore=((*PATH, "env", 0, "value_from", 0, "config_map_key_ref"),)).ignored is None
    assert variable(whole, SETTINGS, ignore=((*PATH, "env", 0, "value_from"),)).ignored is not None
    assert variable(env_from("config_map", "settings"), SETTINGS, ignore=((*PATH, "env_from"),)).ignored is not None
    assert variable(env_from("config_map", "settings"), SETTINGS, ignore=((*PATH, "env"),)).ignored is None


def test_ignored_in_the_config_map() -> None:
    for entry, ignored in ((("data",), True), (("data", "A"), True), (("data", "B"), False)):
        source = config_map("settings", {"A": "1", "B": "2"}, ignore=(entry,))
        assert (variable(env_from("config_map", "settings"), source).ignored is not None) is ignored
        assert (variable(env("X", None, key_of("config_map", "settings", "A")), source, name="X").ignored is not None
        ) is ignored  # fmt: skip
