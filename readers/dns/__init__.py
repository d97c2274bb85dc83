"""DNS records as they are declared and as they are published, in one type.

``zone_records`` reads source; ``open_dns`` asks name servers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfparse import names_from

if TYPE_CHECKING:
    from readers.dns.answers import Answer, DnsModeError, Resolver, Status
    from readers.dns.exchange import Server, Timeouts
    from readers.dns.modes import open_dns
    from readers.dns.records import Record, RecordSet, is_in, lookup, lookup_expanded, normal_name
    from readers.dns.server import LoopbackServer
    from readers.dns.zone import zone_records
else:
    __getattr__ = names_from(
        __name__,
        {
            "answers": "Answer DnsModeError Resolver Status",
            "exchange": "Server Timeouts",
            "modes": "open_dns",
            "records": "Record RecordSet is_in lookup lookup_expanded normal_name",
            "server": "LoopbackServer",
            "zone": "zone_records",
        },
    )  # fmt: skip  (whoever needs one of them does not wait for the rest)

__all__ = [
    "Answer", "DnsModeError", "LoopbackServer", "Record", "RecordSet", "Resolver", "Server", "Status", "Timeouts",
    "is_in", "lookup", "lookup_expanded", "normal_name", "open_dns", "zone_records",
]  # fmt: skip
