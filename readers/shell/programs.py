"""What programs do: those that run others or text, those that answer, and those that are listed as harmless.

Sources: bash(1), env(1), xargs(1), find(1), grep(1), crontab(1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from readers.shell import copying, harmless, sed
from readers.shell.process import Call, Process, Program
from readers.shell.regex import as_python
from readers.shell.source import Source, within
from readers.shell.supervisor import supervisorctl
from readers.shell.text import MANY, STAR, as_text, is_known
from tfparse.cty.values import HOLE
from tfparse.patterns import pattern

_WRAPPERS: Mapping[str, tuple[str, int]] = {
    "sudo": ("ugCpr", 0), "doas": ("u", 0), "nice": ("n", 0), "nohup": ("", 0), "ionice": ("cnp", 0),
    "timeout": ("sk", 1), "setsid": ("", 0), "stdbuf": ("ioe", 0), "time": ("fo", 0), "gosu": ("", 1),
    "su-exec": ("", 1), "flock": ("wE", 1), "chrt": ("", 1),
}  # fmt: skip
"""Programs that run another: their options with a value, and how many operands stand before the command."""
_CLEARING = frozenset(["sudo", "doas"])
"""They give a program an environment of their own (sudo(8), doas(1))."""
_PERL_EDIT = pattern(r"s([/|#,!])(?:(?!\1)[^\\@]|\\.)*\1(?:(?!\1)[^\\@]|\\.)*\1[gimsx]*;?")
_AWK_RUNS = pattern(r"system|getline|\||>|@")


def anything(shell: Process, call: Call) -> None:
    """A program of which nothing is known; a script, if its text is."""
    path = call.name if "/" in call.name else ""
    source = script_at(shell, path, call.start) if path else None
    dialect = _dialect(source.text) if source else None
    if source is None or dialect is None:
        shell.files.disturb_all(call.blame)
        shell.ended(None)
    else:
        run_shell(shell, source, dialect, call.arguments)


def script_at(shell: Process, path: str, start: int) -> Source | None:
    """The script at a path, whether it is mounted or was written; None where its text is not known."""
    mounted = shell.files.source(path, shell.source.may)
    if mounted is not None:
        return mounted
    text = shell.files.content(path)
    return None if text is None or not is_known(text) else within(text, shell.source, start)


def _dialect(text: str) -> str | None:
    """Which shell a script is for; None where it is for another program."""
    found = re.match(r"#![ \t]*(?:/usr)?/bin/(?:env[ \t]+)?(bash|sh|dash)[ \t]*(?=\n|$)", text)
    if found is None:
        return None if text.startswith("#!") else "bash"
    return "bash" if found[1] == "bash" else "sh"


def run_shell(shell: Process, source: Source, dialect: str, arguments: list[str], options: str = "") -> None:
    """Run a script in a shell of its own, which knows what is exported."""
    inner = shell.inner(source, dialect)
    state = inner.state
    state.variables = state.exports()
    state.functions, state.readonly, state.arguments = {}, frozenset(), tuple(arguments)
    state.options = frozenset(harmless.SHELL_OPTIONS[letter] for letter in options if letter in harmless.SHELL_OPTIONS)
    inner.process(inner.script)
    shell.commands = inner.commands
    shell.state.keep_files_of(state)


def interpreter(shell: Process, call: Call) -> None:
    """bash, sh and dash: with ``-c``, a file, or what they are fed."""
    words, letters, text = list(call.arguments), "", None
    while words and re.match(r"[-+].", words[0]) and words[0] != "--":
        word = words.pop(0)
        if word in ("--login", "--noprofile", "--norc", "--verbose"):
            continue
        letters += word[1:] if word[0] == "-" else ""
        if "o" in word and words:
            letters += "" if words.pop(0) in harmless.KNOWN_SHELL_OPTIONS else "?"
    del words[: words[:1] == ["--"]]
    if "c" in letters and words:
        text = words.pop(0)
        source = within(text, shell.source, call.start) if is_known(text) else None
        words = words[1:]
    elif words and "s" not in letters:
        source = script_at(shell, words.pop(0), call.start)
    else:
        source = within(shell.state.input, shell.source, call.start) if is_known(shell.state.input) else None
    if source is None or not set(letters) <= set("ceuxvlsoEi"):
        shell.files.disturb_all(call.blame)
        shell.ended(None)
        return
    run_shell(shell, source, "bash" if call.name == "bash" else "sh", words, letters)


# -- programs that run programs -------------------------------------------------------------------


def env(shell: Process, call: Call) -> None:
    """env: a program with other variables."""
    state, words = shell.state, list(call.arguments)
    before = dict(state.variables), state.exported, state.environment
    while words:
        if found := re.fullmatch(r"([A-Za-z_]\w*)=(.*)", words[0], re.DOTALL):
            shell.set_variable(found[1], as_text(found[2]), call.start)
            shell.state.exported |= {found[1]}
        elif words[0] in ("-i", "-", "--ignore-environment"):
            shell.state.forget_variables()
        elif words[0] in ("-0", "--"):
            pass
        elif words[0] in ("-u", "-C") and len(words) > 1:
            shell.set_variable(words[1] if words[0] == "-u" else "_", HOLE, call.start)
            words.pop(0)
        else:
            break
        words.pop(0)
    if words and (words[0].startswith("-") or MANY in words[0] or "-C" in call.arguments):
        shell.give_up(call.start)
    if words:
        shell.program(words, call.start, call.blame)
    else:
        shell.print(HOLE, call.blame)
    state.variables, state.exported, state.environment = before


def wrapper(shell: Process, call: Call) -> None:
    """A program that runs another, and changes nothing of what that does to files."""
    with_value, operands = _WRAPPERS[call.name]
    words = list(call.arguments)
    while words and re.match(r"-.", words[0]):
        word = words.pop(0)
        if word[-1] in with_value and not word.startswith("--"):
            del words[:1]
    while words and re.fullmatch(r"[A-Za-z_]\w*=.*", words[0], re.DOTALL):
        words.pop(0)
    del words[:operands]
    variables, environment = dict(shell.state.variables), shell.state.environment
    if call.name in _CLEARING:
        shell.state.forget_variables()
    if not words or words[0].startswith("-"):
        shell.files.disturb_all(call.blame)
    elif call.name in ("timeout", "flock"):
        shell.perhaps(lambda: shell.program(words, call.start, call.blame))
    else:
        shell.program(words, call.start, call.blame)
    shell.state.variables, shell.state.environment = variables, environment


def xargs(shell: Process, call: Call) -> None:
    """xargs: a program with what it is fed as arguments."""
    words, plain = list(call.arguments), True
    while words and re.match(r"-.", words[0]):
        word = words.pop(0)
        plain &= word in ("-r", "-t", "--no-run-if-empty")
        if word in ("-I", "-n", "-P", "-L", "-d", "-a", "-E", "-s"):
            replaced = words.pop(0) if words else ""
            words = [one.replace(replaced, HOLE) for one in words] if word == "-I" and replaced else words
    text = shell.state.input
    simple = plain and is_known(text) and not re.search(r"[\"'\\]", text)
    given = text.split() if simple else [MANY]
    command = [*(words or ["echo"]), *given]
    if simple and (given or "-r" not in call.arguments):
        shell.program(command, call.start, call.blame)
    else:
        shell.repeated(lambda: shell.program(command, call.start, call.blame), call.start)


def find(shell: Process, call: Call) -> None:
    """find: it prints names, or runs programs on them."""
    words = list(call.arguments)
    tests = next((at for at, word in enumerate(words) if re.match(r"[-(!]", word)), len(words))
    roots, words = words[:tests] or ["."], words[tests:]
    name = next((words[at + 1] for at, word in enumerate(words[:-1]) if word == "-name"), None)
    ending = "" if name is None else "/" + name.replace("*", STAR)
    for root in roots:
        found = f"{shell.state.path(root)}{HOLE}{ending}"
        at = 0
        while at < len(words):
            word = words[at]
            if word in ("-exec", "-execdir", "-ok", "-okdir"):
                end = next((i for i in range(at, len(words)) if words[i] in (";", "+")), len(words))
                command = [one.replace("{}", found) for one in words[at + 1 : end]]
                shell.perhaps(partial(shell.program, command, call.start, call.blame))
                at = end
            elif word == "-delete":
                shell.files.disturb(found, call.blame, below=True)
            elif word.startswith("-fprint") or word == "-fls":
                shell.files.disturb(words[at + 1] if at + 1 < len(words) else HOLE, call.blame)
            at += 1
    shell.print(HOLE, call.blame)
    shell.ended(None)


def awk(shell: Process, call: Call) -> None:
    """awk: harmless where its program neither runs nor writes."""
    words = list(call.arguments)
    while words and re.match(r"-[Fv]", words[0]):
        del words[: 2 if len(words[0]) == 2 else 1]
    if not words or words[0].startswith("-") or not is_known(words[0]) or _AWK_RUNS.search(words[0]):
        shell.files.disturb_all(call.blame)
    shell.print(HOLE, call.blame)
    shell.ended(None)


def perl(shell: Process, call: Call) -> None:
    """perl -pi -e s/.../.../ changes the files that it names; any other program of perl may do anything."""
    options = [word for word in call.arguments if word.startswith("-")]
    operands = [word for word in call.arguments if not word.startswith("-")]
    plain = all(re.fullmatch(r"-(p|i|e|pi|pe|pie|0|0777|i\.\w+|pi\.\w+)", word) for word in options)
    if plain and operands and is_known(operands[0]) and _PERL_EDIT.fullmatch(operands[0]):
        for operand in operands[1:]:
            copying.in_place(shell, call, operand, sed.read(operands[0].rstrip(";"), extended=True, quiet=False))
    else:
        shell.files.disturb_all(call.blame)
    shell.ended(None)


def crontab(shell: Process, call: Call) -> None:
    """crontab: its commands run later, any number of times; so what they change is in doubt for good."""
    shell.ended(None)
    words = [word for word in call.arguments if word == "-" or not word.startswith("-")]
    if set(call.arguments) & {"-l", "-r", "-e"}:
        return
    text = shell.state.input if words[-1:] in ([], ["-"]) else shell.files.content(words[-1])
    if text is None or not is_known(text):
        shell.give_up(call.start)
        return
    before = shell.state.copy()
    shell.state.forget_variables()
    for line in text.split("\n"):
        found = re.fullmatch(r"\s*(?:@\w+|(?:\S+\s+){5})\s*([^%]*).*", line)
        if found and not line.lstrip().startswith("#"):
            run_shell(shell, within(found[1], shell.source, call.start), "sh", [])
    shell.state.variables, shell.state.environment = before.variables, before.environment
    if shell.state.configuration != before.configuration:
        shell.give_up(call.start)


# -- programs that answer -------------------------------------------------------------------------


def grep(shell: Process, call: Call) -> None:
    """grep: whether a pattern is in a file; of one of configuration it is only known what it looks for."""
    letters, values, operands = copying.split(call, "qsEFivcwxnohHlLrRm", "eAB")
    patterns = [values["e"]] if "e" in values else operands[:1]
    files = operands if "e" in values else operands[1:]
    shell.print(HOLE, call.blame)
    shell.ended(None, asked=True)
    known = patterns and is_known(patterns[0]) and not set(letters) & set("?vwxLrR")
    if not known or len(files) > 1:
        return
    extended = call.name == "egrep" or "E" in letters
    fixed = call.name == "fgrep" or "F" in letters
    pattern = re.escape(patterns[0]) if fixed else as_python(patterns[0], extended=extended)
    if pattern is None:
        return
    path = shell.state.path(files[0]) if files else ""
    if path in shell.world.formats:
        _sought_in_configuration(shell, path, pattern, re.IGNORECASE if "i" in letters else 0)
        return
    text = shell.files.content(path) if files else shell.state.input
    if text is not None and is_known(text) and all(len(line) <= 400 for line in text.splitlines()):
        flags = re.IGNORECASE if "i" in letters else 0
        shell.ended(any(re.search(pattern, line, flags) for line in text.splitlines()), asked=True)


def _sought_in_configuration(shell: Process, path: str, pattern: str, flags: int) -> None:
    """Answer what is certain: that a line is there, or that none can be.  How many blanks stand between the words of a
    known line is not certain, so what is found is so only by a literal text without any."""
    form, facts = shell.world.formats[path], shell.state.configuration[path]
    lines = [line for key, fact in facts.present() if fact.text is not None and not fact.is_anything
             for line in form.line(key, fact.text).split("\n")]  # fmt: skip
    if any(re.search(pattern, line, flags) for line in lines):
        literal = re.fullmatch(r"\^?(?:\w|\\?[-/:]|\\\.)+", pattern) is not None
        sure = literal and all(fact.sure for _, fact in facts.present())
        shell.ended(True if sure else None, asked=True)
    elif not flags and form.lacks(facts, pattern):
        shell.ended(False, asked=True)
    else:
        shell.state.sought = (path, pattern)


def make_temporary(shell: Process, call: Call) -> None:
    """mktemp: a new name below /tmp, or of its template."""
    template = next((word for word in call.arguments if "XXX" in word), "/tmp/tmp.XXX")
    folder = next((word for word in call.arguments if word.startswith("/") and "XXX" not in word), "/tmp")
    path = re.sub("X{3,}", HOLE, template if "/" in template else f"{folder}/{template}")
    shell.print(path + "\n", call.blame)
    shell.ended(True)


# -- programs that are listed ---------------------------------------------------------------------


def reading(shell: Process, call: Call) -> None:
    """A program that changes no file."""
    shell.print(HOLE, call.blame)
    shell.ended(None, asked=call.name in harmless.ANSWERING)


def administering(shell: Process, call: Call) -> None:
    """A program that changes nothing of what files say, unless it is asked to do something to Postfix itself."""
    if call.name in ("apt", "apt-get", "apk", "yum", "dnf") and "postfix" in call.arguments:
        shell.files.disturb_all(call.blame)
    reading(shell, call)


def changing(shell: Process, call: Call) -> None:
    """A program that changes only files that its arguments name, or that lie where it is run."""
    shell.print(HOLE, call.blame)
    shell.ended(None)
    for word in call.arguments:
        for path in {word, word[word.find("/") :] if "/" in word else word, word.rpartition("=")[2]}:
            if re.match(r"https?:|[\w.-]+@?[\w.-]*:", path) or (path.startswith("-") and MANY not in path):
                continue
            shell.files.disturb(path, call.blame, below=True)
    folder = shell.state.cwd
    if harmless.changes_below(call.name, call.arguments):
        shell.files.disturb(folder, call.blame, below=True)
    elif folder != HOLE:
        shell.files.disturb(folder.rstrip("/") + "/" + STAR, call.blame)


PROGRAMS: dict[str, Program] = {
    "": anything,
    **dict.fromkeys(harmless.names(harmless.READING), reading),
    **dict.fromkeys(harmless.names(harmless.ADMINISTERING), administering),
    **dict.fromkeys(harmless.names(harmless.CHANGING), changing),
    **copying.PROGRAMS,
    **dict.fromkeys(_WRAPPERS, wrapper),
    **dict.fromkeys(["bash", "sh", "dash"], interpreter),
    **dict.fromkeys(["grep", "egrep", "fgrep"], grep),
    **dict.fromkeys(["awk", "gawk", "mawk"], awk),
    "supervisorctl": supervisorctl,
    "env": env, "xargs": xargs, "find": find, "perl": perl, "crontab": crontab, "mktemp": make_temporary,
}  # fmt: skip
