"""Hosts and networks as Postfix's parameters name them: next hops, and lists of clients."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from readers.postfix.main_cf import MainCf
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.patterns import pattern

_NEXT_HOP = pattern(r"(?:\[(?P<literal>[^\]]*)\]|(?P<host>[^:\[\]]*))(?::(?P<port>\w+))?$")


def next_hop(text: str) -> str:
    """The host of ``[host]:port``, ``host:port`` or ``host`` (transport(5)), in lower case, without final dot."""
    found = _NEXT_HOP.match(text.strip())
    host = (found["literal"] or found["host"] or "") if found else text
    return host.strip().rstrip(".").lower()


class Exemption(Struct, frozen=True):
    """Who a list of clients names beyond the networks that it may: nobody, where ``outside`` is empty."""

    outside: tuple[str, ...]
    listed: str
    origin: Origin | None

    @property
    def nobody(self) -> bool:
        return not self.outside

    @property
    def shown(self) -> str:
        return self.listed if self.nobody else f"{self.listed}, so also {', '.join(self.outside)}"


def exempt_outside(main_cf: MainCf, name: str, networks: Iterable[str]) -> Exemption:
    """What the parameter ``name``, a list of clients as ``mynetworks`` is one, names outside of ``networks``.

    ``$mynetworks`` may stand in it, as it does by default; if this main.cf sets that too, what it names counts as well.
    UnknownValueError for a lookup table, whose content is not seen.
    """
    setting = main_cf.parameter(name)
    setting = main_cf.parameter("mynetworks") if setting is None else setting
    if setting is None:
        return Exemption((), "not set: $mynetworks", None)
    allowed = [ipaddress.ip_network(n) for n in networks]
    outside = [e for e in _entries(main_cf, setting.text, setting.origin) if not _is_within(e, allowed)]
    return Exemption(tuple(dict.fromkeys(outside)), setting.text or "empty: nobody", setting.origin)


def _entries(main_cf: MainCf, text: str, origin: Origin | None) -> Iterator[str]:
    for entry in re.split(r"[,\s]+", text):
        if entry in ("$mynetworks", "${mynetworks}", "$(mynetworks)"):
            own = main_cf.parameter("mynetworks")
            if own is not None:
                yield from _entries(main_cf, own.text, own.origin)
        elif entry.startswith("$"):
            yield from _entries(main_cf, main_cf.expand_text(entry, origin), origin)
        elif re.match(r"[a-z]+:[^:]*/", entry):
            raise UnknownValueError(f"the content of the lookup table {entry} is not seen", origin)
        elif entry and not entry.startswith("!"):
            yield entry


def _is_within(entry: str, allowed: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        network = ipaddress.ip_network(re.sub(r"[\[\]]", "", entry), strict=False)
    except ValueError:
        return False  # a host name: whoever controls its DNS may be it
    return any(network[0] in other and network[-1] in other for other in allowed)
