"""Shell scripts: what they do to files, as far as that can be known without running them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from readers.shell import harmless
from readers.shell.files import Blame, World
from readers.shell.interpreter import Shell
from readers.shell.process import Program
from readers.shell.programs import PROGRAMS
from readers.shell.source import Source, of_value
from readers.shell.state import State
from tfparse.cty.values import HOLE, Line, Value
from tfparse.diagnostics import Origin


def run_script(
    script: Value, state: State, world: World, programs: Mapping[str, Program] | None = None, *,
    may: str = "the script may change it by", dialect: str = "bash",
) -> State:  # fmt: skip
    """The state that a script leaves, run by bash (or, with the dialect "sh", by dash) in a state.

    ``programs`` are those that are known besides the shell's own; ``may`` begins what is said of a command in doubt.
    """
    shell = Shell(of_value(script, may), state.copy(), world, {**PROGRAMS, **(programs or {})}, dialect)
    shell.process(shell.script)
    _heed_what_runs_later(shell)
    return shell.state


def run_command(
    words: Sequence[str], origin: Origin | None, state: State, world: World,
    programs: Mapping[str, Program] | None = None, *, may: str = "the command may change it by",
) -> State:  # fmt: skip
    """The state that a command leaves, as a container's ``command`` or hook has it: its words, HOLE for what is not
    known of them."""
    text = " ".join(words)
    lines = tuple(Line(line, origin, None) for line in text.split("\n"))
    shell = Shell(Source(text, lines, may), state.copy(), world, {**PROGRAMS, **(programs or {})})
    if words:
        shell.process(lambda: shell.program(list(words), 0, shell.blame(0, len(text))))
    _heed_what_runs_later(shell)
    return shell.state


def _heed_what_runs_later(shell: Shell) -> None:
    """Put in doubt what the files could reach that other programs take commands from."""
    for path, fact in list(shell.state.files.known.items()):
        text = fact.text or ""
        # A text that names neither Postfix' files nor its programs is left out of account.
        if path.startswith(harmless.LATER) and (HOLE in text or "postconf" in text or "postfix" in text):
            shell.files.disturb_all(Blame(fact.by, lambda _: None))
