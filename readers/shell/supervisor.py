"""Which programs a script stops, by ``supervisorctl``: what their configuration says then comes to nothing.

Source: https://supervisord.org/running.html#supervisorctl-actions.  (One that is killed is started again.)
"""

from __future__ import annotations

from readers.shell.facts import Fact, Facts
from readers.shell.process import Call, Process
from tfparse.cty.values import HOLE, Unknown

_STOPPING = frozenset({"stop", "remove", "shutdown"})
_STARTING = frozenset({"start", "restart", "add"})
_ALL = "all"


def _key(program: str) -> str:
    """Where it is noted among the files, whose paths all begin with a slash."""
    return f"stopped:{program}"


def supervisorctl(shell: Process, call: Call) -> None:
    """It prints something, and may stop or start programs: by name, of a group, or all."""
    shell.print(HOLE, call.blame)
    shell.ended(None)
    action, *names = [word for word in call.arguments if not word.startswith("-")] or [""]
    for name in names or [_ALL]:
        program = _ALL if HOLE in name else name.partition(":")[0]
        if action in _STOPPING:
            shell.state.files.put(_key(program), Fact("", call.blame.by))
        elif action in _STARTING:
            shell.state.files.put(_key(program), Fact(None, call.blame.by))


def stopped(files: Facts, program: str) -> Unknown | None:
    """Why a program may not run any more; None where it does."""
    fact = files.of(_key(program)) or files.of(_key(_ALL))
    return None if fact is None or (fact.sure and fact.text is None) else fact.by
