"""A parser of shell scripts: bash's own grammar, or a refusal.

bash reads a script command by command, and so does :meth:`Parser.commands`: what stands before a mistake has run.  A
parser that mends mistakes and goes on (as those of editors do) sees commands that bash never does, and groups others
in another way; what this one does not know it refuses.

Source: "SHELL GRAMMAR" in bash(1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from readers.shell import syntax
from readers.shell.simple import SimpleCommands
from readers.shell.syntax import Node, Sequence, Simple, Unreadable, Word
from readers.shell.words import WordReader
from tfparse.patterns import pattern

_FUNCTION = pattern(r"(?P<name>[^\s;&|<>()$`'\"\\={}]+)[ \t]*\([ \t]*\)")


class Parser(SimpleCommands):
    """Reads commands, simple and compound."""

    def commands(self) -> Iterator[Sequence]:
        """The complete commands in order, each as bash would read it before it runs it.

        Raises:
            Unreadable: one of them is none that is understood.
        """
        while True:
            self.newlines()
            if self.at >= len(self.text):
                return
            found = self._list(frozenset(), one_line=True)
            if self.peek() not in ("", "\n"):
                raise Unreadable(f"an unexpected {self.peek()}", self.at)
            if self.peek():
                self.newline()
            elif self._awaited:
                raise Unreadable("a here-document does not end", self.at)
            yield found

    def within(self, text: str, at: int) -> Sequence:
        """The commands of a text that stands at a place of this one."""
        inner = Parser(text, self.dialect, self.deeper())
        try:
            items = tuple(item for command in inner.commands() for item in command.items)
        except Unreadable as error:
            raise Unreadable(error.problem, at) from None
        return Sequence(at, at, items)

    def until_closing(self, closing: str) -> Sequence:
        """The commands up to a closing parenthesis or brace, which is taken too."""
        self.depth = self.deeper()
        found = self._list(frozenset(closing))
        self.depth -= 1
        self.expect(closing)
        return found

    # -- lists ---------------------------------------------------------------------------------

    def _list(self, stop: frozenset[str], *, one_line: bool = False) -> Sequence:
        """Commands up to a word or character that ends them, or to the line's end."""
        start = self.at
        items: list[tuple[Node, bool]] = []
        while True:
            self.blanks() if one_line else self.newlines()
            if self._ends(stop) or (one_line and self.peek() == "\n"):
                break
            node = self._and_or()
            self.blanks()
            background = self.peek() == "&"
            items.append((node, background))
            if background or (self.peek() == ";" and self.peek(2) not in (";;", ";&")):
                self.at += 1
            elif self.peek() != "\n" or one_line:
                break
        return Sequence(start, self.at, tuple(items))

    def _ends(self, stop: frozenset[str]) -> bool:
        if self.at >= len(self.text) or self.peek() in stop or self.peek(2) in (";;", ";&"):
            return True
        return self.reserved() in stop

    def _and_or(self) -> Node:
        left = self._pipeline()
        while True:
            self.blanks()
            operator = self.peek(2)
            if operator not in ("&&", "||"):
                return left
            self.at += 2
            self.newlines()
            right = self._pipeline()
            left = syntax.AndOr(left.start, right.end, operator, left, right)

    def _pipeline(self) -> Node:
        start, negated = self.at, False
        while self.reserved() in ("!", "time"):
            negated ^= self.reserved() == "!"
            self.at += len(self.reserved())
            self.blanks()
        commands = [self._command()]
        self.blanks()
        while self.peek() == "|" and self.peek(2) != "||":
            self.at += 2 if self.peek(2) == "|&" and self.bash("|&") else 1
            self.newlines()
            commands.append(self._command())
            self.blanks()
        if len(commands) == 1 and not negated:
            return commands[0]
        return syntax.Pipeline(start, commands[-1].end, tuple(commands), negated)

    # -- commands ------------------------------------------------------------------------------

    def _command(self) -> Node:
        start = self.at
        node = self._compound(start)
        if node is None:
            return self.simple()
        redirects = self.redirects() if not isinstance(node, syntax.Function) else ()
        return syntax.Redirected(start, self.at, node, redirects) if redirects else node

    def _compound(self, start: int) -> Node | None:
        word = self.reserved()
        if self.peek(2) == "((":
            expression = self.arithmetic(start + 2)
            if expression is not None and self.bash("((...))"):
                return syntax.ArithmeticCommand(start, self.at, expression)
        if self.peek() == "(":
            self.at += 1
            return syntax.Subshell(start, self.at, self.until_closing(")"))
        readers: dict[str, Callable[[int], Node]] = {
            "{": self._group, "if": self._if, "while": self._loop, "until": self._loop, "for": self._for,
            "case": self._case, "function": self._function_word, "[[": self._conditional,
        }  # fmt: skip
        if word in readers:
            self.at += len(word)
            return readers[word](start)
        if word:
            raise Unreadable(f"an unexpected {word}", self.at)
        found = _FUNCTION.match(self.text, self.at)
        if found and not word:
            self.at = found.end()
            return self._function(start, found["name"])
        return None

    def _group(self, start: int) -> Node:
        body = self._body("}")
        self.expect("}")
        return Sequence(start, self.at, body.items)

    def _body(self, *stop: str) -> Sequence:
        found = self._list(frozenset(stop))
        if not found.items:
            raise Unreadable("a command is missing", self.at)
        return found

    def _if(self, start: int) -> Node:
        branches, otherwise = [], None
        while True:
            condition = self._body("then")
            self.expect("then")
            branches.append((condition, self._body("elif", "else", "fi")))
            word = self.reserved()
            if word != "elif":
                break
            self.at += len(word)
        if self.reserved() == "else":
            self.at += 4
            otherwise = self._body("fi")
        self.expect("fi")
        return syntax.If(start, self.at, tuple(branches), otherwise)

    def _loop(self, start: int) -> Node:
        until = self.text.startswith("until", start)
        condition = self._body("do")
        return syntax.While(start, self.at, condition, self._do(), until)

    def _do(self) -> Sequence:
        self.expect("do")
        body = self._body("done")
        self.expect("done")
        return body

    def _for(self, start: int) -> Node:
        self.blanks()
        name = self.word().literal
        if not name or not name.isidentifier():
            raise Unreadable("for (( or a strange name", self.at)
        self.newlines()
        words = None
        if self.reserved() == "in":
            self.at += 2
            words = self.words()
            if self.peek() not in (";", "\n"):
                raise Unreadable("do is missing", self.at)
        if self.peek() == ";":
            self.at += 1
        return syntax.For(start, self.at, name, words, self._do())

    def _case(self, start: int) -> Node:
        self.blanks()
        word = self.word()
        self.newlines()
        self.expect("in")
        clauses = []
        self.newlines()
        while self.reserved() != "esac":
            if self.peek() == "(":
                self.at += 1
            patterns = self._patterns()
            body = self._list(frozenset(["esac"]))
            ended = next((end for end in (";;&", ";;", ";&") if self.peek(len(end)) == end), "")
            self.at += len(ended)
            clauses.append((patterns, body, ended or ";;"))
            self.newlines()
            if not ended and self.reserved() != "esac":
                raise Unreadable("esac is missing", self.at)
        self.at += 4
        return syntax.Case(start, self.at, word, tuple(clauses))

    def _patterns(self) -> tuple[Word, ...]:
        patterns = []
        while True:
            self.blanks()
            patterns.append(self.word())
            self.blanks()
            if self.peek() == ")":
                self.at += 1
                return tuple(patterns)
            if self.peek() != "|":
                raise Unreadable(") is missing", self.at)
            self.at += 1

    def _function_word(self, start: int) -> Node:
        self.bash("function")
        self.blanks()
        name = self.word().literal
        if not name:
            raise Unreadable("a function without a name", self.at)
        found = re.compile(r"[ \t]*\([ \t]*\)").match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self._function(start, name)

    def _function(self, start: int, name: str) -> Node:
        self.newlines()
        body = self._command()
        if isinstance(body, Simple):
            raise Unreadable("a function without a body", start)
        return syntax.Function(start, self.at, name, body)

    def _conditional(self, start: int) -> Node:
        self.bash("[[")
        words: list[Word] = []
        while True:
            self.newlines()
            if re.compile(r"\]\](?![^\s;&|()<>])").match(self.text, self.at):
                self.at += 2
                return syntax.Conditional(start, self.at, tuple(words))
            operator = re.compile(r"&&|\|\||[()<>]").match(self.text, self.at)
            if operator:
                self.at = operator.end()
                words.append(Word(WordReader(Parser(f"'{operator[0]}'")).word().parts))
            elif words and words[-1].literal == "=~":
                words.append(self._expression())
            else:
                words.append(self.word())

    def _expression(self) -> Word:
        """A regular expression: parentheses and bars are its own."""
        found = WordReader(self, stop=frozenset(" \t\n")).word()
        if not found.parts:
            raise Unreadable("[[", self.at)
        return found
