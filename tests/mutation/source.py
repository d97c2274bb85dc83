"""Where in a Terraform source an expression ends: tfparse's trees know where each begins, its tokens the rest."""

from __future__ import annotations

from tfparse.hcl.ast import Node
from tfparse.hcl.scanner import scan
from tfparse.hcl.tokens import BODY, END, Token

_OPENERS = {"LPAR", "LBRACE", "LSQB", "INTERP_START", "DIRECTIVE_START", "HEREDOC_TEMPLATE", "HEREDOC_TEMPLATE_TRIM"}
_CLOSERS = {"RPAR", "RBRACE", "RSQB", "HEREDOC_END"}
_SEPARATORS = {"NL_OR_COMMENT", "COMMA", END}


class Source:
    """The text of a file of Terraform's language, with the ranges (offsets: first, one past the last) of its parts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens, wrong = scan(text, BODY)
        if wrong:
            raise wrong
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        # A newline may stand, without text, where what follows it does; that is what counts there.
        self._at = {token[1:3]: index for index, token in enumerate(self._tokens) if token[0] != "NL_OR_COMMENT"}

    def offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column - 1

    def line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

    def token(self, node: Node) -> Token:
        """The first token of a node."""
        return self._tokens[self._at[node[1], node[2]]]

    def statement(self, node: Node) -> tuple[int, int]:
        """The range of an argument, of an element of an object or of a tuple: to its line's end or its comma."""
        first = self._at[node[1], node[2]]
        return self._range(first, self._until(first, _SEPARATORS))

    def block(self, node: Node) -> tuple[int, int]:
        first = self._at[node[1], node[2]]
        brace = next(i for i in range(first, len(self._tokens)) if self._tokens[i][0] == "LBRACE")
        return self._range(first, self._after(brace))

    def labels(self, node: Node) -> list[tuple[int, int]]:
        """The ranges of a block's labels, without their quotes."""
        found = []
        for index in range(self._at[node[1], node[2]] + 1, len(self._tokens)):
            kind, line, column, text = self._tokens[index]
            if kind == "LBRACE":
                break
            start = self.offset(line, column) + (kind == "QUOTED")
            found.append((start, start + len(text)))
        return found

    def term(self, node: Node) -> tuple[int, int]:
        """The range of a literal, a quoted string, a reference with its steps, or a call."""
        index = self._at[node[1], node[2]]
        after = self._after(index)
        while self._tokens[after][0] in ("DOT", "COLONS", "LSQB", "LPAR") and self._tokens[index][0] == "NAME":
            after = self._after(after) if self._tokens[after][0] in _OPENERS else self._after(after + 1)
        return self._range(index, after)

    def texts(self, node: Node) -> list[tuple[int, int]]:
        """The ranges of what a quoted string says itself, around its interpolations."""
        index = self._at[node[1], node[2]]
        if self._tokens[index][0] == "QUOTED":
            start = self.offset(*self._tokens[index][1:3]) + 1
            return [(start, start + len(self._tokens[index][3]))]
        inside = range(index + 1, self._after(index) - 1)
        own = [i for i in inside if self._tokens[i][0] == "STRING_CHARS" and self._depth(index + 1, i) == 0]
        return [self._exactly(i) for i in own]

    def heredoc(self, node: Node) -> tuple[int, int] | None:
        """The range of the lines of a heredoc; None for any other expression."""
        index = self._at[node[1], node[2]]
        if not self._tokens[index][0].startswith("HEREDOC_TEMPLATE"):
            return None
        return self._starts[self._tokens[index][1]], self._starts[self._tokens[self._after(index) - 1][1] - 1]

    def _exactly(self, index: int) -> tuple[int, int]:
        start, (_, line, column, _) = self.offset(*self._tokens[index][1:3]), self._tokens[index + 1]
        return start, self.offset(line, column)

    def _range(self, first: int, after: int) -> tuple[int, int]:
        """From the first token to the one before ``after``, without what blank follows it."""
        start, end = self.offset(*self._tokens[first][1:3]), self.offset(*self._tokens[after][1:3])
        return start, start + len(self.text[start:end].rstrip())

    def _depth(self, first: int, index: int) -> int:
        kinds = [token[0] for token in self._tokens[first:index]]
        return sum(kind in _OPENERS for kind in kinds) - sum(kind in _CLOSERS for kind in kinds)

    def _after(self, index: int) -> int:
        """The token after the one at ``index`` or, where that opens something, after what closes it."""
        open_: list[str] = []
        while True:
            kind = self._tokens[index][0]
            if kind == "DBLQUOTE" and open_[-1:] == ["DBLQUOTE"]:
                open_.pop()
            elif kind in _OPENERS or kind == "DBLQUOTE":
                open_.append(kind)
            elif kind in _CLOSERS:
                open_.pop()
            index += 1
            if not open_:
                return index

    def _until(self, index: int, kinds: set[str]) -> int:
        while self._tokens[index][0] not in kinds and self._tokens[index][0] not in _CLOSERS:
            index = self._after(index)
        return index
