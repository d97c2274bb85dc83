"""Manifests that no Terraform applies: folders of YAML in the repo, or of what a program has rendered."""

from __future__ import annotations

from readers.manifests.root import ManifestRoot, beside

__all__ = ["ManifestRoot", "beside"]
