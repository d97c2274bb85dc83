"""What things mean: workloads, main.cf, alert rules, DNS records, image references, mail policies."""

from __future__ import annotations

from readers.account.errors import Malformed, Missing, NotProven, nearest

__all__ = ["Malformed", "Missing", "NotProven", "nearest"]
