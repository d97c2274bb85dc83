"""The files of an infra repo, and their parsed form."""

from __future__ import annotations
