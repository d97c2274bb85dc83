"""Modules, variables, resources and nested blocks: what is known of them, and what is not.

What has values agrees with Terraform 1.11.4 (`terraform console`, and plans of modules without providers).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repo import repo
from tfparse import Body, Origin, Resource, Root, TerraformError, Unknown, Value
from tfparse.secrets.presentation import as_json

SECRET = 'data "vault_kv_secret_v2" "s" {\n  name = "x"\n}\n'


def root(folder: Path, source: str, **files: str | bytes) -> Root:
    return repo(folder, {"main.tf": source, **{n.replace("__", "/"): c for n, c in files.items()}}).root("")


def resources(found: Root) -> dict[str, Resource]:
    return {resource.address: resource for resource in found.resources()}


def attribute(body: Body, name: str) -> Value:
    value = body.attribute(name)
    assert value is not None
    return value


def shown(found: Root, expression: str) -> str:
    return as_json(found.evaluate(expression))


def test_resources_are_reached_through_calls_with_their_keys(tmp_path: Path) -> None:
    found = root(
        tmp_path,
        """
        module "m" {
          source   = "./m"
          for_each = toset(["a", "b"])
          name     = each.key
        }
        """,
        **{
            "m/main.tf": """
        variable "name" {}
        resource "x_y" "z" {
          count = var.name == "a" ? 2 : 0
          label = "${var.name}${count.index}"
        }
        """
        },
    )
    assert {
        address: attribute(resource.body, "label").as_string() for address, resource in resources(found).items()
    } == {'module.m["a"].x_y.z[0]': "a0", 'module.m["a"].x_y.z[1]': "a1"}


def test_resources_of_several_types_come_as_they_are_declared_callers_first(tmp_path: Path) -> None:
    found = root(
        tmp_path,
        """
        resource "a_x" "first" {}
        resource "b_x" "second" {}
        resource "a_x" "third" {}
        module "m" {
          source = "./m"
        }
        data "a_x" "read" {}
        """,
        **{"m/main.tf": 'resource "b_x" "fourth" {}\nresource "c_x" "fifth" {}\nresource "a_x" "sixth" {}\n'},
    )
    names = [resource.name for resource in found.resources(lambda type_: type_ in ("a_x", "b_x"))]
    assert names == ["first", "second", "third", "fourth", "sixth"]
    assert [resource.name for resource in found.resources("a_x".__eq__)] == ["first", "third", "sixth"]
    assert [resource.name for resource in found.resources("a_x".__eq__, "data")] == ["read"]


def test_a_module_that_nobody_calls_does_not_count(tmp_path: Path) -> None:
    found = root(tmp_path, "", **{"modules/stale/main.tf": 'resource "x_y" "z" {}\n'})
    assert not found.resources()


def test_blocks_keep_their_order_and_origins(tmp_path: Path) -> None:
    found = root(
        tmp_path,
        """
        resource "x_y" "z" {
          env {
            name = "A"
          }
          dynamic "env" {
            for_each = { B = 1, C = 2 }
            content {
              name  = env.key
              value = env.value
            }
          }
          env {
            name = "D"
          }
        }
        """,
    )
    blocks = resources(found)["x_y.z"].body.blocks("env")
    names = [attribute(block.body, "name") for block in blocks]
    assert [name.as_string() for name in names] == ["A", "B", "C", "D"]
    assert [block.origin.line for block in blocks] == [2, 7, 7, 12]
    assert names[1].origin == Origin("main.tf", 6, 16)


def test_a_dynamic_block_over_the_unknown_is_some_number_of_blocks(tmp_path: Path) -> None:
    found = root(
        tmp_path,
        SECRET
        + """
        resource "x_y" "z" {
          dynamic "env" {
            for_each = data.vault_kv_secret_v2.s.data
            iterator = it
            content {
              name  = it.key
              fixed = "f"
            }
          }
        }
        """,
    )
    (block,) = resources(found)["x_y.z"].body.blocks("env")
    assert block.repetition == Unknown(
        "data.vault_kv_secret_v2.s.data is read when Terraform runs", Origin("main.tf", 1, 1)
    )
    assert attribute(block.body, "name").is_unknown
    assert attribute(block.body, "fixed").as_string() == "f"


@pytest.mark.parametrize(
    "meta", ["count = length(data.vault_kv_secret_v2.s.data)", "for_each = data.vault_kv_secret_v2.s.data"]
)
def test_a_resource_repeated_by_the_unknown_is_some_number_of_them(tmp_path: Path, meta: str) -> None:
    found = root(tmp_path, f'{SECRET}resource "x_y" "z" {{\n  {meta}\n  a = 1\n}}\n')
    (resource,) = found.resources()
    assert resource.address == "x_y.z[*]"
    assert resource.repetition is not None
    assert attribute(resource.body, "a").as_number() == 1


def test_an_unknown_neighbour_leaves_the_known_ones_known(tmp_path: Path) -> None:
    found = root(
        tmp_path,
        SECRET
        + """
        locals {
          all  = merge({ a = 1, b = 2 }, data.vault_kv_secret_v2.s.data, { b = 3 })
          text = "${data.vault_kv_secret_v2.s.data["ip"]}/32"
          obj  = { secret = data.vault_kv_secret_v2.s.data["x"], known = 4 }
        }
        """,
    )
    assert found.evaluate("local.all.b").as_number() == 3
    assert found.evaluate("local.all.a").is_unknown
    assert found.evaluate("local.obj.known").as_number() == 4
    assert shown(found, 'endswith(local.text, "/32")') == "true"


def test_references_between_resources(tmp_path: Path) -> None:
    found = root(
        tmp_path,
        """
        resource "k_namespace" "n" {
          metadata {
            name = "mail"
          }
        }
        resource "k_thing" "t" {
          namespace = k_namespace.n.metadata[0].name
          uid       = k_namespace.n.metadata[0].uid
          id        = k_namespace.n.id
        }
        """,
    )
    body = resources(found)["k_thing.t"].body
    namespace = attribute(body, "namespace")
    assert (namespace.as_string(), namespace.origin) == ("mail", Origin("main.tf", 3, 12))
    assert attribute(body, "id").unknown == Unknown("k_namespace.n.id is known after apply", Origin("main.tf", 1, 1))
    assert attribute(body, "uid").is_unknown


def test_git_crypt_ciphertext_is_recognised_and_named(tmp_path: Path) -> None:
    found = root(tmp_path, 'variable "a" {\n  default = 1\n}\n', **{"terraform.tfvars": b"\0GITCRYPT\0\x12\x34\xff"})
    assert found.evaluate("var.a").unknown == Unknown(
        "terraform.tfvars is git-crypt ciphertext", Origin("terraform.tfvars", 1)
    )


def test_a_later_readable_file_decides_all_the_same(tmp_path: Path) -> None:
    found = root(
        tmp_path,
        'variable "a" {}\nvariable "b" {}\n',
        **{"terraform.tfvars": b"\0GITCRYPT\0\x12", "x.auto.tfvars": "a = 2\n"},
    )
    assert found.evaluate("var.a").as_number() == 2
    assert found.evaluate("var.b").is_unknown


def test_a_variable_without_a_value_says_so(tmp_path: Path) -> None:
    found = root(tmp_path, 'variable "a" {\n  type = string\n}\n')
    why = "variable a has no default, and no file of the repo gives it a value"
    assert found.evaluate("var.a").unknown == Unknown(why, Origin("main.tf", 1, 1))


def test_a_module_from_elsewhere(tmp_path: Path) -> None:
    found = root(tmp_path, 'module "m" {\n  source = "hashicorp/consul/aws"\n}\nlocals {\n  o = module.m.out\n}\n')
    assert found.evaluate("local.o").is_unknown
    found.resources()
    assert [(why.reason, source) for why, source in found.elsewhere.items()] == [
        ('module "m" comes from hashicorp/consul/aws, which is not in this repo', "hashicorp/consul/aws")
    ]


def test_a_file_that_does_not_parse_hides_what_it_may_declare(tmp_path: Path) -> None:
    found = root(tmp_path, "locals {\n  a = 1\n  b = local.elsewhere\n}\n", **{"broken.tf": "locals {\n  x = = 1\n}\n"})
    assert found.evaluate("local.a").as_number() == 1
    why = found.evaluate("local.b").unknown
    assert why is not None
    assert why.reason.startswith("broken.tf does not parse")
    assert why.origin is not None
    assert (why.origin.file, why.origin.line) == ("broken.tf", 2)
    assert found.incomplete == [why]


def test_an_argument_in_error_is_unknown_to_readers_and_reported(tmp_path: Path) -> None:
    found = root(tmp_path, 'resource "x_y" "z" {\n  a = 1 + "x"\n  b = 2\n}\n')
    body = resources(found)["x_y.z"].body
    assert attribute(body, "a").is_unknown
    assert attribute(body, "b").as_number() == 2
    assert [(d.summary, d.origin) for d in found.diagnostics] == [("Invalid operand", Origin("main.tf", 2, 7))]


def test_a_cycle_shows_the_loop(tmp_path: Path) -> None:
    found = root(tmp_path, "locals {\n  a = local.b\n  b = local.c\n  c = local.a\n}\n")
    with pytest.raises(TerraformError, match="local.a -> local.b -> local.c -> local.a"):
        found.evaluate("local.a")


def chain(links: int) -> str:
    following = (f"  a{n} = [for x in local.a{n - 1} : x + try(length({{ k = x }}), 0)]\n" for n in range(1, links))
    return f"locals {{\n  a0 = [0]\n{''.join(following)}}}\n"


def test_a_long_chain_of_references_is_followed(tmp_path: Path) -> None:
    assert as_json(root(tmp_path, chain(390)).evaluate("local.a389")) == "[389]"


def test_a_chain_that_is_too_long_is_a_diagnostic(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match=r"Too many references\n  local.a9: a chain of more than 400"):
        root(tmp_path, chain(410)).evaluate("local.a409")


def test_ignore_changes(tmp_path: Path) -> None:
    found = root(
        tmp_path,
        """
        resource "x_y" "z" {
          lifecycle {
            ignore_changes = [
              spec[0].container[0].image, # kept by another controller
              data["k.v"],
            ]
          }
        }
        resource "x_y" "all" {
          lifecycle {
            ignore_changes = all
          }
        }
        """,
    )
    found_resources = resources(found)
    assert [(i.path, i.origin.line) for i in found_resources["x_y.z"].ignore_changes] == [
        (("spec", 0, "container", 0, "image"), 4),
        (("data", "k.v"), 5),
    ]
    assert [i.path for i in found_resources["x_y.all"].ignore_changes] == [()]


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../etc/passwd", "link"])
def test_files_outside_of_the_repo_are_not_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("leaked")
    found = root(tmp_path / "repo", "")
    (tmp_path / "repo" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(TerraformError, match="outside of|out of"):
        found.evaluate(f'file("{path}")')


def test_a_line_of_a_rendered_template_has_its_place(tmp_path: Path) -> None:
    found = root(
        tmp_path,
        SECRET
        + """
        locals {
          t = templatefile("t.tpl", { secret = data.vault_kv_secret_v2.s.data["x"], names = ["a", "b"] })
        }
        """,
        **{"t.tpl": "first: ${secret}\n%{ for n in names ~}\n- ${n}\n%{ endfor ~}\nlast: 1\n"},
    )
    lines = found.evaluate("local.t").lines()
    assert [(line.text, line.origin and (line.origin.file, line.origin.line)) for line in lines] == [
        ("first: \ufffc", ("t.tpl", 1)),
        ("- a", ("t.tpl", 3)),
        ("- b", ("t.tpl", 3)),
        ("last: 1", ("t.tpl", 5)),
    ]


def test_sensitive_spreads(tmp_path: Path) -> None:
    found = root(
        tmp_path,
        'variable "p" {\n  default   = "hunter2"\n  sensitive = true\n}\nlocals {\n  url = "https://u:${var.p}@h"\n}\n',
    )
    assert shown(found, "local.url") == '"(sensitive value)"'
    assert "hunter2" not in repr(found.evaluate("local.url"))
