"""The cases of start-ups, and what docker-mailserver's own scripts made of them.

They are recorded by ``python -m tests.readers.docker_mailserver.record_start_ups TARGET``; only the answers are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "spec" / "docker_mailserver"
CASES, RECORDED = FOLDER / "cases.yaml", FOLDER / "start-ups.json"
MOUNTED = "/tmp/docker-mailserver/"
PLAIN = "plain"

Answer = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """The environment, and the files that are mounted, by their paths."""

    name: str
    env: Mapping[str, str]
    files: Mapping[str, str]


def cases() -> Iterator[Case]:
    """The plain start-up first, then the others."""
    held = yaml.safe_load(CASES.read_text())
    plain = held["plain"]
    yield _case(PLAIN, plain, {})
    for name, values in held["variables"].items():
        for value in values:
            yield _case(f"{name}={value!r}", plain, {"env": {name: value}})
    for name, case in held["cases"].items():
        yield _case(name, plain, case)


def _case(name: str, plain: Mapping[str, Any], own: Mapping[str, Any]) -> Case:
    assert own.keys() <= {"env", "files"}, f"{name}: {sorted(own)}"
    env, files = ({**plain[key], **own.get(key, {})} for key in ("env", "files"))
    paths = {path if path.startswith("/") else MOUNTED + path: text for path, text in files.items()}
    return Case(name, _given(env), _given(paths))


def _given(held: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in held.items() if value is not None}


def recorded() -> dict[str, Answer]:
    """What came of each case."""
    held = json.loads(RECORDED.read_text())["cases"]
    plain = held[PLAIN]
    return {name: plain if name == PLAIN else _applied(plain, own) for name, own in held.items()}


def changes(plain: Answer, answer: Answer) -> Answer:
    """What an answer has other than the plain one: None for what it lacks."""
    return {
        key: _differing(plain[key], answer[key]) if isinstance(plain[key], dict) else answer[key]
        for key in plain
        if plain[key] != answer[key]
    }


def _differing(plain: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str | None]:
    names = sorted(plain.keys() | own.keys())
    return {name: own.get(name) for name in names if plain.get(name) != own.get(name)}


def _applied(plain: Answer, own: Answer) -> Answer:
    return {
        key: _given({**held, **own.get(key, {})}) if isinstance(held, dict) else own.get(key, held)
        for key, held in plain.items()
    }
