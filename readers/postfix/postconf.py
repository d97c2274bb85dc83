"""postconf, of Postfix: what a main.cf means to Postfix itself.

Sources: postconf(1), postconf(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache

from msgspec import Struct

from readers import Malformed, NotProven
from readers.postfix.main_cf import SPACE, MainCf, integer, read_main_cf, time_seconds
from readers.sandbox.examination import Examination, Remark, placeholders_for, remark_of
from readers.sandbox.program import Program
from readers.sandbox.rendering import redacted
from tfparse.cty.identity import kept_by_text
from tfparse.cty.values import HOLE, REDACTED, Line, Value
from tfparse.diagnostics import Origin
from tfparse.patterns import pattern

POSTCONF = Program("postconf", "postfix", seconds=5, needs=("/dev/urandom",))

_PLACEHOLDER = "placeholder"
#: Defaults that look like numbers, of parameters that take other text as well.
_NOT_NUMBERS = {"compatibility_level", "lmtp_tcp_port", "mail_release_date", "mail_version", "milter_protocol"}
_NUMBER = pattern(r"-?[0-9]+")
_TIME = pattern(r"[0-9]+[smhdw]")
_REMARK = pattern(
    r"^\S*postconf: (?P<kind>warning|fatal|error): (?:(?:\S*/)?main\.cf(?:, line (?P<line>\d+))?: )?(?P<said>.*)$",
    re.MULTILINE,
)
#: A remark on a file that is not main.cf: of a table, or one that a message names first.
_ELSEWHERE = pattern(
    r'open "\w+" configuration "(?P<table>[^"]*)"|(?P<named>\w+:\S+): |(?P<read>/\S*), line \d+: |'
    r"open (?P<opened>/\S*): "
)
_UNUSED = pattern(r"unused parameter: (?P<name>[^=\s]+)")
_MOST_STRAY_LETTERS = 3
_MOST_KEPT = 8
"""Texts of which it is kept what postconf gets: each parameter is asked for by itself."""


#: Tables whose files postconf does not open, and services: DATABASE_README, master(5), MILTER_README.
_HARMLESS = (
    "btree|cdb|cidr|dbm|environ|error|fail|hash|inet|inline|internal|lmdb|lmtp|local|maildrop|pcre|regexp|relay|retry|"
    "smtp|socketmap|static|tcp|texthash|unix|virtual"
)
_HOST = r"\[[\w.:-]*\]|\w[\w-]*(?:\.[\w-]+)+|localhost"
_REFERENCE = r"\$(?:\w+|\{\w+\}|\(\w+\))"
#: A word of a value.  A colon ends the name of a harmless table or service, or comes before a port: so none can come of
#: what references put together, and without a colon there is no table.
_WORD = pattern(
    rf"(?:(?:{_HARMLESS}):)?(?>(?:{_HOST})(?::\d+)?(?:/\d+)?|{_REFERENCE}(?![\w:])|[^\s,:${{}}()\[\]\"']+)*", re.ASCII
)


class Reading(Struct, frozen=True):
    """A main.cf as postconf reads it: the values that it assigns, and what postconf remarks on, each with the line
    that it names, or 0.  ``refused`` is the remark that ends it."""

    values: Mapping[str, str]
    remarks: tuple[tuple[str, int], ...]
    refused: str | None


def value_by_postconf(main_cf: MainCf, name: str) -> str | None:
    """The value of a parameter, unexpanded, as ``postconf -n`` shows it: each run of white space as one blank.

    None where it does not show the parameter.  Malformed where Postfix refuses the text, NotProven where the value
    may not be shown.
    """
    shown = read_main_cf(redacted(main_cf.text))
    setting = shown.parameter(name)
    if setting is not None and setting.value.is_unknown:
        raise NotProven("postconf", f"is not shown what is not known, or secret, in {name}")
    reading = _read(shown, shown.text)
    if reading.refused is not None:
        refused = REDACTED if main_cf.text.secret else reading.refused
        raise Malformed("main.cf", f"postconf: {refused}", main_cf.text.origin)
    return reading.values.get(name)


def examine_main_cf(main_cf: MainCf) -> Examination:
    """The faults that postconf only warns of, or that only Postfix' daemons die of.

    A fault is an unused parameter that is all but one of Postfix', and text where a number or a time must be.
    A note is any other unused parameter (docker-mailserver's own main.cf or master.cf may use it), a reference
    to one that is not here, and an assignment that a later one overrides, which decides.
    """
    POSTCONF.start(*_DEFAULTS)
    shown = redacted(main_cf.text)
    lines, reading = shown.lines(), _read(main_cf, shown)
    faults: list[Remark] = []
    notes: list[Remark] = []
    for said, number in reading.remarks:
        unused = _UNUSED.search(said)
        meant = _meant(unused["name"]) if unused else None
        origin, secret = _place(main_cf, lines, unused["name"] if unused else None, number)
        hint = f" (is it {meant}?)" if meant else ""
        remark = remark_of("postconf", f"{said}{hint}", origin, secret=secret)
        (faults if meant or said == reading.refused else notes).append(remark)
    if main_cf.text.sensitive:
        notes.append(placeholders_for("postconf", main_cf.text.origin))
    return Examination((*faults, *_bad_numbers(main_cf, reading)), tuple(notes), main_cf.text.origin)


def _bad_numbers(main_cf: MainCf, reading: Reading) -> Iterator[Remark]:
    for name, value in reading.values.items():
        default = "" if name in _NOT_NUMBERS else _defaults().get(name, "")
        read = integer if _NUMBER.fullmatch(default) else time_seconds if _TIME.fullmatch(default) else None
        if read is None or "$" in value or _PLACEHOLDER in value:
            continue
        try:
            read(value)
        except Malformed as error:
            origin, secret = _place(main_cf, [], name, 0)
            said = f"{name} = {value}, by default {default}; Postfix' daemons end with {error.problem}"
            yield remark_of("postconf", said, origin, secret=secret)


def _place(main_cf: MainCf, lines: Sequence[Line], name: str | None, number: int) -> tuple[Origin | None, bool]:
    """The place that a remark is about, and whether a secret stands there."""
    setting = main_cf.parameter(name) if name else None
    if setting is not None:
        return setting.origin, setting.value.secret
    if number and number <= len(lines):
        return lines[number - 1].origin, lines[number - 1].secret
    return main_cf.text.origin, main_cf.text.secret


def _meant(name: str) -> str | None:
    """The parameter of Postfix from which a name differs by a slip or two."""
    cutoff = 1 - _MOST_STRAY_LETTERS / (2 * len(name) + 1)
    return _nearest(name, POSTCONF.run(*_DEFAULTS).out, max(cutoff, 0.5))


@lru_cache(maxsize=64)
def _nearest(name: str, said: str, cutoff: float) -> str | None:
    return next(iter(get_close_matches(name, _parameters(said), n=1, cutoff=cutoff)), None)


def _written(lines: Sequence[Line]) -> str:
    """The text line by line.  A line that could be any assignment is left out; elsewhere a placeholder stands."""
    return "".join(f"{_line(line.text)}\n" for line in lines)


def _line(text: str) -> str:
    if HOLE not in text:
        return text
    name, assigns, _ = text.partition("=")
    is_value = text.strip(HOLE + SPACE) and (text[0] in SPACE or (assigns and HOLE not in name))
    return text.replace(HOLE, _PLACEHOLDER) if is_value else "#"


def _opens(text: str) -> str | None:
    """The first word of a main.cf that may name a table whose configuration postconf opens."""
    for line in text.splitlines():
        name, _, value = line.partition("=") if line[:1].strip() else ("", "", line)
        known = re.fullmatch(r"\w*\s*", name, re.ASCII) and all(map(_WORD.fullmatch, re.split(r"[\s,]+", value)))
        if not line.startswith("#") and not known:
            return f"{line.strip()!r} may name a table"
    return None


@kept_by_text(_MOST_KEPT)
def _handed_over(shown: Value) -> tuple[str, str | None]:
    """The text that postconf gets, and what may make it open another file."""
    text = _written(shown.lines())
    return text, _opens(text)


def _read(main_cf: MainCf, shown: Value) -> Reading:
    own = "mynetworks" in main_cf.names()
    text, opens = _handed_over(shown)
    said = POSTCONF.run(_arguments("-n", own), {"main.cf": text, "master.cf": ""}, opens)
    remarks = [(_own(found["said"]), int(found["line"] or 0), found["kind"]) for found in _REMARK.finditer(said.err)]
    refused = next((remark for remark, _, kind in remarks if kind != "warning"), None)
    if said.status and refused is None:
        raise Malformed("main.cf", f"postconf: {said.err.strip()}")
    values = {name: value for name, value in _parameters(said.out).items() if own or name != "mynetworks"}
    return Reading(values, tuple((remark, line) for remark, line, _ in remarks), refused)


def _own(said: str) -> str:
    """A remark; of one on another file only which file it is, never what stands there."""
    found = _ELSEWHERE.match(said)
    return said if found is None else f"it is not shown {next(filter(None, found.groups()), 'a file')}"


def _arguments(option: str, own: bool = False) -> list[str]:
    """Off the network there is no address to take the default of ``mynetworks`` from: it is given one."""
    return ["-c", ".", *([] if own else ["-o", "mynetworks=127.0.0.0/8"]), option]


_DEFAULTS = (_arguments("-p"), {"main.cf": "", "master.cf": ""}, None)


def _defaults() -> Mapping[str, str]:
    """Every parameter that Postfix has, with its default."""
    return _parameters(POSTCONF.run(*_DEFAULTS).out)


@lru_cache(maxsize=8)
def _parameters(said: str) -> Mapping[str, str]:
    pairs = (line.partition(" =") for line in said.splitlines())
    return {name: " ".join(value.split()) for name, _, value in pairs}
