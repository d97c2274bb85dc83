"""What another process has found of the secrets is what would have been found here, and leaves the same behind."""

from __future__ import annotations

import os
import posixpath
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import astuple

from tests.repo import repo
from tests.tfparse.secrets.test_facts import caches, found
from tests.tfparse.secrets.test_secrecy import CASES
from tfparse import Infra, cached, load
from tfparse.configs.file_names import SOURCE
from tfparse.own_file import cache_directory, cache_name
from tfparse.second_process import SecondProcess
from tfparse.secrets import taint
from tfparse.secrets.ahead import find_ahead, take_over
from tfparse.secrets.beginnings import learn, look
from tfparse.secrets.secrecy import Secrets, find_secrets, look_for_secrets
from tfparse.source import beforehand
from tfparse.source.cache import ParseCache
from tfparse.source.pools import Pool

__all__ = ["caches"]

MORE = {
    ".gitattributes": "*.key filter=git-crypt\n",
    "x.key": "of a key\n",
    "wrong.tf": "resource {\n",
    "stacks/a/terragrunt.hcl": 'inputs = {\n  password = "hunter5x"\n}\n',
    "stacks/a/main.tf": 'variable "password" {\n  sensitive = true\n}\n',
    "stacks/b/open.tf": 'locals {\n  said = "hunter5x of a key"\n}\n',
}


def left(infra: Infra, find: Callable[[Infra], Secrets | None]) -> dict[str, object]:
    """What is found, and all that is otherwise after it."""
    with infra.aside():
        secrets = find(infra)
        reads = infra.reads
    assert secrets is not None
    tree, pools = infra.tree, infra.tree.pools
    return found(secrets) | {
        "reads": astuple(reads),
        "counted": (tree.sizes, tree.weights),
        "used": [getattr(pools, name).used for name in dir(pools) if isinstance(getattr(pools, name), Pool)],
        "kept": set(tree.cache._kept()),  # (what marshal makes of the same is not always the same)
        "used of it": set(tree.cache._away),
        "new": tree.cache._new,
    }


def same(infra: Path) -> None:
    file = cache_directory() / cache_name(infra)
    here, taken = (load(infra, ParseCache(file)) for _ in range(2))
    expected = left(here, look_for_secrets)
    data = find_ahead(infra)
    assert data
    assert left(taken, lambda infra: take_over(infra, data)) == expected
    assert taken.tree.sizes
    taken.tree.cache.save()


@pytest.mark.parametrize("name", CASES)
def test_a_repo_that_was_read_before_and_has_changed(name: str, tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    repo(infra, {**MORE, **CASES[name][0]})
    same(infra)
    same(infra)
    for file in sorted(path for path in infra.rglob("*") if path.is_file()):
        file.write_bytes(b"\n" + file.read_bytes())
        same(infra)
    shutil.rmtree(infra / "stacks")
    same(infra)


class _Done(SecondProcess):
    """A second process that has done all that it was to do."""

    def __init__(self, infra: Path) -> None:
        super().__init__(os.memfd_create("ahead"), os.getpid())
        assert beforehand._fill(infra, SOURCE, learn, self.memory, lambda: True)


@pytest.mark.parametrize("name", CASES)
def test_a_repo_of_which_all_was_worked_out_beforehand(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    infra = tmp_path / "infra"
    repo(infra, {**MORE, **CASES[name][0]})
    file = cache_directory() / cache_name(infra)
    here = left(load(infra, ParseCache(file)), look_for_secrets)
    done = beforehand.Beforehand(_Done(infra))
    anew, loaded = [], load(infra, ParseCache(file, done))
    monkeypatch.setattr(taint, "look", lambda tree, folder: anew.append(folder) or look(tree, folder))
    taken = left(loaded, look_for_secrets)
    assert {**taken, "used of it": None} == {**here, "used of it": None}
    begun = {folder for folder in loaded.directories if look(loaded.tree, folder)[1]}
    assert set(anew) == begun | {posixpath.dirname(file) for file in taken["unreadable"]}


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    made = tmp_path / "infra"
    repo(made, MORE)
    return made


def test_it_is_taken_once_and_only_of_the_same_files(infra: Path) -> None:
    taken = []
    with cached(infra) as cache:
        find_secrets(load(infra, cache))
    data = find_ahead(infra)

    def ready(infra: Infra) -> Secrets | None:
        taken.append(take_over(infra, data))
        return taken[-1]

    loaded, other = load(infra), load(infra)
    loaded.secrets_ahead = other.secrets_ahead = ready
    assert find_secrets(loaded) is find_secrets(loaded) is taken[0]
    assert taken[0] is not None
    (infra / "stacks/b/more.tf").write_text('locals {\n  more = "x"\n}\n')
    assert found(find_secrets(other)) == found(find_secrets(load(infra)))
    assert taken == [taken[0], None]


@pytest.mark.parametrize("limit", ["MAX_READ", "MAX_SOURCE"])
def test_a_repo_that_is_too_large_is_looked_through_here(
    limit: str, infra: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = find_ahead(infra)
    monkeypatch.setattr(f"tfparse.source.pools.{limit}", 10)
    pools = load(infra).tree.pools
    assert any(pool._limit == 10 for name in dir(pools) if isinstance(pool := getattr(pools, name), Pool))
    assert find_ahead(infra) == b""
    assert take_over(load(infra), data) is None
