"""What the suite costs, beside its peers: ``python benchmarks/run.py [REPO] [--growth] [--peers] [--times N]``.

The gate on the bundled fixture and on a repo, beside pytest-bdd with scenarios that do nothing; how that grows; and
the evaluation of all roots of the repo by this tfparse, by the ``tfparse`` of PyPI (cloud-custodian's) and by checkov,
each of which gets an environment of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path

import tables
from measure import Command, Cost, costs

SUITE = Path(__file__).parents[1]
PEERS = {"tfparse": "0.6.22", "checkov": "3.3.30"}
ROOTS = "import sys, pathlib, tfparse; print(*tfparse.load(pathlib.Path(sys.argv[1])).root_paths, sep='\\n')"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", nargs="?", type=Path, metavar="REPO", help="an infra repo to measure on, too")
    parser.add_argument("--times", type=int, default=5, metavar="N", help="runs of each (fewer of slow ones)")
    parser.add_argument("--growth", action="store_true", help="measure how cost grows with repo and scenarios, too")
    parser.add_argument("--peers", action="store_true", help="compare the evaluation of all roots with others'")
    options = parser.parse_args()
    os.chdir(SUITE)
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load {load}\n")
    fixture, zones = SUITE / "fixtures" / "infra", f"zones:{SUITE / 'fixtures' / 'zones' / 'infra'}"
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        show("The gate on fixtures/infra", tables.gate(fixture, zones, folder / "fixture"), options.times)
        if options.growth:
            show("How it grows", tables.growing_repo(fixture, zones, folder / "repo"), options.times)
            show("How it grows", tables.growing_features(fixture, zones, folder / "features"), options.times)
        if options.repo is not None:
            repo = options.repo.resolve()
            show("The gate on the repo", tables.gate(repo, "off", folder / "real"), options.times)
            if options.peers:
                show("Every root of the repo", evaluation(repo), options.times)


def evaluation(repo: Path) -> dict[str, Command | str]:
    """The peer that the others are compared with comes first."""
    # Asked of another process: one that starts others lends them its own peak of memory.
    found = subprocess.run([sys.executable, "-c", ROOTS, str(repo)], capture_output=True, text=True, check=True)
    roots = [str(repo / root) for root in found.stdout.removesuffix("\n").split("\n")]
    pypi, checkov = peer("tfparse"), peer("checkov")
    ours = [sys.executable, "-m", "benchmarks._ours", str(repo)]
    return {
        f"tfparse {PEERS['tfparse']} of PyPI": pypi
        if isinstance(pypi, str)
        else Command([str(pypi / "python"), "benchmarks/_peer.py", *roots]),
        "this tfparse, cold": Command(ours, cold=True),
        "this tfparse, warm": Command(ours),
        # One check, so that it is the evaluation that is measured.
        f"checkov {PEERS['checkov']}": checkov
        if isinstance(checkov, str)
        else Command(
            [
                str(checkov / "checkov"),
                "--framework",
                "terraform",
                "--skip-download",
                "--compact",
                "--quiet",
                "--check",
                "CKV_AWS_1",
                "--directory",
                str(repo),
            ],
            cold=True,
        ),
    }


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


def show(title: str, commands: Mapping[str, Command | str], times: int) -> None:
    """Measure, and print a table.  The ratios are to the first row."""
    print(f"{title:32} {'best':>14} {'median':>14} {'processors':>14} {'memory':>15}", flush=True)
    measured = costs({name: command for name, command in commands.items() if isinstance(command, Command)}, times)
    first: Cost | None = None
    for name, command in commands.items():
        found = command if isinstance(command, str) else measured[name]
        if isinstance(found, str):
            print(f"  {name:30}  {found}")
            continue
        first = first or found
        figures = ((found.best, first.best), (found.median, first.median), (found.cpu, first.cpu))
        shown = " ".join(f"{here:6.2f}s {here / there:5.2f}x" for here, there in figures)
        memory = f"{found.peak / 2**20:5.0f} MB {found.peak / first.peak:5.2f}x"
        print(f"  {name:30} {shown} {memory}   {found.runs} runs: {found.said}")
    print(flush=True)


if __name__ == "__main__":
    main()
