"""Setting up and asking: requirements/install.py keeps .venv in line, `make gate` passes the gate's answer on."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "requirements" / "install.py"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, at work in a checkout of its own whose .venv holds both locks."""
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("LOCKS", "VENV", "PYTHON", "STAMP"):
        monkeypatch.setattr(module, name, tmp_path / getattr(module, name).relative_to(ROOT))
    module.LOCKS.mkdir()
    module.PYTHON.parent.mkdir(parents=True)
    module.PYTHON.touch()
    for name in ("run.txt", "dev.txt"):
        (module.LOCKS / name).write_text(name)
    stamp = {**module.identity(), "locks": {name: module.digest(name) for name in ("run.txt", "dev.txt")}}
    module.STAMP.write_text(json.dumps(stamp))
    return module


def ran(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that bringing .venv in line with run.txt comes to; none of them is run."""
    commands: list[list[str]] = []
    monkeypatch.setattr(install, "run", lambda *command: commands.append([str(part) for part in command]))
    assert install.main("run") == 0
    return commands


def test_a_venv_in_line_is_left_alone(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ran(install, monkeypatch) == []


def test_a_lock_not_held_yet_is_added(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = json.loads(install.STAMP.read_text())
    del stamp["locks"]["run.txt"]
    install.STAMP.write_text(json.dumps(stamp))
    ((program, *arguments),) = ran(install, monkeypatch)
    assert program == str(install.PYTHON)
    assert arguments[-3:] == ["--require-hashes", "-r", str(install.LOCKS / "run.txt")]
    assert json.loads(install.STAMP.read_text())["locks"].keys() == {"run.txt", "dev.txt"}


@pytest.mark.parametrize("change", [
    pytest.param(lambda at: at.STAMP.unlink(), id="half made"),
    pytest.param(lambda at: at.STAMP.write_text("{"), id="damaged"),
    pytest.param(lambda at: at.STAMP.write_text('"1"'), id="foreign"),
    pytest.param(lambda at: at.STAMP.write_text('{"locks": null}'), id="of another format"),
    pytest.param(lambda at: at.PYTHON.unlink(), id="without a Python"),
    pytest.param(lambda at: (at.LOCKS / "dev.txt").write_text("newer"), id="a lock changed"),
    pytest.param(lambda at: (at.LOCKS / "dev.txt").unlink(), id="a lock gone"),
    pytest.param(lambda at: at.STAMP.write_text(at.STAMP.read_text().replace("/.venv", "/elsewhere")), id="moved"),
    pytest.param(lambda at: at.STAMP.write_text(at.STAMP.read_text().replace(sys.base_prefix, "/usr/local/old")),
                 id="of another Python"),
])  # fmt: skip
def test_a_venv_out_of_line_is_made_anew(install: ModuleType, monkeypatch: pytest.MonkeyPatch, change) -> None:
    change(install)
    make, fill = ran(install, monkeypatch)
    assert make == [sys.executable, "-I", "-m", "venv", "--clear", str(install.VENV)]
    assert fill[-1] == str(install.LOCKS / "run.txt")
    assert json.loads(install.STAMP.read_text())["locks"].keys() == {"run.txt"}


def test_what_fails_is_said(install: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    install.STAMP.unlink()
    install.VENV.joinpath("bin", "python").unlink()
    install.VENV.joinpath("bin").rmdir()
    install.VENV.rmdir()
    install.VENV.write_text("a file is in the way")
    assert install.main("run") == 2
    assert f"this did not work: {sys.executable} -I -m venv --clear {install.VENV}\n" in capsys.readouterr().err
    assert not install.STAMP.exists()


def test_an_old_python_is_named(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    assert install.main("run") == 2
    assert f"{sys.executable} is Python 3.10, 3.11 is needed" in capsys.readouterr().err


def test_an_old_python_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 6))


def test_a_python_without_ensurepip_is_named(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name)
    assert install.main("run") == 2
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    message = f"comes without ensurepip. On Debian and Ubuntu: apt-get install python{version}-venv\n"
    assert message in capsys.readouterr().err


def make_gate(
    *arguments: str,
    environment: dict[str, str] = {},  # noqa: B006  (it is read only)
) -> subprocess.CompletedProcess[str]:
    """`make gate` of a shell that set nothing, with stand-ins for what it runs."""
    command = ["make", "--file", str(ROOT / "Makefile"), "gate", "PYTHON=true", *arguments]
    variables = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("answer", "status"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 2), (5, 2)])
def test_make_gate_passes_the_answer_on(answer: int, status: int) -> None:
    assert make_gate(f"python=sh -c 'exit {answer}'").returncode == status


def test_a_failed_set_up_is_no_answer() -> None:
    assert make_gate("PYTHON=false", "python=true").returncode == 2


def test_make_gate_hands_its_settings_on() -> None:
    settings = (
        'INFRA=it\'s a "repo"',
        "DNS=off",
        "AS_OF=2026-02-23",
        "BASE=HEAD~1",
        "BLOCK=new",
        "WAIVERS=w.yml",
        "REPORT_DIR=a b",
        "LINK=https://x/",
        "ARGS=-q -x",
    )
    shown = make_gate("python=printf '%s\\n'", *settings).stdout.splitlines()
    assert shown[:5] == ["-m", "design_policy", "judge", "--infra", 'it\'s a "repo"']
    assert shown[5:9] == ["--dns", "off", "--as-of", "2026-02-23"]
    assert shown[9:15] == ["--base", "HEAD~1", "--block", "new", "--waivers", "w.yml"]
    assert shown[15:] == ["--report-dir", "a b", "--link", "https://x/", "-q", "-x"]


#: Every variable that a user gives the Makefile, as its first lines name them; PYTHON is a command, and ARGS words for
#: the shell: of those only make must expand nothing.
SETTINGS = ("INFRA", "FEATURES", "DNS", "AS_OF", "BASE", "BLOCK", "WAIVERS", "WAIVERS_FROM", "REPORT_DIR", "LINK")
EXPANSIONS = ("$(shell touch canary)", "${shell touch canary}", "$(eval $(shell touch canary))", "$(file >canary)")


@pytest.mark.parametrize("origin", ["argument", "environment"])
@pytest.mark.parametrize("name", [*SETTINGS, "ARGS", "PYTHON"])
def test_make_expands_nothing_that_it_is_given(name: str, origin: str, tmp_path: Path) -> None:
    """Not even to hand it on in the environment, which make does of its own accord."""
    commands = {"PYTHON": "true", "python": "printf '%s\\n'"}
    for value in EXPANSIONS:
        given = {name: f"'{value}'" if name == "ARGS" else f"true '{value}'" if name == "PYTHON" else value}
        arguments = [
            f"{key}={text}"
            for key, text in (commands | (given if origin == "argument" else {})).items()
            if key != name or origin == "argument"
        ]
        environment = {"PATH": os.environ["PATH"]} | (given if origin == "environment" else {})
        done = subprocess.run(
            ["make", "--file", str(ROOT / "Makefile"), "gate", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert not (tmp_path / "canary").exists(), value
        assert name == "PYTHON" or value in done.stdout.splitlines()


@pytest.mark.parametrize(("argument", "said"), [
    ("INFRA=", "INFRA is set, and empty: give it a value, or leave it out"),
    ("INFRA= ", "INFRA is set, and empty: give it a value, or leave it out"),
    ("BASE=", "BASE is set, and empty: give it a value, or leave it out"),
    ("INFR=/x", "no such variable: INFR (make takes INFRA FEATURES DNS AS_OF BASE BLOCK WAIVERS WAIVERS_FROM REPORT_DIR LINK SINCE ARGS PYTHON)"),
    ("infra=/x", "no such variable: infra (make takes INFRA FEATURES DNS AS_OF BASE BLOCK WAIVERS WAIVERS_FROM REPORT_DIR LINK SINCE ARGS PYTHON)"),
])  # fmt: skip
def test_make_gate_judges_what_was_asked_or_nothing(argument: str, said: str) -> None:
    done = make_gate("python=echo asked", argument)
    assert f"*** {said}.  Stop." in done.stderr
    assert (done.stdout, done.returncode) == ("", 2)


def test_a_setting_of_the_environment_that_is_empty_is_refused_too() -> None:
    done = make_gate("python=echo asked", environment={"INFRA": ""})
    assert "*** INFRA is set, and empty" in done.stderr
    assert done.returncode == 2
    assert make_gate("python=echo asked", environment={"INFR": "x", "INFRA": "/x"}).stdout.split()[-1] == "/x"
