"""Which programs a script stops, by ``supervisorctl``: what their configuration says then comes to nothing.

Source: https://supervisord.org/running.html#supervisorctl-actions.  (One that is killed is started again.)
"""

from __future__ import annotations

from readers.shell.facts import Fact, Facts, Reach
from readers.shell.process import Call, Process
from tfparse.cty.values import HOLE, Unknown

_STARTING = frozenset({"start", "restart", "add"})
_TELLING = frozenset({
    "avail", "clear", "exit", "help", "maintail", "pid", "quit", "reread", "status", "tail", "update", "version",
})  # fmt: skip
"""Actions that stop nothing.  (``reload`` does: docker-mailserver's programs do not start by themselves.)"""
_WITH_VALUE = frozenset({
    "-c", "--configuration", "-s", "--serverurl", "-u", "--username", "-p", "--password", "-r", "--history-file",
})  # fmt: skip
"""Options that take the next word."""
_ALL = Reach("stopped:.*")


def _key(program: str) -> str:
    """Where it is noted among the files, whose paths all begin with a slash."""
    return f"stopped:{program}"


def supervisorctl(shell: Process, call: Call) -> None:
    """It prints something, and may stop or start programs: by name, of a group, or all.  What is not known to stop none
    does; without an action it is told by what it reads."""
    shell.print(HOLE, call.blame)
    shell.ended(None)
    words = list(call.arguments)
    while words and words[0].startswith("-"):
        del words[: 1 + (words[0] in _WITH_VALUE)]
    action, *names = words or [""]
    if action in _TELLING or {"-h", "--help"} & set(call.arguments):
        return
    starts = action in _STARTING
    fact = Fact(None if starts else "", call.blame.by)
    for name in names or ["all"]:
        if name == "all" or (HOLE in name and not starts):
            shell.state.files.reach(_ALL, fact)
        else:
            shell.state.files.put(_key(name.partition(":")[0]), fact)


def stopped(files: Facts, program: str) -> Unknown | None:
    """Why a program may not run any more; None where it does."""
    fact = files.of(_key(program))
    return None if fact is None or (fact.sure and fact.text is None) else fact.by
