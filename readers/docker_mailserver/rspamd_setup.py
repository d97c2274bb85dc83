"""What docker-mailserver's start-up makes of Rspamd's overrides: mounted, copied, and edited by commands.

Source: ``__rspamd__run_early_setup_and_checks`` (``startup/setup.d/security/rspamd.sh``) and
``_rspamd_handle_user_modules_adjustments`` (``helpers/rspamd.sh``) of docker-mailserver 15.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec.structs import replace

from readers import Missing
from readers.docker_mailserver.variables import effective, taken
from readers.kubernetes import Container, MountedFile
from tfparse.cty.values import HOLE, Line, Unknown, string
from tfparse.diagnostics import UnknownValueError
from tfparse.patterns import pattern

OVERRIDES = "/etc/rspamd/override.d"
"""Where the overrides are copied to.  One that is mounted there stays: neither copy nor command can change it."""
DIRECTORY = "/tmp/docker-mailserver/rspamd/override.d"
"""Where they are copied from."""
COMMANDS = "/tmp/docker-mailserver/rspamd/custom-commands.conf"
_COPIED = pattern(r"[^.].*", re.DOTALL)
"""What ``cp folder/*`` copies."""
_ARGUMENTS = {
    "disable-module": 1, "enable-module": 1, "set-option-for-module": 3, "set-option-for-controller": 1,
    "set-option-for-proxy": 1, "set-common-option": 1,
}  # fmt: skip
"""How many arguments a command cannot do without."""
_WORKERS = {
    "set-option-for-controller": "worker-controller.inc", "set-option-for-proxy": "worker-proxy.inc",
    "set-common-option": "options.inc",
}  # fmt: skip


def overrides(container: Container, directory: str) -> dict[str, MountedFile]:
    """The overrides that Rspamd finds, by name: those in ``directory``, as custom-commands.conf beside it leaves them.

    Raises:
        UnknownValueError: a command, or the text that it edits, is not known.
    """
    found = {name: file for name, file in _by_name(container, directory).items() if _COPIED.fullmatch(name)}
    commands = posixpath.join(posixpath.dirname(directory.rstrip("/")), "custom-commands.conf")
    file = container.mounted(commands)
    for line in _commands(file):
        if file is not None:
            _apply(found, file, line)
    return {**found, **_by_name(container, OVERRIDES)}


def ends_of_the_start(container: Container) -> Iterator[Unknown]:
    """What ends the start-up before it is done: a size that is no number, where quotas are set up by it; commands that
    lack what it asks of them (``${4:?...}``)."""
    yield from _sizes_that_are_none(container)
    try:
        if effective(container, "ENABLE_RSPAMD").text != "1":
            return
        lines = _commands(container.file(COMMANDS))
    except (Missing, UnknownValueError):
        return
    for line in lines:
        command, *rest = _words(line)
        if len([word for word in rest if word]) < _ARGUMENTS.get(command, 0):
            yield Unknown(f"docker-mailserver's start-up ends at the incomplete command {command}", line.origin)


def _sizes_that_are_none(container: Container) -> Iterator[Unknown]:
    for name in ("POSTFIX_MESSAGE_SIZE_LIMIT", "POSTFIX_MAILBOX_SIZE_LIMIT"):
        try:
            found = taken(container, name)
            if found.value.unknown is None and not re.fullmatch(r"\s*[0-9]+\s*", found.text):
                said = f"docker-mailserver's start-up may end at {name} = {found.shown}, no number"
                yield Unknown(said, found.origin)
        except UnknownValueError:
            continue


def _by_name(container: Container, directory: str) -> dict[str, MountedFile]:
    """The files that are mounted in a folder, not below it."""
    files = container.files_under(directory)
    return {posixpath.basename(file.what): file for file in files if posixpath.dirname(file.what) == directory}


def _commands(file: MountedFile | None) -> list[Line]:
    """The lines that are neither empty nor comments.

    Raises: UnknownValueError, where a carriage return would be part of the last word of each.
    """
    if file is not None and any("\r" in part.text for part in file.value.text_parts() if isinstance(part.text, str)):
        raise UnknownValueError(f"{file.what} has carriage returns, which become part of its commands", file.origin)
    lines = [] if file is None else list(file.value.lines())
    return [line for line in lines if line.text.strip() and not line.text.lstrip().startswith("#")]


def _words(line: Line) -> list[str]:
    """A command and its arguments, of which the last has the rest of the line (``read -r``)."""
    return re.split(r"[ \t]+", line.text.strip(" \t"), maxsplit=3)


def _apply(found: dict[str, MountedFile], file: MountedFile, line: Line) -> None:
    """One command.  What is none is only warned of."""
    if HOLE in line.text:
        why = line.unknown.reason if line.unknown else "it is not known"
        raise UnknownValueError(f"a command of {file.what} is not known: {why}", line.origin)
    command, *rest = _words(line)
    first, second, third = [*rest, "", "", ""][:3]
    if command in ("disable-module", "enable-module") and first:
        state = "true" if command == "enable-module" else "false"
        _put(found, file, line, f"{first}.conf", f"enabled = {state};\n")
    elif command == "set-option-for-module":
        _set(found, file, line, f"{first}.conf", second, third)
    elif command in _WORKERS:
        _set(found, file, line, _WORKERS[command], first, f"{second} {third}".strip())
    elif command == "add-line" and first:
        _put(found, file, line, first, f"{_text(found, first)}{' '.join(rest[1:])}\n")


def _set(found: dict[str, MountedFile], file: MountedFile, line: Line, name: str, option: str, value: str) -> None:
    """``__add_or_replace``: sed changes every line in which the option stands, else a line is added."""
    if not re.fullmatch(r"\w+", option) or re.search(r"[|&\\]", value):
        raise UnknownValueError(f"what {file.what} makes of {name} is not known here: {line.text}", line.origin)
    before = _text(found, name)
    if re.search(rf"{option}.*=", before):
        text = re.sub(rf"(\s*{option}).*", lambda m: f"{m[1]} = {value};", before)
    else:
        text = f"{before}{option} = {value};\n"
    _put(found, file, line, name, text)


def _text(found: dict[str, MountedFile], name: str) -> str:
    return found[name].value.as_string() if name in found else ""


def _put(found: dict[str, MountedFile], file: MountedFile, line: Line, name: str, text: str) -> None:
    before = found.get(name)
    marks = file.value.marks | (0 if before is None else before.value.marks)
    value = string(text, line.origin).marked(marks)
    found[name] = replace(before or file, value=value, origin=line.origin)


def may_all_read(file: MountedFile) -> bool:
    """Whether every user may read a file.

    Raises:
        UnknownValueError: its mode is not known.
    """
    if file.mode is None:
        raise UnknownValueError(f"the mode of {file.what} is not known", file.mount_origin)
    return bool(file.mode & 0o004)
