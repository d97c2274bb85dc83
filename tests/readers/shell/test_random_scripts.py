"""Whatever a real bash and postconf make of a script at random, the reader says the same or that it cannot know."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from msgspec.structs import replace

from readers.postfix.configuration import Configuration
from readers.postfix.main_cf import read_main_cf
from readers.postfix.master_cf import parsed_entry
from readers.shell.facts import Fact
from readers.shell.state import unknown_environment
from tests.readers.shell.random_scripts import BEFORE, KNOWN, NAMES, RECORDED, SERVICES, missing, run, script
from tfparse.cty.values import Value, string
from tfparse.diagnostics import Origin

CASES: list[dict[str, Any]] = json.loads(RECORDED.read_text())["cases"]
DEFAULTS = {"smtpd_client_message_rate_limit": "0", "message_size_limit": "10240000", "relayhost": ""}


def mounted(path: str) -> Value | None:
    return string(KNOWN) if path == "/tmp/known.cf" else None


def after(text: str) -> Configuration:
    main_cf = read_main_cf(string("".join(f"{name} = {value}\n" for name, value in BEFORE.items())))
    main_cf = replace(main_cf, ahead=main_cf.assignments)  # it is all that there is
    script, before = string(text, Origin("s", 1)), Configuration.of(main_cf, SERVICES)
    return before.after(script, mounted, unknown_environment, may="it may change it by")


def entry(text: str | None) -> tuple[str, dict[str, str]] | None:
    """The program of a service, and its options."""
    if text is None:
        return None
    fields, options, _ = parsed_entry(" ".join(text.split("\n")))
    return fields[7], dict(options)


def wrong(text: str, said: dict[str, Any]) -> list[str]:
    """What the reader is sure of that is not so."""
    found, problems = after(text), list[str]()
    for name in NAMES if said["main"] else ():
        fact = found.main.of(name)
        ours = DEFAULTS[name] if fact is None or fact.text is None else " ".join(fact.text.split())
        theirs = said["main"].get(name, DEFAULTS[name])
        problems += [f"{name}: {ours!r}, not {theirs!r}"] if fact is not None and fact.sure and ours != theirs else []
    services = {"/".join(line.split()[:2]): entry(line) for line in said["master"].splitlines() if line.strip()}
    for service in ("smtp/inet", "submission/inet", "2525/inet", "12525/inet", "anvil/unix"):
        fact = found.master.of(service)
        sure = fact is None or fact.sure
        if sure and services and entry(fact.text if fact else None) != services.get(service):
            problems.append(f"{service}: {fact.text if fact else None!r}, not {services.get(service)}")
    return problems


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_as_bash_did_or_not_known(case: dict[str, Any]) -> None:
    assert wrong(case["script"], case) == [], case["script"]


def test_most_is_known() -> None:
    def fact(case: dict[str, Any], name: str) -> Fact | None:
        return after(case["script"]).main.of(name)

    doubts = [name for case in CASES for name in NAMES if (found := fact(case, name)) and not found.sure]
    assert len(doubts) < len(CASES) * len(NAMES) / 3


@pytest.mark.skipif(missing() is not None, reason=f"compared with recorded answers only: {missing()}")
def test_bash_still_says_so() -> None:
    for seed in random.Random().sample(range(10**6), 12):
        text = script(seed)
        assert wrong(text, run(text)) == [], f"script {seed}:\n{text}"
