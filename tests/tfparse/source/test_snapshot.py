"""A folder that says the same is the same to whoever has looked at it; whatever was looked at, a change of it is seen."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gate.git_repo import GitRepo
from tfparse.source import snapshot
from tfparse.source.places import OutsideRoot
from tfparse.source.snapshot import Snapshot, changed_since, places_of
from tfparse.source.sources import SourceTree

FILES = {
    "main.tf": "a = 1", "other.tf": "b = 2", "modules/m/main.tf": "c = 3", "data/one.txt": "1", "data/deep/two.txt": "2",
    "unread/notes.md": "words", ".gitignore": "ignored.tf\nskipped/\n", "ignored.tf": "x", "key.pem": "plain",
}  # fmt: skip


@pytest.fixture(params=["git", "plain"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    place = tmp_path / "repo"
    if request.param == "git":
        GitRepo(place)
    for name, text in FILES.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    (place / "link").symlink_to("main.tf")
    if request.param == "git":
        GitRepo(place).git("add", "--all")
        GitRepo(place).git("commit", "-qm", "first")
    return place


def look(folder: Path, *, everywhere: bool = False) -> list[str]:
    """The places of what somebody looks at who reads, misses, lists and seeks."""
    tree = SourceTree(folder)
    for name in ("main.tf", "link", "absent.tf", "ignored.tf", "data/absent.txt", "big/absent", "../outside"):
        try:
            tree.read_bytes(name)
        except (OSError, OutsideRoot):
            continue
    tree.names("modules/m")
    tree.is_directory("modules/absent")
    list(tree.glob("data", "**/*"))
    if everywhere:
        tree.every()
    return sorted(places_of(tree.reads, tree.root))


def write(name: str, text: str = "otherwise") -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    return change


def relink(to: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / "link").unlink()
        (folder / "link").symlink_to(to)

    return change


SEEN = {
    "the content of a file": write("main.tf", "a = 2"),
    "the same length": write("main.tf", "a = 9"),
    "a file that was absent": write("absent.tf", ""),
    "one in a folder that was": write("big/absent", ""),
    "a file that is gone": lambda folder: (folder / "main.tf").unlink(),
    "a folder in a file's place": lambda folder: ((folder / "main.tf").unlink(), (folder / "main.tf").mkdir()),
    "a link that leads elsewhere": relink("other.tf"),
    "a link that leads out": relink("/etc/hostname"),
    "a link in a file's place": lambda folder: ((folder / "main.tf").unlink(), (folder / "main.tf").symlink_to("link")),
    "a name in a folder": write("modules/m/more.tf"),
    "a name less": lambda folder: (folder / "modules/m/main.tf").unlink(),
    "a folder that was absent": write("modules/absent/main.tf"),
    "a file deep below": write("data/deep/three.txt"),
    "a folder turned into a link": lambda folder: (
        (folder / "data/deep").rename(folder / "unread/deep"), (folder / "data/deep").symlink_to("../unread/deep")),
    "too large a file": lambda folder: os.truncate(folder / "main.tf", 2**24 + 1),
}  # fmt: skip


@pytest.mark.parametrize("change", SEEN.values(), ids=SEEN)
def test_a_change_of_what_was_looked_at_is_seen(folder: Path, change: Callable[[Path], None]) -> None:
    places = look(folder)
    before = Snapshot(folder).signatures(places)
    assert Snapshot(folder).signatures(places) == before
    change(folder)
    assert Snapshot(folder).signatures(places) != before


@pytest.mark.parametrize("name", ["unread/notes.md", "data/one.txt", "other.tf"])
def test_a_change_of_what_nobody_looked_at_is_none(folder: Path, name: str) -> None:
    places = look(folder)
    before = Snapshot(folder).signatures(places)
    write(name)(folder)
    assert Snapshot(folder).signatures(places) == before


def test_who_looked_at_all_names_sees_every_new_one(folder: Path) -> None:
    few, all_ = look(folder), look(folder, everywhere=True)
    before = Snapshot(folder).signatures(few), Snapshot(folder).signatures(all_)
    write("unread/more.md")(folder)
    assert Snapshot(folder).signatures(few) == before[0]
    assert Snapshot(folder).signatures(all_) != before[1]


def test_what_git_says_is_looked_at(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    for name, text in FILES.items():
        repo.write(name, text)
    repo.git("add", "--all")
    repo.git("commit", "-qm", "first")
    places = look(tmp_path)
    states = [Snapshot(tmp_path).signatures(places)]
    for change in (
        lambda: repo.write(".gitignore", ""),  # ignored.tf is the repo's from now on
        lambda: repo.write(".git/info/attributes", "key.pem filter=git-crypt\n"),
        lambda: repo.write(".gitattributes", "main.tf filter=git-crypt\n"),
    ):
        change()
        states.append(Snapshot(tmp_path).signatures(places))
    repo.write("key.pem", b"\0GITCRYPT\0 and what it hides")
    repo.commit()
    repo.write("key.pem", "plain")
    states.append(Snapshot(tmp_path).signatures(places))
    assert all(state not in states[:number] for number, state in enumerate(states))


def test_all_that_is_there_is_looked_at_ahead_as_anybody_would(folder: Path) -> None:
    said = snapshot._AllAhead(Snapshot(folder).all_ahead)._said
    assert said == {place: Snapshot(folder).of(place) for place in said}
    assert {"git", "below ", "file main.tf", "file link", "file modules/m", "folder modules/m", "folder "} <= set(said)
    assert ("file ignored.tf" in said) is not (folder / ".git").exists()


@pytest.mark.parametrize("longest", [-1, 60])
def test_what_was_looked_at_ahead_is_taken_and_the_rest_is_looked_at(
    longest: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_LONGEST", longest)
    places, looked, signature = look(folder, everywhere=True), set(), Snapshot._signature
    ahead, whole = Snapshot(folder).all_ahead(), Snapshot(folder).signatures(places)
    monkeypatch.setattr(Snapshot, "_signature", lambda self, *at: looked.add(" ".join(at)) or signature(self, *at))
    taker = Snapshot(folder)
    taker.expect(lambda: ahead)
    assert taker.signatures(places) == whole
    assert ("file main.tf" in looked) is (longest < 0)
    assert {"git", "git "}.isdisjoint(looked)
    assert "file absent.tf" in looked


def test_what_is_not_ready_is_looked_at(folder: Path) -> None:
    places, taker = look(folder, everywhere=True), Snapshot(folder)
    taker.expect(bytes)
    assert taker.signatures(places) == Snapshot(folder).signatures(places)


def test_what_changes_while_it_is_looked_at_is_noticed(folder: Path) -> None:
    began = time.time() + 0.2
    assert not changed_since(folder, began)
    time.sleep(0.3)
    for change in (write("data/one.txt", "9"), write("unread/new.md"), lambda at: (at / "other.tf").unlink()):
        change(folder)
        assert changed_since(folder, began)
        began = time.time() + 0.2
        time.sleep(0.3)
    os.utime(folder / "data/one.txt", (0, 0))  # as whoever hides it would
    assert changed_since(folder, began)
