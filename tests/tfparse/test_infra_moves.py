"""From one state of a repo to another: only what rests on a change is worked out again, and that always."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tfparse import Infra, ParseCache, Root
from tfparse.configs.module import load_module
from tfparse.graph.basis import Basis
from tfparse.infra import kept
from tfparse.secrets.secrecy import find_secrets
from tfparse.source.committed import CommittedTree
from tfparse.source.reads import Change, Changes


class Moving:
    """A repo in memory, which is written to as one commits."""

    def __init__(self, **files: str) -> None:
        self._there: set[str] = set()
        self.place = CommittedTree(lambda blob: blob.encode())
        self.infra = Infra(Path("/nowhere"), ParseCache(), None, self.place)
        self.commit(files)

    def commit(self, files: dict[str, str | None]) -> Changes:
        """Change some files; None deletes."""
        changes = Changes([
            Change(path, "100644" if path in self._there else "000000", "100644" if text is not None else "000000",
                   text or "") for path, text in files.items()
        ])  # fmt: skip
        self._there = (self._there | set(files)) - {path for path, text in files.items() if text is None}
        self._move(changes)
        return changes

    def link(self, path: str, target: str) -> None:
        """Have a symbolic link lead somewhere."""
        self._move(Changes([Change(path, "120000" if path in self._there else "000000", "120000", target)]))
        self._there.add(path)

    def _move(self, changes: Changes) -> None:
        self.place.move(changes)
        self.infra.move(changes)


WEB = {"web/main.tf": 'variable "size" { default = 1 }\nresource "x" "web" { size = var.size }\n'}
MAIL = {"mail/main.tf": 'resource "x" "mail" { size = file("size.txt") }\n', "mail/size.txt": "2"}


@pytest.fixture
def moving() -> Moving:
    return Moving(**WEB, **MAIL, **{"README.md": "words"})


def size(infra: Infra, path: str) -> str:
    value = infra.root(path).resources()[0].body.attribute("size")
    assert value is not None
    return str(value.raw)


def sizes(root: Root) -> list[tuple[str, str]]:
    found = ((r.address, r.body.attribute("size")) for r in root.resources())
    return [(address, str(value.raw)) for address, value in found if value is not None]


def basis(infra: Infra, path: str) -> Basis:
    with infra.asking() as on:
        size(infra, path)
    return on


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({"README.md": "other words"}, set()),
        ({"web/main.tf": WEB["web/main.tf"] + "\n"}, {"web"}),
        ({"mail/size.txt": "3"}, {"mail"}),
        ({"mail/size.txt": None}, {"mail"}),
        ({"web/terraform.tfvars": "size = 4"}, {"web"}),
        ({"web/notes.md": "words"}, {"web"}),  # the names in it were listed
        ({"other/main.tf": ""}, set()),
    ],
)
def test_a_root_rests_on_what_it_read(moving: Moving, change: dict[str, str | None], gone: set[str]) -> None:
    on = {path: basis(moving.infra, path) for path in ("web", "mail")}
    changes = moving.commit(change)
    assert {path for path, each in on.items() if not moving.infra.stands(each, changes)} == gone


@pytest.mark.parametrize(("link", "target"), [("web/main.tf", "../shared/main.tf"), ("web", "shared")])
def test_a_link_to_what_changes_leads_to_what_is_there_now(link: str, target: str) -> None:
    moving = Moving(**{"shared/main.tf": WEB["web/main.tf"]})
    moving.link(link, target)
    assert size(moving.infra, "web") == "1"
    moving.commit({"shared/main.tf": WEB["web/main.tf"].replace("1", "2")})
    assert size(moving.infra, "web") == "2"


TERRAGRUNT = """terraform {
  extra_arguments "all" {
    commands           = ["plan", "apply"]
    required_var_files = ["${get_parent_terragrunt_dir()}/config.tfvars"]
  }
}
inputs = { zone = "a" }
"""
GIVEN = {
    "terragrunt.hcl": TERRAGRUNT,
    "config.tfvars": "size = 1\nother = 2\n",
    "web/terragrunt.hcl": 'include "top" {\n  path = find_in_parent_folders()\n}\n',
    "web/main.tf": 'variable "size" { default = 0 }\nvariable "zone" {}\nresource "x" "web" { size = var.size }\n',
}


def fresh(change: dict[str, str | None]) -> Moving:
    files = dict[str, str | None](GIVEN) | change
    return Moving(**{path: text for path, text in files.items() if text is not None})


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        ({"config.tfvars": "size = 1\nother = 3\nthird = 4\n"}, True),  # none of them is the root's
        ({"config.tfvars": "size = 1\n"}, True),
        ({"config.tfvars": "size = 2\nother = 2\n"}, False),
        ({"config.tfvars": "other = 2\nsize = 1\n"}, False),  # another line decides it
        ({"config.tfvars": "other = 2\n"}, False),
        ({"config.tfvars": "size = 1\nzone = 2\n"}, False),
        ({"config.tfvars": "size = 1\nother {}\n"}, False),  # which is said of the file
        ({"config.tfvars": "size = 1\nother = (\n"}, False),
        ({"config.tfvars": None}, False),
        ({"terragrunt.hcl": TERRAGRUNT + "# the end\n"}, True),
        ({"terragrunt.hcl": TERRAGRUNT.replace('"a"', '"b"')}, False),
        ({"terragrunt.hcl": TERRAGRUNT.replace("zone", "more")}, False),
        ({"terragrunt.hcl": TERRAGRUNT.replace("required_", "optional_")}, True),
        ({"terragrunt.hcl": TERRAGRUNT.replace("config", "other")}, False),
        ({"terragrunt.hcl": TERRAGRUNT + 'generate "x" {\n  path = "x.tf"\n  if_exists = "skip"\n'
          '  contents = "locals {}"\n}\n'}, False),
        ({"terragrunt.hcl": "("}, False),
        ({"terragrunt.hcl": None}, False),
        ({"web/terragrunt.hcl": None}, False),
        ({"web/terragrunt.hcl": GIVEN["web/terragrunt.hcl"] + "skip = true\n"}, False),
        ({"web/more.auto.tfvars": "size = 1\n"}, False),
    ],
)  # fmt: skip
def test_a_root_rests_on_what_it_is_given(change: dict[str, str | None], stands: bool) -> None:
    moving = Moving(**GIVEN)
    assert size(moving.infra, "web") == "1"
    root = moving.infra.root("web")
    moving.commit(change)
    assert (moving.infra.root("web") is root) is stands
    assert moving.infra.root("web").diagnostics == fresh(change).infra.root("web").diagnostics
    # And what is the same now is compared with again.
    moving.commit({"config.tfvars": "size = 5\n"})
    later = fresh(change | {"config.tfvars": "size = 5\n"})
    assert size(moving.infra, "web") == size(later.infra, "web")


def test_what_is_worked_out_again_is_right(moving: Moving) -> None:
    assert (size(moving.infra, "web"), size(moving.infra, "mail")) == ("1", "2")
    moving.commit({"web/terraform.tfvars": "size = 4", "mail/size.txt": "5"})
    assert (size(moving.infra, "web"), size(moving.infra, "mail")) == ("4", "5")
    moving.commit({"web/terraform.tfvars": None})
    assert size(moving.infra, "web") == "1"


def test_who_asks_all_roots_rests_on_what_they_said(moving: Moving) -> None:
    with moving.infra.asking() as on:
        assert moving.infra.ask(sizes) == [("x.mail", "2"), ("x.web", "1")]
    assert moving.infra.stands(on, moving.commit({"web/main.tf": WEB["web/main.tf"] + '\nlocals { a = "b" }\n'}))
    assert moving.infra.stands(on, moving.commit({"empty/main.tf": ""}))
    assert not moving.infra.stands(on, moving.commit({"third/main.tf": 'resource "x" "third" { size = 3 }'}))
    assert moving.infra.stands(on, moving.commit({"third/main.tf": None}))
    assert not moving.infra.stands(on, moving.commit({"mail/size.txt": "3"}))


def test_who_asks_only_for_the_first_rests_on_no_more(moving: Moving) -> None:
    with moving.infra.asking() as on:
        assert moving.infra.ask(sizes, most=1) == [("x.mail", "2")]
    assert moving.infra.stands(on, moving.commit({"web/main.tf": ""}))
    assert not moving.infra.stands(on, moving.commit({"mail/size.txt": "3"}))


def test_what_could_not_be_told_never_stands(moving: Moving) -> None:
    def broken(root: Root) -> list[str]:
        raise ValueError(root.path)

    with pytest.raises(ValueError, match="mail"), moving.infra.asking() as on:
        moving.infra.ask(broken)
    assert not moving.infra.stands(on, moving.commit({"README.md": "other words"}))


def test_a_kept_answer_rests_on_what_it_asked_and_so_does_who_takes_it(moving: Moving) -> None:
    asked: list[str] = []

    @kept
    def answer(infra: Infra, path: str) -> str:
        asked.append(path)
        return size(infra, path)

    def on() -> Iterator[Basis]:
        for _ in range(2):
            with moving.infra.asking() as each:
                answer(moving.infra, "mail")
            yield each

    first, second = on()
    assert asked == ["mail"]
    changes = moving.commit({"web/main.tf": ""})
    assert moving.infra.stands(first, changes)
    assert moving.infra.stands(second, changes)
    changes = moving.commit({"mail/size.txt": "3"})
    assert not moving.infra.stands(first, changes)
    assert not moving.infra.stands(second, changes)
    assert answer(moving.infra, "mail") == "3"


def test_an_answer_that_failed_is_rested_on_too(moving: Moving) -> None:
    @kept
    def answer(infra: Infra) -> str:
        raise ValueError(size(infra, "mail"))

    with pytest.raises(ValueError, match="2"), moving.infra.asking() as on:
        answer(moving.infra)
    assert not moving.infra.stands(on, moving.commit({"mail/size.txt": "3"}))


def test_whether_there_is_a_root_is_one_thing_and_all_roots_are_another(moving: Moving) -> None:
    with moving.infra.asking() as one:
        assert moving.infra.has_root("web")
        assert not moving.infra.has_root("third")
    with moving.infra.asking() as every:
        assert moving.infra.root_paths == ("mail", "web")
    changes = moving.commit({"fourth/main.tf": ""})
    assert moving.infra.stands(one, changes)
    assert not moving.infra.stands(every, changes)
    assert not moving.infra.stands(one, moving.commit({"third/main.tf": ""}))


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        ({"README.md": "other words"}, True),
        ({"part/main.tf": 'output "x" { value = 2 }'}, False),
        ({"part/other.tf": 'output "y" { value = 2 }'}, False),
        ({"part/main.tf": None}, False),
    ],
)
def test_a_module_is_read_again_only_where_it_changes(change: dict[str, str | None], stands: bool) -> None:
    moving = Moving(**{"part/main.tf": 'output "x" { value = 1 }'})
    before = load_module(moving.infra.tree.view(), "part")
    moving.commit(change)
    assert (load_module(moving.infra.tree.view(), "part") is before) is stands


def test_a_module_by_a_link_is_read_again_where_the_link_leads_elsewhere() -> None:
    moving = Moving(**{"one/main.tf": 'output "x" { value = 1 }', "two/main.tf": 'output "y" { value = 1 }'})
    moving.link("part", "one")
    assert list(load_module(moving.infra.tree.view(), "part").outputs) == ["x"]
    moving.link("part", "two")
    assert list(load_module(moving.infra.tree.view(), "part").outputs) == ["y"]


def test_where_a_secret_goes_is_looked_up_again_only_where_it_may_go_another_way() -> None:
    given = 'variable "pass" { sensitive = true }\nresource "x" "a" { a = var.pass }\n'
    moving = Moving(**{"mail/main.tf": given, "mail/terraform.tfvars": 'pass = "hunter2222"'})
    assert "hunter2222" in find_secrets(moving.infra).texts
    moving.commit({"mail/main.tf": given.replace("sensitive = true", "")})
    assert "hunter2222" not in find_secrets(moving.infra).texts
    moving.commit({"mail/main.tf": given})
    assert "hunter2222" in find_secrets(moving.infra).texts
