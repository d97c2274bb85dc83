"""DNS records as they are declared and as they are published, in one type.

``zone_records`` reads source; ``open_dns`` asks name servers.
"""

from __future__ import annotations

from readers.dns.exchange import Answer, Server, Status, Timeouts
from readers.dns.records import Record, RecordSet, is_in, lookup, lookup_expanded, normal_name
from readers.dns.resolver import DnsModeError, Resolver, open_dns
from readers.dns.server import LoopbackServer
from readers.dns.zone import zone_records

__all__ = [
    "Answer", "DnsModeError", "LoopbackServer", "Record", "RecordSet", "Resolver", "Server", "Status", "Timeouts",
    "is_in", "lookup", "lookup_expanded", "normal_name", "open_dns", "zone_records",
]  # fmt: skip
