"""Running a program on text that came from the judged repo: nothing that the text says may reach further.

It runs in a folder of its own, which is removed whatever happens, with a bare environment and no input, without
a shell that reads any of the text, within limits of time, memory and output, and in namespaces in which there is
nothing but what it needs (see :mod:`readers.sandbox.namespace`).

Where the kernel makes no such namespace, the program is started only if whoever asks has found the text to hold
nothing that makes it open another file, and if nothing reaches the network: in a network namespace that holds
nothing, or on a machine that has no network.
"""

from __future__ import annotations

import os
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from typing import IO

from msgspec import Struct

from readers import Malformed, NotProven
from readers.sandbox import namespace
from readers.sandbox.answers import Answers, Output
from readers.sandbox.begun import answered, begin, forget_the_rest, give_way
from readers.sandbox.installed import PATH, installed
from tfparse.own_file import cache_directory
from tfparse.patterns import pattern
from tfparse.source.own_folder import OwnFolder

_FILE = pattern(r"(?:[A-Za-z0-9_][A-Za-z0-9_.@-]*/(?:\.(?=\w))?)*[A-Za-z0-9_][A-Za-z0-9_.@-]*", re.ASCII)
_MOST_OUTPUT = 16 * 2**20
_MOST_MEMORY = 4 * 2**30
_MOST_PROCESSOR = 120
_MOST_SECONDS = 120
"""For all programs of a run together: each gets at most a quarter of what is left."""
_LEAST_SECONDS = 0.1
_NETWORK = (("--net",), ("--user", "--map-current-user", "--net"))


#: Why a text may make a program open another file: whoever asks has not looked.
UNREAD = "its text has not been looked through"


class _OutOfTime(Malformed):
    """The run has no time left for programs."""


class Program(Struct, frozen=True):
    """A program, the Debian package that has it (or a page on how to get it), and how many seconds it may take.

    ``needs`` are patterns of the files and folders that it cannot do without, besides its libraries; ``hidden`` are
    folders in them that it finds empty.  ``is_input``: what it says is part of what is judged: who asks for it is not
    broken off (:func:`begun.looking_ahead`).  ``environment`` is what it finds there besides what all find.
    """

    name: str
    package: str
    seconds: float = 30
    needs: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    is_input: bool = False
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def is_installed(self) -> bool:
        """Whether there is one to run."""
        return self._found() is not None

    def run(self, arguments: Sequence[str], files: Mapping[str, str], opens: str | None = UNREAD) -> Output:
        """Run it in a folder that holds ``files``, text by relative name.  The same question is asked once.

        ``opens`` is what in the text may make the program open another file; None where nothing does.

        Raises:
            NotProven: it is not installed, or cannot be kept from the machine's files and its network.
            Malformed: it does not come to an end within its limits.
        """
        question = (self, tuple(arguments), tuple(files.items()), opens)
        return answered(question, lambda: _answer(*question), breaks_off=not self.is_input)

    def start(self, arguments: Sequence[str], files: Mapping[str, str], opens: str | None = UNREAD) -> None:
        """Begin to run it, beside whatever goes on: :meth:`run` with the same question then has the answer sooner."""
        question = (self, tuple(arguments), tuple(files.items()), opens)
        if not self._is_kept(*question[1:]):
            begin(question, lambda: _answer(*question))

    def _run(self, arguments: Sequence[str], files: Sequence[tuple[str, str]], opens: str | None) -> Output:
        command = [self._path(), *map(self._argument, arguments)]
        if not KEPT:
            return self._asked(command, files, opens)
        asked = self._as_parts(command, files, opens)
        return KEPT[-1].answer(command[0], self.needs, asked, lambda: self._asked(command, files, opens))

    def _is_kept(self, arguments: Sequence[str], files: Sequence[tuple[str, str]], opens: str | None) -> bool:
        """Whether an earlier run has the answer, which is then as quick to read as to begin."""
        found = self._found() if KEPT else None
        if found is None:
            return False
        command = [os.path.abspath(found), *arguments]
        return KEPT[-1].has(command[0], self.needs, self._as_parts(command, files, opens))

    def _as_parts(self, command: Sequence[str], files: Iterable[tuple[str, str]], opens: str | None) -> list[str]:
        told = [*self.hidden, *(f"{name}={value}" for name, value in self.environment)]
        counts = f"{len(self.hidden)} {len(told)} {len(command)} {opens!r}"
        return [counts, *told, *command, *(part for file in files for part in file)]

    def _asked(self, command: Sequence[str], files: Iterable[tuple[str, str]], opens: str | None) -> Output:
        with OwnFolder("proof") as folder:
            texts = os.path.join(folder, "text")
            os.mkdir(texts, 0o700)
            for name, text in files:
                self._write(texts, name, text)
            said = self._alone(command, folder, texts)
            return said if isinstance(said, Output) else self._beside(command, texts, opens, said)

    def _alone(self, command: Sequence[str], folder: str, texts: str) -> Output | str:
        """What it says in namespaces of its own; else why there are none."""
        if shutil.which("unshare", path=PATH) is None:
            return "there is no unshare of util-linux here"
        try:
            root = namespace.root_of(command[0], self.needs, self.hidden)
        except namespace.NotAProgramError:
            return f"{command[0]} is a script, not the program itself"
        except OSError as error:
            return str(error)
        table = os.path.join(folder, "table")
        with open(table, "wb") as file:
            file.write(os.fsencode(root.table(texts)))
        refused = ""
        for way in namespace.ways():
            if not _hand_over(texts, way.owner):
                continue
            said = self._ended(way.command(table, _limits(), command), folder, namespace.TEXT)
            if not said.err.startswith(namespace.REFUSED):
                return said
            refused = said.err.removeprefix(namespace.REFUSED).strip().partition("\n")[0]
        _hand_over(texts, os.geteuid())
        return refused

    def _beside(self, command: Sequence[str], texts: str, opens: str | None, refused: str) -> Output:
        """What it says where it could see the machine's files, if nothing makes it look."""
        if opens is not None:
            raise NotProven(
                self.name,
                f"is not started: nothing hides the machine's files from it ({refused}), and "
                f"{opens}; SECURITY.md says how to let it have a namespace",
            )
        apart = _network()
        if apart is None:
            raise NotProven(
                self.name,
                f"is not started: nothing keeps it off the network ({refused}); "
                "SECURITY.md says how to let it have a namespace",
            )
        script = f'{_limits()}; exec "$@"'
        return self._ended([*apart, "sh", "-c", script, "sh", *command], texts, texts)

    def _found(self) -> str | None:
        return namespace.first_program(installed(self.name))

    def _path(self) -> str:
        found = self._found()
        if found is None:
            where = self.package if "://" in self.package else f"Debian package {self.package}"
            raise NotProven(self.name, f"is not installed ({where})")
        return os.path.abspath(found)

    def _argument(self, argument: str) -> str:
        if "\0" in argument:
            raise Malformed(self.name, "a NUL character cannot be handed over")
        return argument

    def _write(self, folder: str, name: str, text: str) -> None:
        if not _FILE.fullmatch(name):
            raise Malformed(self.name, f"a file cannot be named {name!r} here")
        path = os.path.join(folder, name)
        if "/" in name:
            os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        try:
            content = text.encode()
        except UnicodeEncodeError as error:
            raise Malformed(self.name, f"{name} is no text: {error.reason}") from None
        with open(path, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(content)
        os.utime(path, (0, 0))  # a file that is newer than a second, Postfix reads again and again

    def _ended(self, command: Sequence[str], folder: str, home: str) -> Output:
        taken = _RUNS[-1] if _RUNS else []
        seconds = min(self.seconds, (_MOST_SECONDS - sum(taken)) / 4)
        if seconds < _LEAST_SECONDS:
            raise _OutOfTime(self.name, f"is not started: programs have taken {sum(taken):.0f} s in this run")
        begun = time.monotonic()
        environment = {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": home, "TMPDIR": home, **dict(self.environment)}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            # What runs is one of ours by name, and what stands in the list reaches no shell.
            started = subprocess.Popen(  # noqa: S603  (see above)
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
            give_way(started.pid)
            try:
                _await(started, seconds)
                status = started.wait(0)
            except subprocess.TimeoutExpired:
                raise Malformed(self.name, f"it did not end within {seconds:.2g} s") from None
            finally:
                _end(started)
                taken.append(time.monotonic() - begun)
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


def _hand_over(folder: str, owner: int) -> bool:
    """Give a folder and what is in it to a user, which only root can.  False where there is no such user."""
    if os.stat(folder).st_uid == owner:
        return True
    try:
        for within, _, files in os.walk(folder):
            for path in (within, *(os.path.join(within, file) for file in files)):
                os.chown(path, owner, owner, follow_symlinks=False)
    except OSError:  # in a user namespace, as that of a container without root, only some users are known
        return False
    return True


def _answer(
    program: Program, arguments: tuple[str, ...], files: tuple[tuple[str, str], ...], opens: str | None
) -> Output:
    outcome = _outcome(program, arguments, files, opens)
    if isinstance(outcome, Malformed):
        raise outcome
    return outcome


@lru_cache(maxsize=64)
def _outcome(
    program: Program, arguments: tuple[str, ...], files: tuple[tuple[str, str], ...], opens: str | None
) -> Output | Malformed:
    """What comes of a question, also if it does not end: to wait as long for each who asks would hold up the run."""
    try:
        return program._run(arguments, files, opens)  # noqa: SLF001  (a method's cache would hash a mapping)
    except Malformed as error:
        BROKEN_OFF.append(program.name)
        if isinstance(error, _OutOfTime):
            raise  # which is not kept: the next commit has its own
        return error


#: The programs that did not come to their end within their limits.
BROKEN_OFF: list[str] = []

#: The seconds that each program has taken in a run; those of the run that is under way are the last.
_RUNS: list[list[float]] = []

#: Where answers are kept from one run to the next, if they are.
KEPT: list[Answers] = []


@contextmanager
def kept_answers(*, anew: bool = False) -> Iterator[None]:
    """A run: what was answered in an earlier one is not asked again; ``anew``: all is."""
    _RUNS.append([])
    KEPT.extend(() if anew else [Answers(cache_directory())])
    try:
        yield
    finally:
        forget_the_rest()
        _RUNS.pop()
        if not anew:
            KEPT.pop().tidy()


def begin_again() -> None:
    """In a run that judges one commit after the other: the next may take as long."""
    for taken in _RUNS[-1:]:
        taken.clear()


@cache
def _limits() -> str:
    """The shell's commands that prepare for what it starts: bare, and limited (no limit is raised)."""
    wanted = (("c", resource.RLIMIT_CORE, 0, 1), ("t", resource.RLIMIT_CPU, _MOST_PROCESSOR, 1),
              ("d", resource.RLIMIT_DATA, _MOST_MEMORY, 1024),
              ("f", resource.RLIMIT_FSIZE, _MOST_OUTPUT, 512))  # fmt: skip
    commands = ["unset PWD OLDPWD SHLVL"]  # which shells add to the environment
    for option, kind, most, unit in wanted:
        _, hard = resource.getrlimit(kind)
        commands.append(f"ulimit -{option} {(most if hard == resource.RLIM_INFINITY else min(most, hard)) // unit}")
    return "; ".join(commands)


@cache
def _network() -> tuple[str, ...] | None:
    """The command that runs another one off the network; None where nothing keeps it off."""
    unshare = shutil.which("unshare", path=PATH)
    for options in _NETWORK if unshare else ():
        probe = [str(unshare), *options, "--", "true"]
        if not subprocess.run(probe, capture_output=True, check=False).returncode:  # noqa: S603  (all of it is ours)
            return (str(unshare), *options, "--")
    return () if all(interface == "lo" for _, interface in socket.if_nameindex()) else None
