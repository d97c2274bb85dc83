"""Postfix' own files and commands, as start-up scripts use them: main.cf, master.cf and postconf.

Source: postconf(1) and what postconf 3.7 was seen to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from readers import Malformed
from readers.postfix.main_cf import SPACE, logical_lines
from readers.postfix.master_cf import parsed_entry
from readers.shell.facts import EVERYTHING, Fact, Facts, Reach, anything
from readers.shell.process import Call, Process, Program
from readers.shell.programs import reading
from readers.shell.text import MANY, is_known, pattern
from tfparse.cty.values import HOLE, Line, Unknown

MAIN_CF = "/etc/postfix/main.cf"
MASTER_CF = "/etc/postfix/master.cf"
_FOLDER = "/etc/postfix"
_LETTERS = frozenset("aAbdeEfFhHlmMnpPqtTvxX#")
_WITH_VALUE = "cCo"
_PLAIN_FIELDS = frozenset({"private", "unprivileged", "chroot", "wakeup", "process_limit"})
"""Fields of a service that say nothing of what it does with mail (master(5))."""
_LAYOUT = "{:<10} {:<5} {:<7} {:<7} {:<7} {:<7} {:<7} {}"


def _lines(text: str) -> Iterator[Line]:
    for line in text.split("\n"):
        yield Line(line, None, Unknown("", None) if HOLE in line else None)


class MainCfFormat:
    """main.cf, by parameter."""

    def entries(self, text: str) -> list[tuple[str | None, str]]:
        return [self._entry(line.text, line.open) for line in logical_lines(_lines(text))]

    def _entry(self, line: str, hidden: bool) -> tuple[str | None, str]:
        name, sign, value = line.partition("=")
        name = name.strip(SPACE)
        if hidden or HOLE in name or (not sign and HOLE in line):
            return None, line
        if not sign or not name or re.search(f"[{SPACE}]", name):
            raise Malformed("main.cf", "a line is no assignment")
        return name, value.strip(SPACE)

    def line(self, key: str, text: str) -> str:
        return f"{key} = {text}"

    def last(self, facts: Facts) -> str | None:
        return None

    def begins(self, start: str, *, whole: bool) -> Reach | None:
        name = re.match(r"\w*", start)
        word = name[0] if name else ""
        if start.startswith("#"):
            return None
        if not word:
            return EVERYTHING
        return Reach(re.escape(word) + ("" if whole or len(start) > len(word) else ".*"))

    def lacks(self, facts: Facts, pattern: str) -> bool:
        return False  # the image's main.cf sets more than is known here


class MasterCfFormat:
    """master.cf, by service ("smtp/inet"); a text is the lines of its entry."""

    def entries(self, text: str) -> list[tuple[str | None, str]]:
        found: list[list[str]] = []
        for line in text.split("\n"):
            if not line.strip(SPACE) or line.lstrip(SPACE).startswith("#"):
                continue
            if line[0] not in SPACE:
                found.append([line])
            elif found:
                found[-1].append(line)
        return [self._entry("\n".join(lines)) for lines in found]

    def _entry(self, text: str) -> tuple[str | None, str]:
        fields = text.split()
        if any(HOLE in field for field in fields[:2]) or (len(fields) < 8 and HOLE in text):
            return None, text
        if len(fields) < 8:
            raise Malformed("master.cf", "a line is no service")
        return f"{fields[0]}/{fields[1]}", text

    def line(self, key: str, text: str) -> str:
        return text

    def last(self, facts: Facts) -> str | None:
        there = [key for key, _ in facts.present()]
        return there[-1] if there and not facts.spread else None

    def begins(self, start: str, *, whole: bool) -> Reach | None:
        word = start.split(" ")[0]
        if start.startswith("#"):
            return None
        if not word:
            return EVERYTHING
        return Reach(re.escape(word) + ("" if whole or " " in start else "[^/]*") + "/.*")

    def lacks(self, facts: Facts, pattern: str) -> bool:
        """A line that begins with a word is no comment, and no continuation: an entry begins so, or none does."""
        word = re.match(r"\^(\w+)(?![*?{\w])", pattern)
        known = not facts.spread and all(fact.sure for _, fact in facts.present())
        if word is None or "|" in pattern or not known:
            return False
        return not any((fact.text or "").startswith(word[1]) for _, fact in facts.present())


FORMATS: Mapping[str, MainCfFormat | MasterCfFormat] = {MAIN_CF: MainCfFormat(), MASTER_CF: MasterCfFormat()}


def edited_option(text: str, name: str, value: str | None) -> str:
    """A service's entry with ``-o name=value``, or without it, as ``postconf -P`` writes it."""
    fields, options, rest = parsed_entry(text)
    if value is None:
        options = [(own, old) for own, old in options if own != name]
    elif name in dict(options):
        options = [(own, value if own == name else old) for own, old in options]
    else:
        options = [*options, (name, value)]
    given = [f"-o {{ {own} = {old} }}" if re.search(rf"[{SPACE}]", old) else f"-o {own}={old}" for own, old in options]
    return "\n    ".join([_LAYOUT.format(*fields), *given, *([" ".join(rest)] if rest else [])])


# -- postconf -------------------------------------------------------------------------------------


class _Postconf(Struct, frozen=True):
    shell: Process
    call: Call
    letters: str
    words: list[str]

    def run(self) -> None:
        """Do what it is asked to."""
        shell, letters = self.shell, self.letters
        if not set(letters) <= _LETTERS:
            shell.ended(False)
            return
        edits = set(letters) & set("eX#") or any("=" in word or not is_known(word) for word in self.words)
        if not edits:
            self._print()
        elif len(set(letters) & set("eX#")) > 1:
            shell.ended(False)
        elif set(letters) & set("MPF"):
            self._edit_master()
        elif set(letters) - set("eX#vEq"):
            self._doubt(MAIN_CF)
        else:
            self._edit_main()

    def _facts(self, path: str) -> Facts:
        return self.shell.state.configuration[path]

    def _doubt(self, path: str) -> None:
        self._facts(path).reach(EVERYTHING, anything(self.call.blame.by))
        self.shell.state.tails[path] = None
        self.shell.ended(None)

    def _print(self) -> None:
        shell, known = self.shell, None
        if "M" in self.letters and len(self.words) == 1:
            fact = self._facts(MASTER_CF).of(self.words[0])
            known = fact.text if fact is not None and fact.sure and fact.text else None
            if known is not None:
                made = edited_option(known, "", None)
                known = (made if "f" in self.letters else " ".join(made.split("\n    "))) + "\n"
        elif set(self.letters) <= set("hn") and len(self.words) == 1:
            fact = self._facts(MAIN_CF).of(self.words[0])
            if fact is not None and fact.sure and fact.text is not None:
                known = fact.text + "\n" if "h" in self.letters else f"{self.words[0]} = {fact.text}\n"
        shell.print(HOLE if known is None else known, self.call.blame)
        shell.ended(True)

    def _edit_main(self) -> None:
        changes: list[tuple[str, str | None]] = []
        taking = bool(set(self.letters) & set("X#"))
        for word in self.words:
            name, sign, value = word.partition("=")
            name = name.strip(SPACE)
            if MANY in word or not is_known(name):
                self._doubt(MAIN_CF)
                return
            refused = not name or name.startswith("#") or re.search(rf"[{SPACE}]", name) or "\n" in value
            if refused or bool(sign) == taking:
                self.shell.ended(False)
                return
            changes.append((name, None if taking else value.strip(SPACE)))
        for name, text in changes:
            self._facts(MAIN_CF).put(name, self.call.blame.fact(text))
        self.shell.state.tails[MAIN_CF] = None
        self.shell.ended(bool(changes))

    # -- master.cf -----------------------------------------------------------------------------

    def _edit_master(self) -> None:
        if any(not is_known(word.partition("=")[0]) or MANY in word for word in self.words):
            self._doubt(MASTER_CF)
            return
        taking = bool(set(self.letters) & set("X#"))
        if any(("=" in word) == taking for word in self.words) or not self.words:
            self.shell.ended(False)
            return
        if "P" in self.letters and any(re.search(rf"[{SPACE}]", w.partition("=")[2].strip(SPACE)) for w in self.words):
            self.shell.ended(False)
            return
        for word in self.words:
            if "M" in self.letters:
                self._edit_service(word, taking)
            else:
                self._edit_option(word, taking)
        self.shell.state.tails[MASTER_CF] = None
        self.shell.ended(True)

    def _matching(self, service: str) -> list[str]:
        wanted = [re.escape(part).replace(r"\*", "[^/]*") for part in service.split("/")]
        return [key for key, fact in self._facts(MASTER_CF).present() if re.fullmatch("/".join(wanted), key)]

    def _edit_service(self, word: str, taking: bool) -> None:
        facts, blame = self._facts(MASTER_CF), self.call.blame
        if taking:
            for key in self._matching(word):
                facts.put(key, blame.fact(None))
            if "*" not in word:
                facts.put(word, blame.fact(None))
            return
        name, _, text = word.partition("=")
        fields = text.split()
        if len(fields) < 8 and is_known(text):
            return
        key = "/".join(fields[:2]) if is_known(" ".join(fields[:2])) and len(fields) >= 8 else name.strip(SPACE)
        if key != name.strip(SPACE):
            facts.put(name.strip(SPACE), blame.fact(None))
        facts.put(key, blame.fact(text.strip(SPACE)))

    def _edit_option(self, word: str, taking: bool) -> None:
        name, _, value = word.partition("=")
        service, _, parameter = name.strip(SPACE).rpartition("/")
        facts = self._facts(MASTER_CF)
        for key in self._matching(service):
            fact = facts.of(key)
            if fact is None or fact.text is None or not fact.sure:
                continue
            text = edited_option(fact.text, parameter, None if taking else value.strip(SPACE))
            if "F" in self.letters and parameter in _PLAIN_FIELDS:
                facts.put(key, self.call.blame.fact(fact.text))
            else:
                facts.put(key, self.call.blame.fact(text) if "P" in self.letters else anything(self.call.blame.by))


def postconf(shell: Process, call: Call) -> None:
    """postconf, on the configuration in /etc/postfix; on another it changes nothing that counts."""
    letters, words, folder = "", list(call.arguments), shell.state.text_of("MAIL_CONFIG") or _FOLDER
    while words and re.match(r"-.", words[0]):
        word = words.pop(0)
        if word == "--":
            break
        for at, letter in enumerate(word[1:], 1):
            if letter in _WITH_VALUE:
                value = word[at + 1 :] or (words.pop(0) if words else "")
                folder = value if letter == "c" else folder
                break
            letters += letter
    if shell.state.path(folder) == _FOLDER:
        _Postconf(shell, call, letters, words).run()
        return
    for name in ("main.cf", "master.cf"):
        shell.files.disturb(f"{folder}/{name}", call.blame)
    shell.ended(None)


def _postfix(shell: Process, call: Call) -> None:
    """postfix: it starts and stops; some of its words mend the configuration."""
    words = [word for word in call.arguments if not word.startswith("-")]
    if not set(words) <= {"start", "start-fg", "stop", "reload", "abort", "flush", "check", "status", "logrotate"}:
        shell.files.disturb_all(call.blame)
    reading(shell, call)


TABLE_OF = "table of:"
"""Begins the key, beside the paths of files, of the table that is made of one."""


def _postmap(shell: Process, call: Call) -> None:
    """postmap and postalias: they make tables of files, or ask one (-q, -d, -s)."""
    words, asks = list(call.arguments), False
    while words and re.match(r"-.", words[0]):
        option = words.pop(0)
        asks |= bool(set(option) & set("qds"))
        del words[: re.fullmatch(r"-\w*[cqd]", option) is not None]
    for word in () if asks else words:
        path, fact = shell.state.path(word.rpartition(":")[2]), Fact("", call.blame.by)
        if is_known(path):
            shell.state.files.put(TABLE_OF + path, fact)
        elif HOLE not in path:  # of a file that is not known no table is seen to be made
            shell.state.files.reach(Reach(re.escape(TABLE_OF) + pattern(path)), fact.perhaps())
    reading(shell, call)


_READING = ("newaliases", "postsuper", "postqueue", "postcat", "postlog", "sendmail", "mailq")
"""They make the table of aliases, and see to the queue."""

PROGRAMS: Mapping[str, Program] = {
    "postconf": postconf,
    "postfix": _postfix,
    "postmap": _postmap,
    "postalias": _postmap,
    **dict.fromkeys(_READING, reading),
}
