"""``python -m tfparse DIR [EXPRESSION ...]``: what it prints where, and how it ends.

The values are what ``terraform console`` 1.11.4 says of the same source.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tfparse.__main__ import main
from tfparse.hcl import syntax

SUITE = Path(__file__).parents[2]
MAIN = """
    data "vault_kv_secret_v2" "s" {
      name = "x"
    }
    variable "password" {
      default   = "hunter2"
      sensitive = true
    }
    locals {
      ports = toset(["b", "a", "b"])
      login = { user = "u", password = var.password }
      text  = "it's ${data.vault_kv_secret_v2.s.data["x"]}"
    }
    output "url" {
      value = "https://${module.web.host}/"
    }
    output "secret" {
      value     = "s3cret"
      sensitive = true
    }
    module "web" {
      source = "./web"
    }
    """
WEB = """
    output "host" {
      value = "example.org"
    }
    resource "x_page" "front" {
      for_each = toset(["en", "de"])
      path     = each.key
    }
    """


class Console:
    """Runs the console in this process and keeps what it printed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.errors = ""

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.folder / name.replace("__", "/").replace("_tf", ".tf")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    def run(self, *arguments: str, directory: str = "", code: int = 0) -> list[str]:
        """The lines on standard output; what is on standard error stays in :attr:`errors`."""
        ended = main([str(self.folder / directory), *arguments])
        printed = self._capsys.readouterr()
        self.errors = printed.err
        assert ended == code, printed.err
        assert (code == 1) == ("Error: " in printed.err)
        return printed.out.splitlines()

    def json(self, *arguments: str, code: int = 0) -> list[Any]:
        return [json.loads(line) for line in self.run(*arguments, code=code)]


@pytest.fixture
def console(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Console(tmp_path / "repo", capsys)
    made.write(main_tf=MAIN, web__main_tf=WEB)
    return made


def test_each_value_is_a_line_of_json(console: Console) -> None:
    expressions = ['"ä\\n"', "1 / 4", "2 == 2", "null", '[1, "x"]', "{ b = 1, a = [] }", "1e20"]
    assert console.run(*expressions) == [
        r'"ä\n"',
        "0.25",
        "true",
        "null",
        '[1, "x"]',
        '{"a": [], "b": 1}',
        "100000000000000000000",
    ]


def test_a_set_is_an_array(console: Console) -> None:
    assert console.json("local.ports") == [["a", "b"]]


def test_an_unknown_says_why_and_where(console: Console) -> None:
    why = {"unknown": "data.vault_kv_secret_v2.s.data is read when Terraform runs", "origin": "main.tf:1"}
    assert console.json('data.vault_kv_secret_v2.s.data["x"]', "local.text", "{ a = 1, b = local.text }") == [
        why,
        why,
        {"a": 1, "b": why},
    ]


def test_what_a_map_is_certain_to_have_stands_beside_the_unknown_rest(console: Console) -> None:
    (shown,) = console.json("merge({ a = 1 }, data.vault_kv_secret_v2.s.data, { b = 2 })")
    assert shown["known"]["b"] == 2
    assert shown.keys() == {"unknown", "origin", "known"}


def test_what_is_sensitive_is_redacted(console: Console) -> None:
    asked = ["var.password", "local.login", '"-u ${var.password}"', "output.secret", "[sensitive(uuid())]"]
    assert console.json(*asked) == [
        "(sensitive value)",
        {"password": "(sensitive value)", "user": "u"},
        "(sensitive value)",
        "(sensitive value)",
        ["(sensitive value)"],
    ]


def test_show_sensitive_shows_it(console: Console) -> None:
    assert console.json("--show-sensitive", "local.login", "output.secret") == [
        {"password": "hunter2", "user": "u"},
        "s3cret",
    ]


def test_a_diagnostic_does_not_show_what_is_sensitive(console: Console) -> None:
    console.run("tonumber(var.password)", "var.password.x", "1 + var.password", code=1)
    assert console.errors.count("Error: ") == 3
    assert "hunter2" not in console.errors


def test_outputs(console: Console) -> None:
    assert console.json("output.url", "module.web.host", "upper(output.url)") == [
        "https://example.org/",
        "example.org",
        "HTTPS://EXAMPLE.ORG/",
    ]


def test_origins(console: Console) -> None:
    assert console.json("--origins", "module.web.host", "local.login.user", "uuid()", "var.password") == [
        {"value": "example.org", "origin": "web/main.tf:2"},
        {"value": "u", "origin": "main.tf:10"},
        {"value": {"unknown": "uuid() is random", "origin": "<console>:1"}, "origin": "<console>:1"},
        {"value": "(sensitive value)", "origin": "main.tf:5"},
    ]


def test_without_an_expression_all_resources_are_listed(console: Console) -> None:
    listed = ['module.web.x_page.front["de"]', 'module.web.x_page.front["en"]', "data.vault_kv_secret_v2.s"]
    assert console.run() == listed
    places = ["web/main.tf:4", "web/main.tf:4", "main.tf:1"]
    assert console.run("--origins") == [f"{address}\t{place}" for address, place in zip(listed, places, strict=True)]


def test_a_module_that_is_not_there_is_noted(console: Console) -> None:
    console.write(more_tf='module "vpc" {\n  source = "hashicorp/consul/aws"\n}\n')
    assert len(console.run()) == 3
    assert console.errors == (
        'Note: module "vpc" comes from hashicorp/consul/aws, which is not in this repo (more.tf:2): '
        "its resources are not listed\n"
    )


def test_a_diagnostic_goes_to_standard_error_and_the_rest_is_answered(console: Console) -> None:
    assert console.json("1", "local.nope", "2 +", "3", code=1) == [1, 3]
    assert console.errors.splitlines()[:4] == [
        "Error: Reference to undeclared local value",
        "  on <console> line 1:",
        '  There is no local value named "nope" in the root module.',
        "Error: Invalid expression",
    ]


def test_a_file_that_does_not_parse_is_a_diagnostic(console: Console) -> None:
    console.write(broken_tf="locals {\n  x = = 1\n}\n")
    assert console.json("local.ports", code=1) == [["a", "b"]]
    assert "  on broken.tf line 2:\n     2: (not shown: the file does not parse, so" in console.errors
    assert len(console.run(code=1)) == 3


def test_a_broken_line_that_can_be_no_secret_is_shown(console: Console) -> None:
    console.write(broken_tf='variable "x" {\n}\nresource "x_page" "y" {\n  x = = 1\n}\n')
    console.run("local.ports", code=1)
    assert "  on broken.tf line 4:\n     4: x = = 1\n" in console.errors


def test_a_value_too_deep_to_show_is_a_diagnostic(console: Console) -> None:
    chain = "\n".join(f"x{n} = [[[local.x{n - 1}]]]" for n in range(1, 600))
    console.write(deep_tf=f"locals {{\nx0 = 0\n{chain}\n}}\n")
    asked = [f"local.x{n}" for n in range(20, 600, 20)]
    assert console.json(asked[0], code=0)
    console.run(*asked, code=1)
    assert "Error: Nested too deeply" in console.errors


def test_the_infra_root_is_the_directory_itself(console: Console) -> None:
    console.write(secret_txt="secret")
    console.run('file("../secret_txt")', directory="web", code=1)
    assert "../secret_txt leads out of the infra repo" in console.errors


@pytest.mark.parametrize("worktree", [False, True])
def test_the_infra_root_is_the_enclosing_git_repository(console: Console, worktree: bool) -> None:
    git = console.folder / ".git"
    git.write_text("gitdir: /elsewhere\n") if worktree else git.mkdir()
    console.write(note_txt="a note")
    assert console.run('file("../note_txt")', "--origins", directory="web") == [
        '{"value": "a note", "origin": "note_txt:1"}'
    ]
    assert console.run("--origins", directory="web")[0].endswith("\tweb/main.tf:4")


def test_a_hidden_directory_is_a_directory(console: Console) -> None:
    (console.folder / ".git").mkdir()
    console.write(**{".hidden__main_tf": 'resource "x_y" "z" {}\n', "hidden__main_tf": ""})
    assert console.run(directory=".hidden") == ["x_y.z"]


def test_a_directory_without_source(console: Console) -> None:
    (console.folder / "empty").mkdir()
    assert console.run(directory="empty", code=1) == []
    assert console.errors.startswith("Error: No configuration files\n")
    assert console.run("1 + 1", directory="empty") == ["2"]


def test_a_directory_that_is_none(console: Console) -> None:
    assert console.run("1", directory="nowhere", code=1) == []
    assert console.errors.startswith("Error: No such directory\n")


def test_a_misspelt_option_is_an_error_of_usage(console: Console) -> None:
    with pytest.raises(SystemExit) as ended:
        console.run("--origin-s")
    assert ended.value.code == 2


def test_source_is_parsed_once_for_all_runs(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    console.run()
    monkeypatch.setattr(syntax, "parse", None)
    assert len(console.run()) == 3


def test_as_a_program(console: Console) -> None:
    command = [sys.executable, "-m", "tfparse", str(console.folder), "output.url", "nope.x"]
    done = subprocess.run(command, cwd=SUITE, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, '"https://example.org/"\n')
    assert done.stderr.startswith("Error: Reference to undeclared resource\n")


def test_a_reader_that_leaves_early_is_no_error(console: Console) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "tfparse", str(console.folder)]
    done = subprocess.run(command, cwd=SUITE, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert done.stderr == ""
