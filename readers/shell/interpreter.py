"""Runs a shell script on what is known, and on every way that it could take where something is not known.

A branch whose condition is not known is run and not run; what holds either way is known afterwards.  What a command
does is said in ``builtins``, ``programs`` and ``harmless``; of one that stands in none of them, everything that it
could reach is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from operator import methodcaller

from readers.shell import harmless, syntax
from readers.shell.arithmetic import evaluate
from readers.shell.builtins import BUILTINS
from readers.shell.conditions import compared
from readers.shell.files import Blame
from readers.shell.filling import Filling
from readers.shell.process import Call
from readers.shell.state import State
from readers.shell.syntax import Function, Node, Simple
from readers.shell.text import MANY, ONE, STAR, as_text, is_known
from tfparse.cty.values import HOLE

_MOST_ROUNDS = 200
_PROGRAMS_TOO = frozenset(["[", "echo", "false", "kill", "printf", "pwd", "test", "true"])
"""What is built into the shell and a program of its own (GNU Coreutils manual)."""


class Shell(Filling):
    """Runs the nodes of the syntax tree."""

    def run(self, node: Node) -> None:
        self.count(node)
        match node:
            case syntax.Sequence(items=items):
                for item, background in items:
                    self.background(item) if background else self.run(item)
            case Simple():
                self._simple(node)
            case syntax.AndOr():
                self._and_or(node)
            case syntax.Pipeline():
                self._pipeline(node)
            case syntax.Redirected(body=body, redirects=redirects):
                self.redirected(redirects, node, lambda: self.run(body))
            case syntax.Subshell(body=body):
                self.subshell(lambda shell: shell.run(body))
                self.errexit()
            case Function(name=name):
                self.state.functions[name] = node
                self.ended(True)
            case _:
                self._compound(node)

    def _compound(self, node: Node) -> None:
        match node:
            case syntax.If():
                self._if(node, 0)
            case syntax.While():
                self._loop(lambda: self._while(node))
            case syntax.For():
                self._loop(lambda: self._for(node))
            case syntax.Case():
                self._case(node)
            case syntax.Conditional(words=words):
                self.ended(compared(words, self.expander(node), self.files), asked=True)
                self.errexit()
            case syntax.ArithmeticCommand(expression=expression):
                value = evaluate(self.expander(node).text(expression), self.state)
                self.ended(value != "0" if is_known(value) else None, asked=True)
                self.errexit()

    # -- compound commands ---------------------------------------------------------------------

    def _condition(self, node: Node) -> bool | None:
        """Run a condition; gives its answer."""
        self.lenient += 1
        try:
            self.run(node)
        finally:
            self.lenient -= 1
        return self.state.status

    def _choose(self, then: Callable[[], None], otherwise: Callable[[], None]) -> None:
        """Take either way.

        Where the condition looked in a file of configuration for what one way then appends to it, the script keeps
        from appending twice: where it does not, it did when it ran before.
        """
        sought, before = self.state.sought, dict(self.state.tails)

        def appends(state: State) -> bool:
            path, wanted = sought or ("", "")
            added = (state.tails.get(path) or "").removeprefix(before.get(path) or "")
            return re.search(wanted, added, re.MULTILINE) is not None

        self.state.sought = None
        self.branch(then, otherwise, prefer=appends if sought else None)

    def _and_or(self, node: syntax.AndOr) -> None:
        answer = self._condition(node.left)
        if answer is None and node.operator == "&&":
            self._choose(lambda: self.run(node.right), lambda: self.ended(False))
        elif answer is None:
            self._choose(lambda: self.ended(True), lambda: self.run(node.right))
        elif answer == (node.operator == "&&"):
            self.run(node.right)

    def _pipeline(self, node: syntax.Pipeline) -> None:
        statuses: list[bool | None] = []
        saved = self.state.input
        if len(node.commands) == 1:
            statuses.append(self._condition(node.commands[0]))
        else:
            for command in node.commands[:-1]:
                text = self.captured(methodcaller("run", command))
                saved = saved if statuses else self.state.input
                self.state.input = text
                statuses.append(self.state.status)
            self.subshell(lambda shell: shell.run(node.commands[-1]))
            self.state.input = saved
            if self.state.status and "pipefail" in self.state.options and not all(statuses):
                self.ended(None)
        if node.negated:
            self.state.status = None if self.state.status is None else not self.state.status
        else:
            self.errexit()

    def _if(self, node: syntax.If, at: int) -> None:
        if at == len(node.branches):
            self.ended(True)
            if node.otherwise is not None:
                self.run(node.otherwise)
            return
        condition, body = node.branches[at]
        answer = self._condition(condition)
        if answer is None:
            self._choose(lambda: self.run(body), lambda: self._if(node, at + 1))
        elif answer:
            self.run(body)
        else:
            self._if(node, at + 1)

    def _loop(self, body: Callable[[], None]) -> None:
        self.loops += 1
        try:
            self.framed(body, "break")
        finally:
            self.loops -= 1

    def _while(self, node: syntax.While) -> None:
        for _ in range(_MOST_ROUNDS):
            before, ways = self.state.copy(), len(self._left)
            answer = self._condition(node.condition)
            if answer is None:
                break
            if answer == node.until:
                self.ended(True)
                return
            self.framed(lambda: self.run(node.body), "continue")
            if self.state == before and len(self._left) == ways:
                self.never_ends(node.start)

        def step() -> None:
            self.framed(lambda: self.run(node.body), "continue")
            self._condition(node.condition)

        self.repeated(step, node.start)

    def _for(self, node: syntax.For) -> None:
        fields = list(self.state.arguments) if node.words is None else self.expander(node).fields(node.words)
        self.ended(True)
        for field in fields:
            if any(mark in field for mark in (MANY, STAR, ONE)) or len(fields) > _MOST_ROUNDS:
                self.repeated(partial(self._round, node, field), node.start)
            else:
                self._round(node, field)

    def _round(self, node: syntax.For, field: str) -> None:
        self.set_variable(node.name, field, node.start)
        self.framed(lambda: self.run(node.body), "continue")

    def _case(self, node: syntax.Case) -> None:
        expander = self.expander(node)
        subject = as_text(expander.text(node.word))
        self.ended(True)

        def clause(at: int, *, matched: bool) -> None:
            if at == len(node.clauses):
                return
            patterns, body, end = node.clauses[at]
            answer = True if matched else _matches(subject, [expander.pattern(p) for p in patterns])

            def taken() -> None:
                self.run(body)
                if end != ";;":
                    clause(at + 1, matched=end == ";&")

            if answer is None:
                self.branch(taken, lambda: clause(at + 1, matched=False))
            elif answer:
                taken()
            else:
                clause(at + 1, matched=False)

        clause(0, matched=False)

    # -- simple commands -----------------------------------------------------------------------

    def _simple(self, node: Simple) -> None:
        self.state.sought = None
        expander = self.expander(node)
        fields = expander.fields(node.words)
        if fields[:1] == ["exec"] and len(fields) == 1:
            for redirect in node.redirects:
                self.redirect(redirect, node)
            return
        blame = self.blame(node.start, node.end, max((redirect.end for redirect in node.redirects), default=0))

        def body() -> None:
            before = dict(self.state.variables)
            for assignment in node.assignments:
                self.assign(assignment, expander, node)
            if not fields and not expander.has_run:
                self.ended(True)
            if fields:
                self.call(fields, node.start, blame)
                self.state.restore(before, {assignment.name for assignment in node.assignments})

        self.redirected(node.redirects, node, body)
        self.errexit()

    def call(self, fields: list[str], start: int, blame: Blame) -> None:
        name, arguments = fields[0], fields[1:]
        self.state.sought = None
        if not is_known(name):
            self.files.disturb_all(blame)
            self.ended(None)
        elif name in self.state.functions:
            self._call_function(self.state.functions[name], arguments, start)
        elif name in BUILTINS:
            BUILTINS[name](self, Call(name, arguments, start, blame))
        else:
            self.program(fields, start, blame)

    def _call_function(self, function: Node | None, arguments: list[str], start: int) -> None:
        if not isinstance(function, Function) or self.depth > 20:
            self.give_up(start)
            return
        state, body = self.state, function.body
        before, outer = dict(state.variables), state.arguments
        state.arguments = tuple(arguments)
        outer_locals, state.locals = state.locals, frozenset()
        self.depth, self.returnable = self.depth + 1, self.returnable + 1
        loops, self.loops = self.loops, 0
        try:
            self.framed(lambda: self.run(body), "return")
        finally:
            self.depth, self.returnable, self.loops = self.depth - 1, self.returnable - 1, loops
            state.arguments = outer
            state.restore(before, state.locals)
            state.locals = outer_locals

    def program(self, fields: list[str], start: int, blame: Blame) -> None:
        name, arguments = fields[0], fields[1:]
        written = [path for folder in harmless.FOLDERS if (path := f"{folder}/{name}") in self.state.files.known]
        folder, _, base = name.rpartition("/")
        call = Call(base, arguments, start, blame)
        if written or name in self.state.files.known:
            self.programs[""](self, Call(written[0] if written else name, arguments, start, blame))
            return
        if (not folder and not self._finds_programs()) or (folder and folder not in harmless.FOLDERS):
            self.programs[""](self, Call(name, arguments, start, blame))
        elif base in _PROGRAMS_TOO:
            BUILTINS[base](self, call)
        else:
            self.programs.get(base, self.programs[""])(self, call)

    def _finds_programs(self) -> bool:
        """Whether programs are found where the system has them."""
        path = (self.state.text_of("PATH") or HOLE).split(":")
        first = next((i for i, one in enumerate(path) if one not in harmless.FOLDERS), len(path))
        return {"/usr/sbin", "/usr/bin"} <= set(path[:first])


def _matches(subject: str, patterns: list[str | None]) -> bool | None:
    """Whether a text matches one of some patterns of ``case``."""
    if any(pattern == ".*" for pattern in patterns):
        return True
    if not is_known(subject):
        return None
    if any(pattern is not None and re.fullmatch(pattern, subject, re.DOTALL) for pattern in patterns):
        return True
    return None if None in patterns else False
