"""What volumes hold: items, projections of several sources, content."""

from __future__ import annotations

import base64

import pytest

from readers import Malformed, Missing
from readers.kubernetes import Container
from tests.readers.kubernetes.source import (
    HIDDEN,
    Plain,
    app,
    block,
    config_map,
    hidden,
    mount,
    partly,
    paths,
    resource,
    volume,
)
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import Block

# -- items ----------------------------------------------------------------------------------------


def with_items(*items: Block, optional: Plain = None) -> Container:
    source = block("config_map", *items, name="mail.config", optional=optional)
    return app(mount("config", "/tmp"), volumes=(volume("config", source),))


def item(key: Plain, path: Plain, **more: object) -> Block:
    return block("items", key=key, path=path, **more)


def test_items_name_the_paths() -> None:
    found = with_items(item("main.cf", "postfix/main.cf"))
    assert found.file("/tmp/postfix/main.cf").text == "a = 1\n"
    assert found.file("/tmp/postfix/main.cf").source == "ConfigMap mail.config key main.cf"
    assert paths(found.files_under("/tmp")) == ["/tmp/postfix/main.cf"]
    for absent in ("main.cf", "KeyTable", "postfix"):
        with pytest.raises(Missing):
            found.file(f"/tmp/{absent}")


def test_items_in_another_spelling() -> None:
    found = with_items(item("main.cf", "./postfix//main.cf"))
    assert found.file("/tmp/postfix/main.cf").text == "a = 1\n"
    assert paths(found.files_under("/tmp")) == ["/tmp/postfix/main.cf"]


def test_paths_that_no_item_has_need_no_config_map() -> None:
    for name in (hidden(), "elsewhere", None):
        source = block("config_map", item("main.cf", "main.cf"), name=name)
        found = app(mount("config", "/tmp"), volumes=(volume("config", source),))
        with pytest.raises(Missing, match=r"no key x, to be mounted at /tmp/x, in ConfigMap .* \(it has main.cf\)"):
            found.file("/tmp/x")
        with pytest.raises((UnknownValueError, Malformed)):
            found.file("/tmp/main.cf")


def test_items_of_which_there_may_be_none() -> None:
    """Then every key stands under its own name."""
    some = item("main.cf", "a", repeated=HIDDEN)
    with pytest.raises(UnknownValueError, match="which keys of ConfigMap mail.config are mounted cannot be known: var"):
        with_items(some).file("/tmp/main.cf")
    with pytest.raises(Missing):
        with_items(some).file("/tmp/elsewhere")
    with pytest.raises(Missing):
        with_items(some, item("main.cf", "b")).file("/tmp/main.cf")
    with pytest.raises(UnknownValueError, match="var.hidden"):
        with_items(some, item("main.cf", "b")).files_under("/tmp")


def test_an_item_without_a_path() -> None:
    with pytest.raises(Malformed, match="items: it has no path"):
        with_items(item("main.cf", None)).files_under("/tmp")
    with pytest.raises(Missing):
        with_items(item("main.cf", None)).file("/tmp/main.cf")


def test_a_sub_path_into_items() -> None:
    source = block("config_map", item("main.cf", "postfix/main.cf"), item("aliases", "x"), name="mail.config")
    found = app(mount("config", "/etc/postfix", "postfix"), volumes=(volume("config", source),))
    assert found.file("/etc/postfix/main.cf").text == "a = 1\n"
    assert paths(found.files_under("/etc")) == ["/etc/postfix/main.cf"]


def test_an_item_whose_key_is_not_there() -> None:
    with pytest.raises(Missing, match=r"no key mian.cf in ConfigMap mail.config \(it has main.cf\)"):
        with_items(item("mian.cf", "main.cf")).file("/tmp/main.cf")
    with pytest.raises(Missing, match="to be mounted at /tmp/main.cf"):
        with_items(item("mian.cf", "main.cf"), optional=True).file("/tmp/main.cf")


def test_items_that_cannot_be_known() -> None:
    perhaps = (item("aliases", "x", repeated=HIDDEN), item("aliases", hidden()), item("aliases", partly("x", HIDDEN)))
    for some in perhaps:
        with pytest.raises(UnknownValueError, match="whether ConfigMap mail.config is mounted as x cannot be known"):
            with_items(some).file("/tmp/x")
        with pytest.raises(UnknownValueError, match="var.hidden"):
            with_items(some).files_under("/tmp")
    with pytest.raises(Missing):
        with_items(item("main.cf", partly("y", HIDDEN))).file("/tmp/x")
    with pytest.raises(UnknownValueError, match="var.hidden"):
        with_items(item(hidden(), "x")).file("/tmp/x")


# -- projections ----------------------------------------------------------------------------------


def projected(*sources: Block, repeated: bool = False) -> Container:
    outer = [block("sources", source, repeated=HIDDEN if repeated else None) for source in sources]
    return app(mount("all", "/tmp"), volumes=(volume("all", block("projected", *outer)),))


def test_a_projection_of_several() -> None:
    found = projected(block("config_map", name="mail.config"), block("secret", name="mail.keys"))
    assert found.file("/tmp/main.cf").source == "ConfigMap mail.config key main.cf"
    assert found.file("/tmp/example.org.key").shown == "(not shown: secret)"
    assert len(found.files_under("/tmp")) == 4
    with pytest.raises(Missing, match=r"no key x, to be mounted at /tmp/x, in ConfigMap mail.config \(.*\), Secret"):
        found.file("/tmp/x")


def test_a_later_source_wins() -> None:
    found = projected(
        block("config_map", name="mail.config"), block("secret", item("example.org.key", "main.cf"), name="mail.keys")
    )
    assert found.file("/tmp/main.cf").text == "hush"
    assert {file.what: file.shown for file in found.files_under("/tmp")}["/tmp/main.cf"] == "(not shown: secret)"


def test_sources_filled_in_when_the_pod_runs() -> None:
    for running in (block("service_account_token", path="token"), block("downward_api", item(None, "token"))):
        found = projected(block("config_map", name="mail.config"), running)
        assert found.file("/tmp/main.cf").text == "a = 1\n"
        with pytest.raises(Missing, match=f"in ConfigMap mail.config .*, {running.type}$"):
            found.file("/tmp/x")
        with pytest.raises(UnknownValueError, match=f"what {running.type} holds is not declared"):
            found.file("/tmp/token")
        with pytest.raises(UnknownValueError, match=f"what {running.type} holds"):
            found.files_under("/tmp")


def test_a_source_that_does_not_name_its_path() -> None:
    with pytest.raises(UnknownValueError, match="what service_account_token holds is not declared"):
        projected(block("service_account_token")).file("/tmp/token")


def test_a_source_that_may_not_be_there() -> None:
    outer = projected(block("config_map", name="mail.config"), repeated=True)
    inner = projected(block("config_map", name="mail.config", repeated=HIDDEN))
    for found in (outer, inner):
        with pytest.raises(UnknownValueError, match="ConfigMap mail.config may be part of the volume: var.hidden"):
            found.file("/tmp/main.cf")
        with pytest.raises(Missing):
            found.file("/tmp/x")
        with pytest.raises(UnknownValueError, match="may be part of the volume"):
            found.files_under("/tmp")


# -- content --------------------------------------------------------------------------------------


def test_binary_data() -> None:
    encoded = {"text": base64.b64encode("ü\n".encode()).decode(), "bytes": base64.b64encode(b"\xff").decode()}
    binary = resource("kubernetes_config_map", "mail.config", binary_data=encoded)
    found = app(mount("config", "/d"), resources=(binary,))
    assert found.file("/d/text").text == "ü\n"
    assert found.file("/d/bytes").shown == "(unknown: it is binary, not text)"
    assert paths(found.files_under("/d")) == ["/d/bytes", "/d/text"]


def test_binary_data_that_cannot_be_known() -> None:
    secret = partly(base64.b64encode(b"x").decode()).marked()
    content = resource("kubernetes_config_map", "mail.config", binary_data={"a": hidden(), "b": secret})
    found = app(mount("config", "/d"), resources=(content,))
    assert found.file("/d/a").shown == "(unknown: var.hidden has no value)"
    assert (found.file("/d/b").text, found.file("/d/b").shown) == ("x", "(not shown: secret)")


def test_binary_data_that_is_not_base64() -> None:
    broken = resource("kubernetes_config_map", "mail.config", binary_data={"a": "%"})
    with pytest.raises(Malformed, match="a of ConfigMap mail.config: not base64"):
        app(mount("config", "/d"), resources=(broken,)).file("/d/a")


def test_data_that_is_no_map() -> None:
    broken = resource("kubernetes_config_map", "mail.config", data="a = 1")
    with pytest.raises(Malformed, match="ConfigMap mail.config: data is not a map"):
        app(mount("config", "/d"), resources=(broken,)).file("/d/a")


def test_parts_of_a_partly_unknown_file_are_kept() -> None:
    half = config_map("mail.config", {"main.cf": partly("a = 1\nb = ", HIDDEN)})
    found = app(mount("config", "/d"), resources=(half,)).file("/d/main.cf")
    assert next(line.text for line in found.value.lines()) == "a = 1"
