"""Where the kernel makes no namespace, a program is asked only what cannot make it look at the machine's files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from readers import Malformed, NotProven
from readers.postfix.main_cf import read_main_cf
from readers.postfix.postconf import POSTCONF, _defaults, examine_main_cf
from readers.prometheus.amtool import check_config
from readers.prometheus.promtool import check_rules
from readers.rspamd.rspamadm import Overrides
from readers.sandbox import program
from readers.sandbox.program import Program
from tests.readers.documents import template, values
from tests.readers.sandbox.modes import apart, as_nobody, denied
from tests.readers.sandbox.test_what_programs_see import MODES
from tfparse.cty.values import string

CASES = yaml.safe_load(Path(__file__).with_name("harmless.yaml").read_text())
OF = {"postconf": "postconf", "rules": "promtool", "alertmanager": "amtool", "overrides": "rspamadm"}
SHELL = Program("sh", "dash")


def _indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


def _examine(subject: str, text: str) -> Any:
    match subject:
        case "postconf":
            return examine_main_cf(read_main_cf(template(f"{text}\n")))
        case "rules":
            return check_rules(values(f"serverFiles:\n  a.yml:\n{_indented(text, 4)}"))
        case "alertmanager":
            return check_config(values(f"alertmanager:\n  config:\n{_indented(text, 4)}")).examination
    return Overrides({"dkim_signing.conf": string(text)}).examination


def _answers(subject: str, texts: list[str]) -> list[str]:
    """How each examination ends: with what is found, or that the program was not asked."""
    answers = []
    for text in texts:
        try:
            found = _examine(subject, text)
            answers.append(str([said for said, _ in (*found.faults, *found.notes)]))
        except NotProven as error:
            answers.append(f"not proven: {error}")
        except Malformed as error:
            answers.append(f"malformed: {error}")
    return answers


@pytest.mark.parametrize("subject", [pytest.param(name, marks=pytest.mark.needs(OF[name])) for name in CASES])
@pytest.mark.parametrize("mode", MODES)
def test_what_is_harmless_is_asked_all_the_same(subject: str, mode: str) -> None:
    texts = CASES[subject]["asked"]
    assert apart(lambda: _answers(subject, texts), *MODES[mode], denied) == _answers(subject, texts)


@pytest.mark.parametrize("subject", [pytest.param(name, marks=pytest.mark.needs(OF[name])) for name in CASES])
@pytest.mark.parametrize("mode", MODES)
def test_what_may_open_a_file_is_not(subject: str, mode: str) -> None:
    texts = CASES[subject]["not_asked"]
    answers = apart(lambda: _answers(subject, texts), *MODES[mode], denied)
    asked = [(text, answer) for text, answer in zip(texts, answers, strict=True)
             if not answer.startswith(f"not proven: {OF[subject]} is not ")]  # fmt: skip
    assert asked == []


@pytest.mark.needs("postconf")
def test_postconf_opens_no_file_that_a_parameter_names_without_a_table(tmp_path: Path) -> None:
    """It would wait for ever for somebody to write into the file: so a path is harmless in any parameter."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    main_cf = "".join(f"{name} = {pipe}\n" for name in _defaults() if name not in ("mynetworks", "inet_interfaces"))
    arguments = ["-c", ".", "-o", "mynetworks=127.0.0.0/8", "-n"]

    def ask() -> int:
        return POSTCONF.run(arguments, {"main.cf": main_cf, "master.cf": ""}, None).out.count(str(pipe))

    assert apart(ask, denied) > 500


@pytest.mark.needs("postconf")
def test_it_says_why_and_what_to_do() -> None:
    (answer,) = apart(lambda: _answers("postconf", ["alias_maps = pgsql:/x"]), denied)
    assert answer == (
        "not proven: postconf is not started: nothing hides the machine's files from it (unshare failed: "
        "No space left on device), and 'alias_maps = pgsql:/x' may name a table; "
        "SECURITY.md says how to let it have a namespace"
    )


def _refusal(opens: str | None) -> str:
    try:
        return SHELL.run(["-c", "echo started"], {}, opens).out
    except NotProven as error:
        return error.reason


def test_a_machine_without_a_network_needs_no_namespace_for_what_opens_nothing() -> None:
    assert apart(lambda: [_refusal(None), _refusal("it may")[:14]], denied) == ["started\n", "is not started"]


def test_nothing_is_started_that_could_reach_the_network() -> None:
    def ask() -> str:
        program.socket.if_nameindex = lambda: [(1, "lo"), (2, "eth0")]  # type: ignore[assignment]  # as most have
        program._network.cache_clear()
        return _refusal(None)

    assert "nothing keeps it off the network" in apart(ask, denied)


def test_nothing_is_started_without_unshare(tmp_path: Path) -> None:
    def ask() -> str:
        program.PATH = str(tmp_path)
        return _refusal("it may")

    assert "(there is no unshare of util-linux here)" in apart(ask)


@pytest.mark.skipif("nobody" not in MODES, reason="only root becomes another user")
def test_as_nobody_there_is_a_namespace_too() -> None:
    assert apart(lambda: _refusal("it may"), as_nobody) == "started\n"


def test_a_script_has_no_root_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its interpreter could be anything, and what it starts as well (the shims of version managers are such)."""
    (tmp_path / "shim").write_text("#!/bin/sh\necho started\n")
    (tmp_path / "shim").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotProven, match=r"^shim is not started: .*\(\S*/shim is a script, not the program itself\)"):
        Program("shim", "x").run([], {})


def test_a_script_hides_no_program_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sh").write_text("#!/bin/sh\necho a shim\n")
    (tmp_path / "sh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert SHELL.run(["-c", "echo the program"], {"a": ""}).out == "the program\n"


def test_a_program_that_cannot_be_read_has_none_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/opt/sh")

    monkeypatch.setattr(program.namespace, "root_of", unreadable)
    with pytest.raises(NotProven, match=r"^sh is not started: .*Permission denied: '/opt/sh'\)"):
        SHELL.run([], {"a": "no root is made for it"})
