"""Brings .venv in line with a lock: ``install.py run`` for requirements/run.txt, ``dev`` for dev.txt.

Makes .venv anew when it is missing, half made, moved, of another Python, or holds an older state of a
lock.  Exit status 2 when it cannot, with the reason on standard error.  Standard library only, and
plain enough for an old Python 3 to read it and say that it is too old.
"""

import fcntl
import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

LOCKS = Path(__file__).resolve().parent
VENV = LOCKS.parent / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"


class Trouble(Exception):
    """Why there is no usable .venv, for the person at the terminal."""


def check_python():
    version = "{}.{}".format(*sys.version_info)
    if sys.version_info < (3, 11):
        raise Trouble(f"{sys.executable} is Python {version}, 3.11 is needed. Name another: make PYTHON=python3.12 ...")
    missing = [module for module in ("venv", "ensurepip") if importlib.util.find_spec(module) is None]
    if missing:
        raise Trouble(
            f"{sys.executable} comes without {' and '.join(missing)}. "
            f"On Debian and Ubuntu: apt-get install python{version}-venv"
        )


def identity():
    """What a virtual environment cannot outlive: its place and its Python."""
    return {"venv": str(VENV), "python": sys.base_prefix, "version": list(sys.version_info[:2])}


def digest(lock):
    return hashlib.sha256((LOCKS / lock).read_bytes()).hexdigest()


def installed():
    """The locks that .venv holds, each with its digest; None where .venv has to be made anew."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        locks = stamp.pop("locks")
        sound = stamp == identity() and PYTHON.exists() and all(digest(lock) == locks[lock] for lock in locks)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return locks if sound else None


def run(*command):
    # Isolated (-I): PYTHONPATH and user packages stay out.  What PIP_* says of the index still counts.
    command = [str(part) for part in command]
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
        raise Trouble("this did not work: " + " ".join(command))


def bring_in_line(lock):
    locks = installed()
    if locks is not None and lock in locks:
        return
    print(f"installing requirements/{lock} into .venv", file=sys.stderr)
    if locks is None:
        locks = {}
        run(sys.executable, "-I", "-m", "venv", "--clear", VENV)
    quiet = ("--quiet", "--no-input", "--disable-pip-version-check")
    run(PYTHON, "-I", "-m", "pip", "install", *quiet, "--require-hashes", "-r", LOCKS / lock)
    locks[lock] = digest(lock)
    STAMP.write_text(json.dumps(dict(identity(), locks=locks), indent=1), encoding="utf-8")


def main(name):
    try:
        check_python()
        with Path(__file__).open() as turn:
            # Two makes at once take turns.
            fcntl.flock(turn, fcntl.LOCK_EX)
            bring_in_line(name + ".txt")
    except (Trouble, OSError) as trouble:
        print(f"requirements/install.py: {trouble}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
