"""What a run keeps in folders of its own is gone with it, or with the next run where it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tfparse.source import own_folder
from tfparse.source.own_folder import PREFIX, OwnFolder

HOLDS = """
import sys, time
from pathlib import Path
from tfparse.source.own_folder import OwnFolder
with OwnFolder("base") as folder:
    Path(folder, "decrypted").write_text("secret")
    print(folder, flush=True)
    time.sleep(600)
"""
SUITE = Path(__file__).parents[2]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this process makes its folders, as if it had made none yet."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    own_folder._remove_left_behind.cache_clear()
    return tmp_path


def old(path: Path) -> Path:
    os.utime(path, (0, 0), follow_symlinks=False)
    return path


def test_what_a_killed_run_left_goes_with_the_next_and_what_is_held_stays(room: Path) -> None:
    environment = os.environ | {"TMPDIR": str(room), "PYTHONPATH": str(SUITE)}
    with subprocess.Popen([sys.executable, "-c", HOLDS], env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        left = old(Path(run.stdout.readline().strip()))
        OwnFolder().cleanup()
        assert (left / "decrypted").exists()
        run.send_signal(signal.SIGKILL)
    assert left.exists()
    own_folder._remove_left_behind.cache_clear()
    OwnFolder().cleanup()
    assert list(room.iterdir()) == []


def test_what_may_be_anothers_stays(room: Path) -> None:
    (room / "elsewhere").mkdir()
    (room / "elsewhere" / "file").touch()
    link, young, file, other = (room / name for name in (f"{PREFIX}link", f"{PREFIX}young", f"{PREFIX}file", "other"))
    link.symlink_to("elsewhere")
    young.mkdir()
    file.touch()
    other.mkdir()
    kept = [old(path) for path in (link, file, other, room / "elsewhere")] + [young]
    if os.geteuid() == 0:
        stranger = room / f"{PREFIX}stranger"
        stranger.mkdir()
        os.chown(stranger, 65534, 65534)
        kept.append(old(stranger))
    OwnFolder().cleanup()
    assert set(room.iterdir()) == set(kept)
    assert (room / "elsewhere" / "file").exists()


def test_it_is_closed_once(room: Path) -> None:
    with OwnFolder("x") as folder:
        made = Path(folder)
        assert made.stat().st_mode & 0o777 == 0o700
    assert not made.exists()
    held = OwnFolder("x")
    held.cleanup()
    held.cleanup()
