"""rspamadm, of Rspamd: does Rspamd take its overrides, and what comes of them with its own configuration?

Rspamd's Lua modules run code that some options hold (``custom_push`` of metadata_exporter, say); templates are Lua
too, and ``}`` in an override ends the section that includes it.  What is judged must not run.  So Rspamd's parser
reads each override alone; what it has read, written anew, is merged into the configuration of Rspamd's modules, of
which none is loaded.  Text with templates or with macros (``.include``) is not handed over at all.

Source: https://docs.rspamd.com/configuration/ (override.d is merged last, and wins).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from readers import Malformed, NotProven
from readers.sandbox.examination import Examination, Remark, placeholders_for, remark_of
from readers.sandbox.program import Program
from readers.sandbox.rendering import redacted
from tfparse.cty.text import flat
from tfparse.cty.values import HOLE, Value, string
from tfparse.patterns import pattern

RSPAMADM = Program(
    "rspamadm", "rspamd",
    # Its Lua library; the modules' own settings; the automata that it would otherwise compile at each start.
    needs=("/usr/share/rspamd", "/etc/rspamd/modules.d", "/var/lib/rspamd/*.hsmp*", "/dev/urandom"),
    # Its commands that are written in Lua, which it compiles at each start, whatever command it is given.
    hidden=("/usr/share/rspamd/lualib/rspamadm",),
)  # fmt: skip

_RUNS = pattern(r"\.\s*(?:include|includes|try_include|load|inherit|priority)\b|\{[=%#{]", re.IGNORECASE)
_BLANK = r"(?>\s*)"
_VALUE = rf'(?>"[^"\\$\n]*"|[\w/@+-][\w/@+:.-]*){_BLANK}'
#: A line that is harmless: a comment, a setting, an item of a list, or where a section or list begins or ends.  Macros,
#: variables, comments in other places and several settings in a line are not.  https://docs.rspamd.com/configuration/ucl
_HARMLESS = pattern(
    rf"{_BLANK}(?:#.*|{_VALUE}(?:{_VALUE})?\{{|[}}\]]{_BLANK}[,;]?|{_VALUE},?|"
    rf"{_VALUE}[=:]{_BLANK}(?:{_VALUE}|\{{|\[{_BLANK}(?:{_VALUE}(?:,{_BLANK}|(?=\])|$))*\]?){_BLANK}[;,]?)?{_BLANK}",
    re.ASCII,
)
_FILE = pattern(r"[a-z0-9_-]+\.(?:conf|inc)", re.ASCII)
_PLACES = tuple(map(re.compile, (r"open brace at (\d+)", r"\bline: (\d+)", r"\.(?:conf|inc):(\d+)")))
_FOLDER = "override.d"
_MAIN = "rspamd.conf"
#: The languages that Rspamd tells apart take it longer to load than all else, and no setting depends on them: from an
#: empty place it loads none.  Source: rspamd_language_detector_init in Rspamd's src/libmime/lang_detection.c.
_LANGUAGES = "lang_detection"
_NO_LANGUAGES = f'{_LANGUAGES} {{ languages = "none"; }}\n'
_PLACEHOLDER = "placeholder"
_PARSE = """
local ucl = require "ucl"
for _, name in ipairs({%s}) do
  local parser = ucl.parser()
  local taken, problem = parser:parse_file("override.d/" .. name)
  print(name, taken and ucl.to_format(parser:get_object(), "json-compact") or "", problem or "")
end
"""


def _options(command: str) -> list[str]:
    return ["--var=LOCAL_CONFDIR=.", "--var=DBDIR=.", command, "--skip-template", "--config", _MAIN]


_CONFIGDUMP = [*_options("configdump"), "--json"]


class Overrides(Struct, frozen=True, dict=True):
    """The files of ``override.d``, each text under its name ("dkim_signing.conf")."""

    texts: Mapping[str, Value]

    @cached_property
    def examination(self) -> Examination:
        """Whether Rspamd takes them.  A complaint about a file that is not wholly known is a note.

        NotProven where one may not be handed over.
        """
        faults = [remark for name, remark in self._refused if HOLE not in flat(self._shown[name])]
        notes = [remark for _, remark in self._refused if remark not in faults]
        unknown = [name for name in self.texts if name not in self._shown]
        notes += [Remark(f"{name} is not known", self.texts[name].origin) for name in unknown]
        notes += [placeholders_for("rspamadm", text.origin) for text in self._shown.values() if text.sensitive]
        return Examination(tuple(faults), tuple(notes), next((text.origin for text in self.texts.values()), None))

    def section(self, name: str) -> Value:
        """A section of the merged configuration, as JSON text.

        Malformed where Rspamd does not take it, NotProven where an override may not be handed over.
        """
        own = f"{name}.conf"
        if own in self.texts and own not in self._shown:
            raise NotProven("rspamadm", f"is not shown {own}, which is not known, or secret")
        if self._refused:
            raise Malformed(f"Rspamd's {name}", self._refused[0][1].said, self._refused[0][1].origin)
        section = self._merged.get(name)
        if not isinstance(section, dict):
            raise Malformed(f"Rspamd's {name}", "rspamadm shows no such section")
        return string(json.dumps(section))

    @cached_property
    def _merged(self) -> Mapping[str, object]:
        """All sections of the merged configuration."""
        said = RSPAMADM.run(_CONFIGDUMP, self._files, self._opens)
        try:
            sections = json.loads(said.out)
        except (ValueError, RecursionError):
            sections = None
        if said.status or not isinstance(sections, dict):
            raise Malformed("Rspamd's configuration", f"rspamadm: {_last(said.out + said.err)}")
        return {name: section for name, section in sections.items() if name != _LANGUAGES}

    @cached_property
    def _shown(self) -> Mapping[str, Value]:
        """The texts as they may be handed over, but for those of which nothing is known."""
        for name, text in self.texts.items():
            if not _FILE.fullmatch(name):
                raise NotProven("rspamadm", f"is not shown {name!r}: no override of Rspamd's has such a name")
            for line in text.lines():
                if _RUNS.search(line.text):
                    problem = f"is not shown {name}: it would run the macro or template at {line.origin}"
                    raise NotProven("rspamadm", problem)
        shown = {name: redacted(text) for name, text in self.texts.items()}
        return {name: text for name, text in shown.items() if flat(text).strip(f"{HOLE} \n") or not flat(text)}

    @cached_property
    def _opens(self) -> str | None:
        """What in the overrides may make Rspamd's parser open a file."""
        odd = (
            name for name, text in self._shown.items()
            if not all(map(_HARMLESS.fullmatch, _handed(text).split("\n")))
        )  # fmt: skip
        return next((f"{name} holds more than plain settings" for name in odd), None)

    @cached_property
    def _alone(self) -> Mapping[str, tuple[str, str]]:
        """What Rspamd's parser reads in each of them, as JSON, or what it says against it."""
        script = _PARSE % ", ".join(f'"{name}"' for name in self._shown)
        texts = {f"{_FOLDER}/{name}": _handed(text) for name, text in self._shown.items()}
        said = RSPAMADM.run(["lua", "-b", "parse.lua"], {"parse.lua": script, **texts}, self._opens)
        answers = [line.split("\t") for line in said.out.splitlines()]
        if said.status or [name for name, *_ in answers] != list(self._shown):
            raise Malformed("Rspamd's overrides", f"rspamadm lua: {_last(said.out + said.err)}")
        return {name: (read, problem) for name, read, problem in answers}

    @cached_property
    def _files(self) -> dict[str, str]:
        """Rspamd's own modules, which include the overrides that they know, and here those that no module knows."""
        sections = "".join(f'"{name}" {{ .include "$LOCAL_CONFDIR/{_FOLDER}/{name}" }}\n' for name in self._alone)
        return {
            _MAIN: f'{_NO_LANGUAGES}.include(glob=true) "$CONFDIR/modules.d/*.conf"\noverrides {{\n{sections}}}\n',
            **{f"{_FOLDER}/{name}": _entries(name, read) for name, (read, _) in self._alone.items()},
        }

    @cached_property
    def _refused(self) -> list[tuple[str, Remark]]:
        alone = [(name, self._remark(name, problem)) for name, (_, problem) in self._alone.items() if problem]
        return alone or self._refused_together()

    def _refused_together(self) -> list[tuple[str, Remark]]:
        RSPAMADM.start(_CONFIGDUMP, self._files, self._opens)  # which is asked for next
        said = RSPAMADM.run(_options("configtest"), self._files, self._opens)
        if not said.status:
            return []
        problem = next((line for line in said.err.splitlines() if "failed to load config" in line), _last(said.err))
        name = next((name for name in self._shown if f"{_FOLDER}/{name}" in problem), None)
        if name is None:
            raise Malformed("Rspamd's overrides", f"rspamadm configtest: {problem}")
        text = self.texts[name]
        return [(name, remark_of("rspamadm configtest", problem, text.origin, secret=text.secret))]

    def _remark(self, name: str, problem: str) -> Remark:
        """What is said of a file, and the line that it names."""
        said = re.sub(r"\S*/(?=override\.d/)", "", problem).strip(" ;")
        numbers = [int(found[1]) for place in _PLACES if (found := place.search(said))]
        text = self.texts[name]
        lines = text.lines()
        about = lines[numbers[0] - 1] if numbers and 0 < numbers[0] <= len(lines) else text
        return remark_of("rspamadm", said, about.origin, secret=about.secret)


def _handed(text: Value) -> str:
    """A text as it is handed over."""
    return flat(text).replace(HOLE, _PLACEHOLDER)


def _entries(name: str, read: str) -> str:
    """What was read, written as the entries of a section: no text of it can end the section."""
    try:
        entries = json.loads(read)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict):
        raise Malformed(name, "rspamadm reads no section in it")
    return json.dumps(entries)[1:-1]


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it failed without a word"
