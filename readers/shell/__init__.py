"""Shell scripts: what they do to files, as far as that can be known without running them."""

from __future__ import annotations

from collections.abc import Mapping

from readers.shell.files import World
from readers.shell.interpreter import Shell
from readers.shell.process import Program
from readers.shell.programs import PROGRAMS
from readers.shell.source import of_value
from readers.shell.state import State
from tfparse.cty.values import Value


def run_script(
    script: Value, state: State, world: World, programs: Mapping[str, Program] | None = None, *,
    may: str = "the script may change it by", dialect: str = "bash",
) -> State:  # fmt: skip
    """The state that a script leaves, run by bash (or, with the dialect "sh", by dash) in a state.

    ``programs`` are those that are known besides the shell's own; ``may`` begins what is said of a command in doubt.
    """
    shell = Shell(of_value(script, may), state.copy(), world, {**PROGRAMS, **(programs or {})}, dialect)
    shell.process(shell.script)
    return shell.state
