"""The modes of ``--dns``: who is asked what is published, if anybody is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readers.dns.answers import Answer, Resolver, Status

if TYPE_CHECKING:
    from readers.dns.exchange import Server, Timeouts


class Off(Resolver):
    """Asks nothing."""

    def _ask(self, name: str, type: str) -> Answer:
        return Answer(name, type, Status.OFF, detail="DNS is off (--dns off)")


def open_dns(mode: str, *, timeouts: Timeouts | None = None, finder: Server | None = None, port: int = 53) -> Resolver:
    """A resolver for a ``--dns`` mode.

    ``zones:DIR``            a server on loopback, started here, of the ``*.zone`` files in DIR
    ``system``               the recursive resolvers of this machine
    ``server:IP[:PORT]``     that server, recursive or not; an IPv6 address with a port in brackets
    ``authoritative``        every name server of the zone that is asked about, found by ``finder`` (a recursive
                             resolver; the system's by default), on ``port``
    ``off``                  nothing is asked and nothing is known

    DnsModeError for another mode, a bad address and what is no folder.  Malformed for a folder without zone
    files, a zone file that does not load, and a machine without resolvers.
    """
    if mode == "off":
        return Off(mode)
    from readers.dns.exchange import Timeouts
    from readers.dns.resolver import resolver_of  # who asks nobody does without dnspython's messages and TLS

    return resolver_of(mode, timeouts or Timeouts(), finder, port)
