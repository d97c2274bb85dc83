"""Records what docker-mailserver's start-up makes of the cases:
``python -m tests.readers.docker_mailserver.record_start_ups TARGET VERSION``, as root, on a Debian with Postfix and Rspamd.

TARGET is the folder "target" of a checkout of docker-mailserver at that version.  Its scripts run as they are, each case in namespaces
and on a file system of its own (start_up.sh); of them nothing is kept but what they left of the configuration.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.readers.docker_mailserver.start_ups import PLAIN, RECORDED, Answer, Case, cases, changes
from tests.readers.real_programs import version

SCRIPT = Path(__file__).parent / "start_up.sh"
NAMESPACES = ("unshare", "--mount", "--net", "--uts", "--pid", "--fork")


def main() -> int:
    if len(sys.argv) != 3 or not (target := Path(sys.argv[1]).resolve()).joinpath("scripts").is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    with ThreadPoolExecutor(2) as pool:
        found = {case.name: answer for case, answer in pool.map(lambda case: (case, start(case, target)), cases())}
    plain = found[PLAIN]
    held = {name: plain if name == PLAIN else changes(plain, answer) for name, answer in found.items()}
    programs = f"Postfix {version('postconf')}, Rspamd {version('rspamadm')}"
    about = f"What the start-up of docker-mailserver {sys.argv[2]} leaves ({programs}); all but plain: what differs"
    RECORDED.write_text(json.dumps({"about": about, "cases": held}, indent=1, ensure_ascii=False) + "\n")
    return 0


def start(case: Case, target: Path) -> Answer:
    """What there is once docker-mailserver has started."""
    with tempfile.TemporaryDirectory(prefix="start-up-") as name:
        folder = Path(name)
        for path, text in case.files.items():
            file = folder / "files" / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        folder.joinpath("env").write_text("".join(f"{name}={value}\0" for name, value in case.env.items()))
        subprocess.run([*NAMESPACES, "bash", SCRIPT, target, folder], check=True, timeout=300)
        return answer(folder / "answer")


def settings(listing: str) -> dict[str, str]:
    """What postconf lists, by name."""
    pairs = [line.partition(" =") for line in listing.split("\n") if line]
    return {name: value.strip(" ") for name, _, value in pairs}


def answer(folder: Path) -> Answer:
    texts = {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*") if file.is_file()}
    services = [line.split(" -o ")[0].split() for line in texts["services"].split("\n") if line]
    return {
        "starts": "started" in texts,
        "main.cf": settings(texts["main.cf"]),
        "master.cf": {"/".join(fields[:2]): " ".join(fields[2:]) for fields in services},
        "options": settings(texts["options"]),
        "tables": {name: texts[name] for name in ("sasl_passwd", "relayhost_map") if name in texts},
        "override.d": {name.removeprefix("override.d/"): text for name, text in texts.items() if "override.d/" in name},
    }


if __name__ == "__main__":
    sys.exit(main())
