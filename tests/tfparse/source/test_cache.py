"""The parse cache: it saves work, and is believed only where it is surely ours."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.repo import repo
from tfparse import ParseCache, cached, load
from tfparse.hcl import syntax
from tfparse.hcl.ast import Node
from tfparse.source import cache as module

SOURCE = b"a = 1\n"


def parsed(data: bytes, name: str) -> Node:
    return ("parsed", 1, 1, data.decode(), name)


def refuse(data: bytes, name: str) -> Node:
    raise AssertionError(f"{name} was parsed again")


refuse.__name__ = parsed.__name__


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A cache that holds the tree of SOURCE."""
    made = tmp_path / "caches" / "x.trees"
    cache = ParseCache(made)
    cache.parsed(SOURCE, "x.tf", parsed)
    cache.save()
    return made


def test_a_tree_is_kept_from_run_to_run(file: Path) -> None:
    assert ParseCache(file).parsed(SOURCE, "x.tf", refuse) == parsed(SOURCE, "x.tf")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_it_is_written_only_where_there_is_something_new(file: Path) -> None:
    os.utime(file, (1, 1))
    again = ParseCache(file)
    again.parsed(SOURCE, "x.tf", refuse)
    again.save()
    assert file.stat().st_mtime == 1


def test_a_tree_that_was_put_away_is_not_parsed_again_and_is_written(tmp_path: Path) -> None:
    cache = ParseCache(tmp_path / "x.trees")
    made = cache.parsed(SOURCE, "x.tf", parsed)
    cache.shrink(0)
    assert cache.parsed(SOURCE, "x.tf", refuse) == made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tfparse.source.cache._sealed", refuse)  # as it was sealed before, it is written
        cache.shrink(0)
    cache.save()
    assert ParseCache(tmp_path / "x.trees").parsed(SOURCE, "x.tf", refuse) == made


def test_other_content_is_parsed(file: Path) -> None:
    assert ParseCache(file).parsed(b"a = 2\n", "x.tf", parsed) == parsed(b"a = 2\n", "x.tf")


def test_the_same_bytes_as_source_and_as_a_template(tmp_path: Path) -> None:
    infra = repo(tmp_path, {"empty.tf": "", "main.tf": "", "empty.tpl": ""})
    infra.tree.parse("empty.tf")
    assert infra.root("").evaluate('templatefile("empty.tpl", {})').as_string() == ""


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut in its head": lambda data: data[:40],
    "cut at its end": lambda data: data[:-1],
    "longer": lambda data: data + b"x",
    "one bit": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "head of another program": lambda data: data.replace(b"tfparse", b"tfparst", 1),
    "anything": lambda data: b"\0" * 5000,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_ignored(file: Path, damage: str) -> None:
    file.write_bytes(DAMAGES[damage](file.read_bytes()))
    assert ParseCache(file).parsed(SOURCE, "x.tf", parsed) == parsed(SOURCE, "x.tf")


def test_a_cache_that_others_can_write_is_ignored(file: Path) -> None:
    file.chmod(0o622)
    with pytest.raises(AssertionError, match="parsed again"):
        ParseCache(file).parsed(SOURCE, "x.tf", refuse)


def test_a_cache_of_somebody_else_is_ignored(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: file.stat().st_uid + 1)
    with pytest.raises(AssertionError, match="parsed again"):
        ParseCache(file).parsed(SOURCE, "x.tf", refuse)


def test_a_cache_of_another_version_of_the_parser_is_ignored(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert syntax.VERSION.encode() in module._MAGIC
    monkeypatch.setattr(module, "_MAGIC", module._MAGIC.replace(syntax.VERSION.encode(), b"0" * len(syntax.VERSION)))
    with pytest.raises(AssertionError, match="parsed again"):
        ParseCache(file).parsed(SOURCE, "x.tf", refuse)


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("")
    cache = ParseCache(tmp_path / "occupied" / "x.trees")
    cache.parsed(SOURCE, "x.tf", parsed)
    cache.save()


def test_what_a_run_has_no_use_for_stays_as_long_as_there_is_room(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = ParseCache(file)
    second.parsed(b"b", "b.tf", parsed)
    second.save()
    assert ParseCache(file).parsed(SOURCE, "x.tf", refuse)
    monkeypatch.setattr(module, "MAX_SIZE", 0)
    third = ParseCache(file)
    third.parsed(b"b", "b.tf", refuse)
    third.parsed(b"c", "c.tf", parsed)
    third.save()
    last = ParseCache(file)
    assert last.parsed(b"b", "b.tf", refuse)
    assert last.parsed(b"c", "c.tf", refuse)
    with pytest.raises(AssertionError, match="parsed again"):
        last.parsed(SOURCE, "x.tf", refuse)


def test_a_repo_has_one_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    source = 'output "o" {\n  value = templatefile("t.tpl", { n = 1 })\n}\n'
    path = repo(tmp_path / "repo", {"main.tf": source, "t.tpl": "x${n}"}).path
    for _ in range(2):
        with cached(path) as cache:
            assert load(path, cache).root("").output("o").as_string() == "x1"
        monkeypatch.setattr(syntax, "parse", None)  # nor is there anything to parse the second time
    assert [kept.suffix for kept in (tmp_path / "cache" / "design-policy").iterdir()] == [".trees"]
