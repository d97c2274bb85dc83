"""Which values may not be shown."""

from __future__ import annotations
