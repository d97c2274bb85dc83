"""A root module that becomes the one after a change says what one says that is made anew."""

from __future__ import annotations

import pytest

from tests.tfparse.test_infra_moves import Moving
from tfparse import Root
from tfparse.cty.identity import identical
from tfparse.graph.model import Body
from tfparse.infra import Infra

FILES = {
    "main.tf": """
        locals { zones = ["a", "b"] }
        module "web" {
          source = "./web"
          name   = "web"
        }
        module "mail" {
          source   = "./mail"
          for_each = toset(local.zones)
          zone     = each.key
        }
        module "again" {
          source = "./mail"
          zone   = "c"
        }
        module "net" { source = "./net" }
        resource "x" "own" { address = module.net.address }
    """,
    "web/main.tf": """
        variable "name" {}
        variable "size" { default = 1 }
        resource "x" "web" {
          name = var.name
          size = var.size
          text = file("${path.module}/size.txt")
          rule { a = 1 }
        }
        module "deep" { source = "../deep" }
    """,
    "web/size.txt": "big",
    "deep/main.tf": 'resource "x" "deep" { at = 1 }\n',
    "mail/main.tf": 'variable "zone" {}\nresource "x" "mail" { zone = var.zone }\n',
    "net/main.tf": 'output "address" { value = "10.0.0.1" }\n',
}
WEB, MAIL, DEEP = FILES["web/main.tf"], FILES["mail/main.tf"], FILES["deep/main.tf"]
SHORT = 'terraform { required_version = ">= 1.12" }\nlocals { either = true || file("none") }\n'


def body(found: Body) -> list[object]:
    attributes = [(name, found.attribute(name)) for name in found.attribute_names()]
    return [*attributes, [(block.type, block.labels, block.origin, body(block.body)) for block in found.blocks()]]


def told(infra: Infra) -> list[object]:
    """What can be said of a root."""
    root = infra.root("")
    return [
        [(one.address, one.origin, one.provider, one.repetition, body(one.body)) for one in root.resources()],
        list(root.doubts), root.incomplete, list(root.elsewhere.items()), root.short_circuits(),
        [instance.address for instance in root.instances], sorted(root.providers(lambda _: True, str)),
    ]  # fmt: skip


def kept(root: Root, address: str) -> Body:
    return next(one.body for one in root.resources() if one.address == address)


CHANGES: dict[str, tuple[dict[str, str | None], set[str]]] = {
    "a module": ({"mail/main.tf": MAIL.replace("zone = var.zone", 'zone = "z-${var.zone}"')}, {"web", "deep"}),
    "its lines": ({"mail/main.tf": "\n" + MAIL}, {"web", "deep"}),
    "a module within it stays not": ({"web/main.tf": WEB.replace("a = 1", "a = 2")}, {"mail"}),
    "a module within": ({"deep/main.tf": DEEP.replace("1", "2")}, {"web", "mail"}),
    "two": ({"deep/main.tf": DEEP.replace("1", "2"), "mail/main.tf": "\n" + MAIL}, {"web"}),
    "it and the one within": ({"deep/main.tf": DEEP.replace("1", "2"), "web/main.tf": "\n" + WEB}, {"mail"}),
    "nothing that it declares": ({"mail/main.tf": MAIL + "# the end\n"}, {"web", "deep"}),
    "what it takes": ({"web/main.tf": WEB + 'variable "more" {}\n'}, {"mail"}),
    "what it calls": ({"web/main.tf": WEB.replace("../deep", "../mail")}, {"mail"}),
    "something referred to": ({"net/main.tf": 'output "address" { value = "10.0.0.2" }\n'}, set()),
    "something referred to, besides": ({"net/main.tf": FILES["net/main.tf"] + 'resource "x" "net" {}\n'}, set()),
    "the root's own": ({"main.tf": "\n" + FILES["main.tf"], "mail/main.tf": "\n" + MAIL}, set()),
    "a file that is read": ({"web/size.txt": "small", "mail/main.tf": "\n" + MAIL}, set()),
    "one more file": ({"mail/more.tf": 'resource "x" "more" {}\n'}, set()),
    "it does not parse": ({"mail/main.tf": MAIL + "}"}, set()),
    "it is refused": ({"mail/main.tf": MAIL + 'variable "zone" {}\n'}, set()),
    "it says how all is evaluated": ({"deep/main.tf": DEEP + SHORT}, set()),
    "it is gone": ({"deep/main.tf": None}, set()),
    "it is from elsewhere": ({"web/main.tf": WEB.replace("../deep", "a/b/c")}, {"mail"}),
    "it calls itself": ({"deep/main.tf": 'module "web" { source = "../web" }\n'}, {"web", "mail"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_it_says_what_one_says_that_is_made_anew(name: str) -> None:
    change, stays = CHANGES[name]
    moving = Moving(**FILES)
    assert told(moving.infra)
    root = moving.infra.root("")
    before = {part: kept(root, address) for part, address in ADDRESSES.items()}
    moving.commit(change)
    there = {path: text for path, text in (dict[str, str | None](FILES) | change).items() if text is not None}
    assert identical(told(moving.infra), told(Moving(**there).infra))
    found = {one.address: one.body for one in moving.infra.root("").resources()}
    assert {part for part, address in ADDRESSES.items() if found.get(address) is before[part]} == stays
    # And back again, by way of what was kept.
    moving.commit({path: FILES.get(path) for path in change})
    assert identical(told(moving.infra), told(Moving(**FILES).infra))


ADDRESSES = {"web": "module.web.x.web", "deep": "module.web.module.deep.x.deep", "mail": 'module.mail["a"].x.mail'}


def test_who_rests_on_a_root_rests_on_it_as_it_was() -> None:
    moving = Moving(**FILES)
    with moving.infra.asking() as basis:
        told(moving.infra)
    root = moving.infra.root("")
    root.kept["found"] = "once"
    assert not moving.infra.stands(basis, moving.commit({"mail/main.tf": "\n" + MAIL}))
    assert moving.infra.root("") is root
    assert not root.kept


def test_of_what_is_left_nothing_is_held() -> None:
    moving = Moving(**FILES)
    root = moving.infra.root("")
    old = [instance for instance in root.instances if instance.module.directory == "mail"]
    moving.commit({"mail/main.tf": "\n" + MAIL})
    assert moving.infra.root("") is root
    assert len(old) == 3
    assert not any(map(vars, old))


def test_much_work_is_counted_from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    moving = Moving(**FILES)
    told(moving.infra)
    root = moving.infra.root("")
    monkeypatch.setattr("tfparse.configs.files.MAX_INSTANCES", 20)
    moving.commit({"mail/main.tf": "\n" + MAIL})
    assert moving.infra.root("") is not root
