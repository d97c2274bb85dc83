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
from collections.abc import Mapping
from pathlib import Path

from measure import Command, Cost, costs

SUITE = Path(__file__).parents[1]
PEERS = {"tfparse": "0.6.22", "checkov": "3.3.30"}
GATE_CODES = (0, 1)
"""Open or closed: either way it has judged."""
ROOTS = "import sys, pathlib, tfparse; print(*tfparse.load(pathlib.Path(sys.argv[1])).root_paths, sep='\\n')"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", nargs="?", type=Path, metavar="REPO", help="an infra repo to measure on, too")
    parser.add_argument("--times", type=int, default=5, metavar="N", help="runs of each (fewer of slow ones)")
    options = parser.parse_args()
    os.chdir(SUITE)
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load {load}\n")
    for fixture in ("fixtures/infra", "fixtures/infra_before"):
        show(f"The gate on {fixture}", gate(fixture), options.times)
    if options.repo is not None:
        repo = options.repo.resolve()
        show("The gate on the repo", gate(str(repo)), options.times)
        show("Every root of the repo", evaluation(repo), options.times)


def gate(infra: str) -> dict[str, Command | str]:
    arguments = [
        sys.executable,
        "-m",
        "pytest",
        "features",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:hypothesispytest",
        "--infra",
        infra,
    ]
    if not infra.startswith("fixtures/"):
        arguments += ["--dns", "off"]
    return {name: Command(arguments, cold, GATE_CODES) for name, cold in (("cold", True), ("warm", False))}


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
