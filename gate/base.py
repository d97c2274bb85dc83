"""The infra repo as it was at ``--base``: its files, and what the same suite says of them.

The files stand in a folder that only this user can read and that goes with the run.  They are judged in a process of
its own, beside the run that it is for.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from gate.comparison import Scenarios
from gate.git import GitError, Repository, export, make_repository
from gate.home import NAME
from gate.named_manifests import as_at_base
from gate.options import Settings
from gate.verdict import Verdict
from tfparse.own_file import cache_directory, cache_name
from tfparse.source.own_folder import PREFIX, OwnFolder

#: The exit statuses of a run that judged what there was to judge.
_JUDGED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
_TELLING_LINES = 12
_SECONDS_TO_END = 5
#: Variables that speak to the run beside: what pytest is to do, what to judge, and where its CI takes messages from.
_NOT_ITS_OWN = ("PYTEST_ADDOPTS", "INFRA_ROOT", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY")


#: No code of the judged repo is run: its features may stand beside a conftest.py.
OUTSIDERS = ("--noconftest", "-p", "conftest")


class BaseError(Exception):
    """The base could not be judged; the message says why, in one or more lines."""


class Base:
    """The files of the base, until it is closed.  ``commit`` is its full name, ``tree`` the root of the files."""

    def __init__(self, settings: Settings) -> None:
        """Read the revision.  GitError where that cannot be."""
        assert settings.base is not None
        repository = Repository(settings.home)
        self.commit = repository.commit(settings.base)
        #: How many commits of it HEAD lacks.
        self.ahead = repository.lacks(self.commit)
        self._settings = settings
        self._run: subprocess.Popen[bytes] | None = None
        self._on_term = signal.getsignal(signal.SIGTERM)
        if threading.current_thread() is threading.main_thread():
            # A job that is cancelled is sent SIGTERM: what was decrypted must not stay behind.
            signal.signal(signal.SIGTERM, _interrupt)
        self._made = OwnFolder("base")
        self._folder = Path(self._made.name)
        #: The files of the folder of the settings; the infra repo's are among them.
        self.home = self._folder / "repo" / repository.prefix
        self.tree = self.home / self._place(settings)
        self.promises = self._folder / "promises"
        try:
            self.home.mkdir(mode=0o700, parents=True)
            export(repository, self.commit, self.home)
            make_repository(repository, self.commit, self._folder / "repo")
            if not self.tree.is_dir():
                raise GitError(f"there is no folder {self.tree.relative_to(self.home)} in {self.commit[:12]}")
            self._keep_waivers(repository)
        except BaseException:
            self.close()
            raise

    @staticmethod
    def _place(settings: Settings) -> Path:
        """Where the infra repo was, below the folder of the settings."""
        now = settings.infra.relative_to(settings.home)
        return now if settings.kept_before is None else Path(settings.kept_before.infra)

    def _keep_waivers(self, repository: Repository) -> None:
        """What the file of waivers was here, where it lies in the repository and yet not in the infra repo's folder."""
        asked = self._settings.waivers
        if asked is None or asked.is_relative_to(self._settings.infra):
            return
        path = Path(os.path.realpath(asked))
        if path.is_relative_to(repository.top):
            held = repository.file(self.commit, path.relative_to(repository.top).as_posix())
            waivers_beside(self.tree).write_bytes(held or b"")

    def judge(self, selection: Sequence[str], places: Sequence[Path]) -> None:
        """Begin to judge it: all that ``selection`` (arguments for pytest) says of the features in some places, on the
        same day, by the same DNS."""
        settings, reports = self._settings, self._folder / "reports"
        none = self._folder / "no-waivers.yml"
        none.touch()
        command = [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(settings.suite / "pytest.ini"),
            "--rootdir", str(settings.suite), "-o", "addopts=-p gate.beginning -p gate.plugin",
            "--infra", str(self.tree),
            "--waivers", str(none), "--dns", settings.dns, "--as-of", settings.as_of.isoformat(),
            "--report-dir", str(reports), "--features-home", str(settings.home), *OUTSIDERS,
            *(f"--features={place}" for place in places if place != self.promises),
            *([f"--base-promises={self.promises}"] if self.promises in places else ()),
            *(f"--manifests={said}" for said in as_at_base(settings.manifests, settings.home, self.home, self.tree)),
            *([f"--settings={self.home / NAME}"] if (self.home / NAME).is_file() else ()), *selection,
        ]  # fmt: skip
        with (self._folder / "output").open("wb") as output:
            # What runs is this very suite; what was judged is data to it.
            self._run = subprocess.Popen(  # noqa: S603  (see above)
                command, cwd=settings.suite, env=self._environment(), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        """Without what was meant for the run beside, with its parse cache, and what is added to that not kept."""
        held = {name: value for name, value in os.environ.items() if name not in _NOT_ITS_OWN}
        caches = self._folder / "cache"
        own = caches / cache_directory().name / cache_name(self.tree)
        own.parent.mkdir(parents=True, mode=0o700)
        known = cache_directory() / cache_name(self._settings.infra)
        if known.is_file():
            shutil.copyfile(known, own)
        return held | {"XDG_CACHE_HOME": str(caches), "PYTHONDONTWRITEBYTECODE": "1"}

    def scenarios(self) -> Scenarios:
        """What came of judging it, once that has ended.  BaseError where it came to nothing."""
        assert self._run is not None
        status = self._run.wait()
        try:
            report = json.loads((self._folder / "reports" / "report.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            report = None
        if report is None or status not in _JUDGED:
            raise BaseError("\n".join([f"the run at the base ended with exit status {status}", *self._told(report)]))
        return {(s["feature"], s["name"]): s for s in _scenarios(report)}

    def _told(self, report: Mapping[str, Any] | None) -> list[str]:
        """Why it came to nothing: the errors of the suite, or else the last of what it printed."""
        errors = [f"{s['name']}: {s['reason']}" for s in _scenarios(report or {}) if s["verdict"] == Verdict.ERROR]
        said = (self._folder / "output").read_text(encoding="utf-8", errors="replace").strip().split("\n")
        return list(dict.fromkeys(errors)) or said[-_TELLING_LINES:]

    def close(self) -> None:
        """End what runs, and remove the files."""
        if self._run is not None and self._run.poll() is None:
            self._run.send_signal(signal.SIGINT)  # it has folders of its own to remove
            try:
                self._run.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                os.killpg(self._run.pid, signal.SIGKILL)
                self._run.wait()
        self._made.cleanup()
        if signal.getsignal(signal.SIGTERM) is _interrupt:
            signal.signal(signal.SIGTERM, self._on_term or signal.SIG_DFL)


def _scenarios(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [scenario for requirement in report.get("requirements", ()) for scenario in requirement["scenarios"]]


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def open_base(settings: Settings) -> Base | None:
    """The base that was asked for; None where none was.  GitError where it cannot be read."""
    try:
        return Base(settings) if settings.base is not None else None
    except (GitError, OSError) as error:
        raise GitError(f"--base: {error}") from error


#: Where the files of the base stand, or None: said by the process that gives the verdict to those that judge.
_TREE = pytest.StashKey[str | None]()
_WORKER_INPUT = "gate_base_tree"


def waivers_beside(tree: Path) -> Path:
    """Where the waivers of the base are kept, if they are not among its files: beside all of them."""
    top = next(above for above in reversed(tree.parents) if above.name.startswith(f"{PREFIX}base-"))
    return top / "waivers.yml"


def set_base_tree(config: pytest.Config, tree: Path | None) -> None:
    config.stash[_TREE] = None if tree is None else str(tree)


def set_worker_base_tree(node: Any, tree: Path | None) -> None:
    """Likewise, to a process of xdist (``node`` is its WorkerController)."""
    node.workerinput[_WORKER_INPUT] = None if tree is None else str(tree)


def base_tree(config: pytest.Config) -> Path | None:
    """The root of the infra repo's files at the base; None without one."""
    tree = getattr(config, "workerinput", {}).get(_WORKER_INPUT) or config.stash.get(_TREE, None)
    return None if tree is None else Path(tree)
