"""Paths into what the repo declares, and what must hold of what stands there: the general words of the features."""

from __future__ import annotations
