"""Records anew what bash, sed and postconf make of scripts: ``python -m tests.readers.shell.record_scripts [sed]``."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.readers.real_programs import version
from tests.readers.shell.random_scripts import RECORDED, SED, missing, run, script, sed_scripts

MANY = 300


def main() -> int:
    reason = missing()
    if reason is not None:
        print(reason, file=sys.stderr)
        return 2
    only_sed = sys.argv[1:] == ["sed"]
    if not only_sed:
        record([script(seed) for seed in range(MANY)], "Scripts of random_scripts.py", RECORDED)
    record(sed_scripts(), "Scripts of sed-scripts.yaml", SED)
    return 0


def record(scripts: list[str], about: str, file: Path) -> None:
    """Write down what is made of some scripts."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(run, scripts))
    held = {
        "about": f"{about}, run by bash with Postfix {version('postconf')}'s postconf",
        "cases": [{"script": text, **answer} for text, answer in zip(scripts, answers, strict=True)],
    }
    file.write_text(json.dumps(held, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
