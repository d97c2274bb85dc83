"""Modules at work: what is declared, as values."""

from __future__ import annotations
