"""A folder on disk: where its paths lead is what the system says, though most of them are never asked of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.repo import repo
from tfparse.source.places import Folder, OutsideRoot

LINKS = {
    "stacks/a/secrets": "../../secrets",
    "stacks/a/deeper": "../../shared/deep",
    "stacks/a/one.tf": "main.tf",
    "stacks/a/none": "../../nowhere/x.tf",
    "stacks/a/behind.tf": "secrets/../main.tf",
    "stacks/a/twice": "deeper/up",
    "stacks/a/around": "./../b//",
    "stacks/a/top": "../..",
    "stacks/b": "a",
    "shared/deep/up": "..",
    "shared/loop": "loop",
    "shared/ping": "pong",
    "shared/pong": "ping",
    "shared/away": "../../outside",
    "shared/away_and_back": "../../infra/secrets",
    "shared/etc": "/etc",
    "shared/aside": "deep/../deep/main.tf",
    "shared/home": "..",
    "node_modules/x": "../secrets",
    ".venv": "secrets",
}
FAR = "shared/far_and_back"
PATHS = [
    "", "main.tf", "secrets/key.tf", "stacks/a/main.tf", "stacks/a/./main.tf", "stacks/a/../a/main.tf", "absent/x.tf",
    "main.tf/below", "stacks//a/main.tf", "stacks/a/", *LINKS, FAR,
    *(f"{link}/{name}" for link in LINKS for name in ("key.tf", "main.tf", "deep", "up/deep", "secrets/key.tf", "loop", "x/y/z")),
    "/".join(["shared/home"] * 30) + "/main.tf", "/".join(["a"] * 3000),
]  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Path:
    infra = tmp_path / "infra"
    files = ("main.tf", "secrets/key.tf", "stacks/a/main.tf", "shared/deep/main.tf", "node_modules/y.tf")
    repo(infra, dict.fromkeys(files, ""))
    repo(tmp_path / "outside", {"main.tf": ""})
    for link, target in LINKS.items():
        (infra / link).parent.mkdir(parents=True, exist_ok=True)
        (infra / link).symlink_to(target)
    (infra / FAR).symlink_to("../" * 40 + str(infra / "secrets").lstrip("/"))
    return infra


def nothing(_: object) -> None:
    pass


def some_names(folder: Folder) -> None:
    folder.names(f"{folder.root}/stacks/a")


def under_git(infra: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=infra, check=True)
    subprocess.run(["git", "add", "--force", "."], cwd=infra, check=True)
    (infra / "gone.tf").write_text("")
    subprocess.run(["git", "add", "gone.tf"], cwd=infra, check=True)
    (infra / "gone.tf").unlink()


def led(folder: Folder, path: str) -> str | None:
    try:
        return folder.resolve(path)
    except OutsideRoot:
        return None


@pytest.mark.parametrize("known", [nothing, Folder.every, some_names])
def test_a_path_leads_where_the_system_says(made: Path, known: Callable[[Folder], object]) -> None:
    folder, top = Folder(made), str(made)
    known(folder)
    for path in PATHS:
        real = os.path.realpath(os.path.join(top, path))
        assert led(folder, path) == (real if f"{real}/".startswith(f"{top}/") else None), path


@pytest.mark.parametrize("known", [nothing, Folder.every, some_names])
def test_what_stands_at_a_path_is_what_the_system_says(made: Path, known: Callable[[Folder], object]) -> None:
    os.mkfifo(made / "stacks/a/pipe")
    folder = Folder(made)
    known(folder)
    for real in (f"{made}/{path}" for path in (*PATHS, "stacks/a/pipe", "stacks/a/absent.tf")):
        assert folder.is_file(real) == os.path.isfile(real), real
        assert folder.is_folder(real) == os.path.isdir(real), real
    assert "pipe" in folder.names(f"{made}/stacks/a")


@pytest.mark.parametrize("prepare", [nothing, under_git])
def test_the_links_to_folders_of_the_repo(made: Path, prepare: Callable[[Path], None]) -> None:
    prepare(made)
    folder = Folder(made)
    every = folder.every()
    links = [path for path in every if os.path.islink(made / path)]
    assert len(links) == len(LINKS) + 1 - (
        2 if prepare is not under_git else 0
    )  # what programs leave behind is no repo's
    real = {path: os.path.realpath(made / path) for path in links}
    inside = {path: end for path, end in real.items() if os.path.isdir(end) and f"{end}/".startswith(f"{made}/")}
    assert folder.linked(every) == {
        path: end[len(str(made)) :].lstrip("/") for path, end in inside.items() if end != str(made)
    }


@pytest.mark.parametrize("prepare", [nothing, under_git])
def test_all_that_is_there_is_told(made: Path, prepare: Callable[[Path], None]) -> None:
    prepare(made)
    found = [
        os.path.relpath(os.path.join(at, name), made)
        for at, folders, names in os.walk(made)
        for name in (*names, *(one for one in folders if os.path.islink(os.path.join(at, one))))
    ]
    left = (".git/",) if prepare is under_git else (".git/", "node_modules/", ".venv")
    assert sorted(Folder(made).every()) == sorted(path for path in found if not path.startswith(left))


def test_names_are_those_of_files_and_of_links(made: Path) -> None:
    folder = Folder(made)
    for place in ("", "stacks/a", "shared", "node_modules", "absent", "main.tf"):
        real = os.path.join(made, place) if place else str(made)
        inside = os.scandir(real) if os.path.isdir(real) else ()
        assert folder.names(real) == sorted(e.name for e in inside if e.is_symlink() or not e.is_dir())


def test_another_look_sees_what_has_become_a_link(made: Path) -> None:
    before = Folder(made)
    before.every()
    (made / "main.tf").unlink()
    (made / "main.tf").symlink_to("../outside/main.tf")
    with pytest.raises(OutsideRoot):
        Folder(made).resolve("main.tf")


def test_what_is_another_repository_on_disk_is_walked(made: Path) -> None:
    under_git(made)
    (made / "main.tf").unlink()
    (made / "main.tf").mkdir()
    (made / "main.tf" / "inner.tf").write_text("")
    (made / "secrets" / "key.tf").unlink()
    (made / "secrets" / "key.tf").symlink_to("../shared")
    every = Folder(made).every()
    assert "main.tf/inner.tf" in every
    assert "secrets/key.tf" in every
    assert not any(path.startswith("secrets/key.tf/") for path in every)
