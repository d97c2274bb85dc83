"""Running a program on text that came from the judged repo: nothing that the text says may reach further.

It runs in an empty folder of its own, which is removed whatever happens, with a bare environment and no input,
without a shell, within limits of time, memory and output, and cut off from the network: in a network namespace
that holds nothing.  Where the kernel refuses one (in most containers), the machine itself must have no network,
else the program is not started.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import IO

from readers import Malformed, NotProven

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_FILE = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.@-]*/)*[A-Za-z0-9_][A-Za-z0-9_.@-]*", re.ASCII)
_MOST_OUTPUT = 16 * 2**20
_LIMITS = (f"--fsize={_MOST_OUTPUT}", f"--data={4 * 2**30}", "--core=0")
_NAMESPACES = (("--net",), ("--user", "--map-current-user", "--net"))


@dataclass(frozen=True, slots=True)
class Output:
    """What a program said, and its exit status."""

    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Program:
    """A program, the Debian package that has it, and how many seconds it may take."""

    name: str
    package: str
    seconds: float = 30

    def run(self, arguments: Sequence[str], files: Mapping[str, str]) -> Output:
        """Run it in a folder that holds ``files``, text by relative name.  The same question is asked once.

        NotProven where it is not installed or cannot be kept off the network; Malformed where it does not come
        to an end within its limits.
        """
        return _answer(self, tuple(arguments), tuple(files.items()))

    def _run(self, arguments: Iterable[str], files: Iterable[tuple[str, str]]) -> Output:
        path, confinement = self._path(), _confinement()
        if confinement is None:
            raise NotProven(self.name, "is not started where nothing keeps it off the network (unshare --net)")
        command = [*confinement, path, *map(self._argument, arguments)]
        with tempfile.TemporaryDirectory(prefix="proof-") as folder:
            for name, text in files:
                self._write(Path(folder), name, text)
            return self._ended(command, folder)

    def _path(self) -> str:
        found = shutil.which(self.name, path=os.pathsep.join((os.environ.get("PATH", ""), _PATH)))
        if found is None:
            raise NotProven(self.name, f"is not installed (Debian package {self.package})")
        return os.path.abspath(found)

    def _argument(self, argument: str) -> str:
        if "\0" in argument:
            raise Malformed(self.name, "a NUL character cannot be handed over")
        return argument

    def _write(self, folder: Path, name: str, text: str) -> None:
        if not _FILE.fullmatch(name):
            raise Malformed(self.name, f"a file cannot be named {name!r} here")
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            content = text.encode()
        except UnicodeEncodeError as error:
            raise Malformed(self.name, f"{name} is no text: {error.reason}") from None
        with open(path, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(content)
        os.utime(path, (0, 0))  # a file that is newer than a second, Postfix reads again and again

    def _ended(self, command: Sequence[str], folder: str) -> Output:
        environment = {"PATH": _PATH, "LC_ALL": "C.UTF-8", "HOME": folder, "TMPDIR": folder}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            # What runs is one of ours by name, and what stands in the list reaches no shell.
            started = subprocess.Popen(  # noqa: S603  (see above)
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True,
            )
            try:
                _await(started, self.seconds)
                status = started.wait(0)
            except subprocess.TimeoutExpired:
                raise Malformed(self.name, f"it did not end within {self.seconds:g} s") from None
            finally:
                _end(started)
            if status < 0:
                raise Malformed(self.name, f"it ended by signal {-status}")
            return Output(status, self._said(out), self._said(err))

    def _said(self, stream: IO[bytes]) -> str:
        stream.seek(0)
        said = stream.read(_MOST_OUTPUT)
        if len(said) == _MOST_OUTPUT:
            raise Malformed(self.name, "it says more than is read")
        return said.decode(errors="replace")


def _await(started: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait until a program ends, at most so long."""
    try:
        descriptor = os.pidfd_open(started.pid)
    except (AttributeError, OSError):  # not Linux, or an old one: Popen.wait only looks every 50 ms
        with suppress(subprocess.TimeoutExpired):
            started.wait(seconds)
        return
    try:
        waiting = select.poll()
        waiting.register(descriptor, select.POLLIN)
        waiting.poll(seconds * 1000)
    finally:
        os.close(descriptor)


def _end(started: subprocess.Popen[bytes]) -> None:
    """End a program and whatever it has started."""
    if started.poll() is None:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


@lru_cache(maxsize=64)
def _answer(program: Program, arguments: tuple[str, ...], files: tuple[tuple[str, str], ...]) -> Output:
    return program._run(arguments, files)  # noqa: SLF001  (the cache cannot be a method's: it would hash a mapping)


@cache
def _confinement() -> tuple[str, ...] | None:
    """The command that runs another one within limits and off the network; None where nothing keeps it off."""
    unshare, prlimit = (shutil.which(program, path=_PATH) for program in ("unshare", "prlimit"))
    limits = (prlimit, *_LIMITS) if prlimit else ()
    for options in _NAMESPACES if unshare else ():
        probe = [str(unshare), *options, "--", "true"]
        if not subprocess.run(probe, capture_output=True, check=False).returncode:  # noqa: S603  (all of it is ours)
            return (str(unshare), *options, "--", *limits)
    return limits if all(interface == "lo" for _, interface in socket.if_nameindex()) else None
