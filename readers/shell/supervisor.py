"""Which programs a script stops, by ``supervisorctl``: what their configuration says then comes to nothing.

Source: https://supervisord.org/running.html#supervisorctl-actions.  (One that is killed is started again.)
"""

from __future__ import annotations

from readers.shell.facts import Fact, Facts, Reach
from readers.shell.process import Call, Process
from tfparse.cty.values import HOLE, Unknown

_STOPPING = frozenset({"stop", "remove", "shutdown"})
_STARTING = frozenset({"start", "restart", "add"})
_ALL = Reach("stopped:.*")


def _key(program: str) -> str:
    """Where it is noted among the files, whose paths all begin with a slash."""
    return f"stopped:{program}"


def supervisorctl(shell: Process, call: Call) -> None:
    """It prints something, and may stop or start programs: by name, of a group, or all."""
    shell.print(HOLE, call.blame)
    shell.ended(None)
    action, *names = [word for word in call.arguments if not word.startswith("-")] or [""]
    if action not in _STOPPING | _STARTING:
        return
    fact = Fact("" if action in _STOPPING else None, call.blame.by)
    for name in names or ["all"]:
        if name == "all" or (HOLE in name and action in _STOPPING):
            shell.state.files.reach(_ALL, fact)
        else:
            shell.state.files.put(_key(name.partition(":")[0]), fact)


def stopped(files: Facts, program: str) -> Unknown | None:
    """Why a program may not run any more; None where it does."""
    fact = files.of(_key(program))
    return None if fact is None or (fact.sure and fact.text is None) else fact.by
