"""The programs whose configuration the readers read, asked what it means.

Each answers for a text as its reader does; None where the program is not installed.  What they said, and
their versions, is recorded in tests/spec by ``record_programs.py``.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml

PACKAGES = {"postconf": "postfix", "promtool": "prometheus", "amtool": "prometheus-alertmanager", "rspamadm": "rspamd"}
"""The Debian package that has the program."""


def needs(program: str) -> pytest.MarkDecorator:
    """Skips, saying so, what compares with a program that is not installed."""
    reason = f"{program} (Debian package {PACKAGES[program]}) is not installed: compared with its recorded answers only"
    return pytest.mark.skipif(shutil.which(program) is None, reason=reason)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


Question = TypeVar("Question")
Answer = TypeVar("Answer")


def each(ask: Callable[[Question], Answer], questions: Iterable[Question]) -> list[Answer]:
    """All answers at once: a program that refuses a text may take its time over it (Postfix sleeps a second)."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        return list(pool.map(ask, questions))


def version(program: str) -> str:
    """The version that a program says it has."""
    if program == "postconf":
        return run("postconf", "-d", "-h", "mail_version").stdout.strip()
    found = re.search(r"[0-9]+(?:\.[0-9]+)+", (said := run(program, "--version")).stdout + said.stderr)
    assert found is not None, said
    return found[0]


# -- Postfix --------------------------------------------------------------------------------------


def postconf(main_cf: str) -> dict[str, Any]:
    """``values`` and ``expanded`` by parameter; ``expanded`` is None where an expansion is in error.  Or
    ``refused``, the error that keeps Postfix from starting.

    postconf knows its own parameters only, and shows a run of white space as one blank.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.cf").write_bytes(main_cf.encode())
        Path(folder, "master.cf").touch()
        plain = run("postconf", "-c", folder, "-n")
        if plain.returncode:
            fatal = re.search(rf"fatal: (?:{folder}/main\.cf, )?(.*)", plain.stderr)
            return {"refused": fatal[1] if fatal else plain.stderr}
        expanded = run("postconf", "-c", folder, "-n", "-x")
    harmless = rf"{folder}/main\.cf(: (logical line|unused|undefined)|, line \d+: overriding)|main\.cf: missing '}}'"
    in_error = re.search(rf"warning: (?!{harmless})", expanded.stderr)
    return {"values": _parameters(plain.stdout), "expanded": None if in_error else _parameters(expanded.stdout)}


def _parameters(listing: str) -> dict[str, str]:
    pairs = (line.partition(" =") for line in listing.split("\n") if line)
    return {name: value.strip(" ") for name, _, value in pairs if name != "config_directory"}


def master_cf(text: str) -> dict[str, str]:
    """The ``-o`` options of each service, as ``service/type/name`` (``postconf -P``); ``{"refused": ...}``."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.cf").touch()
        Path(folder, "master.cf").write_bytes(text.encode())
        said = run("postconf", "-c", folder, "-P")
        if fatal := re.search(rf"fatal: (?:file {folder}/master\.cf: )?(.*)", said.stderr):
            return {"refused": fatal[1]}
        return _parameters(said.stdout)


# -- Prometheus -----------------------------------------------------------------------------------

Sample = tuple[dict[str, str], float]


def promtool(questions: Sequence[tuple[str, Sequence[Sample]]]) -> list[list[Sample] | str]:
    """What each expression comes to while its series exist: samples, or the error."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, (_, series) in enumerate(questions):
        groups[json.dumps(series)].append(index)
    tests = [
        {
            "interval": "1m",
            "input_series": [{"series": series_text(s), "values": str(value)} for s, value in json.loads(key)],
            # A sample that no expression gives makes promtool show what it got.
            "promql_expr_test": [
                {"expr": questions[index][0], "eval_time": "0s", "exp_samples": [{"labels": "none", "value": 0}]}
                for index in indexes
            ],
        }
        for key, indexes in groups.items()
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "test.yml")
        path.write_text(yaml.safe_dump({"evaluation_interval": "1m", "tests": tests}), encoding="utf-8")
        said = run("promtool", "test", "rules", str(path)).stderr
    answers = re.findall(r"^    expr: .*?, time: 0s,(?: err: (.*)|\n +exp: .*\n +got: (.*))$", said, re.MULTILINE)
    order = [index for indexes in groups.values() for index in indexes]
    assert len(answers) == len(order), said
    found = {index: error or _samples(got) for index, (error, got) in zip(order, answers, strict=True)}
    return [found[index] for index in range(len(questions))]


def series_text(labels: Mapping[str, str]) -> str:
    inner = ",".join(f"{name}={json.dumps(value)}" for name, value in labels.items() if name != "__name__")
    return f"{labels['__name__']}{{{inner}}}"


def _samples(got: str) -> list[Sample]:
    if got == "nil":
        return []
    found = re.findall(r"\{((?:[^}\"]|\"(?:[^\"\\]|\\.)*\")*)\} (\S+?)(?:, (?=\{)|$)", got)
    return [
        ({n: json.loads(v) for n, v in re.findall(r"(\w+)=(\"(?:[^\"\\]|\\.)*\")", labels)}, float(value))
        for labels, value in found
    ]


# -- Alertmanager ---------------------------------------------------------------------------------


def amtool(asked: Mapping[str, Any]) -> list[list[str]] | dict[str, str]:
    """The receivers that each of some alerts ends in, in order; or why the configuration is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "alertmanager.yml")
        path.write_text(yaml.safe_dump(asked["config"]), encoding="utf-8")
        checked = run("amtool", "check-config", str(path))
        if checked.returncode:
            found = re.search(r"FAILED: (.*)", checked.stdout)
            return {"refused": found[1] if found else checked.stderr.strip()}
        return [_routed(path, alert) for alert in asked["alerts"]]


def _routed(path: Path, labels: Mapping[str, str]) -> list[str]:
    pairs = [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in labels.items()]
    said = run("amtool", "config", "routes", "test", f"--config.file={path}", *pairs)
    assert said.returncode == 0, said
    return said.stdout.strip().split(",")


# -- Rspamd ---------------------------------------------------------------------------------------

_LUA = """
local ucl = require "ucl"
local parser = ucl.parser()
local read, problem = parser:parse_file(arg[1])
if read then print(ucl.to_format(parser:get_object(), "json-compact")) else print("refused: " .. tostring(problem)) end
"""


def rspamadm(text: str) -> Any:
    """What libucl makes of a text; ``{"refused": ...}`` where it cannot read it."""
    with tempfile.TemporaryDirectory() as folder:
        script, config = Path(folder, "read.lua"), Path(folder, "text.conf")
        script.write_text(_LUA.replace("arg[1]", json.dumps(str(config))), encoding="utf-8")
        config.write_bytes(text.encode())
        said = run("rspamadm", "lua", "-b", str(script)).stdout.strip()
    if said.startswith("refused:"):
        return {"refused": said.removeprefix("refused: ").replace(str(config), "text.conf")}
    return json.loads(said)
