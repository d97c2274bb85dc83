"""A first run judges a repo with many roots in two processes; what it says is what one alone says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.suite.gate_run import ROOT

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="there is no second processor"
)

ROOTS = 60
TEXT = """
resource "kubernetes_deployment" "d" {{
  metadata {{
    name      = "{0}"
    namespace = "mailserver"
  }}
}}
"""
RUN = """
import os, sys, time
import pytest
from tfparse.graph import second_asker
from tfparse.graph.second_asker import SecondAsker

second_asker._PATIENCE = 30  # however busy the machine is
taken, put, said = [], SecondAsker.put, SecondAsker.said

def slowly(self, *given):
    # so that the second process, which is to begin yet, has roots to ask
    is_first = self._process is None
    put(self, *given)
    for _ in range(3000 * (is_first and self._process is not None)):
        if self._whose[:].count(second_asker._SECOND) > 9:
            break
        time.sleep(0.01)

def counted(self, *asked):
    answer = said(self, *asked)
    taken.extend(() if answer is None else asked[:1])
    return answer

SecondAsker.put, SecondAsker.said = slowly, counted
if sys.argv.pop(1) == "alone":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
pytest.main(sys.argv[1:])
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("taken:", len(taken))
"""


def judged(infra: Path, folder: Path, how: str) -> tuple[int, Any]:
    """How many answers a first run took of a second process, and its report, with how much the next one takes over."""
    command = [
        sys.executable, "-c", RUN, how, "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:xdist",
        "-c", str(ROOT / "pytest.ini"), "--rootdir", str(ROOT), "-p", "conftest", "--noconftest",
        f"--features={ROOT / 'features'}", f"--infra={infra}", "--dns=off", f"--report-dir={folder / how}",
        str(ROOT / "features"),
    ]  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if k not in ("INFRA_ROOT", "PYTEST_ADDOPTS")}
    environment |= {"XDG_CACHE_HOME": str(folder / f"{how} cache"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert "taken: " in done.stdout, done.stdout + done.stderr
    report = json.loads((folder / how / "report.json").read_text())
    again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert again.stdout.endswith("taken: 0\n"), again.stdout + again.stderr
    later = json.loads((folder / how / "report.json").read_text())
    assert later["time"]["taken_over"] > 0
    return int(done.stdout.rpartition("taken: ")[2]), [without_times(report), later["time"]["taken_over"]]


def without_times(said: Any) -> Any:
    if isinstance(said, dict):
        return {key: without_times(one) for key, one in said.items() if key not in ("time", "seconds")}
    return [without_times(one) for one in said] if isinstance(said, list) else said


def test_a_first_run_takes_answers_of_a_second_process(tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    shutil.copytree(ROOT / "fixtures/infra", infra, symlinks=True)
    names = [*(f"web{number}" for number in range(1, ROOTS)), "mailserver"]
    for number, name in enumerate(names):
        root = infra / f"stacks/zz{number:02}"
        root.mkdir()
        (root / "main.tf").write_text(TEXT.format(name))
        shutil.copy(infra / "stacks/blog/terragrunt.hcl", root)
    (alone, expected), (together, found) = (judged(infra, tmp_path, how) for how in ("alone", "together"))
    assert alone == 0
    assert together > ROOTS
    assert found == expected
    assert "another root may declare it too" in json.dumps(found)
