"""A shell process: its state, the ways that it may take, and where they come together again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import NoReturn

from msgspec import Struct

from readers.shell import state as states
from readers.shell.files import Blame, Files, World
from readers.shell.leave import Leave
from readers.shell.parser import Parser
from readers.shell.source import Source, within
from readers.shell.state import State, ToBuffer, ToFile
from readers.shell.syntax import Node, Unreadable
from readers.shell.text import as_text, is_known
from tfparse.cty.values import HOLE

_MOST_COMMANDS = 10_000
_COMMANDS_A_SHELL = 20
"""As how many commands a further shell counts, whose state is copied."""
_DEEPEST = 25
_MOST_STEPS = 5


class Call(Struct, frozen=True):
    """A simple command as it is run: its fields, and whom to blame for what it does."""

    name: str
    arguments: list[str]
    start: int
    blame: Blame


class Process:
    """One shell.

    ``lenient`` counts the conditions that it is within, where ``set -e`` does not end it, ``returnable`` the functions
    and sourced files, which ``return`` leaves.
    """

    def __init__(
        self, source: Source, state: State, world: World, programs: Mapping[str, Program], dialect: str = "bash",
        depth: int = 0,
    ) -> None:  # fmt: skip
        self.source = source
        self.state = state
        self.world = world
        self.programs = programs
        self.dialect = dialect
        self.depth = depth
        self.lenient = 0
        self.returnable = 0
        self.commands = 0
        #: The loops that it is within, which ``break`` and ``continue`` can leave.
        self.loops = 0
        #: Whether what follows waits for it to end.
        self.is_awaited = True
        self.files = Files(state, world)
        self._left: list[tuple[State, Leave]] = []
        self._later: list[tuple[Node, Source]] = []

    def run(self, node: Node) -> None:
        """Run a command of any kind."""
        raise NotImplementedError

    def set_variable(self, name: str, text: str, start: int) -> None:
        """Set a variable."""
        raise NotImplementedError

    def program(self, fields: list[str], start: int, blame: Blame) -> None:
        """Run a command that is neither a function nor built in."""
        raise NotImplementedError

    def call(self, fields: list[str], start: int, blame: Blame) -> None:
        """Run a simple command."""
        raise NotImplementedError

    # -- whole texts ---------------------------------------------------------------------------

    def process(self, body: Callable[[], None]) -> None:
        """Run something as a process of its own: it ends where that leaves, and then its traps run."""
        self.framed(body, "exit", "return", "break", "continue")
        self.framed(self.wait, "exit")
        traps, self.state.traps = self.state.traps, {}
        for signal, (text, start) in traps.items():
            certain = signal == "EXIT" and not text.startswith(HOLE)
            run = partial(self.text, text.lstrip(HOLE), start)
            self.framed(run if certain else partial(self.perhaps, run), "exit", "return")

    def script(self) -> None:
        """Run the source's commands, each as it is read."""
        commands = Parser(self.source.text, self.dialect).commands()
        while True:
            try:
                command = next(commands, None)
            except Unreadable as error:
                self.give_up(error.at)
            if command is None:
                return
            self.run(command)

    def text(self, text: str, start: int, source: Source | None = None) -> None:
        """Run text as commands of this very shell (``eval``, a trap, a file that is sourced)."""
        outer = self.source
        if self.depth > _DEEPEST or (not is_known(text) and source is None):
            self.give_up(start)
        self.source, self.depth = source or within(text, outer, start), self.depth + 1
        try:
            self.script()
        finally:
            self.source, self.depth = outer, self.depth - 1

    def inner(self, source: Source | None = None, dialect: str | None = None) -> Process:
        """A shell below this one, with a copy of its state: a subshell, or a program that is a shell."""
        if self.depth > _DEEPEST:
            self.give_up(0)
        shell = type(self)(
            source or self.source, self.state.copy(), self.world, self.programs, dialect or self.dialect, self.depth + 1
        )
        shell.state.traps = {}
        shell.commands = self.commands + _COMMANDS_A_SHELL
        shell.is_awaited = self.is_awaited
        if source is None:
            shell.lenient, shell.returnable = self.lenient, self.returnable
        return shell

    def subshell(self, body: Callable[[Process], None]) -> None:
        """Run something in a subshell: what it does to files stays, what it does to variables does not."""
        shell = self.inner()
        shell.process(lambda: body(shell))
        self.commands = shell.commands
        self.state.keep_files_of(shell.state)

    def captured(self, body: Callable[[Process], None]) -> str:
        """What something prints that runs in a subshell."""
        number = max(self.state.buffers, default=0) + 1
        self.state.buffers[number] = ""

        def collected(shell: Process) -> None:
            shell.state.sinks[1] = ToBuffer(number)
            body(shell)

        self.subshell(collected)
        return self.state.buffers.pop(number)

    def never_ends(self, start: int) -> NoReturn:
        """What goes on for ever: whatever is to come behind it never does.

        Raises:
            Leave: in any case.
        """
        if self.is_awaited:
            self.give_up(start)
        raise Leave("exit")

    def give_up(self, start: int) -> NoReturn:
        """Nothing is known of what happens from here on.

        Raises:
            Leave: in any case.
        """
        self.files.disturb_all(self.blame(start, start + 60))
        raise Leave("exit")

    def blame(self, start: int, end: int, whole: int = 0) -> Blame:
        """Whom to blame for what a stretch of the source does, which goes on to ``whole`` with its here-documents."""
        source = self.source
        return Blame(source.by(start, end, whole), lambda text: source.line_of(start, text))

    def count(self, node: Node) -> None:
        """Count a command; a script that runs too many is not followed any further."""
        self.commands += 1
        if self.commands > _MOST_COMMANDS:
            self.give_up(node.start)

    def print(self, text: str, blame: Blame, descriptor: int = 1) -> None:
        """Write text where a file descriptor leads."""
        match self.state.sinks.get(descriptor):
            case ToFile(path=path):
                self.files.append(path, text, blame)
            case ToBuffer(number=number):
                self.state.buffers[number] = self.state.buffers.get(number, "") + as_text(text)
            case _:
                pass

    def ended(self, status: bool | None, *, asked: bool = False) -> None:
        """Note how a command ended; ``asked`` where its failure is an answer."""
        self.state.status, self.state.asked = status, asked

    # -- ways that are taken, or not -----------------------------------------------------------

    def branch(self, *ways: Callable[[], None], prefer: Callable[[State], bool] | None = None) -> None:
        """Take each way from here; what is known afterwards is what holds on all that come out (of those that are
        preferred, where there are some)."""
        start, live = self.state.copy(), []
        for way in ways:
            self.state.become(start.copy())
            try:
                way()
            except Leave as leave:
                self._left.append((self.state.copy(), leave))
            else:
                live.append(self.state.copy())
        self._come_out([one for one in live if prefer(one)] or live if prefer else live)

    def perhaps(self, way: Callable[[], None]) -> None:
        """Take a way, or not."""
        self.branch(lambda: None, way)

    def framed(self, body: Callable[[], None], *caught: str) -> None:
        """Run something that may be left, in one of some manners, to go on right behind it."""
        outer, self._left, live = self._left, [], []
        try:
            body()
        except Leave as leave:
            self._left.append((self.state.copy(), leave))
        else:
            live.append(self.state.copy())
        for state, left in self._left:
            if left.how in caught and left.levels == 1:
                live.append(state)
            else:
                outer.append((state, Leave(left.how, left.levels - (left.how in caught))))
        self._left = outer
        self._come_out(live)

    def _come_out(self, live: list[State]) -> None:
        if live:
            self.state.become(reduce(states.either, live))
            return
        state, leave = self._left.pop()
        self.state.become(state)
        raise leave

    def repeated(self, step: Callable[[], None], start: int) -> None:
        """Run something any number of times."""
        for _ in range(_MOST_STEPS):
            before = self.state.copy()
            self.perhaps(step)
            for one in (self.state, before):
                one.status, one.asked, one.sought = None, False, None
            if self.state == before:
                return
        self.files.disturb_all(self.blame(start, start + 60))

    def errexit(self) -> None:
        """End where ``set -e`` ends a script whose command failed, or may have, if failing is an answer of it.

        (Other commands fail only where something is broken, which is left out of account.)
        """
        if "errexit" not in self.state.options or self.lenient:
            return
        if self.state.status is False:
            raise Leave("exit")
        if self.state.status is None and self.state.asked:
            self._left.append((self.state.copy(), Leave("exit")))

    # -- in the background ---------------------------------------------------------------------

    def background(self, node: Node) -> None:
        """Start a command that runs at once or later: until it is waited for, or to the end."""
        self._started(node)
        self._later.append((node, self.source))
        self.ended(True)

    def _started(self, node: Node) -> None:
        def body(shell: Process) -> None:
            shell.is_awaited = False
            shell.run(node)

        self.subshell(body)

    def wait(self) -> None:
        """Let what runs in the background end."""
        later, self._later = self._later, []
        for node, source in later:
            here, self.source = self.source, source
            self.perhaps(partial(self._started, node))
            self.source = here


Program = Callable[[Process, Call], None]
"""What a command does."""
