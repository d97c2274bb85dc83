"""The words of the command, and which of them was said."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

#: Each word, the module that does it, and what it does.  What is not said is ``judge``.
WORDS = {
    "judge": "judge the repo in which I stand by the promises in it",
    "words": "the steps that features are written in, each with an example; WORD filters",
    "see": "what the suite sees at a PATH, with lines",
    "history": "since when each promise holds, and which commit broke it",
    "review": "note in the features what the design says now",
    "init": "a first feature, the settings and a CI snippet, in my repo",
}


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments say; 0: the gate is open, or it was done; 1: closed; 2: it could not be asked."""
    word, rest = (arguments[0], arguments[1:]) if arguments and arguments[0] in WORDS else ("judge", arguments)
    if word == "judge" and arguments[:1] in (["-h"], ["--help"]):
        print(_usage())
        return 0
    if word == "judge" and arguments and not arguments[0].startswith("-") and arguments[0] != "judge":
        print(f"design-policy: there is no word {arguments[0]!r}\n\n{_usage()}", file=sys.stderr)
        return 2
    do: Callable[[Sequence[str]], int] = import_module(f"design_policy.{word}").run
    try:
        return do(rest)
    except BrokenPipeError:  # whoever read it (head, say) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _usage() -> str:
    lines = [f"  design-policy {word:<7}  {meaning}" for word, meaning in WORDS.items()]
    return "\n".join(["usage:", *lines, "", "`design-policy WORD --help` says more."])
