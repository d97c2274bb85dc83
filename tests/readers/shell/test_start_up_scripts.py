"""What a real bash and postconf made of scripts: the reader says the same, or that it cannot know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from readers.docker_mailserver.start_script import configuration
from readers.postfix.main_cf import read_main_cf
from tfparse.cty.values import string
from tfparse.diagnostics import Origin

SCRIPTS: list[dict[str, str]] = json.loads(
    (Path(__file__).parents[2] / "spec/shell/start-up-scripts.json").read_text()
)["cases"]
LIMIT = "smtpd_client_message_rate_limit"
DEFAULT = "0"
"""Of the parameter, where main.cf does not set it."""


def answer(script: str, before: str) -> str | None:
    """The limit after a script; None in doubt."""
    main_cf = read_main_cf(string(f"{LIMIT} = {before}\n"))
    change = configuration(main_cf, None, string(script, Origin("s", 1)), lambda path: None).main.of(LIMIT)
    assert change is not None
    return (DEFAULT if change.text is None else change.text) if change.sure else None


@pytest.mark.parametrize("before", ["30", "0"])
@pytest.mark.parametrize("case", SCRIPTS, ids=lambda case: case["script"])
def test_as_bash_does_or_not_known(case: dict[str, Any], before: str) -> None:
    assert answer(case["script"], before) in (case[f"from_{before}"], None)


def test_it_seldom_doubts_what_is_kept() -> None:
    kept = [(case["script"], before) for case in SCRIPTS for before in ("30", "0") if case[f"from_{before}"] == before]
    needless = [question for question in kept if answer(*question) is None]
    assert len(needless) <= len(SCRIPTS) * 2 / 10
