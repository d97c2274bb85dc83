"""What a start-up script does to Postfix' configuration after main.cf and master.cf have been put together.

docker-mailserver runs ``user-patches.sh`` last of all (``_setup_run_user_patches`` in its ``start-mailserver.sh``):
what the script sets wins.  Only what a reader of the script could tell is told; any other command that speaks of
``main.cf`` or ``postconf`` puts in doubt what it could change.  A command that speaks of neither is taken to leave
Postfix alone.

Source: postconf(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from readers import Malformed
from readers.postfix.main_cf import SPACE, Assignment, read_main_cf
from readers.postfix.master_cf import ServiceOption, given_by_name
from readers.shell.commands import Command, commands, is_plain
from tfparse.cty.values import HOLE, Unknown, Value, string

_OF_POSTFIX = re.compile(r"\bpostconf\b|(?<![\w-])main\.cf\b")
_ONE_LINE = re.compile(r"(?:s[/|#,])?/?\^(\w+)(?:\\s|[ =\[])(?!.*(?:;|\\n|\n))")

def main_cf_changes(script: Value) -> tuple[Assignment, ...]:
    """What a start-up script makes of the parameters of main.cf, in order.

    A command that may not be reached, and one whose effect is not known, gives an assignment that is not known.
    """
    return tuple(change for command in commands(script) for change in _changes(command))


def _changes(command: Command) -> Iterator[Assignment]:
    written = [how for how, target in command.into if target.rpartition("/")[2] == "main.cf"]
    if written:
        yield from _written(command, appended=all(how == ">>" for how in written))
    elif command.name == "postconf":
        yield from _by_postconf(command)
    elif command.name.startswith(HOLE) or (
        _OF_POSTFIX.search(" ".join(command.words)) and not command.only_reads("main.cf")
    ):
        named = _named_by_sed(command)
        yield from (_doubt(command, name) for name in named)
        if not named:
            yield _doubt(command, None)


def _doubt(command: Command, name: str | None) -> Assignment:
    """That a command may set a parameter, or any."""
    why = command.unknown or Unknown(f"the start-up script may change it by: {command.text}", command.origin)
    return Assignment(name, HOLE, command.origin, why)


def _named_by_sed(command: Command) -> list[str]:
    """The parameters that ``sed -i`` changes, where each of its commands is for one that it names: ``/^name =/d``,
    ``s/^name *=.*/.../`` to one line."""
    if command.name != "sed" or any(re.match(r"-(?![iEre]$)", word) for word in command.words):
        return []
    scripts = [word for word in command.words[1:] if not word.startswith("-") and not word.endswith("main.cf")]
    found = [_ONE_LINE.match(script) for script in scripts]
    return [one[1] for one in found if one] if all(found) else []


def _written(command: Command, *, appended: bool) -> Iterator[Assignment]:
    document = command.document
    if document is not None:
        text = "".join(f"{line.text}\n" for line in document)
        hidden = next((line.unknown for line in document if line.unknown), None)
    elif command.name == "echo" and not any(word.startswith("-") for word in command.words[1:]):
        text, hidden = " ".join(command.words[1:]), command.unknown
    else:
        text, hidden = "", command.unknown or Unknown("", None)
    if not appended or hidden is not None:
        yield _doubt(command, None)
        return
    try:
        assignments = read_main_cf(string(text, command.origin)).assignments
    except Malformed:
        yield _doubt(command, None)
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
            yield _doubt(command, name if is_plain(name) else None)
        elif sign and is_plain(name):
            yield _settled(command, name, value.strip(SPACE))
        elif sign or not is_plain(argument):
            yield _doubt(command, None)


def _settled(command: Command, name: str | None, value: str) -> Assignment:
    if not is_plain(value) or name is None:
        return _doubt(command, name)
    doubt = None if command.certain else _doubt(command, name).unknown
    return Assignment(name, value, command.origin, doubt)


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
    for command in commands(script):
        options, arguments = _split(command.words[1:]) if command.name == "postconf" else ("", [])
        if "P" in options:
            for argument in arguments:
                for option in given_by_name(argument, parameter, command.origin):
                    yield option if command.certain and is_plain(argument) else option.in_doubt()
        elif parameter in command.text and not command.fed and not command.only_reads("master.cf") and (
            "master.cf" in command.text or re.search("[MF]", options)
        ):
            yield ServiceOption("a service", parameter, None, command.origin)
