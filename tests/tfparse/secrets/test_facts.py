"""What is kept of modules between runs never hides a secret: what is found with it is what is found without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.repo import repo
from tests.tfparse.secrets.test_secrecy import CASES
from tfparse import cached, load
from tfparse.secrets import facts, secrecy, words
from tfparse.secrets.secrecy import Secrets, find_secrets
from tfparse.secrets.taint import Taint
from tfparse.source.cache import ParseCache, Tree

CALLED = {
    "main.tf": 'variable "a" {\n  sensitive = true\n}\nmodule "m" {\n  source = "./m"\n  b      = "hunter2x"\n}\n',
    "m/main.tf": 'variable "b" {\n  default = "hunter3x"\n}\n',
    "n/main.tf": 'module "o" {\n  source = "../main"\n  a      = "hunter4x"\n}\n',
    "elsewhere/main.tf": 'locals {\n  open = "in the open"\n}\n',
}


@pytest.fixture(autouse=True)
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))


def found(secrets: Secrets) -> dict[str, object]:
    names = ("lines", "files", "unreadable", "texts", "sources", "words_left", "literals", "variables")
    return {name: getattr(secrets, name) for name in names} | {
        "read": (secrets.places.files, secrets.places.literals, secrets.places.variables),
        "open": {text for text in secrets.texts if secrets.is_open(text)},
    }


def kept(infra: Path) -> dict[str, object]:
    """What is found with what earlier runs have kept."""
    with cached(infra) as cache:
        return found(find_secrets(load(infra, cache)))


def anew(infra: Path) -> dict[str, object]:
    return found(find_secrets(load(infra)))


@pytest.mark.parametrize("name", CASES)
def test_a_file_more_or_less_or_otherwise(name: str, tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    repo(infra, dict(CASES[name][0]))
    assert kept(infra) == anew(infra)
    assert kept(infra) == anew(infra)
    for file in sorted(path for path in infra.rglob("*") if path.is_file()):
        content = file.read_bytes()
        for other in (None, b"", b"\n" + content, b"= \n"):
            if other is None:
                file.unlink()
            else:
                file.write_bytes(other)
            assert kept(infra) == kept(infra) == anew(infra), (file, other)
            file.write_bytes(content)
            assert kept(infra) == anew(infra), (file, other)


def test_what_does_not_parse_is_told_each_time(tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    repo(infra, CALLED | {"m/wrong.tf": "a = = 1\n", "wrong.tfvars": "= 1\n", "t/twice.tf": 'variable "a" {}\n' * 2})
    for _ in range(3):
        assert kept(infra)["unreadable"] == {"m/wrong.tf", "wrong.tfvars"}


def test_a_file_that_another_replaces_is_not_taken_for_parsed(tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    repo(infra, {"a/wrong.tf": "a = = 1\n", "m/x.tf": "a = = 1\n", "m/x.tofu": 'variable "b" {}\n'})
    for _ in range(3):
        assert kept(infra)["unreadable"] == {"a/wrong.tf", "m/x.tf"}


def test_the_same_text_elsewhere_calls_another_module(tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    call = 'module "m" {\n  source = "../m"\n  b      = "hunter2x"\n}\n'
    secret = 'variable "b" {\n  sensitive = true\n}\n'
    repo(infra, {"s/x/main.tf": call, "t/main.tf": call, "s/m/main.tf": 'variable "b" {}\n', "m/main.tf": secret})
    for _ in range(2):
        assert kept(infra)["lines"] == {"t/main.tf": {3}}


@pytest.mark.parametrize(
    ("file", "then"),
    [
        ("m/main.tf", 'variable "b" {\n  default   = "hunter3x"\n  sensitive = true\n}\n'),
        ("m/main.tf", 'variable "b" {}\nresource "kubernetes_secret" "s" {\n  data = { x = var.b }\n}\n'),
        ("m/override.tf", 'variable "b" {\n  sensitive = true\n}\n'),
        ("m/main.tofu", 'variable "b" {\n  sensitive = true\n}\n'),
        ("main.tf", 'module "m" {\n  source = "./m"\n  b      = sensitive("hunter2x")\n}\n'),
    ],
)
def test_a_change_in_one_module_makes_secrets_of_another(file: str, then: str, tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    repo(infra, dict(CALLED))
    before = kept(infra)
    repo(infra, {file: then})
    after = kept(infra)
    assert after == anew(infra)
    assert after["texts"] != before["texts"]


def test_a_module_that_is_as_it_was_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    infra = tmp_path / "infra"
    repo(infra, dict(CALLED))
    before = kept(infra)
    parsed: list[str] = []
    usual = ParseCache.parsed

    def parse(cache: ParseCache, data: bytes, name: str, parser: Callable[[bytes, str], Tree]) -> Tree:
        parsed.append(name)
        return usual(cache, data, name, parser)

    monkeypatch.setattr(ParseCache, "parsed", parse)
    assert kept(infra) == before
    assert parsed == []


def test_other_code_believes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    infra = tmp_path / "infra"
    repo(infra, dict(CALLED))
    kept(infra)
    looked: list[str] = []
    usual = Taint._look

    def look(taint: Taint, directory: str) -> facts.Facts:
        looked.append(directory)
        return usual(taint, directory)

    monkeypatch.setattr(Taint, "_look", look)
    assert kept(infra) == anew(infra)
    before = len(looked)
    monkeypatch.setattr(facts, "code", lambda: "other code")
    kept(infra)
    assert len(looked) - before == len(CALLED)


def test_as_much_may_be_parsed_besides_as_if_all_were_parsed(tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    repo(infra, dict(CALLED))
    used = []
    for _ in range(2):
        with cached(infra) as cache:
            made = load(infra, cache)
            find_secrets(made)
            used.append(made.tree.pools.source._used)
    assert used[0] == used[1] > 0


def test_what_is_kept_outlives_a_run_that_had_no_use_for_its_trees(tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    repo(infra, dict(CALLED))
    kept(infra)
    repo(infra, {"elsewhere/main.tf": "locals {}\n"})
    with cached(infra) as cache:
        find_secrets(load(infra, cache))
        stored = set(cache._stored)
        cache.shrink(0)
        assert len(stored & set(cache._away)) >= 2 * (len(CALLED) - 1)


def test_a_file_that_changes_meanwhile_is_read_once(tmp_path: Path) -> None:
    """Else what was made of another text would be kept."""
    infra, before = tmp_path / "infra", "locals {\n  a = 1\n}\n"
    repo(infra, {"main.tf": before})

    def told(then: str) -> object:
        with cached(infra) as cache:
            tree = load(infra, cache).tree

            def work() -> list[str]:
                (infra / "main.tf").write_text(then)
                tree.parse("main.tf")
                return [tree.view().read_bytes("main.tf").decode(), then]

            found = tree.told(["main.tf"], b"about", work)
            assert tree.read_bytes("main.tf").decode() == (infra / "main.tf").read_text()
            return found

    assert told("locals {}\n") == [before, "locals {}\n"]
    (infra / "main.tf").write_text(before)
    assert told("locals {\n}\n") == [before, "locals {}\n"], "it was not kept"


def test_what_is_at_hand_counts_as_looked_at(tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    repo(infra, {"shared.tf": "locals {}\n"})
    (infra / "main.tf").symlink_to("shared.tf")
    with cached(infra) as cache:
        tree = load(infra, cache).tree
        view = tree.view()
        tree.told(["main.tf"], b"about", lambda: [view.read_bytes("main.tf").decode()])
        assert {path.rpartition("/")[2] for path in view.reads.files} == {"main.tf", "shared.tf"}


OPEN = {
    "main.tf": 'variable "a" {\n  sensitive = true\n  default   = "hunter2x"\n}\nlocals {\n  b = "hunter3x"\n}\n',
    "m/main.tf": 'locals {\n  c = "hunter2x"\n}\n',
    "m/n.hcl": "d = 1\n",
    "x/x.auto.tfvars": 'e = "hunter4x"\n',
}


@pytest.mark.parametrize(
    ("file", "then"),
    [
        ("m/main.tf", "locals {\n}\n"),
        ("m/main.tf", 'variable "c" {\n  sensitive = true\n  default   = "hunter2x"\n}\n'),
        ("m/main.tf", "locals {\n"),
        ("m/n.hcl", 'd = "hunter2x"\n'),
        ("m/n.hcl", "# hunter2x\n"),
        ("main.tf", 'variable "a" {\n  sensitive = true\n  default   = "hunter3x"\n}\n'),
        ("main.tf", 'variable "a" {\n  sensitive = true\n  default   = "hunter4x"\n}\n'),
        ("main.tf", 'variable "e" {\n  sensitive = true\n}\n'),
        ("k/main.tf", 'variable "d" {\n  sensitive = true\n}\nmodule "m" {\n  source = "../m"\n  c = var.d\n}\n'),
    ],
)
def test_a_change_opens_or_closes_a_word(file: str, then: str, tmp_path: Path) -> None:
    """Which stand in the open is kept for the files of each folder, by what is secret anywhere."""
    infra = tmp_path / "infra"
    repo(infra, OPEN)
    before = kept(infra)
    assert before["open"] == {"hunter2x"}
    for files in ({file: then}, {file: OPEN.get(file, "locals {\n}\n")}):
        repo(infra, files)
        assert kept(infra) == anew(infra)


def test_a_line_is_closed_from_elsewhere(tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    module = 'variable "c" {\n  default = "hunter2x"\n}\noutput "o" {\n  value = var.c\n}\n'
    repo(infra, {"main.tf": OPEN["main.tf"], "m/main.tf": module})
    assert kept(infra)["open"] == {"hunter2x"}
    caller = 'module "m" {\n  source = "../m"\n}\noutput "z" {\n  sensitive = true\n  value     = module.m.o\n}\n'
    repo(infra, {"k/main.tf": caller})
    assert kept(infra)["open"] == anew(infra)["open"] == set()


def test_other_code_splits_all_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    infra = tmp_path / "infra"
    repo(infra, OPEN)
    kept(infra)
    split: list[bytes] = []
    monkeypatch.setattr(words, "split", lambda source: split.append(source) or [])
    kept(infra)
    assert split == []
    monkeypatch.setattr(secrecy, "code", lambda: "other code")
    kept(infra)
    assert len(split) == 3  # folders


def test_one_text_in_two_folders_is_closed_in_one(tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    closed = 'resource "kubernetes_secret" "a" {\n  data = { b = "hunter2x" }\n}\n'
    repo(infra, {"m/main.tf": closed, "n/main.tf": closed})
    assert kept(infra) == kept(infra) == anew(infra)
    repo(infra, {"n/main.tf": closed.replace("_secret", "_config_map")})
    assert kept(infra)["open"] == anew(infra)["open"] == {"hunter2x"}
