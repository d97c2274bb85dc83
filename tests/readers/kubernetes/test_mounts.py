"""Mounted files: which volume, object and key stand at a path of a container, and when that cannot be known."""

from __future__ import annotations

import pytest

from readers import Malformed, Missing
from readers.kubernetes import Cluster, Container
from tests.readers.kubernetes.source import (
    CONFIG,
    HIDDEN,
    VOLUMES,
    app,
    at,
    block,
    config_map,
    container,
    deployment,
    hidden,
    mount,
    opened,
    partly,
    paths,
    secret,
    the_container,
    volume,
)
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import Block

# -- one file -------------------------------------------------------------------------------------


def test_a_key_mounted_as_a_file() -> None:
    found = app(mount("config", "/tmp/main.cf", "main.cf", line=8)).file("/tmp/main.cf")
    assert (found.what, found.text, found.source) == ("/tmp/main.cf", "a = 1\n", "ConfigMap mail.config key main.cf")
    assert (found.origin, found.mount_origin, found.sensitive) == (at(20), at(8), False)


def test_a_key_under_another_name() -> None:
    found = app(mount("keys", "/tmp/mail.private", "example.org.key")).file("/tmp/mail.private")
    assert (found.text, found.shown) == ("hush", "(not shown: secret)")
    assert found.source == "Secret mail.keys key example.org.key"


@pytest.mark.parametrize("sub_path", ["./main.cf", "main.cf/", "x/../main.cf"])
def test_a_sub_path_in_another_spelling(sub_path: str) -> None:
    assert app(mount("config", "/tmp/main.cf", sub_path)).file("/tmp/main.cf").text == "a = 1\n"


@pytest.mark.parametrize("sub_path", ["", ".", "./"])
def test_a_sub_path_that_is_the_whole_volume(sub_path: str) -> None:
    assert app(mount("config", "/etc/mail", sub_path)).file("/etc/mail/KeyTable").text == "k\n"
    assert len(app(mount("config", "/etc/mail", sub_path)).files_under("/etc/mail")) == 3


def test_a_volume_mounted_as_a_directory() -> None:
    assert app(mount("config", "/etc/mail")).file("/etc/mail/KeyTable").text == "k\n"
    assert app(mount("config", "/etc/mail/")).file("/etc//mail/./KeyTable").text == "k\n"
    assert app(mount("config", "etc/mail")).file("/etc/mail/KeyTable").text == "k\n"
    assert app(mount("config", "/")).file("/KeyTable").text == "k\n"


def test_nothing_is_mounted_there() -> None:
    with pytest.raises(Missing, match=r"^no file /tmp/main.cf in the 1 volume mounts of container app of") as error:
        app(mount("config", "/tmp/main", "main.cf")).file("/tmp/main.cf")
    assert error.value.origin == at(1)
    assert str(error.value).endswith(" (it has /tmp/main)")
    with pytest.raises(Missing):
        app(mount("config", "/tmp/main.cf.d")).file("/tmp/main.cf")


def test_another_containers_mounts_do_not_count() -> None:
    init = container("init", mount("config", "/tmp"), type="init_container")
    other = container("other", mount("config", "/tmp"))
    found = the_container(deployment("mail", init, other, container("app"), *VOLUMES), CONFIG)
    with pytest.raises(Missing):
        found.file("/tmp/main.cf")


def test_a_key_that_is_not_there() -> None:
    with pytest.raises(
        Missing, match=r"^no key Key, to be mounted at /tmp/k, in ConfigMap mail.config \(it has KeyTable\)$"
    ) as error:
        app(mount("config", "/tmp/k", "Key", line=8)).file("/tmp/k")
    assert error.value.origin == at(8)
    with pytest.raises(Missing, match="no key main.c, to be mounted at /tmp/main.c, in ConfigMap mail.config"):
        app(mount("config", "/tmp")).file("/tmp/main.c")
    with pytest.raises(Missing):
        app(mount("config", "/tmp")).file("/tmp/sub/main.cf")


def test_a_directory_is_no_file() -> None:
    with pytest.raises(Missing, match="no file /tmp in ConfigMap mail.config, which is mounted there as a directory"):
        app(mount("config", "/tmp")).file("/tmp")


def test_the_deepest_mount_decides() -> None:
    for mounts in ([mount("config", "/tmp"), mount("keys", "/tmp/KeyTable", "example.org.key")],
                   [mount("keys", "/tmp/KeyTable", "example.org.key"), mount("config", "/tmp")]):  # fmt: skip
        assert app(*mounts).file("/tmp/KeyTable").text == "hush"
        assert app(*mounts).file("/tmp/main.cf").text == "a = 1\n"
    with pytest.raises(Missing, match="no key KeyTable, to be mounted at /tmp/sub/KeyTable, in Secret mail.keys"):
        app(mount("config", "/tmp"), mount("keys", "/tmp/sub")).file("/tmp/sub/KeyTable")


def test_a_mount_without_a_path() -> None:
    with pytest.raises(Malformed, match="volume_mount of container app of deployment mail: it has no mount_path"):
        app(mount("config", None)).file("/tmp/x")
    with pytest.raises(Malformed, match="volume_mount: it has no name"):
        app(mount(None, "/tmp")).file("/tmp/x")


def test_two_volumes_at_one_path() -> None:
    with pytest.raises(Malformed, match="two volumes are mounted at /tmp"):
        app(mount("config", "/tmp"), mount("keys", "/tmp/")).file("/tmp/main.cf")


def test_a_volume_that_is_not_there() -> None:
    with pytest.raises(Missing, match=r"^no volume conf in deployment mail \(it has config\)$") as error:
        app(mount("conf", "/tmp", line=8)).file("/tmp/main.cf")
    assert error.value.origin == at(8)


@pytest.mark.parametrize(("volume", "kind"), [("data", "persistent_volume_claim"), ("tmp", "empty_dir")])
def test_what_is_in_a_volume_is_not_declared(volume: str, kind: str) -> None:
    found = app(mount(volume, "/var", "sub"))
    with pytest.raises(UnknownValueError, match=f"what {kind} holds is not declared in this stack"):
        found.file("/var/x")
    with pytest.raises(UnknownValueError, match=f"what {kind} holds"):
        found.files_under("/var")


def test_a_volume_without_a_source_is_an_empty_directory() -> None:
    with pytest.raises(UnknownValueError, match="what empty_dir holds"):
        app(mount("bare", "/var"), volumes=(volume("bare"),)).file("/var/x")


def test_a_host_path_is_not_taken_for_its_path() -> None:
    with pytest.raises(UnknownValueError, match="what host_path holds"):
        app(mount("host", "/var"), volumes=(volume("host", block("host_path", path="/srv")),)).file("/var/x")


def test_a_claim_of_a_stateful_set() -> None:
    def claiming(*metadata: Block, **claim: object) -> Container:
        spec = (block("volume_claim_template", *metadata, **claim),)
        pod = container("app", mount("config", "/tmp")), *VOLUMES
        stateful = deployment("mail", *pod, type="kubernetes_stateful_set", spec=spec)
        return Cluster([stateful, CONFIG]).workload("stateful set", "mail").container("app")

    with pytest.raises(UnknownValueError, match="what volume_claim_template holds"):
        claiming(block("metadata", name="config")).file("/tmp/main.cf")
    assert claiming(block("metadata", name="other")).file("/tmp/main.cf").text == "a = 1\n"
    assert claiming().file("/tmp/main.cf").text == "a = 1\n"
    with pytest.raises(UnknownValueError, match="volume config of stateful set mail cannot be known: var.hidden"):
        claiming(block("metadata", name="config"), repeated=HIDDEN).file("/tmp/main.cf")
    with pytest.raises(UnknownValueError, match="volume config of stateful set mail cannot be known: var.hidden"):
        claiming(block("metadata", name=hidden())).file("/tmp/main.cf")


def test_an_object_that_is_not_declared() -> None:
    elsewhere, otherwise = config_map("mail.config", {"main.cf": ""}, namespace="other"), secret("mail.config", {})
    for resources in ((), (elsewhere,), (otherwise,)):
        with pytest.raises(UnknownValueError, match="ConfigMap mail.config is not declared in this stack"):
            app(mount("config", "/tmp"), resources=resources).file("/tmp/main.cf")
        with pytest.raises(UnknownValueError, match="ConfigMap mail.config is not declared in this stack"):
            app(mount("config", "/tmp"), resources=resources).files_under("/tmp")


# -- what cannot be known -------------------------------------------------------------------------


def test_an_unknown_value_is_a_known_file() -> None:
    found = app(mount("keys", "/k"), resources=(secret("mail.keys", {"example.org.key": hidden()}),))
    assert paths(found.files_under("/k")) == ["/k/example.org.key"]
    assert found.file("/k/example.org.key").value.is_unknown


def test_an_open_map() -> None:
    merged = config_map("mail.config", opened({"main.cf": "a"}))
    found = app(mount("config", "/tmp"), resources=(merged,))
    assert found.file("/tmp/main.cf").text == "a"
    with pytest.raises(UnknownValueError, match="whether ConfigMap mail.config has the key x cannot be known: var"):
        found.file("/tmp/x")
    with pytest.raises(UnknownValueError, match="which keys ConfigMap mail.config has cannot be known: var.hidden"):
        found.files_under("/tmp")
    with pytest.raises(Missing, match="no key sub/x"):
        found.file("/tmp/sub/x")
    with pytest.raises(Missing, match="which is mounted there as a directory"):
        found.file("/tmp")


def test_an_unknown_map() -> None:
    found = app(mount("config", "/tmp"), resources=(config_map("mail.config", hidden()),))
    with pytest.raises(UnknownValueError, match="whether ConfigMap mail.config has the key x cannot be known: var"):
        found.file("/tmp/x")
    with pytest.raises(UnknownValueError, match="which keys ConfigMap mail.config has cannot be known: var.hidden"):
        found.files_under("/tmp")


def test_of_an_open_map_one_listed_key_is_certain() -> None:
    merged = config_map("mail.config", opened({"main.cf": "a"}))
    one = app(mount("config", "/tmp/main.cf", "main.cf"), resources=(merged,))
    assert paths(one.files_under("/tmp")) == ["/tmp/main.cf"]
    other = app(mount("config", "/tmp/x", "x"), resources=(merged,))
    with pytest.raises(UnknownValueError, match="has the key x cannot be known"):
        other.files_under("/tmp")
    assert app(mount("config", "/tmp/x", "x")).files_under("/tmp") == []


def test_a_mount_that_may_be_anywhere() -> None:
    for some in (mount("keys", hidden()), mount("keys", partly("/tmp/", HIDDEN))):
        assert app(mount("config", "/tmp/main.cf", "main.cf"), some).file("/tmp/main.cf").text == "a = 1\n"
        with pytest.raises(UnknownValueError, match=r"what is mounted at /tmp/main\.cf cannot be known: var\.hidden"):
            app(mount("config", "/tmp"), some).file("/tmp/main.cf")
        with pytest.raises(UnknownValueError, match="what is mounted under /tmp cannot be known"):
            app(mount("config", "/tmp"), some).files_under("/tmp")
    with pytest.raises(UnknownValueError, match="what is mounted at /tmp/main.cf cannot be known"):
        app(mount("config", "/tmp"), mount("keys", partly("tmp//", HIDDEN))).file("/tmp/main.cf")
    elsewhere = mount("keys", partly("/var/", HIDDEN))
    assert app(mount("config", "/tmp"), elsewhere).file("/tmp/main.cf").text == "a = 1\n"
    assert len(app(mount("config", "/tmp"), elsewhere).files_under("/tmp")) == 3
    with pytest.raises(Missing):
        app(elsewhere).file("/tmp/main.cf")


def test_a_mount_that_may_not_be_there() -> None:
    some = mount("keys", "/tmp/main.cf", "example.org.key", repeated=HIDDEN)
    with pytest.raises(UnknownValueError, match=r"what is mounted at /tmp/main\.cf cannot be known"):
        app(mount("config", "/tmp"), some).file("/tmp/main.cf")
    assert app(mount("config", "/tmp"), some).file("/tmp/KeyTable").text == "k\n"
    with pytest.raises(UnknownValueError):
        app(mount("config", "/tmp"), some).files_under("/tmp")
    assert app(mount("config", "/etc"), some).files_under("/etc")


def test_an_unknown_sub_path_or_volume() -> None:
    with pytest.raises(UnknownValueError, match="var.hidden"):
        app(mount("config", "/tmp/x", hidden())).file("/tmp/x")
    with pytest.raises(UnknownValueError, match="var.hidden"):
        app(mount(hidden(), "/tmp")).file("/tmp/x")


def test_a_volume_that_may_not_be_there() -> None:
    source = block("config_map", name="mail.config")
    for some in (volume("config", source, repeated=HIDDEN), volume(hidden(), source)):
        with pytest.raises(UnknownValueError, match="volume config of deployment mail cannot be known: var.hidden"):
            app(mount("config", "/tmp"), volumes=(some,)).file("/tmp/main.cf")
    perhaps = volume("config", block("config_map", name="mail.config", repeated=HIDDEN))
    with pytest.raises(UnknownValueError, match="what volume config is cannot be known: var.hidden"):
        app(mount("config", "/tmp"), volumes=(perhaps,)).file("/tmp/main.cf")
    with pytest.raises(Malformed, match="volume config of deployment mail: it has more than one source"):
        app(mount("config", "/tmp"), volumes=(volume("config", source, block("empty_dir")),)).file("/tmp/main.cf")


# -- all files of a directory ---------------------------------------------------------------------


def test_files_under_a_directory() -> None:
    found = app(
        mount("config", "/d/override.d/one.conf", "main.cf"), mount("config", "/d/override.d/two.conf", "aliases"),
        mount("config", "/d/override.d2/three.conf", "aliases"), mount("keys", "/d/override.d/sub"),
        mount("data", "/var"),
    )  # fmt: skip
    expected = ["/d/override.d/one.conf", "/d/override.d/sub/example.org.key", "/d/override.d/two.conf"]
    assert paths(found.files_under("/d/override.d/")) == expected
    assert paths(found.files_under("/d/override.d")) == expected
    assert found.files_under("/d/override.d/one.conf") == []
    assert found.files_under("/elsewhere") == []


def test_a_mount_hides_what_lies_under_it() -> None:
    found = app(mount("config", "/d"), mount("keys", "/d/KeyTable"), mount("config", "/d/aliases", "main.cf"))
    assert {file.what: file.source for file in found.files_under("/d")} == {
        "/d/KeyTable/example.org.key": "Secret mail.keys key example.org.key",
        "/d/aliases": "ConfigMap mail.config key main.cf",
        "/d/main.cf": "ConfigMap mail.config key main.cf",
    }


def test_a_mount_hides_what_lies_under_it_in_any_order() -> None:
    found = app(mount("keys", "/d/KeyTable"), mount("config", "/d"))
    assert paths(found.files_under("/")) == ["/d/KeyTable/example.org.key", "/d/aliases", "/d/main.cf"]


def test_only_the_deepest_mount_over_a_directory_shows() -> None:
    found = app(mount("data", "/d"), mount("config", "/d/e"))
    assert paths(found.files_under("/d/e")) == ["/d/e/KeyTable", "/d/e/aliases", "/d/e/main.cf"]
    found = app(mount("config", "/d/e"), mount("data", "/d"))
    assert paths(found.files_under("/d/e")) == ["/d/e/KeyTable", "/d/e/aliases", "/d/e/main.cf"]
    assert app(mount("config", "/d")).files_under("/d/e") == []
    with pytest.raises(UnknownValueError, match="what persistent_volume_claim holds"):
        found.files_under("/d/f")
    with pytest.raises(UnknownValueError, match="what persistent_volume_claim holds"):
        found.files_under("/d")


def test_files_say_where_they_come_from() -> None:
    (found,) = app(mount("keys", "/k", line=8)).files_under("/k")
    assert (found.text, found.origin, found.mount_origin) == ("hush", at(30), at(8))


# -- ignored by Terraform -------------------------------------------------------------------------

PATH = ("spec", 0, "template", 0, "spec", 0, "container", 0)


def test_ignored_changes() -> None:
    mounts = mount("keys", "/k"), mount("config", "/d")
    assert app(*mounts, ignore=((*PATH, "volume_mount", 1),)).file("/d/main.cf").ignored is not None
    assert app(*mounts, ignore=((*PATH, "volume_mount", 0),)).file("/d/main.cf").ignored is None
    ignored = config_map("mail.config", {"main.cf": "", "x": ""}, ignore=(("data", "main.cf"),))
    found = app(*mounts, resources=(ignored,))
    assert found.file("/d/main.cf").ignored is not None
    assert found.file("/d/x").ignored is None
