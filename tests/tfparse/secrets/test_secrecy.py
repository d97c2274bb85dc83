"""What is secret is found wherever it is written; and what is not, is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repo import repo
from tfparse import cached
from tfparse.cty.values import REDACTED
from tfparse.secrets.secrecy import UNREADABLE, find_secrets
from tfparse.secrets.words import words

CASES: dict[str, tuple[dict[str, str], dict[str, set[int]]]] = {
    "values, and neither keys nor names": (
        {"main.tf": """
            resource "kubernetes_secret_v1" "s" {
              metadata {
                name = "mail"
              }
              type = "Opaque"
              data = {
                "user.name" = var.login["user"]
                password    = "hunter2x"
                port        = 587
              }
            }
            variable "login" {}
        """},
        {"main.tf": {8, 9}},
    ),
    "a heredoc line by line": (
        {"main.tf": 'resource "kubernetes_secret" "s" {\n  data = {\n    users = <<EOT\nbob:hunter2x\nann:hunter3x\nEOT\n  }\n}\n'},
        {"main.tf": {4, 5}},
    ),
    "outputs, modules both ways, locals by path": (
        {
            "main.tf": """
                module "a" {
                  source = "./a"
                  given  = local.all.first
                }
                locals {
                  all = {
                    first  = "hunter2x"
                    second = "in the open"
                  }
                }
                resource "vault_generic_secret" "s" {
                  data_json = jsonencode(module.a.out)
                }
            """,
            "a/main.tf": """
                variable "given" {
                  default = "hunter3x"
                }
                output "out" {
                  value = "prefix-${var.given}"
                }
                output "other" {
                  value = "in the open"
                }
            """,
        },
        {"main.tf": {7}, "a/main.tf": {2, 5}},
    ),
    "for_each, and arguments of others": (
        {"main.tf": """
            resource "kubernetes_secret" "s" {
              for_each = { a = "hunter2x" }
              data     = { x = each.value, y = terraform_data.d.input }
            }
            resource "terraform_data" "d" {
              input = "hunter3x"
            }
        """},
        {"main.tf": {2, 6}},
    ),
    "sensitive() of what for_each goes through": (
        {"main.tf": """
            resource "terraform_data" "d" {
              for_each = { a = "hunter2x" }
              input    = sensitive(each.value)
            }
            resource "terraform_data" "e" {
              for_each = { a = "in the open" }
              input    = [each.key, sensitive("hunter3x")]
            }
            module "m" {
              source   = "./m"
              for_each = { a = "hunter4x" }
              given    = sensitive(each.value)
            }
        """,
        "m/main.tf": 'variable "given" {}\n'},
        {"main.tf": {2, 7, 11}},
    ),
    "a Secret's content of what for_each goes through, marked there": (
        {"main.tf": """
            resource "kubernetes_secret" "s" {
              for_each = { a = "hunter2x" }
              data     = { x = sensitive(each.value) }
            }
        """},
        {"main.tf": {2}},
    ),
    "Terragrunt's inputs, tfvars in either form": (
        {
            "s/main.tf": 'variable "a" {\n  sensitive = true\n}\nvariable "b" {\n  sensitive = true\n}\nvariable "c" {}\n',
            "s/terragrunt.hcl": 'inputs = {\n  a = "hunter2x"\n  c = "in the open"\n}\n',
            "s/x.auto.tfvars.json": '{\n  "c": "in the open",\n  "b": "hunter3x"\n}\n',
        },
        {"s/terragrunt.hcl": {2}, "s/x.auto.tfvars.json": {3}},
    ),
    "manifests": (
        {"main.tf": """
            resource "kubernetes_manifest" "s" {
              manifest = {
                kind       = "Secret"
                metadata   = { name = "mail" }
                stringData = { x = "hunter2x" }
              }
            }
            resource "kubectl_manifest" "s" {
              yaml_body = <<-EOT
                kind: Secret
                stringData: {x: hunter3x}
              EOT
            }
        """},
        {"main.tf": {5, 10, 11}},
    ),
    "manifests with escapes": (
        {
            "main.tf": """
                resource "kubectl_manifest" "s" {
                  yaml_body = "kind:\\tSecret\\nstringData: {x: hunter2x}"
                }
                resource "kubernetes_manifest" "s" {
                  manifest = { kind = "Secret", data = { x = "hunter3x" } }
                }
            """,
            "b/main.tf": """
                resource "kubernetes_manifest" "s" {
                  manifest = { kind = "\\u0053ecret", data = { x = "hunter3x" } }
                }
            """,
            "c/main.tf": """
                resource "kubernetes_manifest" "s" {
                  manifest = { kind = "ExternalSecret", data = { x = "in the open" } }
                }
            """,
        },
        {"main.tf": {2, 5}, "b/main.tf": {2}},
    ),
    "sensitive() in all its forms": (
        {
            "main.tf": """
                locals {
                  a = sensitive ("hunter2x")
                  b = core::sensitive("hunter3x")
                  c = "${sensitive /* but */ ("hunter4x")}"
                }
            """,
            "b/main.tf.json": '{"locals": {\n"a": "${\\u0073ensitive(\\"hunter2x\\")}",\n"b": "${sensitive\\u0028\\"hunter3x\\")}"\n}}\n',
            "c/main.tf": 'output "o" {\n  value     = "in the open"\n  sensitive = false\n}\n',
        },
        {"main.tf": {2, 3, 4}, "b/main.tf.json": {2, 3}},
    ),
    "ConfigMaps are open": (
        {"main.tf": """
            resource "kubernetes_config_map" "s" {
              data = { x = "hunter2x", y = var.y }
            }
            variable "y" {
              default = "hunter3x"
            }
            resource "kubernetes_manifest" "s" {
              manifest = { kind = "ConfigMap", data = { x = "hunter4x" } }
            }
        """},
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_lines(name: str, tmp_path: Path) -> None:
    files, expected = CASES[name]
    secrets = find_secrets(repo(tmp_path, files))
    assert secrets.lines == expected
    text = "\n".join(files.values())
    for hidden in ("hunter2x", "hunter3x", "hunter4x"):
        assert (hidden in secrets.redacted(text)) is not any(expected.values())


SECRET = 'resource "kubernetes_secret" "s" {\n  data = { x = %s }\n}\n'


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        ('"hunter2"', 'found "hunter2"!', f'found "{REDACTED}"!'),
        ('"hunter2"', "xhunter2y", f"x{REDACTED}y"),
        ('"tulip"', "tulip", REDACTED),
        ('"true"', "true", "true"),
        ('"tulips for bob\\nB0b-only"', "B0b-only: tulips", f"{REDACTED}: tulips"),
        ('"tulips for bob"', "tulips for bob", REDACTED),
        # What also stands in the open is no secret.
        ('"open.example.com"', "open.example.com", "open.example.com"),
        ('"https://open.example.com/T0ken"', "at open.example.com, T0ken", "at open.example.com, T0ken"),
        # A program may cut off what it quotes.
        ('"hunter2-and-more"', "cannot unmarshal !!str `hunter2...` into int", f"cannot unmarshal !!str `{REDACTED}` into int"),
        ('"hunter2-and-more"', "for unter2... and hunter", "for unter2... and hunter"),
        ('123456', "123456", REDACTED),
    ],
)  # fmt: skip
def test_text(value: str, text: str, shown: str, tmp_path: Path) -> None:
    infra = repo(tmp_path, {"main.tf": SECRET % value, "open.tf": 'locals {\n  host = "open.example.com"\n}\n'})
    assert find_secrets(infra).redacted(text) == shown


def test_words_that_were_said_before_are_none(tmp_path: Path) -> None:
    infra = repo(tmp_path, {"main.tf": SECRET % '"mail-server"'})
    assert find_secrets(infra).redacted("no deployment mail-server") == f"no deployment {REDACTED}"
    assert find_secrets(infra).redacted("no deployment mail-server", {"mail-server"}) == "no deployment mail-server"


def test_a_text_is_looked_through_again_for_whom_less_was_said(tmp_path: Path) -> None:
    secrets = find_secrets(repo(tmp_path, {"main.tf": SECRET % '"mail-server"'}))
    text = "no deployment mail-server"
    assert [secrets.redacted(text, {"mail-server"}), secrets.redacted(text)] == [text, f"no deployment {REDACTED}"]


def test_a_text_is_looked_through_again_once_functions_have_made_more_of_secrets(tmp_path: Path) -> None:
    secrets = find_secrets(repo(tmp_path, {"main.tf": SECRET % '"mail-server"'}))
    assert secrets.redacted("for bWFpbC1zZXJ2ZXI=") == "for bWFpbC1zZXJ2ZXI="
    secrets.tree.made_of_secrets.add("bWFpbC1zZXJ2ZXI=")
    assert secrets.redacted("for bWFpbC1zZXJ2ZXI=") == f"for {REDACTED}"


def test_words_in_the_open_are_those_of_any_text(tmp_path: Path) -> None:
    characters = [chr(at) for at in range(0x11000) if not 0xD800 <= at < 0xE000]
    text = "".join(f"{character}w{at}" for at, character in enumerate(characters) if character not in "\0\n*")
    secrets = find_secrets(repo(tmp_path, {"main.tf": PASSWORD, "open.tf": f"/* {text} */\n"}))
    assert {word for word in words(text) if secrets.is_open(word)} == set(words(text))
    assert not secrets.is_open("hunter2")


HOST = 'locals {\n  host = "open.example.com"\n}\n'
PASSWORD = SECRET % '"hunter2"'


@pytest.mark.parametrize(
    ("files", "is_the_same"),
    [
        ({"main.tf": PASSWORD, "open.tf": f"# a comment\n{HOST}"}, True),
        ({"main.tf": PASSWORD, "open.tf": f"# hunter3\n{HOST}"}, True),
        ({"main.tf": PASSWORD, "open.tf": HOST, "b/main.tf": SECRET % '"true"'}, True),
        ({"main.tf": f"# a comment\n{PASSWORD}", "open.tf": HOST}, True),
        ({"main.tf": SECRET % '"hunter3"', "open.tf": HOST}, False),
        ({"main.tf": PASSWORD, "open.tf": HOST, "b/main.tf": SECRET % '"hunter3"'}, False),
        ({"main.tf": SECRET % "var.x", "open.tf": HOST}, False),
        # It comes to stand in the open.
        ({"main.tf": PASSWORD, "open.tf": f"# hunter2\n{HOST}"}, False),
        # What does not parse counts as secret.
        ({"main.tf": PASSWORD, "open.tf": HOST, "x.tfvars": "a = hunter4 hunter4\n"}, False),
        ({"main.tf": PASSWORD + "}", "open.tf": HOST}, False),
    ],
)  # fmt: skip
def test_digests(files: dict[str, str], is_the_same: bool, tmp_path: Path) -> None:
    before = find_secrets(repo(tmp_path / "a", {"main.tf": PASSWORD, "open.tf": HOST}))
    after = find_secrets(repo(tmp_path / "b", files))
    assert (after.digest_of_texts() == before.digest_of_texts()) is is_the_same


def test_of_too_many_secrets_the_digest_is_another(tmp_path: Path) -> None:
    secrets = find_secrets(repo(tmp_path, {"main.tf": PASSWORD}))
    before = secrets.digest_of_texts()
    secrets.words_left = -1
    assert secrets.digest_of_texts() != before


def test_what_does_not_parse(tmp_path: Path) -> None:
    broken = 'variable "x" {\n  default = "hunter2" x\n}\nresource "x_page" "p" {\n  a = 1\n}\nresource "x_secret" "p" {\n}\n'
    secrets = find_secrets(repo(tmp_path, {"main.tf": broken, "x.tfvars": "a = = 1\n"}))
    assert [secrets.redacted_line("main.tf", n) for n in (1, 2, 4, 5, 7)] == [
        UNREADABLE,
        UNREADABLE,
        None,
        None,
        UNREADABLE,
    ]
    assert secrets.redacted_line("x.tfvars", 1) == UNREADABLE


def test_ciphertext_has_no_texts(tmp_path: Path) -> None:
    secrets = find_secrets(repo(tmp_path, {"x.tfvars": b"\0GITCRYPT\0" + bytes(range(256))}))
    assert not secrets.texts


def test_nothing_of_the_source_stands_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    infra = repo(tmp_path / "infra", {"main.tf": SECRET % '"hunter2"'})
    for _ in range(2):
        with cached(infra.path) as cache:
            again = type(infra)(infra.path, cache)
            assert again.root("").evaluate("kubernetes_secret.s.data.x").as_string() == "hunter2"
    (file,) = (path for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert file.stat().st_size > 200
    assert b"hunter2" not in file.read_bytes()
    assert b"kubernetes_secret" not in file.read_bytes()
