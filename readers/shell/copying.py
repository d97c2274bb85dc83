"""Programs that make files of others: cp, mv, install, ln, rm, tee, cat, and sed -i.

Source: GNU Coreutils manual; sed(1).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from readers.shell import sed
from readers.shell.facts import EVERYTHING, Fact, anything
from readers.shell.process import Call, Process
from readers.shell.text import MANY, as_text, is_known, pattern
from tfparse.cty.values import HOLE

_PLAIN = {
    "cp": set("aprRfvdLPHx"), "mv": set("fv"), "install": set("vpCc"), "ln": set("sfnvr"),
    "rm": set("rRfvdI"), "tee": set("aip"),
}  # fmt: skip
_WITH_VALUE = {"cp": "t", "mv": "t", "install": "tmog", "ln": "t", "rm": "", "tee": ""}


def split(call: Call, plain: Iterable[str], with_value: str) -> tuple[str, dict[str, str], list[str]]:
    """The letters of a command's options, those with a value, and its operands.  An option that is not known is "?"."""
    letters, values, operands = "", dict[str, str](), list[str]()
    words = iter(call.arguments)
    for word in words:
        if word == "--":
            operands += words
        elif not re.match(r"-.", word):
            operands.append(word)
        elif word.startswith("--"):
            letters += "?"
        else:
            for at, letter in enumerate(word[1:], 1):
                if letter in with_value:
                    values[letter] = word[at + 1 :] or next(words, "")
                    break
                letters += letter if letter in plain else "?"
    return letters, values, operands


def copy(shell: Process, call: Call) -> None:
    """cp, mv and install."""
    letters, values, operands = split(call, _PLAIN[call.name], _WITH_VALUE[call.name])
    shell.ended(None)
    files = shell.files
    folder = values.get("t")
    sources, target = (operands, folder) if folder is not None else (operands[:-1], operands[-1] if operands else "")
    if call.name == "install" and "?" in letters and "-d" in call.arguments:
        return
    recursive = bool(set(letters) & set("arR")) or call.name == "mv"
    inside = folder is not None or target.endswith("/") or len(sources) != 1 or files.is_directory(target)
    for source in sources:
        base = posixpath.basename(source.rstrip("/"))
        at = posixpath.join(target, base) if inside else target
        known = files.content(source) is not None
        if base in (".", "..", "") or MANY in source:
            files.disturb(target, call.blame, below=True)
        elif "?" in letters or not is_known(source):
            files.disturb(at, call.blame, below=recursive)
        elif recursive and not known:
            files.disturb(at, call.blame, below=True)
        else:
            files.copy(source, at, call.blame)
        if call.name == "mv":
            files.remove(source, call.blame, below=not known)  # it may be a folder


def link(shell: Process, call: Call) -> None:
    """ln: another name for a file; what is written to it goes to the file."""
    letters, values, operands = split(call, _PLAIN["ln"], "t")
    shell.ended(None)
    if not operands:
        return
    target = shell.state.path(operands[0])
    name = values.get("t") or (operands[-1] if len(operands) > 1 else shell.state.cwd)
    base = posixpath.basename(target)
    if len(operands) > 2 or "?" in letters or not (is_known(target) and is_known(name)):
        shell.files.disturb(name, call.blame, below=True)
        if shell.files.reaches_configuration(target):
            shell.files.disturb_all(call.blame)
        return
    names = {shell.state.path(posixpath.join(name, base))}
    names |= set() if name.endswith("/") or shell.files.is_directory(name) else {shell.state.path(name)}
    for one in names:
        shell.files.disturb(one, call.blame, below=True)
        if shell.files.reaches_configuration(target):
            shell.state.links[one] = target


def remove(shell: Process, call: Call) -> None:
    """rm and unlink."""
    letters, _, operands = split(call, _PLAIN["rm"], "")
    for operand in operands:
        shell.files.remove(operand, call.blame, below=bool(set(letters) & set("rR?")))
    shell.ended(None)


def tee(shell: Process, call: Call) -> None:
    """tee: what it is fed goes to files, and on."""
    letters, _, operands = split(call, _PLAIN["tee"], "")
    text = shell.state.input
    for operand in operands:
        if "a" not in letters:
            shell.files.write(operand, "", call.blame)
        shell.files.append(operand, text, call.blame)
    shell.print(text, call.blame)
    shell.ended(True)


def cat(shell: Process, call: Call) -> None:
    """cat, with its operands or what it is fed."""
    operands = [word for word in call.arguments if word == "-" or not word.startswith("-")]
    numbered = len(operands) < len(call.arguments)
    found = [shell.state.input if one == "-" else shell.files.content(one) for one in operands or ["-"]]
    text = HOLE if None in found or numbered else "".join(one or "" for one in found)
    shell.print(text, call.blame)
    shell.ended(None if any(operand != "-" for operand in operands) else True)


# -- sed ------------------------------------------------------------------------------------------


def run_sed(shell: Process, call: Call) -> None:
    """sed: on what it is fed, or on files, in place with ``-i``."""
    options, scripts, operands = _sed_words(call)
    shell.ended(None)
    if scripts is None and operands:
        scripts, operands = [operands[0]], operands[1:]
    text = "\n".join(scripts or [])
    known = is_known(text) and "?" not in options and scripts is not None
    script = sed.read(text, extended=bool(set(options) & set("Er")), quiet="n" in options) if known else None
    if re.search(r"(?:^|[;}\s/0-9$!])[ew]\s*\S|/[gpI0-9]*[ew]", text) and script is None:
        # e runs commands, w writes files.
        shell.files.disturb_all(call.blame)
    if "i" in options:
        for operand in operands:
            in_place(shell, call, operand, script)
        return
    source = shell.state.input if not operands else shell.files.content(operands[0]) if len(operands) == 1 else None
    shell.print(HOLE if source is None else _edited(source, script), call.blame)


def _sed_words(call: Call) -> tuple[str, list[str] | None, list[str]]:
    options, scripts, operands = "", None, list[str]()
    words = iter(call.arguments)
    for word in words:
        if word == "--":
            operands += words
        elif word in ("-e", "--expression") or word.startswith("--expression="):
            scripts = [*(scripts or []), word.partition("=")[2] if "=" in word[:13] else next(words, "")]
        elif word in ("--in-place", "--quiet", "--silent", "--regexp-extended"):
            options += {"--in-place": "i", "--regexp-extended": "E"}.get(word, "n")
        elif word.startswith(("-i", "--in-place=")):
            options += "i"
        elif re.fullmatch(r"-[nErusz]*[ei]?", word) and len(word) > 1:
            options += word[1:].replace("e", "").replace("z", "?")
            scripts = [*(scripts or []), next(words, "")] if word.endswith("e") else scripts
        elif word.startswith("-") and len(word) > 1:
            options += "?"
        else:
            operands.append(word)
    return options, scripts, operands


def _edited(text: str, script: sed.Script | None) -> str:
    lines = text.split("\n")
    ended = lines[-1] == ""
    made = script.applied(lines[:-1] if ended else lines) if script is not None and is_known(text) else None
    return HOLE if made is None else "".join(f"{line}\n" for line in made) if ended else "\n".join(made)


def in_place(shell: Process, call: Call, operand: str, script: sed.Script | None) -> None:
    """Edit the files that an operand names; ``script`` is None where it is not known what happens to them."""
    path = shell.state.path(operand)
    named = [one for one in shell.world.formats if re.fullmatch(pattern(path), one)]
    if named and HOLE not in path and MANY not in path and script is not None and not (script.by_place or script.quiet):
        for one in named:
            _configuration(shell, call, one, script)
        if not is_known(path):
            shell.files.disturb(path, call.blame, but=named)
        return
    if script is not None and all(
        edit.place == "$" and edit.function == "a" and not edit.negated for edit in script.edits
    ):
        shell.files.append(path, "".join(f"{edit.text}\n" for edit in script.edits), call.blame)
        return
    text = shell.files.content(path)
    if text is None or script is None:
        shell.files.disturb(path, call.blame)
    else:
        shell.files.write(path, _edited(text, script), call.blame)


def _configuration(shell: Process, call: Call, path: str, script: sed.Script) -> None:
    """Edit a file of configuration: the entries that are known line by line; others are in doubt where their line
    could be one that is changed, or made."""
    facts, form = shell.state.configuration[path], shell.world.formats[path]
    shell.state.tails[path] = None
    beginnings = script.beginnings()
    reaches = [EVERYTHING] if beginnings is None else [form.begins(one, whole=whole) for one, whole in beginnings]
    only_taken = all(edit.function == "d" for edit in script.commands)
    others = Fact(None, call.blame.by, False) if only_taken else anything(call.blame.by)
    before = dict(facts.known)
    words = {form.line(key, "").split(" ")[0] or key.partition("/")[0]: key for key in before}

    def is_known_word(word: str) -> bool:
        fact = before.get(words.get(word, ""))
        return fact is not None and fact.sure and is_known(fact.text or "")

    hidden = [key for key, fact in before.items() if not fact.sure]
    change = facts.reach_there if script.keeps_beginnings(hidden) else facts.reach
    for reach in reaches:
        if reach is not None:
            change(reach, others)
    for key, fact in before.items():
        if not fact.sure or fact.text is None:
            continue
        lines = form.line(key, fact.text).split("\n")
        made = script.applied(lines) if is_known(fact.text) else None
        word = lines[0].split()[0] if lines[0].split() else ""
        if made is None or script.may_make(word, made, is_known_word):
            facts.known[key] = anything(call.blame.by)
        elif made == lines:
            facts.known[key] = fact
        else:
            _replaced(shell, call, path, key, "".join(f"{line}\n" for line in made))
    for edit in script.commands:
        if edit.function in ("a", "i", "c"):
            for name, text in form.entries(edit.text + "\n"):
                if name is not None and not (facts.known.get(name) and facts.known[name].text == text):
                    facts.put(name, Fact(text, call.blame.by, False))


def _replaced(shell: Process, call: Call, path: str, key: str, lines: str) -> None:
    """Put what has become of an entry's lines in its place."""
    facts, form = shell.state.configuration[path], shell.world.formats[path]
    facts.known[key] = call.blame.fact(None)
    if lines[:1].isspace():
        facts.reach(EVERYTHING, anything(call.blame.by))
        return
    for name, text in form.entries(lines):
        if name is None:
            facts.reach(EVERYTHING, anything(call.blame.by))
        else:
            facts.known[name] = call.blame.fact(as_text(text))


PROGRAMS = {"cp": copy, "mv": copy, "install": copy, "ln": link, "rm": remove, "unlink": remove, "tee": tee, "cat": cat,
            "sed": run_sed, "gsed": run_sed}  # fmt: skip
