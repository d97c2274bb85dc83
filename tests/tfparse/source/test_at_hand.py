"""Contents that stay at hand are those that were read, and no longer than they are wanted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.repo import repo
from tfparse import cached, load
from tfparse.secrets.secrecy import find_secrets
from tfparse.source import at_hand
from tfparse.source.at_hand import AtHand
from tfparse.source.places import Folder

SOURCES = {
    "main.tf": 'variable "a" {\n  sensitive = true\n  default   = "hunter2x"\n}\n',
    "m/main.tf": 'locals {\n  b = "hunter3x"\n}\n',
    "m/n.hcl": "c = 1\n",
}


def test_secrets_are_found_by_reading_each_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    repo(tmp_path / "infra", SOURCES)
    times: Counter[str] = Counter()
    usual = Folder.read

    def read(folder: Folder, path: str) -> bytes:
        times[Path(path).relative_to(folder.root).as_posix()] += 1
        return usual(folder, path)

    monkeypatch.setattr(Folder, "read", read)
    with cached(tmp_path / "infra") as cache:
        infra = load(tmp_path / "infra", cache)
        assert not find_secrets(infra).is_open("hunter2x")
        assert {path: times[path] for path in SOURCES} == dict.fromkeys(SOURCES, 1)
        (tmp_path / "infra/m/n.hcl").write_text("c = 2\n")
        assert infra.tree.read_bytes("m/n.hcl") == b"c = 2\n", "it is read anew"


def test_no_more_is_at_hand_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_hand, "_MOST", 5)
    held = AtHand()
    assert held.kept("a", b"1") == b"1"
    assert not held.contents
    with held.each_once():
        for path, data in (("a", b"123"), ("b", b"456"), ("c", b"78")):
            assert held.kept(path, data) == data
        assert held.contents == {"a": b"123", "c": b"78"}
    assert not held.contents
    assert held.kept("a", b"1") == b"1"
    assert not held.contents


def test_what_is_held_stands_before_what_was_read() -> None:
    held = AtHand()
    with held.each_once():
        held.kept("a", b"read")
        with held.holding([("a", b"held"), ("b", b"held")]):
            assert held.contents == {"a": b"held", "b": b"held"}
        assert held.contents == {"a": b"read"}
    with held.holding([("a", b"held")]):
        assert held.contents == {"a": b"held"}
    assert not held.contents
