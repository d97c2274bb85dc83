"""Where ``terraform`` is installed: of thousands of sources with a slip in them, it and we refuse the same.

``TFPARSE_MUTATIONS`` says how many (500 if it is not set), ``TFPARSE_SEED`` which.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil

import pytest

from tests.record_syntax import SPEC, refused
from tfparse.diagnostics import TerraformError
from tfparse.hcl.syntax import parse_file

MUTATIONS = int(os.environ.get("TFPARSE_MUTATIONS", "500"))
SEED = int(os.environ.get("TFPARSE_SEED", "0"))
SOURCES = [case["source"] for case in json.loads((SPEC / "grammar.json").read_text(encoding="utf-8"))["cases"]]
PIECES = [
    *'"{}[]()=,.:?!~$%#/*+-<>&|\n \t\r\\é;^', "${", "%{", "${~", "~}", "<<E\n", "<<-E\n", "\nE\n", "for", "in", "if",
    "else", "endif", "endfor", "%{ if x }", "%{ endif }", "...", "=>", "::", "==", "/*", "*/", "//", "null", "true",
    "$${", "%%{", "\r\n", "a = 1\n", "b {", "1.5", "e5", "\0", "\u00a0", "\ufeff", ".0", ".*", "[*]", '"a"', "-a", "_",
    "(b)", "in (b)", "if (b)", "[for x in (b) : x]",
]  # fmt: skip

# Terraform refuses these when it evaluates, which `terraform fmt` does not.
EVALUATED = {"Nesting too deep"}


def mutation(chance: random.Random) -> str:
    """A source with one to three tokens put in, taken out, replaced or repeated."""
    tokens = re.findall(r"\w+|\s|.", chance.choice(SOURCES), re.DOTALL)
    for _ in range(chance.choice((1, 1, 2, 3))):
        start = chance.randrange(len(tokens) + 1)
        end = start + chance.choice((0, 0, 1, 1, 2))
        again = tokens[start : start + 4]
        tokens[start:end] = chance.choice(([chance.choice(PIECES)], [chance.choice(PIECES)], [], again))
    return "".join(tokens)


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
@pytest.mark.parametrize("batch", range(-(-MUTATIONS // 500)))
def test_the_same_sources_are_refused(batch: int) -> None:
    chance = random.Random(f"{SEED} {batch}")
    sources = [mutation(chance) for _ in range(500)]
    by_terraform = refused(sources)
    differences = []
    for index, source in enumerate(sources):
        try:
            parse_file(source, "main.tf")
            by_us = None
        except TerraformError as error:
            by_us = error.diagnostics[0].summary
        if (by_us is None) != (index not in by_terraform) and by_us not in EVALUATED:
            differences.append((source, by_us, by_terraform.get(index)))
    assert not differences
