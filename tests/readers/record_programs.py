"""Records what the real programs say: ``python -m tests.readers.record_programs [postconf promtool ...]``.

The cases stand in ``tests/spec/AREA/NAME.yaml``; the answers go beside them, into ``NAME.json``, with the
program's version.  A program that is not installed is left out: its record stays what it was.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

import tests.readers.real_programs as programs
from tests.readers.prometheus import promql_cases

SPEC = Path(__file__).parents[1] / "spec"


def cases(name: str) -> dict[str, Any]:
    """The cases of ``tests/spec/NAME.yaml``."""
    found = yaml.safe_load((SPEC / f"{name}.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def recorded(name: str) -> dict[str, Any]:
    """The answers in ``tests/spec/NAME.json``, each under its case's name."""
    found = json.loads((SPEC / f"{name}.json").read_text(encoding="utf-8"))["answers"]
    assert isinstance(found, dict)
    return found


def one_by_one(ask: Callable[[Any], Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda asked: dict(zip(asked, programs.each(ask, asked.values()), strict=True))


RECORDS: dict[str, tuple[tuple[str, Callable[[dict[str, Any]], dict[str, Any]]], ...]] = {
    "amtool": (("alertmanager/routes", one_by_one(programs.amtool)),),
    "postconf": (
        ("postfix/main_cf", one_by_one(programs.postconf)),
        ("postfix/master_cf", one_by_one(programs.master_cf)),
    ),
    "promtool": (("prometheus/expressions", promql_cases.answers),),
    "rspamadm": (("rspamd/ucl", one_by_one(programs.rspamadm)),),
}


def main(asked: Iterable[str]) -> None:
    for program in asked or RECORDS:
        if shutil.which(program) is None:
            sys.stderr.write(f"{program} is not installed (Debian package {programs.PACKAGES[program]})\n")
            continue
        for name, answer in RECORDS[program]:
            answers = answer(cases(name))
            lines = (f"  {json.dumps(case)}: {json.dumps(said, sort_keys=True)}" for case, said in answers.items())
            head = f'{{"program": "{program}", "version": "{programs.version(program)}", "answers": {{\n'
            (SPEC / f"{name}.json").write_text(head + ",\n".join(lines) + "\n}}\n", encoding="utf-8")
            sys.stderr.write(f"{name}: {len(answers)} answers of {program}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
