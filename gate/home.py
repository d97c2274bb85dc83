"""The settings that a repo keeps: where its promises stand, and how it is judged by them (``.design-policy.toml``)."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from gate.lifetime import iso_date
from gate.own_files import refusal
from tfparse.patterns import pattern

NAME = ".design-policy.toml"
#: What ``features`` says to be judged by the features that the suite brings.
EXAMPLE = "example"

_MOST_BYTES = 100_000
_MOST_DOTS = 100
"""What a line may have.  A key of thousands of parts takes the parser gigabytes."""
_PLACE = pattern(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


class HomeError(Exception):
    """Settings that make no sense; the message names file and line."""


class ModuleAnswer(Struct, frozen=True):
    """What the owner says that a module from elsewhere does not declare, why, and until when (a day, excluded)."""

    source: str
    declares_no: tuple[str, ...]
    reason: str
    expires: date

    def __str__(self) -> str:
        what = ", ".join(self.declares_no)
        return f"{self.source} declares no {what}, says its owner until {self.expires}: {self.reason}"


class Home(Struct, frozen=True):
    """What a repo says of itself.  What it leaves out is None, or empty; paths are relative to the file's folder."""

    infra: str = "."
    features: tuple[str, ...] = ()
    dns: str | None = None
    block: str | None = None
    waivers: str | None = None
    waivers_from: str | None = None
    link: str | None = None
    require_proof: bool | None = None
    design: str | None = None
    variable_files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    manifests: tuple[str, ...] = ()
    modules: tuple[ModuleAnswer, ...] = ()

    def changes_from(self, before: Home) -> list[tuple[str, str]]:
        """The settings that are others than before: the name of each, and what has changed, in words."""
        held = ((name, getattr(before, name), getattr(self, name)) for name in self.__struct_fields__)
        others = [(name, old, now) for name, old, now in held if old != now]
        return [(name, f"{_key(name)} is {_shown(now)}, and was {_shown(old)}") for name, old, now in others]


def _key(name: str) -> str:
    return name.replace("_", "-")


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{root}: {', '.join(files)}" for root, files in value.items()) or "not set"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "not set"
    return "not set" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def file_above(folder: Path) -> Path | None:
    """The settings that hold for a folder: its own, or those of the nearest folder above it, within its git repo."""
    for place in (folder, *folder.parents):
        if os.path.lexists(place / NAME):
            return place / NAME
        if os.path.lexists(place / ".git"):
            return None
    return None


def read_home(file: Path) -> Home:
    """The settings in a file.

    Raises:
        HomeError: it cannot be read, or a setting is unknown or makes no sense.
    """
    if reason := refusal(file.parent, file):
        raise HomeError(f"{file}:1: {reason}")
    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise HomeError(f"{file}:1: cannot be read: {error.strerror}") from error
    return parse_home(data, str(file))


def parse_home(data: bytes, file: str) -> Home:
    """Settings as they are written; ``file`` is what messages call the file.

    Raises:
        HomeError: the file says what no settings say.
    """
    if len(data) > _MOST_BYTES:
        raise HomeError(f"{file}:1: more than {_MOST_BYTES} bytes are no settings")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise HomeError(f"{file}:1: not TOML: {error}") from error
    dotted = next((n for n, line in enumerate(text.split("\n"), 1) if line.count(".") > _MOST_DOTS), None)
    if dotted is not None:
        raise HomeError(f"{file}:{dotted}: not understood: a line with more than {_MOST_DOTS} dots")
    import tomllib  # which a repo without settings does not wait for

    try:
        held = tomllib.loads(text)
    except RecursionError as error:
        raise HomeError(f"{file}:1: not TOML: nested too deeply") from error
    except ValueError as error:
        found = _PLACE.search(str(error))
        line = found["line"] if found and found["line"] else str(text.count("\n") + 1)
        raise HomeError(f"{file}:{line}: not TOML: {_PLACE.sub('', str(error))}") from error
    read: dict[str, Any] = {}
    for key, value in held.items():
        reader = _READERS.get(key)
        if reader is None:
            raise HomeError(f"{file}:{_line(text, key)}: {_unknown(key)}")
        try:
            read[key.replace("-", "_")] = reader(value)
        except ValueError as error:
            raise HomeError(f"{file}:{_line(text, key)}: {key}: {error}") from None
    return Home(**read)


def _unknown(key: str) -> str:
    if key == "steps":
        return ("steps are code, and code of the repo that is judged is not run: whoever runs the suite names their"
                " folder by --steps or DESIGN_POLICY_STEPS")  # fmt: skip
    near = get_close_matches(key, _READERS, n=1)
    return f"there is no setting {key!r} ({f'did you mean {near[0]!r}?' if near else f'there are {_KNOWN}'})"


def _line(text: str, key: str) -> int:
    """The line that sets a key."""
    pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*(?:[=.\]]|$)")
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 1)


# -- what a setting may be ---------------------------------------------------------------------------


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"a text is wanted, not {value!r}")
    return value


def _path(value: object) -> str:
    path = _text(value)
    normal = posixpath.normpath(path)
    if path.startswith("/") or normal.split("/")[0] == "..":
        raise ValueError(f"{path!r} leads out of the folder of this file")
    return normal


def _places(value: object) -> tuple[str, ...]:
    places = value if isinstance(value, list) else [value]
    if not places:
        raise ValueError("name the folder of the features")
    return tuple(_path(place) for place in places)


def _manifests(value: object) -> tuple[str, ...]:
    """Folders, each perhaps with a colon and the namespace of what names none."""
    said = [_text(one).partition(":") for one in (value if isinstance(value, list) else [value])]
    return tuple(f"{_path(path)}{colon}{namespace}" for path, colon, namespace in said)


def _modules(value: object) -> tuple[ModuleAnswer, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ValueError("write tables: [[modules]], and below it source, declares-no, reason, expires")
    return tuple(_answer(entry) for entry in value)


def _answer(entry: dict[str, object]) -> ModuleAnswer:
    keys = ("source", "declares-no", "reason", "expires")
    if wrong := [*(key for key in keys if key not in entry), *(key for key in entry if key not in keys)]:
        raise ValueError(f"{wrong[0]} is {'not known' if wrong[0] in entry else 'missing'}: say {', '.join(keys)}")
    said, expires = entry["declares-no"], entry["expires"]
    declares_no = tuple(_text(one) for one in (said if isinstance(said, list) else [said]))
    for one in declares_no:
        if not re.fullmatch(r"namespace [a-z0-9-]+|[a-z][a-z0-9-]*", one):
            raise ValueError(
                f'declares-no: {one!r} is none of "dns", "helm", "kubernetes", "namespace NAME", a provider'
            )
    if not declares_no:
        raise ValueError("declares-no: say what it does not declare")
    day = expires if isinstance(expires, date) else iso_date(_text(expires))
    return ModuleAnswer(_text(entry["source"]), declares_no, _text(entry["reason"]), day)


def _one_of(*words: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in words:
            raise ValueError(f"{value!r} is none of {', '.join(words)}")
        return str(value)

    return read


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"true or false is wanted, not {value!r}")
    return value


def _dns(value: object) -> str:
    mode = _text(value)
    kind, colon, place = mode.partition(":")
    return f"zones:{_path(place)}" if kind == "zones" and colon else mode


def _variable_files(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError('write a table: [variable-files], and below it "envs/prod" = ["prod.tfvars"]')
    found = {}
    for root, files in value.items():
        listed = [_text(file) for file in (files if isinstance(files, list) else [files])]
        for file in listed:
            if not file.endswith((".tfvars", ".tfvars.json")):
                raise ValueError(f"{root}: {file!r} is no variable file (*.tfvars, *.tfvars.json)")
        found["" if (path := _path(root)) == "." else path] = tuple(listed)
    return found


_READERS: dict[str, Callable[[object], object]] = {
    "infra": _path, "features": _places, "dns": _dns, "block": _one_of("all", "new"), "waivers": _path,
    "waivers-from": _one_of("change", "base"), "link": _text, "require-proof": _flag,
    "design": _one_of("told", "closes"), "variable-files": _variable_files, "manifests": _manifests,
    "modules": _modules,
}  # fmt: skip
_KNOWN = ", ".join(_READERS)
