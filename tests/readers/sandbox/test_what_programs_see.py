"""A program sees the text that it is given, and no other file: canaries wherever a machine has secrets."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from readers.sandbox.program import Program
from tests.readers.conftest import PROGRAMS
from tests.readers.sandbox.modes import apart, as_nobody

OPENERS = yaml.safe_load(Path(__file__).with_name("openers.yaml").read_text())
TREE = "route: {receiver: a}\nreceivers: [{name: a}]"
ROOT = os.geteuid() == 0
MODES: dict[str, tuple[Callable[[], None], ...]] = {"itself": (), **({"nobody": (as_nobody,)} if ROOT else {})}


class Opener(NamedTuple):
    """A text that makes a program open the file PATH."""

    program: Program
    arguments: list[str]
    file: str
    text: str
    quoted: bool

    def files(self, path: Path) -> dict[str, str]:
        text = self.text.replace("PATH", str(path)).replace("TREE", TREE)
        return {self.file: f"{text}\n", **({"master.cf": ""} if self.program.name == "postconf" else {})}


def _openers() -> Iterator[Opener]:
    for name, group in OPENERS.items():
        program = PROGRAMS[group.get("program", name)]
        for case in group["texts"]:
            yield Opener(program, group["arguments"], group["file"], case["text"], case.get("quoted", False))
    if shutil.which("postconf"):
        known = subprocess.run(["postconf", "-m"], capture_output=True, text=True, check=False).stdout.split()
        for kind in known:
            yield Opener(PROGRAMS["postconf"], OPENERS["postconf"]["arguments"], "main.cf", f"a = {kind}:PATH", False)


@pytest.fixture(scope="module")
def canary() -> str:
    return f"z{secrets.token_hex(3)}"  # no longer than what promtool quotes of a text


@pytest.fixture(scope="module")
def places(canary: str) -> Iterator[list[Path]]:
    """Files that hold the canary: where a machine, a user and a checkout keep secrets."""
    checkout = Path(tempfile.mkdtemp(prefix="checkout-"))
    os.chmod(checkout, 0o755)
    folders = [checkout / "repo" / ".git", checkout, Path.home(), *([Path("/etc")] if ROOT else [])]
    (checkout / "repo" / ".git").mkdir(parents=True)
    files = [folder / f"secret-{os.getpid()}" for folder in folders]
    for file in files:
        # What no format takes, so that whoever reads it complains of it.
        file.write_text(f"{canary} = {{{{ {canary}\n{canary}\n")
    yield files
    for file in files:
        file.unlink()
    shutil.rmtree(checkout)


def _plainly(opener: Opener, path: Path, folder: Path) -> str:
    """What the program says where nothing hides the file."""
    for name, text in opener.files(path).items():
        (folder / name).write_text(text)
        os.utime(folder / name, (0, 0))
    command = [opener.program.name, *opener.arguments]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    return said.stdout + said.stderr


@pytest.mark.parametrize("opener", [
    pytest.param(opener, id=f"{opener.program.name} {opener.file}: {opener.text}", marks=pytest.mark.needs(opener.program.name))
    for opener in _openers() if opener.quoted
])  # fmt: skip
def test_it_would_quote_another_file(opener: Opener, places: list[Path], canary: str, tmp_path: Path) -> None:
    """Else the test below shows nothing."""
    assert canary in _plainly(opener, places[0], tmp_path)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("program", [pytest.param(name, marks=pytest.mark.needs(name)) for name in PROGRAMS])
def test_it_sees_no_other_file(program: str, mode: str, places: list[Path], canary: str) -> None:
    openers = [opener for opener in _openers() if opener.program.name == program]

    def ask() -> list[list[str]]:
        # What would be quoted is tried everywhere, the rest in one place each: all together takes too long.
        return [[opener.text, str(path), _said(opener, path)] for index, opener in enumerate(openers)
                for path in (places if opener.quoted else [places[index % len(places)]])]  # fmt: skip

    said: Any = apart(ask, *MODES[mode])
    assert isinstance(said, list), said
    assert [answer for answer in said if canary in answer[2]] == []


def _said(opener: Opener, path: Path) -> str:
    said = opener.program.run(opener.arguments, opener.files(path))
    return said.out + said.err


@pytest.mark.needs("rspamadm")
@pytest.mark.parametrize("mode", MODES)
def test_it_sees_only_what_it_needs(mode: str) -> None:
    """Rspamd's own Lua tells all that there is, but for what lies in the folders that it needs."""
    walk = """
    local glob = require("rspamd_util").glob
    for _, pattern in ipairs({"/*", "/*/*", "/etc/rspamd/*", "/usr/share/*", "/usr/bin/*", "/var/lib/*", "/text/*",
                                "/usr/share/rspamd/lualib/rspamadm/*"}) do
      for _, path in ipairs(glob(pattern)) do print(path) end
    end
    print(io.popen("ls"))
    """

    def ask() -> str:
        return PROGRAMS["rspamadm"].run(["lua", "-b", "walk.lua"], {"walk.lua": walk}).out

    seen = apart(ask, *MODES[mode]).splitlines()
    assert seen.pop().startswith("nil")  # there is no shell
    assert {path for path in seen if not path.startswith("/lib")} <= {
        "/dev", "/dev/urandom", "/etc", "/etc/ld.so.cache", "/etc/rspamd", "/etc/rspamd/modules.d", "/text",
        "/text/walk.lua", "/usr", "/usr/bin", "/usr/bin/rspamadm", "/usr/lib", "/usr/share", "/usr/share/rspamd", "/var",
        "/var/lib", "/var/lib/rspamd",
    }  # fmt: skip
