"""What the shell fills in, what it sets, and where it sends what a command prints.

Source: EXPANSION, PARAMETERS and REDIRECTION in bash(1).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from readers.shell import harmless
from readers.shell.expansion import Expander
from readers.shell.files import Blame
from readers.shell.process import Process
from readers.shell.state import ToFile
from readers.shell.syntax import Assignment, Node, Redirect, Simple, Substitution, Word
from readers.shell.text import MANY, as_text
from tfparse.cty.numbers import whole
from tfparse.cty.values import HOLE
from tfparse.patterns import pattern

_LONGEST = 100_000
"""Characters that are kept of a variable."""
_NOWHERE = pattern(r"/dev/(?:null|tty|console|pts/\d+|fd/\d+)|/proc/(?:self|1)/fd/\d+")


class Filling(Process):
    """A process that fills in words, sets variables and redirects."""

    def expander(self, node: Node) -> Expander:
        return Expander(self.state, partial(self._substitution, node), self._maybe)

    def assign(self, assignment: Assignment, expander: Expander, node: Node) -> None:
        name, value = assignment.name, assignment.value
        if isinstance(value, tuple):
            elements = tuple(expander.fields(value))
            whole = not any(MANY in one or re.match(r"\[.*\]=", one) for one in elements) and not assignment.append
            self.state.variables[name] = elements if whole else HOLE
            return
        text = as_text(expander.text(value))
        if assignment.index:
            text = HOLE
        elif assignment.append:
            before = self.state.value_of(name) or ""
            text = before + text if not isinstance(self.state.variables.get(name), tuple) else HOLE
        self.set_variable(name, text, node.start)

    def set_variable(self, name: str, text: str, start: int) -> None:
        """Set a variable; one that decides which programs run, or that cannot be set, ends what is known."""
        if name in self.state.readonly or name in harmless.LOADING:
            self.give_up(start)
        self.state.variables[name] = text if len(text) <= _LONGEST else HOLE

    def _substitution(self, node: Node, part: Substitution) -> str:
        if part.direction == ">":
            self.subshell(lambda shell: self._fed(shell, HOLE, part))
            return "/dev/fd/63"
        printed = self.captured(lambda shell: self._body(shell, part))
        if part.direction == "<":
            path = f"/dev/fd/{len(self.state.files.known) + 60}"
            self.files.write(path, printed, self.blame(node.start, node.end))
            return path
        return as_text(printed).rstrip("\n")

    def _body(self, shell: Process, part: Substitution) -> None:
        """``$(< file)`` prints a file."""
        items = part.body.items
        only = items[0][0] if len(items) == 1 else None
        if isinstance(only, Simple) and not only.words and [r.operator for r in only.redirects] == ["<"]:
            text = shell.files.content(self.expander(only).text(only.redirects[0].target))
            shell.print(HOLE if text is None else text, shell.blame(only.start, only.end))
        else:
            shell.run(part.body)

    def _fed(self, shell: Process, text: str, part: Substitution) -> None:
        shell.state.input = text
        shell.run(part.body)

    def _maybe(self, word: Word) -> str:
        """A word that may be filled in, or not."""
        found: list[str] = []
        expander = self.expander(Simple(0, 0, (), (), ()))
        self.perhaps(lambda: found.append(expander.text(word)))
        return found[0]

    def redirected(self, redirects: tuple[Redirect, ...], node: Node, body: Callable[[], None]) -> None:
        sinks, text = dict(self.state.sinks), self.state.input
        for redirect in redirects:
            self.redirect(redirect, node)
        try:
            body()
        finally:
            self.state.sinks = sinks
            if any(redirect.operator in ("<", "<<", "<<-", "<<<") for redirect in redirects):
                self.state.input = text

    def redirect(self, redirect: Redirect, node: Node) -> None:
        operator, state, expander = redirect.operator, self.state, self.expander(node)
        if operator in ("<<", "<<-", "<<<"):
            state.input = as_text(expander.text(redirect.target)) + ("\n" if operator == "<<<" else "")
            return
        fields = expander.fields((redirect.target,))
        target = fields[0] if len(fields) == 1 else HOLE
        descriptor = redirect.descriptor if redirect.descriptor is not None else 1
        blame = self.blame(node.start, node.end)
        if operator == "<":
            state.input = self.files.content(target) or HOLE
        elif operator == "<&":
            state.input = HOLE
        elif operator == ">&" and re.fullmatch(r"\d+-?|-", target):
            state.sinks[descriptor] = None if target == "-" else state.sinks.get(whole(target.rstrip("-")))
        elif target in ("/dev/stdout", "/dev/stderr"):
            state.sinks[descriptor] = state.sinks.get(1 if target.endswith("out") else 2)
        elif _NOWHERE.fullmatch(target):
            state.sinks[descriptor] = None
        else:
            self._open(operator, target, descriptor, blame)

    def _open(self, operator: str, target: str, descriptor: int, blame: Blame) -> None:
        if operator in (">", ">|", "&>", ">&"):
            self.files.write(target, "", blame)
        elif operator == "<>":
            self.files.disturb(target, blame)
        sink = ToFile(self.state.path(target))
        self.state.sinks[descriptor] = sink
        if operator in ("&>", "&>>", ">&"):
            self.state.sinks[2] = sink
