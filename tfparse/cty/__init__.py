"""Terraform's values and types, as zclconf/go-cty has them."""

from __future__ import annotations
