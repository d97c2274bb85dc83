"""What a start-up script does to Postfix' configuration after main.cf and master.cf have been put together.

docker-mailserver runs ``user-patches.sh`` last of all (``_setup_run_user_patches`` in its ``start-mailserver.sh``):
what the script sets wins.  Only what a reader of the script could tell is told; any other command that speaks of
``main.cf`` or ``postconf`` puts in doubt what it could change.  A command that speaks of neither is taken to leave
Postfix alone.

Sources: postconf(1); "Shell Grammar" in bash(1).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readers import Malformed
from readers.master_cf import ServiceOption, given_by_name
from readers.postfix import SPACE, Assignment, read_main_cf
from tfparse.diagnostics import Origin
from tfparse.values import HOLE, Line, Unknown, Value, string

_HEREDOC = re.compile(r"(?<!<)<<(?P<dash>-?)[ \t]*(?P<quote>['\"]?)(?P<word>\w+)(?P=quote)")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_ASSIGNED = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>.*)", re.DOTALL)
_OF_POSTFIX = re.compile(r"\bpostconf\b|(?<![\w-])main\.cf\b")
_OPENING = frozenset({"if", "for", "while", "until", "case", "select", "{", "("})
_CLOSING = frozenset({"fi", "done", "esac", "}", ")"})
_LEADING = frozenset(
    ["!", "command", "do", "elif", "else", "exec", "export", "local", "readonly", "sudo", "then", "time"]
)
_BETWEEN = re.compile(r"[;&|()]+")
_DOLLAR, _FILLED_IN = "\ue000", "\ue001"
"""Stand for a dollar sign that is one, and for what only the shell knows."""
_ONE_LINE = re.compile(r"(?:s[/|#,])?/?\^(\w+)(?:\\s|[ =\[])(?!.*(?:;|\\n|\n))")
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

    def doubt(self, name: str | None) -> Assignment:
        """That it may set a parameter, or any."""
        why = self.unknown or Unknown(f"the start-up script may change it by: {self.text}", self.origin)
        return Assignment(name, HOLE, self.origin, why)


def main_cf_changes(script: Value) -> tuple[Assignment, ...]:
    """What a start-up script makes of the parameters of main.cf, in order.

    A command that may not be reached, and one whose effect is not known, gives an assignment that is not known.
    """
    return tuple(change for command in _commands(script) for change in _changes(command))


def _changes(command: Command) -> Iterator[Assignment]:
    written = [how for how, target in command.into if target.rpartition("/")[2] == "main.cf"]
    if written:
        yield from _written(command, appended=all(how == ">>" for how in written))
    elif command.name == "postconf":
        yield from _by_postconf(command)
    elif command.name.startswith(HOLE) or (_OF_POSTFIX.search(" ".join(command.words)) and not _only_reads(command)):
        named = _named_by_sed(command)
        yield from (command.doubt(name) for name in named)
        if not named:
            yield command.doubt(None)


def _named_by_sed(command: Command) -> list[str]:
    """The parameters that ``sed -i`` changes, where each of its commands is for one that it names: ``/^name =/d``,
    ``s/^name *=.*/.../`` to one line."""
    if command.name != "sed" or any(re.match(r"-(?![iEre]$)", word) for word in command.words):
        return []
    scripts = [word for word in command.words[1:] if not word.startswith("-") and not word.endswith("main.cf")]
    found = [_ONE_LINE.match(script) for script in scripts]
    return [one[1] for one in found if one] if all(found) else []


def _only_reads(command: Command) -> bool:
    if command.name == "sed":
        return not any(re.match(r"-\w*i|--in-place", word) for word in command.words)
    if command.name == "cp":
        return not command.words[-1].endswith("main.cf")
    return command.name in _READERS


def _written(command: Command, *, appended: bool) -> Iterator[Assignment]:
    if command.fed and command.name in ("cat", "tee"):
        text = "".join(f"{line.text}\n" for line in command.fed)
        hidden = next((line.unknown for line in command.fed if line.unknown), None)
    elif command.name == "echo" and not any(word.startswith("-") for word in command.words[1:]):
        text, hidden = " ".join(command.words[1:]), command.unknown
    else:
        text, hidden = "", command.unknown or Unknown("", None)
    if not appended or hidden is not None:
        yield command.doubt(None)
        return
    try:
        assignments = read_main_cf(string(text, command.origin)).assignments
    except Malformed:
        yield command.doubt(None)
        return
    yield from (_settled(command, a.name, a.text) for a in assignments)


def _by_postconf(command: Command) -> Iterator[Assignment]:
    """``postconf [-e] name=value ...`` sets, ``-X`` and ``-#`` take away, ``-P``, ``-M`` and ``-F`` are master.cf's."""
    options, arguments = _split(command.words[1:])
    if re.search("[PMF]", options):
        return
    for argument in arguments:
        name, sign, value = argument.partition("=")
        name = name.strip(SPACE)
        if re.search("[X#]", options):
            yield command.doubt(name if _is_plain(name) else None)
        elif sign and _is_plain(name):
            yield _settled(command, name, value.strip(SPACE))
        elif sign or not _is_plain(argument):
            yield command.doubt(None)


def _settled(command: Command, name: str | None, value: str) -> Assignment:
    if not _is_plain(value) or name is None:
        return command.doubt(name)
    doubt = None if command.certain else command.doubt(name).unknown
    return Assignment(name, value, command.origin, doubt)


def _is_plain(text: str) -> bool:
    """Whether all of a text is known, to us and without running the shell."""
    return HOLE not in text and _FILLED_IN not in text


def _split(words: Sequence[str]) -> tuple[str, list[str]]:
    """The letters of postconf's options, and its arguments; ``-c DIR`` and ``-o NAME=VALUE`` take one more word."""
    options, arguments, remaining = "", [], iter(words)
    for word in remaining:
        if not re.fullmatch(r"-[A-Za-z#]+", word):
            arguments.append(word)
        elif word[-1] in "co":
            next(remaining, None)
        else:
            options += word[1:]
    return options, arguments


# -- master.cf ------------------------------------------------------------------------------------


def options_by_postconf(script: Value, parameter: str) -> Iterator[ServiceOption]:
    """What ``postconf -P service/type/parameter=value`` gives single services.

    Of another edit of master.cf that names the parameter it is not known which service gets what.
    """
    for command in _commands(script):
        options, arguments = _split(command.words[1:]) if command.name == "postconf" else ("", [])
        if "P" in options:
            for argument in arguments:
                for option in given_by_name(argument, parameter, command.origin):
                    yield option if command.certain and _is_plain(argument) else option.in_doubt()
        elif parameter in command.text and not command.fed and not _only_reads(command) and (
            "master.cf" in command.text or re.search("[MF]", options)
        ):
            yield ServiceOption("a service", parameter, None, command.origin)


# -- the shell ------------------------------------------------------------------------------------


def _commands(script: Value) -> Iterator[Command]:
    """The simple commands, in order.  Where a quote does not end on its line the whole line is one command."""
    variables: dict[str, str] = {}
    depth, conditional = 0, False
    lines = script.lines()
    at = 0
    while at < len(lines):
        line, fed, at = _line(lines, at)
        for words, ended in _simple(line.text):
            depth += _depth(words)
            command = _command(words, line, fed, depth == 0 and not conditional, variables)
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
    """A here-document's lines, and where it ends; where its word is not quoted the shell fills in what ``$`` names."""
    found: list[Line] = []
    for index in range(at, len(lines)):
        line = lines[index]
        text = line.text.lstrip("\t") if start["dash"] else line.text
        if text == start["word"]:
            return tuple(found), index + 1
        filled = not start["quote"] and re.search(r"[$`\\]", text)
        why = line.unknown or (Unknown(f"the shell fills in: {text.strip()}", line.origin) if filled else None)
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


def _guarded(text: str) -> str:
    """The text with another sign for each ``$`` that the shell leaves alone: in single quotes, or escaped."""
    quoted, out = "", []
    for at, character in enumerate(text):
        if character in "'\"" and quoted in ("", character) and text[at - 1 : at] != "\\":
            quoted = "" if quoted else character
        kept = character == "$" and (quoted == "'" or text[at - 1 : at] == "\\")
        out.append(_DOLLAR if kept else character)
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
    assigned = _ASSIGNED.fullmatch(command.words[0]) if len(command.words) == 1 else None
    if assigned is not None:
        variables[assigned["name"]] = assigned["value"] if command.certain else _FILLED_IN


def _expanded(word: str, variables: dict[str, str]) -> str:
    """A word with the variables that the script sets; what else the shell would put there is marked."""
    known = _VARIABLE.sub(lambda found: variables.get(found[1] or found[2], found[0]), word)
    return _FILLED_IN.join(re.split(r"\$\([^)]*\)?|\$\{[^}]*\}?|\$\w+|\$$|`[^`]*`?", known)).replace(_DOLLAR, "$")
