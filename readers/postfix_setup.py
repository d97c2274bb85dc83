"""Postfix' configuration as docker-mailserver puts it together in a container, and what single services get of it.

Source: ``target/scripts/startup/setup.d/postfix.sh`` and ``helpers/relay.sh`` of docker-mailserver.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from readers import Missing
from readers.kubernetes import Container
from readers.master_cf import ServiceOption, given_by_name, given_in_script
from readers.postfix import MainCf, Setting, read_main_cf
from readers.start_script import main_cf_changes, options_by_postconf
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.values import Value

_TABLE = re.compile(r"\b[a-z]+:")
"""How a lookup table begins: its type (DATABASE_README)."""


def mounted_main_cf(container: Container, path: str) -> MainCf:
    """The main.cf mounted at ``path``."""
    file = container.file(path)
    return replace(read_main_cf(file.value), ignored=file.ignored)


def main_cf_in(container: Container, path: str, script: str) -> MainCf:
    """The main.cf mounted at ``path``, with what the start-up script ``script`` changes, if one is mounted."""
    main_cf, text = mounted_main_cf(container, path), _mounted(container, script)
    return main_cf if text is None else replace(main_cf, changes=main_cf_changes(text))


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """What the services that take mail from other hosts are given of one parameter."""

    options: tuple[ServiceOption, ...]

    def other_than(self, main_cf: MainCf, name: str) -> list[ServiceOption]:
        """Those that differ from what main.cf has for all.  UnknownValueError where one may, and none does."""
        common = main_cf.parameter(name)
        value = "" if common is None else common.text
        found = [o for o in self.options if o.value is not None and o.value != value]
        doubtful = next((o for o in self.options if o.value is None), None)
        if not found and doubtful is not None:
            problem = f"what {doubtful.service} gets as its own {doubtful.parameter} is not known"
            raise UnknownValueError(problem, doubtful.origin)
        return found


def service_options(container: Container, parameter: str, patch: str, script: str) -> ServiceOptions:
    """A parameter as services of master.cf have it for themselves (``-o``): by the lines of ``patch``, which
    docker-mailserver hands to ``postconf -P``, and by the start-up ``script``."""
    return ServiceOptions(tuple(o for o in _options(container, parameter, patch, script) if not o.is_loopback))


def _options(container: Container, parameter: str, patch: str, script: str) -> Iterator[ServiceOption]:
    lines, commands = _mounted(container, patch), _mounted(container, script)
    for line in () if lines is None else lines.lines():
        yield from given_by_name(line.text, parameter, line.origin)
    if commands is not None:
        yield from given_in_script(commands, parameter)
        yield from options_by_postconf(commands, parameter)


def overruling(main_cf: MainCf, name: str, harmless: str) -> tuple[bool, Setting | None]:
    """Whether a parameter that would overrule others is set to more than is ``harmless``, and to what.

    UnknownValueError where lookup tables decide, whose content is not seen.
    """
    if main_cf.parameter(name) is None:
        return False, None
    found = main_cf.required(name)
    if found.text in ("", harmless):
        return False, found
    if name.endswith(("_maps", "_per_site")) and _TABLE.search(found.text):
        raise UnknownValueError(f"what the lookup tables {found.shown} say is not seen", found.origin)
    return True, found


def mounted_at(container: Container, path: str) -> Origin | None:
    """Where a file is mounted at a path; None where none is."""
    try:
        return container.file(path).mount_origin
    except Missing:
        return None


def _mounted(container: Container, path: str) -> Value | None:
    try:
        return container.file(path).value
    except Missing:
        return None
