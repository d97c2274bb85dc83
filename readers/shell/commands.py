"""Shell scripts, as far as a reader of one could tell what its commands do to a file.

Sources: "Shell Grammar" and "Here Documents" in bash(1).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tfparse.cty.values import HOLE, Line, Unknown, Value
from tfparse.diagnostics import Origin

_HEREDOC = re.compile(r"(?<!<)<<(?P<dash>-?)[ \t]*(?P<quote>['\"]?)(?P<word>\w+)(?P=quote)")
_SUBSTITUTION = re.compile(r"\$\(([^)]*)|`([^`]*)")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_ASSIGNED = re.compile(r"""(?P<name>[A-Za-z_]\w*)=(?P<value>[^"'`]*)""")
_OPENING = frozenset({"if", "for", "while", "until", "case", "select", "{", "("})
_CLOSING = frozenset({"fi", "done", "esac", "}", ")"})
_LEADING = frozenset(
    ["!", "command", "do", "elif", "else", "exec", "export", "local", "readonly", "sudo", "then", "time"]
)
_BETWEEN = re.compile(r"[;&|()]+")
_DOLLAR, _HASH, _FILLED_IN = "\ue000", "\ue001", "\ue002"
"""Stand for a dollar sign and a hash that are just that, and for what only the shell knows."""
_READERS = frozenset({
    "[", "[[", "cat", "cd", "chmod", "chown", "cmp", "diff", "echo", "egrep", "fgrep", "grep", "head", "ls", "postmap",
    "printf", "stat", "tail", "test", "touch", "wc",
})  # fmt: skip
"""Commands that leave the files they name as they are; what they print may still be sent into one."""



@dataclass(frozen=True, slots=True)
class Command:
    """A simple command: ``words`` without its redirections, whose targets are ``into``; ``fed`` are the lines of its
    here-document.  ``certain`` unless it stands in a loop, a branch or a function, or behind ``&&`` or ``||``."""

    words: tuple[str, ...]
    into: tuple[tuple[str, str], ...]
    fed: tuple[Line, ...]
    certain: bool
    text: str
    origin: Origin | None
    unknown: Unknown | None

    @property
    def name(self) -> str:
        return self.words[0].rpartition("/")[2] if self.words else ""

    @property
    def assigned(self) -> re.Match[str] | None:
        """The ``name`` and ``value`` where it does nothing but set a variable."""
        return _ASSIGNED.fullmatch(self.words[0]) if len(self.words) == 1 else None

    def only_reads(self, file: str) -> bool:
        """Whether it leaves a file of that name as it is; where its output goes is another question (``into``)."""
        if self.assigned is not None:
            return True
        if self.name == "sed":
            return not any(re.match(r"-\w*i|--in-place", word) for word in self.words)
        if self.name == "cp":
            return not self.words[-1].endswith(file)
        return self.name in _READERS

    @property
    def document(self) -> tuple[Line, ...] | None:
        """The text that it copies to where it writes; None where only running it would tell."""
        return self.fed if self.fed and self.name in ("cat", "tee") else None


def is_plain(text: str) -> bool:
    """Whether all of a text is known, to us and without running the shell."""
    return HOLE not in text and _FILLED_IN not in text


def commands(script: Value) -> Iterator[Command]:
    """The simple commands, in order.  Where a quote does not end on its line the whole line is one command."""
    variables: dict[str, str] = {}
    depth, conditional = 0, False
    lines = script.lines()
    at = 0
    while at < len(lines):
        line, fed, at = _line(lines, at)
        for words, ended in _simple(line.text):
            depth += _depth(words)
            certain = depth == 0 and not conditional
            for inner in _substituted(words):
                yield from (_command(own, line, (), certain, variables) for own, _ in _simple(inner))
            command = _command(words, line, fed, certain, variables)
            conditional = ended in ("&&", "||") or (conditional and (ended == "|" or not words))
            _remember(command, variables)
            yield command


def _line(lines: Sequence[Line], at: int) -> tuple[Line, tuple[Line, ...], int]:
    """A line with those that continue it, its here-document, and where the next one stands."""
    line, at = lines[at], at + 1
    start = None if line.text.lstrip().startswith("#") else _HEREDOC.search(line.text)
    document, end = _document(lines, at, start) if start else ((), None)
    if start is not None and end is not None:
        return line._replace(text=line.text[: start.start()] + line.text[start.end() :]), document, end
    while line.text.endswith("\\") and at < len(lines):
        more, at = lines[at], at + 1
        line = line._replace(text=line.text.removesuffix("\\") + more.text, unknown=line.unknown or more.unknown)
    return line, (), at


def _document(lines: Sequence[Line], at: int, start: re.Match[str]) -> tuple[tuple[Line, ...], int | None]:
    """A here-document's lines, and where it ends.  Where its word is not quoted the shell joins lines that end in a
    backslash, and fills in what ``$`` names."""
    found: list[Line] = []
    goes_on = False
    for index in range(at, len(lines)):
        line = lines[index]
        text = line.text.lstrip("\t") if start["dash"] else line.text
        if text == start["word"]:
            return tuple(found), index + 1
        ended, why = goes_on, line.unknown
        goes_on = not start["quote"] and text.endswith("\\")
        text = text[:-1] if goes_on else text
        if not start["quote"] and re.search(r"[$`\\]", text):
            why = why or Unknown(f"the shell fills in: {text.strip()}", line.origin)
        if ended:
            text, why, line = found[-1].text + text, found[-1].unknown or why, found.pop()
        found.append(line._replace(text=text, unknown=why))
    return (), None


def _depth(words: Sequence[str]) -> int:
    """How much deeper the words lead into branches, loops and functions."""
    return sum(word in _OPENING for word in words[:1]) - sum(word in _CLOSING for word in words[:1])


def _simple(text: str) -> Iterator[tuple[list[str], str]]:
    """The words of each simple command of a line, and what ends it."""
    lexer = shlex.shlex(_guarded(text), posix=True, punctuation_chars="();&|<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    try:
        for word in lexer:
            if word.startswith("#"):
                break
            if not _BETWEEN.fullmatch(word):
                words.append(word)
                continue
            yield words, word
            words = []
    except ValueError:
        words = [text.strip()]
    yield words, ""


def _substituted(words: Sequence[str]) -> Iterator[str]:
    """What the shell runs to fill in a word that is quoted; of one that is not, the words stand by themselves."""
    for word in words:
        for found in _SUBSTITUTION.finditer(word):
            yield found[1] or found[2] or ""


def _guarded(text: str) -> str:
    """The text with other signs for each ``$`` and ``#`` that the shell leaves alone: in quotes, or escaped."""
    quoted, out = "", []
    for at, character in enumerate(text):
        escaped = text[at - 1 : at] == "\\"
        if character in "'\"" and quoted in ("", character) and not escaped:
            quoted = "" if quoted else character
        dollar = character == "$" and (quoted == "'" or escaped)
        out.append(_DOLLAR if dollar else _HASH if character == "#" and (quoted or escaped) else character)
    return "".join(out)


def _command(
    words: Sequence[str], line: Line, fed: tuple[Line, ...], certain: bool, variables: dict[str, str]
) -> Command:
    plain: list[str] = []
    into: list[tuple[str, str]] = []
    remaining = iter(words)
    for word in remaining:
        if re.fullmatch("[<>]+", word):
            target = _expanded(next(remaining, ""), variables)
            into += [(word, target)] if word.startswith(">") else []
        elif plain or word not in _LEADING | _OPENING:
            plain.append(_expanded(word, variables))
    if plain[:1] == ["tee"]:
        into += [(">>" if "-a" in plain else ">", word) for word in plain[1:] if not word.startswith("-")]
    return Command(tuple(plain), tuple(into), fed, certain, line.text.strip(), line.origin, line.unknown)


def _remember(command: Command, variables: dict[str, str]) -> None:
    assigned = command.assigned
    if assigned is not None:
        variables[assigned["name"]] = assigned["value"] if command.certain else _FILLED_IN


def _expanded(word: str, variables: dict[str, str]) -> str:
    """A word with the variables that the script sets; what else the shell would put there is marked."""
    known = _VARIABLE.sub(lambda found: variables.get(found[1] or found[2], found[0]), word)
    told = _FILLED_IN.join(re.split(r"\$\([^)]*\)?|\$\{[^}]*\}?|\$\w+|\$$|`[^`]*`?", known))
    return told.replace(_DOLLAR, "$").replace(_HASH, "#")
