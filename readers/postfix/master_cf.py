"""master.cf: its services, which listen on ports, and the options that each is given.

Source: https://www.postfix.org/master.5.html, and Postfix's ``postconf_master.c`` for what stands where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from readers import Malformed
from readers.postfix.main_cf import LogicalLine, logical_lines
from tfparse.cty.numbers import whole
from tfparse.cty.values import HOLE, Line, Unknown
from tfparse.diagnostics import Origin, UnknownValueError

_BLANKS = " \t\r\n"
_TYPES = ("inet", "unix", "fifo", "pass", "unix-dgram")
_PORTS = {"smtp": 25, "smtps": 465, "submissions": 465, "submission": 587}
_PROXY_PARAMETERS = {"smtpd": "smtpd_upstream_proxy_protocol", "postscreen": "postscreen_upstream_proxy_protocol"}


class Listener(Struct, frozen=True):
    """An ``inet`` service of master.cf: the TCP port it listens on, its program and its ``-o`` options.

    ``unknown`` where its options are not wholly known.
    """

    port: int
    command: str
    options: dict[str, str]
    origin: Origin | None
    unknown: Unknown | None = None

    @property
    def requires_proxy(self) -> bool:
        """Whether its options make it take only connections that begin with a PROXY header.

        UnknownValueError where that is not known, or depends on a parameter of main.cf.
        """
        protocol = self.options.get(_PROXY_PARAMETERS.get(self.command, ""), "")
        if self.unknown is not None:
            raise UnknownValueError(self.unknown.reason, self.unknown.origin or self.origin)
        if "$" in protocol:
            raise UnknownValueError(f"what {protocol} stands for is not known here", self.origin)
        return protocol == "haproxy"


class ServiceOption(Struct, frozen=True):
    """``-o parameter=value`` of a service of master.cf ("smtp/inet").  ``value`` is None where it is not known, and
    ``perhaps`` then what it may be, where it can only be that or not be given at all."""

    service: str
    parameter: str
    value: str | None
    origin: Origin | None
    perhaps: str | None = None

    @property
    def shown(self) -> str:
        return f"what {self.service} gets" if self.value is None else f'"{self.value}" for {self.service}'

    @property
    def is_loopback(self) -> bool:
        """Whether the service listens to this very host only, as those do that content filters hand mail back to."""
        return self.service.startswith(("127.", "localhost:", "[::1]"))


def read_listeners(lines: Iterable[Line]) -> list[Listener]:
    """The services of type ``inet`` in a master.cf text; of two on one port the last counts.

    Malformed: a line that is no service, which stops Postfix from starting.  UnknownValueError: a line
    that could be a service on any port.
    """
    return [listener for line in logical_lines(lines) for listener in _listener(line)]


def _listener(line: LogicalLine) -> Iterator[Listener]:
    fields = list(_fields(line.text))
    if line.unknown is not None and (HOLE in "".join(fields[:2]) or len(fields) < 8):
        raise UnknownValueError(line.unknown.reason, line.unknown.origin or line.origin)
    if len(fields) < 8 or fields[1] not in _TYPES:
        raise Malformed("master.cf", "a line is no service", line.origin)
    if (wrong := _refused(fields)) is not None:
        raise Malformed("master.cf", wrong, line.origin)
    port = fields[0].rpartition(":")[2]
    if fields[1] == "inet" and (port in _PORTS or port.isdecimal()):
        options = dict(_options(fields[8:]))
        # An unknown stretch in one option's value is no other option.
        hidden = line.open or HOLE in "".join([fields[7], *options]) or (HOLE in line.text and "--" in fields[8:])
        hidden = hidden or any(HOLE in options.get(name, "") for name in _PROXY_PARAMETERS.values())
        hidden = hidden or any(HOLE in field and "=" not in field for field in fields[8:])
        unknown = line.unknown if hidden else None
        yield Listener(_PORTS.get(port) or whole(port), fields[7], options, line.origin, unknown)


def parsed_entry(text: str) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """An entry's first eight fields, the ``-o`` options behind them, and what other arguments follow."""
    fields = list(_fields(text))
    arguments, options = fields[8:], list[tuple[str, str]]()
    while arguments and arguments[0].startswith("-o"):
        setting = arguments.pop(0)[2:] or (arguments.pop(0) if arguments else "")
        options += _options(["-o", setting])
    return fields[:8], options, arguments


def port_of(service: str) -> int | None:
    """The TCP port of an ``inet`` service by its name ("smtp", "10.0.0.1:2525"); None where it is not known."""
    port = service.rpartition(":")[2]
    return _PORTS.get(port) or (whole(port) if port.isascii() and port.isdecimal() else None)


def _refused(fields: list[str]) -> str | None:
    """Why master does not start with such a service, or cannot start the service (Postfix 3.7, tried)."""
    private, limit = fields[2], fields[6]
    for field in fields[2:5]:
        if field not in ("y", "n", "-") and HOLE not in field:
            return f'"{field}" stands where y, n or - should'
    if fields[1] == "inet" and private in ("y", "-"):
        return "an inet service is private"
    if fields[7] == "postscreen" and not re.match(r"1(?!\d)", limit) and HOLE not in limit:
        return "postscreen requires a process limit of 1"
    return None


def _fields(text: str) -> Iterator[str]:
    """The fields of a line; blanks in braces do not separate."""
    field, level = "", 0
    for character in text + " ":
        if character in _BLANKS and level <= 0:
            if field:
                yield field
            field, level = "", 0
        else:
            level += (character == "{") - (character == "}")
            field += character


def _options(arguments: list[str]) -> Iterator[tuple[str, str]]:
    """``-o name=value`` and ``-o { name = value }``, up to the first argument that is no option."""
    remaining = iter(arguments)
    for argument in remaining:
        if not argument.startswith("-") or argument == "--":
            return
        if "o" in argument:
            setting = argument.partition("o")[2] or next(remaining, "")
            inner = setting[1:-1] if setting.startswith("{") else setting
            name, sign, value = inner.partition("=")
            if sign:
                yield name.strip(_BLANKS), value.strip(_BLANKS)
