"""Commands that are built into the shell.

Source: SHELL BUILTIN COMMANDS in bash(1).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from readers.shell import harmless
from readers.shell.arithmetic import evaluate
from readers.shell.conditions import tested
from readers.shell.leave import Leave
from readers.shell.printing import echoed, formatted
from readers.shell.process import Call, Process
from readers.shell.text import MANY, as_text, is_known
from tfparse.cty.numbers import whole
from tfparse.cty.values import HOLE
from tfparse.patterns import pattern

Builtin = Callable[[Process, Call], None]
_SIGNALS = pattern(r"(?:SIG)?([A-Z]+\d*)|(\d+)")
_NAME = pattern(r"[A-Za-z_]\w*", re.ASCII)


def _echo(shell: Process, call: Call) -> None:
    shell.print(echoed(call.arguments, shell.dialect), call.blame)
    shell.ended(True)


def _printf(shell: Process, call: Call) -> None:
    arguments = call.arguments[call.arguments[:1] == ["--"] :]
    shell.ended(True)
    if arguments[:1] == ["-v"] and len(arguments) > 2:
        _set(shell, arguments[1], formatted(arguments[2:]), call)
    else:
        shell.print(formatted(arguments), call.blame)


def _set(shell: Process, name: str, text: str, call: Call) -> None:
    """Set a variable whose name a command is given."""
    if not _NAME.fullmatch(name):
        shell.give_up(call.start)
    shell.set_variable(name, as_text(text), call.start)


def _true(shell: Process, call: Call) -> None:
    shell.ended(True)


def _false(shell: Process, call: Call) -> None:
    shell.ended(False)


def _exit(shell: Process, call: Call) -> None:
    status = call.arguments[0] if call.arguments else ""
    if call.name == "return" and not shell.returnable:
        shell.ended(False)  # bash refuses it outside of functions and sourced files
        return
    if status:
        shell.ended(status == "0" if is_known(status) else None)
    raise Leave(call.name)


def _break(shell: Process, call: Call) -> None:
    levels = call.arguments[0] if call.arguments else "1"
    if not levels.isdecimal() or not whole(levels) or not shell.loops:
        shell.give_up(call.start)
    raise Leave(call.name, min(whole(levels), shell.loops))


def _cd(shell: Process, call: Call) -> None:
    targets = [one for one in call.arguments if one not in ("-P", "-L", "--")]
    target = targets[0] if targets else shell.state.text_of("HOME") or HOLE
    if call.name == "popd" or target == "-" or len(targets) > 1 or shell.state.text_of("CDPATH"):
        target = HOLE
    path = shell.state.path(target)
    shell.state.cwd = path if is_known(path) else HOLE
    shell.ended(True if path in ("/", "/tmp", "/etc") or shell.files.is_directory(path) else None)


def _set_options(shell: Process, call: Call) -> None:
    arguments, options = list(call.arguments), set(shell.state.options)
    if not arguments:
        return
    while arguments and re.match(r"[-+].", arguments[0]) and arguments[0] != "--":
        word = arguments.pop(0)
        if word.endswith("o"):
            word, name = word[:-1], arguments.pop(0) if arguments else ""
        else:
            name = ""
        names = [harmless.SHELL_OPTIONS.get(letter, letter) for letter in word[1:]] + ([name] if name else [])
        if not set(names) <= harmless.KNOWN_SHELL_OPTIONS:
            shell.give_up(call.start)
        options = options | set(names) if word[0] == "-" else options - set(names)
    shell.state.options = frozenset(options)
    if arguments:
        shell.state.arguments = tuple(arguments[arguments[0] in ("--", "-") :])
    shell.ended(True)


def _shift(shell: Process, call: Call) -> None:
    number = call.arguments[0] if call.arguments else "1"
    given = shell.state.arguments
    known = number.isdecimal() and MANY not in "".join(given)
    shell.state.arguments = given[whole(number) :] if known else (MANY,)
    shell.ended(whole(number) <= len(given) if known else None)


def _declare(shell: Process, call: Call) -> None:
    state = shell.state
    options = "".join(word[1:] for word in call.arguments if re.match(r"-[a-zA-Z]", word))
    if ("n" in options and call.name != "export") or "f" in options:
        shell.give_up(call.start)
    for word in call.arguments:
        name, sign, value = as_text(word).partition("=")
        if word.startswith(("-", "+")):
            continue
        if not _NAME.fullmatch(name.removesuffix("+")):
            shell.give_up(call.start)
        if shell.returnable and call.name in ("local", "declare", "typeset"):
            state.locals |= {name}
        if sign or call.name == "local":
            plain = sign and not name.endswith("+") and not set(options) & set("aAilu")
            _set(shell, name.removesuffix("+"), value if plain else HOLE, call)
        state.exported |= {name} if call.name == "export" or "x" in options else set()
        state.readonly |= {name} if call.name == "readonly" or "r" in options else set()
    shell.ended(True)


def _unset(shell: Process, call: Call) -> None:
    for name in call.arguments:
        if "-f" in call.arguments:
            shell.state.functions.pop(name, None)
        elif not name.startswith("-"):
            _set(shell, name.partition("[")[0], HOLE, call)
    shell.ended(True)


def _read(shell: Process, call: Call) -> None:
    arguments, names, plain = list(call.arguments), list[str](), True
    while arguments:
        word = arguments.pop(0)
        if word.startswith("-") and len(word) > 1:
            plain &= set(word[1:]) <= set("rps")
            if word[-1] in "adinNptu":
                names += arguments[:1] if word[-1] == "a" else []
                del arguments[:1]
        else:
            names.append(word)
    text = shell.state.input
    names = names or ["REPLY"]
    separators = shell.state.text_of("IFS")
    if not plain or not is_known(text) or "\\" in text or separators not in (None, "", " \t\n"):
        for name in names:
            _set(shell, name, HOLE, call)
        shell.state.input = HOLE
        shell.ended(None)
        return
    line, newline, shell.state.input = text.partition("\n")
    words = [line] if separators == "" else line.strip(" \t").split(None, len(names) - 1)
    for at, name in enumerate(names):
        _set(shell, name, words[at] if at < len(words) else "", call)
    shell.ended(bool(newline))


def _read_array(shell: Process, call: Call) -> None:
    names = [word for word in call.arguments if _NAME.fullmatch(word)]
    _set(shell, names[-1] if names else "MAPFILE", HOLE, call)
    shell.ended(True)


def _eval(shell: Process, call: Call) -> None:
    shell.ended(True)
    shell.text(" ".join(call.arguments[call.arguments[:1] == ["--"] :]), call.start)


def _source(shell: Process, call: Call) -> None:
    arguments = call.arguments[call.arguments[:1] == ["--"] :]
    if not arguments or (call.name == "source" and shell.dialect != "bash"):
        shell.give_up(call.start)
    path = shell.state.path(arguments[0])
    if path.startswith(harmless.SOURCED):
        shell.state.forget_variables()
        shell.ended(None)
        return
    text = shell.files.content(path) if "/" in arguments[0] else None
    if text is None:
        shell.give_up(call.start)
    outer = shell.state.arguments
    shell.state.arguments = tuple(arguments[1:]) or outer
    shell.returnable += 1
    shell.framed(lambda: shell.text(text or "", call.start, shell.files.source(path, shell.source.may)), "return")
    shell.returnable -= 1
    shell.state.arguments = outer


def _trap(shell: Process, call: Call) -> None:
    arguments = [one for one in call.arguments if one != "--"]
    shell.ended(True)
    if not arguments or arguments[0] in ("-p", "-l"):
        return
    text, *signals = arguments
    if not signals or not all(_SIGNALS.fullmatch(signal) for signal in signals):
        shell.give_up(call.start)
    for signal in signals:
        name = "EXIT" if signal == "0" else signal.removeprefix("SIG")
        shell.state.traps.pop(name, None)
        if text not in ("-", ""):
            shell.state.traps[name] = (text, call.start)
            if not is_known(text):
                shell.give_up(call.start)


def _exec(shell: Process, call: Call) -> None:
    if call.arguments[0].startswith("-"):
        shell.give_up(call.start)
    shell.program(call.arguments, call.start, call.blame)
    raise Leave("exit")


def _command(shell: Process, call: Call) -> None:
    arguments = list(call.arguments)
    while arguments and arguments[0].startswith("-"):
        if set(arguments[0]) & set("vV"):
            shell.print(HOLE, call.blame)
            shell.ended(None, asked=True)
            return
        arguments.pop(0)
    if not arguments or not is_known(arguments[0]):
        shell.give_up(call.start)
    if arguments[0] in BUILTINS:
        BUILTINS[arguments[0]](shell, Call(arguments[0], arguments[1:], call.start, call.blame))
    else:
        shell.program(arguments, call.start, call.blame)


def _test(shell: Process, call: Call) -> None:
    fields = call.arguments[:-1] if call.name == "[" else call.arguments
    shell.ended(tested(fields, shell.files), asked=True)


def _let(shell: Process, call: Call) -> None:
    value = [evaluate(as_text(expression), shell.state) for expression in call.arguments][-1:] or [HOLE]
    shell.ended(value[0] != "0" if is_known(value[0]) else None, asked=True)


def _getopts(shell: Process, call: Call) -> None:
    for name in (*call.arguments[1:2], "OPTARG", "OPTIND"):
        _set(shell, name, HOLE, call)
    shell.ended(None)


def _shopt(shell: Process, call: Call) -> None:
    names = {word for word in call.arguments if not word.startswith("-")}
    if "-s" in call.arguments and not names <= harmless.SHOPT:
        shell.give_up(call.start)
    shell.ended(None)


def _alias(shell: Process, call: Call) -> None:
    # bash expands aliases in scripts only with shopt -s expand_aliases, which is not listed as harmless.
    if shell.dialect != "bash":
        shell.give_up(call.start)
    shell.ended(True)


def _wait(shell: Process, call: Call) -> None:
    shell.wait()
    shell.ended(None if call.arguments else True)


def _give_up(shell: Process, call: Call) -> None:
    shell.give_up(call.start)


def _nothing(shell: Process, call: Call) -> None:
    shell.print(HOLE, call.blame)
    shell.ended(None)


BUILTINS: dict[str, Builtin] = {
    ":": _true, "true": _true, "false": _false, "echo": _echo, "printf": _printf, "exit": _exit, "return": _exit,
    "break": _break, "continue": _break, "cd": _cd, "pushd": _cd, "popd": _cd, "set": _set_options, "shift": _shift,
    "declare": _declare, "typeset": _declare, "local": _declare, "export": _declare, "readonly": _declare,
    "unset": _unset, "read": _read, "mapfile": _read_array, "readarray": _read_array, "eval": _eval, ".": _source,
    "source": _source, "trap": _trap, "exec": _exec, "command": _command, "builtin": _command, "test": _test,
    "[": _test, "let": _let, "getopts": _getopts, "shopt": _shopt, "alias": _alias, "unalias": _true, "wait": _wait,
    "enable": _give_up, "hash": _nothing, "type": _nothing, "umask": _nothing, "ulimit": _nothing, "times": _nothing,
    "jobs": _nothing, "disown": _nothing, "kill": _nothing, "pwd": _nothing, "dirs": _nothing, "history": _nothing,
    "caller": _nothing, "suspend": _give_up, "bind": _give_up, "compgen": _nothing, "complete": _nothing,
}  # fmt: skip
