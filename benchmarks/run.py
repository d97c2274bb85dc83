"""What the suite costs, beside its peers: ``python benchmarks/run.py [REPO] [--times N]``.

Always the gate on the two fixtures; with a repo, the gate on it, and the evaluation of all its roots by this tfparse,
by the ``tfparse`` of PyPI (cloud-custodian's) and by checkov, each of which gets an environment of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from measure import Cost, Failed, cost

SUITE = Path(__file__).parents[1]
PEERS = {"tfparse": "0.6.22", "checkov": "3.3.30"}
GATE_CODES = (0, 1)
"""Open or closed: either way it has judged."""
ROOTS = "import sys, pathlib, tfparse; print(*tfparse.load(pathlib.Path(sys.argv[1])).root_paths, sep='\\n')"

Row = tuple[str, Cost | str]
"""What was measured, and its cost or why there is none."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", nargs="?", type=Path, metavar="REPO", help="an infra repo to measure on, too")
    parser.add_argument("--times", type=int, default=5, metavar="N", help="runs of each (fewer of slow ones)")
    options = parser.parse_args()
    os.chdir(SUITE)
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load {load}\n")
    for fixture in ("fixtures/infra", "fixtures/infra_before"):
        show(f"The gate on {fixture}", gate(fixture, options.times))
    if options.repo is not None:
        repo = options.repo.resolve()
        show("The gate on the repo", gate(str(repo), options.times))
        show("Every root of the repo", evaluation(repo, options.times))


def gate(infra: str, times: int) -> Iterator[Row]:
    command = [sys.executable, "-m", "pytest", "features", "-q", "-p", "no:cacheprovider", "--infra", infra]
    if not infra.startswith("fixtures/"):
        command += ["--dns", "off"]
    for name, cold in (("cold", True), ("warm", False)):
        yield name, measured(command, times, cold=cold, codes=GATE_CODES)


def evaluation(repo: Path, times: int) -> Iterator[Row]:
    """The peer that the others are compared with comes first."""
    # Asked of another process: one that starts others lends them its own peak of memory.
    found = subprocess.run([sys.executable, "-c", ROOTS, str(repo)], capture_output=True, text=True, check=True)
    roots = [str(repo / root) for root in found.stdout.removesuffix("\n").split("\n")]
    pypi = peer("tfparse")
    yield f"tfparse {PEERS['tfparse']} of PyPI", pypi if isinstance(pypi, str) else measured(
        [str(pypi / "python"), "benchmarks/_peer.py", *roots], times)
    ours = [sys.executable, "-m", "benchmarks._ours", str(repo)]
    yield "this tfparse, cold", measured(ours, times, cold=True)
    yield "this tfparse, warm", measured(ours, times)
    checkov = peer("checkov")
    # One check, so that it is the evaluation that is measured.
    yield f"checkov {PEERS['checkov']}", checkov if isinstance(checkov, str) else measured(
        [str(checkov / "checkov"), "--framework", "terraform", "--skip-download", "--compact", "--quiet",
         "--check", "CKV_AWS_1", "--directory", str(repo)], 1, cold=True)


def measured(command: list[str], times: int, *, cold: bool = False, codes: tuple[int, ...] = (0,)) -> Cost | str:
    try:
        return cost(command, times, cold=cold, codes=codes)
    except Failed as failure:
        return f"failed: {failure}"


def peer(name: str) -> Path | str:
    """The programs of a peer, installed in an environment of its own; or why it is not to be had."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = Path(caches) / "design-policy-peers" / f"{name}-{PEERS[name]}"
    installed = home / "installed"
    if not installed.exists():
        venv.create(home, with_pip=True, clear=True)
        command = [str(home / "bin/pip"), "install", "--quiet", f"{name}=={PEERS[name]}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return "not installed: " + "".join(done.stderr.strip().splitlines()[-1:])
        installed.touch()
    return home / "bin"


def show(title: str, rows: Iterator[Row]) -> None:
    """Print a table, row by row as they are measured.  The ratios are to the first row."""
    print(f"{title:32} {'best':>14} {'median':>14} {'processors':>14} {'memory':>15}", flush=True)
    first: Cost | None = None
    for name, found in rows:
        if isinstance(found, str):
            print(f"  {name:30}  {found}", flush=True)
            continue
        first = first or found
        times = ((found.best, first.best), (found.median, first.median), (found.cpu, first.cpu))
        shown = " ".join(f"{here:6.2f}s {here / there:5.2f}x" for here, there in times)
        memory = f"{found.peak / 2**20:5.0f} MB {found.peak / first.peak:5.2f}x"
        print(f"  {name:30} {shown} {memory}   {found.runs} runs: {found.said}", flush=True)
    print()


if __name__ == "__main__":
    main()
