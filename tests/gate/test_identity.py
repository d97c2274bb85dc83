"""What decides a verdict besides the repo: programs, wherever one of their name is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.identity import key_of

SUITE = Path(__file__).parents[2]


def program(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "promtool").write_text(text)
    (folder / "promtool").chmod(0o755)


def test_a_program_behind_another_of_its_name_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version manager's stands before the one that it starts."""
    monkeypatch.setenv("PATH", f"{tmp_path}/shims:{tmp_path}/installed")
    program(tmp_path / "shims", "#!/bin/sh\n")
    before = key_of(SUITE, (), ())
    program(tmp_path / "installed", "old")
    old = key_of(SUITE, (), ())
    program(tmp_path / "installed", "newer")
    assert len({before, old, key_of(SUITE, (), ())}) == 3


def test_a_relative_folder_is_not_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be one of the judged repo, whose programs nobody starts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "bin")
    before = key_of(SUITE, (), ())
    program(tmp_path / "bin", "old")
    assert key_of(SUITE, (), ()) == before
