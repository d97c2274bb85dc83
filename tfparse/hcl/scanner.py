"""From source text to tokens, cut as HCL's own scanner cuts them (hashicorp/hcl, hclsyntax/scan_tokens.rl).

Settled here is what no grammar of tokens can say:

* which newlines count: none inside ``( )``, ``[ ]``, ``${ }``, ``%{ }`` and ``{ for ... }``;
* where a template ends: strings and heredocs nest, through their interpolations, to any depth;
* what vanishes: comments, blanks, the byte order mark.

The scanner does not raise: what it cannot read is the last thing it returns, so that a parser which fails on an
earlier token reports the earlier error.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from itertools import islice
from sys import intern
from typing import Final, NoReturn

from tfparse.hcl.ast import place_of, tag_of
from tfparse.hcl.tokens import (
    BODY,
    BRACKETS,
    END,
    FOR_OBJECT,
    HEREDOC,
    KEYWORDS,
    MAX_TOKENS,
    OBJECT,
    OPERATORS,
    PARENTHESES,
    QUOTED,
    SEQUENCE,
    VALUE,
    Frame,
    Invalid,
    Token,
    text_of,
)
from tfparse.patterns import pattern

MAX_NESTING: Final = 250
"""How deep brackets and templates may nest.  Each heredoc looks ahead for its end: deeper, that would take long."""

_CODE = pattern(
    r"""(?: (?P<NAME> [^\x00-@\[-^`{-\x7f] [^\x00-,./:-@\[-^`{-\x7f]* )  # "all beyond ASCII" is slow to compile
          | (?P<HEREDOC> <<-? [^\x00-@\[-^`{-\x7f] [^\x00-,./:-@\[-^`{-\x7f]* \r?\n )
          | (?P<OPERATOR> == | != | <= | >= | && | \|\| | => | \.\.\. | :: | [-+*%!?:.=<>] | / (?! [/*] ) )
          | (?P<COMMA> , )
          | (?P<OPEN> [(\[{] ) | (?P<CLOSE> [)\]}] | ~} )
          | (?P<NEWLINE> (?: (?: (?: \# | // ) [^\n]* )? \r?\n [ \t]* )+ )
          | " (?P<QUOTED> [^"\\$%\r\n]* ) "
          | (?P<NUMBER> [0-9] (?: (?: [0-9.] | [eE][+-]?[0-9] )* (?: [0-9] | [eE][+-]?[0-9] ) )? )
          | (?P<QUOTE> " )
          | (?P<BLANK> /\* .*? \*/ | (?: \# | // ) [^\n]* | [ \t]+ )
          | (?P<BAD> . ) )
        [ \t]*""",
    re.VERBOSE | re.DOTALL,
)
_CALL = pattern(r"(?:true|false|null)[ \t]*(?:\(|::)")  # to HCL, a function of that name
_FOR = pattern(
    r"(?> (?: \s+ | (?: \# | // ) [^\n]* | /\* .*? \*/ )* ) for (?! [^\x00-,./:-@\[-^`{-\x7f] )", re.VERBOSE | re.DOTALL
)
_QUOTED_TEXT = pattern(r'(?> (?: [^"\\$%\r\n]+ | \\ [^\r\n] | \$\$\{ | %%\{ | [$%] (?!\{) )+ )', re.VERBOSE)
_STRAY_RETURN = pattern(r"\r(?!\n)")
_SEQUENCE = pattern(r"[$%] (?: (?<=\$)\$\{ | (?<=%)%\{ | (?P<sequence> \{ ~? ) )", re.VERBOSE)  # a set first is fastest

# What HCL trims: unicode.IsSpace of Go.  str.strip() and \s would take U+001C to U+001F too.
SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
_BLANK: Final = SPACE.replace("\r", "").replace("\n", "")
_LONE_WORD: Final = pattern(
    rf"\n(?>[{_BLANK}]*)(?P<word>[^{_BLANK}\x00-@\[-^`{{-\x7f](?>[^{_BLANK}\r\n]*))(?>[{_BLANK}]*)\r?(?=\n)"
)


def scan(text: str, inside: Frame = BODY, line: int = 1, column: int = 1) -> tuple[list[Token], Invalid | None]:
    """The tokens of ``text``, up to one of type :data:`END` or up to what is wrong, and that.

    ``inside`` says what the text is: a file (``BODY``), an ``EXPRESSION`` or a ``TEMPLATE``; ``line`` and
    ``column`` say where its first character stands.
    """
    scanner = Scanner(text, inside, line, column)
    try:
        scanner.run()
    except Invalid as wrong:
        return scanner.tokens, wrong
    return scanner.tokens, None


class Scanner:
    def __init__(self, text: str, inside: Frame = BODY, line: int = 1, column: int = 1) -> None:
        self.text = text
        self.end = len(text)
        self.floor = 0  # how many frames are around a value that is read alone
        self.pos = 1 if text.startswith("\ufeff") else 0
        self.line = line
        self.line_start = self.pos - column + 1  # the offset at which the current line begins
        self.stack = [inside]
        self.openers: list[Token] = []  # the token that opened each frame but the first
        self.lone_words: dict[str, array[int]] | None = None  # where the lines begin that are one word: see last_line
        self.last_lines: list[tuple[int, int] | None] = []  # of each heredoc in the stack, where it begins and ends
        self.tokens: list[Token] = []

    def run(self) -> None:
        """Scan the whole text."""
        if self.stack[0] is BODY:
            self.emit("NL_OR_COMMENT")
        self.go_on()
        if self.stack[0].newlines and tag_of(self.tokens[-1]) != "NL_OR_COMMENT":
            self.emit("NL_OR_COMMENT")
        self.emit(END)

    def value(self, pos: int, line: int, line_start: int, depth: int) -> list[Token]:
        """The tokens of the value at ``pos``, in ``depth`` blocks and brackets: up to a comma, a newline or a closer.

        They are those that it has in the whole text, which is what look-aheads see.  :raises Invalid: if it is wrong.
        """
        self.pos, self.line, self.line_start = pos, line, line_start
        self.end, self.floor = len(self.text), depth + 1
        self.stack, self.openers, self.last_lines, self.tokens = [*[BODY] * depth, VALUE], [], [], []
        self.go_on()
        self.emit(END)
        return self.tokens

    def go_on(self) -> None:
        """Scan to the end, in the manner of each frame."""
        while self.pos < self.end:
            frame = self.stack[-1]
            if frame is QUOTED:
                self.quoted()
            elif frame.text:
                self.verbatim(frame)
            else:
                self.code()
            if len(self.tokens) >= MAX_TOKENS:
                self.stop("File too large", f"There are more than {MAX_TOKENS} words, marks and stretches of text.")
        if self.openers:
            self.stop(self.stack[-1].unclosed, "What begins here is not closed before the end.", self.openers[-1])

    def emit(self, type: str, text: str = "") -> None:
        """A token that begins at the current position."""
        self.tokens.append((type, self.line, self.pos - self.line_start + 1, text))

    def advance(self, end: int) -> None:
        """Go to ``end``, over text that may hold newlines."""
        newlines = self.text.count("\n", self.pos, end)
        if newlines:
            self.line += newlines
            self.line_start = self.text.rindex("\n", self.pos, end) + 1
        self.pos = end

    def push(self, frame: Frame) -> None:
        """Enter what the last token opens."""
        if len(self.stack) > MAX_NESTING:
            self.stop("Nesting too deep", f"No more than {MAX_NESTING} brackets and templates may be open at once.")
        self.stack.append(frame)
        self.openers.append(self.tokens[-1])

    def pop(self) -> None:
        self.stack.pop()
        self.openers.pop()

    def stop(self, summary: str, detail: str, at: Token | None = None) -> NoReturn:
        line, column = place_of(at) if at else (self.line, self.pos - self.line_start + 1)
        raise Invalid(line, column, summary, detail)

    # -- code ----------------------------------------------------------------------------------

    def code(self) -> None:
        """Scan up to the next text of a template, or the end."""
        text, tokens, stack, structure = self.text, self.tokens, self.stack, self._structure
        line, line_start = self.line, self.line_start
        for found in islice(_CODE.finditer(text, self.pos), MAX_TOKENS - len(tokens)):  # none is more than one token
            kind = found.lastgroup or ""
            value = found[kind]
            pos = found.start()
            if kind == "OPERATOR":
                kind = OPERATORS[value]
                if kind == "EQ" and stack[-1] is BODY:
                    stack[-1] = VALUE
            elif kind == "NAME":
                if value in KEYWORDS and stack[-1] is not BODY and not _CALL.match(text, pos):
                    kind = KEYWORDS[value]
                elif not value.isascii():
                    self.pos, self.line, self.line_start = pos, line, line_start
                    self.check_name(value)
            elif kind in structure:
                self.pos, self.line, self.line_start = pos, line, line_start
                structure[kind](self, value, found.end())
                if stack[-1].text or self.pos == self.end:
                    return
                line, line_start = self.line, self.line_start
                continue
            tokens.append((kind, line, pos - line_start + 1, intern(value)))  # a repo repeats its words
        self.pos, self.line, self.line_start = found.end(), line, line_start

    def ends(self) -> bool:
        """Whether a value that is read alone ends here: then the scan does."""
        if len(self.stack) == self.floor:
            self.end = self.pos
        return self.end == self.pos

    def newline(self, value: str, end: int) -> None:
        frame = self.stack[-1]
        beside_star = frame is BRACKETS and self.beside_star(end)
        if self.stack[-2].newlines if beside_star else frame.newlines:
            if self.ends():
                return
            if tag_of(self.tokens[-1]) != "NL_OR_COMMENT":
                self.emit("NL_OR_COMMENT")
        if frame is VALUE:
            self.stack[-1] = BODY
        self.advance(end)

    def beside_star(self, end: int) -> bool:
        """Whether a newline up to ``end`` is within ``[*]``: to HCL it is then not yet, or no longer, in brackets."""
        last = tag_of(self.tokens[-1])
        return (last == "LSQB" and self.text.startswith("*", end)) or (
            last == "ASTERISK" and tag_of(self.tokens[-2]) == "LSQB"
        )

    def comma(self, value: str, end: int) -> None:
        if not self.ends():
            self.emit("COMMA", value)
            self.pos = end

    def number(self, value: str, end: int) -> None:
        self.emit("FLOAT_LITERAL" if "." in value else "INT_LITERAL", value)

    def blank(self, value: str, end: int) -> None:
        self.advance(end)

    def open(self, value: str, end: int) -> None:
        self.emit(OPERATORS[value], value)
        if value == "{":
            in_body = self.stack[-1] is BODY
            self.push(BODY if in_body else FOR_OBJECT if _FOR.match(self.text, end) else OBJECT)
        else:
            self.push(PARENTHESES if value == "(" else BRACKETS)
        self.pos = end

    def close(self, value: str, end: int) -> None:
        frame = self.stack[-1]
        if self.ends():
            return
        self.emit(OPERATORS[value], value)
        closes = value == frame.closer or (value == "~}" and frame is SEQUENCE)
        if not closes or not self.openers:
            # The parser has no use for this token either, and says what it would have liked instead.
            self.stop("Unexpected closing bracket", f'There is nothing open that "{value}" could close.')
        self.pop()
        self.pos = self.pos + len(value) if frame is SEQUENCE else end

    def open_quoted(self, value: str, end: int) -> None:
        self.emit("DBLQUOTE", value)
        self.push(QUOTED)
        self.pos += 1

    def open_heredoc(self, value: str, end: int) -> None:
        flush = value.startswith("<<-")
        self.emit("HEREDOC_TEMPLATE_TRIM" if flush else "HEREDOC_TEMPLATE", value)
        self.push(HEREDOC)
        self.advance(self.pos + len(value))
        self.last_lines.append(self.last_line())

    def check_name(self, name: str) -> None:
        """HCL's identifiers are those of Unicode, and hold dashes as well."""
        if not name.replace("-", "_").isidentifier():
            self.bad(next((c for c in name if not c.isidentifier() and not ("a" + c).isidentifier()), name), 0)

    def bad(self, value: str, end: int) -> None:
        if value in "&|^~":
            self.stop("Unsupported operator", "Bitwise operators are not supported.")
        if value == "'":
            self.stop("Invalid character", 'Single quotes are not valid. Use double quotes (") to enclose strings.')
        if value == "/":
            self.stop("Unterminated comment", 'There is no "*/" before the end of the file.')
        self.stop("Invalid character", f"The character {value!r} is not used within the language.")

    # (Not methods of one scanner: it would hold itself, and leave all of its tokens to Python's collector.)
    _structure: Final = {"OPEN": open, "CLOSE": close, "QUOTE": open_quoted, "HEREDOC": open_heredoc,
                         "NEWLINE": newline, "COMMA": comma, "NUMBER": number, "BLANK": blank, "BAD": bad}  # fmt: skip

    # -- the text of templates -----------------------------------------------------------------

    def quoted(self) -> None:
        text = self.text
        if found := _QUOTED_TEXT.match(text, self.pos):
            self.emit("STRING_CHARS", found[0])
            self.pos = found.end()
        if text.startswith('"', self.pos):
            self.emit("DBLQUOTE", '"')
            self.pop()
            self.pos += 1
        elif found := _SEQUENCE.match(text, self.pos):
            self.sequence(found[0])
        elif self.pos < len(text):
            detail = 'Quoted strings may not be split over multiple lines: use "\\n" or a heredoc.'
            self.stop("Invalid multi-line string", detail)

    def verbatim(self, frame: Frame) -> None:
        """The text of a heredoc or template file, up to the next sequence or the end."""
        end = self.heredoc_end() if frame is HEREDOC else len(self.text)
        found = next((m for m in _SEQUENCE.finditer(self.text, self.pos, end) if m["sequence"]), None)
        stop = found.start() if found else end
        if stray := _STRAY_RETURN.search(self.text, self.pos, stop):
            self.advance(stray.start())
            self.bad("\r", stop)
        if stop > self.pos:
            self.emit("STRING_CHARS", self.text[self.pos : stop])
            self.advance(stop)
        if found:
            self.sequence(found[0])
        elif frame is HEREDOC:
            self.emit("HEREDOC_END")
            self.pop()
            _, self.pos = self.last_lines.pop() or (0, 0)

    def heredoc_end(self) -> int:
        """Where the innermost heredoc's last line begins: the next that is one, if an interpolation held the last."""
        place = self.last_lines[-1]
        if place and place[0] < self.pos:
            place = self.last_lines[-1] = self.last_line()
        if place is None:
            self.stop(HEREDOC.unclosed, f'There is no line "{self.marker()}" to end it.', self.openers[-1])
        return place[0]

    def last_line(self) -> tuple[int, int] | None:
        """The next line that is the innermost heredoc's marker alone: where it begins, and where its newline does.

        All such lines are found in one pass, for whichever heredoc: many in one another would read the text as often.
        """
        if self.lone_words is None:
            self.lone_words = {}
            for found in _LONE_WORD.finditer(self.text):
                self.lone_words.setdefault(found["word"], array("q")).append(found.start() + 1)
        lines = self.lone_words.get(self.marker(), ())
        place = bisect_left(lines, self.pos)
        return (lines[place], self.text.index("\n", lines[place])) if place < len(lines) else None

    def marker(self) -> str:
        opener = text_of(self.openers[-1])
        return opener.removeprefix("<<").removeprefix("-").rstrip("\r\n")

    def sequence(self, opener: str) -> None:
        self.emit("INTERP_START" if opener[0] == "$" else "DIRECTIVE_START", opener)
        self.push(SEQUENCE)
        self.pos += len(opener)
