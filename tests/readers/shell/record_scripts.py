"""Records anew what bash and postconf make of the scripts at random: ``python -m tests.readers.shell.record_scripts``."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.readers.real_programs import version
from tests.readers.shell.random_scripts import RECORDED, missing, run, script

MANY = 300


def main() -> int:
    reason = missing()
    if reason is not None:
        print(reason, file=sys.stderr)
        return 2
    scripts = [script(seed) for seed in range(MANY)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(run, scripts))
    held = {
        "about": f"Scripts of random_scripts.py, run by bash with Postfix {version('postconf')}'s postconf",
        "cases": [{"script": text, **answer} for text, answer in zip(scripts, answers, strict=True)],
    }
    RECORDED.write_text(json.dumps(held, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
