"""Scripts made at random of what start-up scripts are made of, and what a real bash and postconf make of them."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SPEC = Path(__file__).parents[2] / "spec" / "shell"
RECORDED = SPEC / "random-scripts.json"
SED = SPEC / "sed-scripts.json"
NAMES = ("smtpd_client_message_rate_limit", "message_size_limit", "relayhost")
BEFORE = {"smtpd_client_message_rate_limit": "30", "message_size_limit": "5000", "relayhost": "r.test"}
SERVICES = {
    "smtp/inet": "smtp inet n - n - 1 postscreen\n  -o smtpd_banner=30",
    "submission/inet": "submission inet n - n - - smtpd",
    "anvil/unix": "anvil unix - - n - 1 anvil",
}
KNOWN = "relayhost = known\nmessage_size_limit = 7\n"
"""The text of /tmp/known.cf."""

_PROGRAMS = ("bash", "perl", "postconf", "unshare")
_PLACEHOLDER = re.compile(r"NAME|VALUE|VARIABLE|CONDITION|BLOCK")


@cache
def _idioms() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load((SPEC / "idioms.yaml").read_text())
    return found


def sed_scripts() -> list[str]:
    """The scripts of one call of sed each."""
    found: list[str] = yaml.safe_load((SPEC / "sed-scripts.yaml").read_text())
    return found


def script(seed: int) -> str:
    """The script of a number."""
    chance = random.Random(seed)
    return "\n".join(_line(chance, 0) for _ in range(chance.randint(2, 6))) + "\n"


def _line(chance: random.Random, depth: int) -> str:
    kinds = ["settings"] * 4 + ["variables"] * 2 + ["blocks"] * (4 if depth < 3 else 0)
    return _filled(chance, chance.choice(_idioms()[chance.choice(kinds)]), depth)


def _filled(chance: random.Random, idiom: str, depth: int) -> str:
    def one(found: re.Match[str]) -> str:
        match found[0]:
            case "NAME":
                return chance.choice([NAMES[0], *NAMES])
            case "VALUE":
                return chance.choice(["0", "5", "30", "100"])
            case "VARIABLE":
                return chance.choice("AB")
            case "CONDITION":
                return _filled(chance, chance.choice(_idioms()["conditions"]), depth)
        return "\n".join(_line(chance, depth + 1) for _ in range(chance.randint(1, 2)))

    return _PLACEHOLDER.sub(one, idiom)


def missing() -> str | None:
    """Why scripts cannot be run here; None where they can."""
    absent = [program for program in _PROGRAMS if shutil.which(program) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        return "a mount namespace of one's own takes root"
    return None


def run(text: str) -> dict[str, Any]:
    """What is in /etc/postfix once bash has run a script: ``main`` by parameter, ``master`` as postconf -M prints it.

    It runs in a mount namespace of its own, where /etc/postfix and /tmp are scratch folders.
    """
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        etc, tmp, out = (Path(folder, name) for name in ("etc", "tmp", "out"))
        for one in (etc, tmp, out):
            one.mkdir()
        (etc / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in BEFORE.items()))
        (etc / "master.cf").write_text("".join(f"{service}\n" for service in SERVICES.values()))
        (tmp / "known.cf").write_text(KNOWN)
        Path(folder, "script").write_bytes(text.encode())
        steps = (
            "mount --make-rprivate /", f"mount --bind {etc} /etc/postfix", f"mount --bind {tmp} /tmp", "cd /",
            f"{{ env -i PATH={os.defpath}:/usr/sbin:/sbin HOME=/root timeout 20 bash {folder}/script < /dev/null; "
            f"postconf -n > {out}/main; postconf -M > {out}/master; true; }}",
        )  # fmt: skip
        subprocess.run(["unshare", "-m", "sh", "-c", " && ".join(steps)], capture_output=True, check=True, timeout=60)
        pairs = (line.partition(" =") for line in (out / "main").read_text().splitlines())
        main = {name: value.strip() for name, _, value in pairs if name in NAMES}
        return {"main": main, "master": (out / "master").read_text()}
