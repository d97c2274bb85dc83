"""Excerpts show the line, and nothing that is not a line of text inside the infra root."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate import plugin, redaction
from gate.own_files import is_kept
from gate.source import excerpt, printable
from tests.gate.git_repo import GitRepo
from tfparse import load
from tfparse.source.places import MAX_FILE


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "infra"
    root.mkdir()
    (tmp_path / "secret").write_text("outside\n")
    (root / "main.cf").write_text("first\n  second\tline  \n\nfourth")
    (root / "out").symlink_to(tmp_path / "secret")
    (root / "loop").symlink_to("loop")
    (root / "cipher.tfvars").write_bytes(b"\0GITCRYPT\0\xa0\xff\n")
    (root / "nul").write_bytes(b"a\0b\n")
    (root / "latin").write_bytes("Größe\n".encode("latin-1"))
    (root / "long").write_text("x" * 10_000)
    (root / "hostile").write_text("\x1b[2J\x1b]0;title\x07 caf\u00e9 \u202e\n")
    return root


@pytest.mark.parametrize(
    ("file", "line", "shown"),
    [
        ("main.cf", 1, "first"),
        ("main.cf", 2, "second line"),
        ("main.cf", 3, None),
        ("main.cf", 4, "fourth"),
        ("main.cf", 5, None),
        ("main.cf", 0, None),
        ("main.cf", -1, None),
        ("gone.tf", 1, None),
        (".", 1, None),
        ("../secret", 1, None),
        ("out", 1, None),
        ("loop", 1, None),
        ("cipher.tfvars", 1, None),
        ("nul", 1, None),
        ("latin", 1, None),
        ("long", 1, "x" * 157 + "..."),
        ("hostile", 1, "\\x1b[2J\\x1b]0;title\\x07 café \\u202e"),
    ],
)
def test_excerpt(root: Path, file: str, line: int, shown: str | None) -> None:
    assert excerpt(root, file, line) == shown


def test_absolute_paths_outside_show_nothing(root: Path) -> None:
    assert excerpt(root, str(root.parent / "secret"), 1) is None


def test_an_infra_root_may_be_a_link(root: Path) -> None:
    (root.parent / "link").symlink_to(root)
    assert excerpt(root.parent / "link", "main.cf", 1) == "first"


def test_printable_leaves_text_alone() -> None:
    assert printable("naïve – 日本語 \\n") == "naïve – 日本語 \\n"


def test_neither_a_huge_file_nor_a_huge_line_is_shown(root: Path) -> None:
    with (root / "huge").open("wb") as file:
        file.truncate(MAX_FILE + 1)
    (root / "line").write_text("x" * 10_001 + "\n")
    assert excerpt(root, "huge", 1) is None
    assert excerpt(root, "line", 1) == "(a line of 10001 characters)"


def test_another_run_of_the_same_process_looks_at_the_repo_anew(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("main.tf", "")
    repo.commit()
    assert not is_kept(tmp_path, tmp_path / "mail")
    repo.write("mail/x.feature", "")
    plugin.pytest_unconfigure()
    assert is_kept(tmp_path, tmp_path / "mail")


def test_another_run_of_the_same_process_has_its_own_secrets(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('variable "pin" {\n  default   = "Canary-77"\n  sensitive = true\n}\n')
    redaction.register_secrets(load(tmp_path))
    assert redaction.redacted("it is Canary-77") == "it is (not shown: secret)"
    plugin.pytest_unconfigure()
    assert redaction.redacted("it is Canary-77") == "it is Canary-77"
