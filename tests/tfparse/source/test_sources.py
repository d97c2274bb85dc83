"""Files are read inside the infra repo only, and what cannot be read is never taken for absent."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gate.git_repo import GitRepo
from tests.growth import assert_in_proportion
from tests.repo import repo
from tfparse import Infra, TerraformError
from tfparse.configs import layout
from tfparse.secrets.secrecy import find_secrets

ABSENT = ["loop", "dangling", "x" * 5000, "x/" * 5000]
OUTSIDE = {
    "/etc/hostname": "the absolute path /etc/hostname is outside of the infra repo",
    "../hostname": "../hostname leads out of the infra repo",
    "back/../../hostname": "back/../../hostname leads out of the infra repo",
    "out": "out is a symbolic link out of the infra repo",
    "dir/hostname": "dir/hostname is a symbolic link out of the infra repo",
    "sibling/text": "sibling/text is a symbolic link out of the infra repo",
}


@pytest.fixture
def infra(tmp_path: Path) -> Infra:
    """A repo with links that lead in a circle, nowhere, elsewhere in the repo, and out of it."""
    repo(tmp_path / "repository", {"text": "not ours"})
    made = repo(tmp_path / "repo", {"main.tf": "", "a/text": "text", "module/main.tf": ""})
    for name, target in {
        "loop": "loop",
        "dangling": "nowhere",
        "in": "a/text",
        "out": "/etc/hostname",
        "dir": "/etc",
        "sibling": "../repository",
        "back": "a",
        "a/up": "../module",
    }.items():
        (made.path / name).symlink_to(target)
    return made


def test_a_link_within_the_repo_is_followed(infra: Infra) -> None:
    root = infra.root("")
    assert [root.evaluate(f'file("{path}")').as_string() for path in ("in", "back/text", "./a/../in")] == ["text"] * 3
    assert root.evaluate('fileexists("a/up/main.tf")').as_bool()


@pytest.mark.parametrize("path", ABSENT)
def test_what_is_not_there(infra: Infra, path: str) -> None:
    root = infra.root("")
    assert not root.evaluate(f'fileexists("{path}")').as_bool()
    assert root.evaluate(f'fileset("{path}", "*")').elements() == ()
    for function in ("file", "filemd5"):
        with pytest.raises(TerraformError, match="there is no file"):
            root.evaluate(f'{function}("{path}")')


@pytest.mark.parametrize("path", OUTSIDE)
def test_what_is_outside_is_neither_read_nor_denied(infra: Infra, path: str) -> None:
    root = infra.root("")
    calls = ('file("{}")', 'fileexists("{}")', 'templatefile("{}", {{}})', 'filebase64("{}")', 'fileset("{}", "*")')
    for call in calls:
        with pytest.raises(TerraformError, match=OUTSIDE[path] if "fileset" not in call else "of the infra repo"):
            print(root.evaluate(call.format(path)).raw)


def test_a_link_out_of_the_repo_is_not_left_out_of_a_file_set(infra: Infra) -> None:
    with pytest.raises(TerraformError, match="out is a symbolic link out of the infra repo"):
        infra.root("").evaluate('fileset("", "*")')
    assert len(infra.root("").evaluate('fileset("a", "*")').elements()) == 1


def test_no_path_has_a_null_character(infra: Infra) -> None:
    for call in ('file("a\\u0000b")', 'fileexists("a\\u0000b")', 'fileset("a\\u0000b", "*")'):
        with pytest.raises(TerraformError, match="null character"):
            infra.root("").evaluate(call)


@pytest.mark.parametrize("name", ["loop.tf", "dangling.tf", "out.tf"])
def test_a_source_file_that_cannot_be_read_is_not_absent(infra: Infra, name: str) -> None:
    (infra.path / name).symlink_to((infra.path / name.removesuffix(".tf")).readlink())
    if name == "loop.tf":
        (infra.path / name).unlink()
        (infra.path / name).symlink_to(name)
    root = infra.root("")
    assert [(d.summary, d.origin and d.origin.file) for d in root.diagnostics] == [("Failed to read file", name)]
    assert root.evaluate("local.anything").is_unknown


@pytest.mark.parametrize("source", ["./loop", "./dangling", "./dir", "../elsewhere", "./a\\u0000b", "./" + "x" * 5000])
def test_a_module_that_is_nowhere_in_the_repo(tmp_path: Path, infra: Infra, source: str) -> None:
    (infra.path / "call.tf").write_text(f'module "m" {{\n  source = "{source}"\n}}\n')
    root = infra.root("")
    assert not root.resources()
    assert [why.origin and (why.origin.file, why.origin.line) for why in root.elsewhere] == [("call.tf", 2)]
    assert root.evaluate("module.m").is_unknown


def test_a_file_that_is_none_is_not_opened(infra: Infra) -> None:
    os.mkfifo(infra.path / "pipe")
    with pytest.raises(TerraformError, match="pipe is not a file"):
        infra.root("").evaluate('file("pipe")')


def test_source_in_json_that_terragrunt_generates(tmp_path: Path) -> None:
    infra = repo(
        tmp_path,
        {
            "s/main.tf": "",
            "s/terragrunt.hcl": """
            generate "x" {
              path      = "x.tf.json"
              if_exists = "overwrite"
              contents  = jsonencode({ locals = { a = 1 } })
            }
            """,
        },
    )
    assert infra.root("s").evaluate("local.a").as_number() == 1


def test_a_hidden_directory_keeps_its_dot(tmp_path: Path) -> None:
    infra = repo(tmp_path, {".github/main.tf": "", ".github/inner/main.tf": "", "main.tf": ""})
    assert infra.root_paths == ("", ".github", ".github/inner")


def test_a_root_behind_a_link_within_the_repo_is_one(tmp_path: Path) -> None:
    infra = repo(tmp_path, {"modules/shop/main.tf": "", "modules/shop/inner/main.tf": "", "eu/main.tf": "", "x": ""})
    (infra.path / "us").symlink_to("modules/shop")
    (infra.path / "eu2").symlink_to("eu")
    (infra.path / "eu" / "again").symlink_to("..")
    (infra.path / "nowhere").symlink_to("nothing")
    (infra.path / "out").symlink_to("/etc")
    infra = Infra(infra.path)
    assert infra.root_paths == ("eu", "us", "us/inner")
    assert infra.has_root("eu2")
    assert [d.summary for d in infra.root("us").diagnostics] == []


def test_the_same_of_what_git_tracks(tmp_path: Path) -> None:
    made = repo(tmp_path, {"modules/shop/main.tf": "", "eu/main.tf": ""})
    (made.path / "us").symlink_to("modules/shop")
    GitRepo(made.path).commit()
    assert Infra(made.path).root_paths == ("eu", "us")


def test_more_roots_than_are_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MAX_ROOTS", 3)
    assert len(repo(tmp_path, {f"r{number}/main.tf": "" for number in range(3)}).root_paths) == 3
    infra = repo(tmp_path, {"r3/main.tf": 'variable "v" {\n  sensitive = true\n  default = "Zq9-x"\n}\n'})
    with pytest.raises(TerraformError, match="Too many root modules"):
        print(infra.root_paths)
    assert find_secrets(infra).texts == {"Zq9-x"}


def test_more_links_than_are_followed_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MAX_LINKED", 3)
    made = repo(tmp_path, {"modules/a/main.tf": "", "modules/b/main.tf": ""})
    (made.path / "one").symlink_to("modules")
    assert Infra(made.path).root_paths == ("one/a", "one/b")
    (made.path / "two").symlink_to("modules")
    with pytest.raises(TerraformError, match="Too many root modules"):
        print(Infra(made.path).root_paths)


def test_roots_behind_many_links_to_roots_are_found_in_proportion(tmp_path: Path) -> None:
    def found(number: int) -> Callable[[], object]:
        made = repo(tmp_path / str(number), {f"stacks/s{n}/main.tf": "" for n in range(5)})
        for n in range(number):
            (made.path / f"l{n}").symlink_to("stacks")
        assert len(Infra(made.path).root_paths) == 5
        return lambda: Infra(made.path).root_paths

    assert_in_proportion(found, 150)


def test_many_roots_are_made_ready_in_proportion(tmp_path: Path) -> None:
    def ready(number: int) -> Callable[[], object]:
        files = {f"stacks/s{n}/main.tf": 'output "o" {\n  value = 1\n}\n' for n in range(number)}
        made = repo(tmp_path / str(number), files)

        def evaluated() -> None:
            infra = Infra(made.path)
            assert [infra.root(root).output("o").raw for root in infra.root_paths] == [1] * number

        return evaluated

    assert_in_proportion(ready, 40)
