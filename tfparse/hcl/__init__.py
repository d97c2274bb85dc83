"""Terraform source as syntax trees: HCL and its JSON form."""

from __future__ import annotations
