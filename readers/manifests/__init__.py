"""Manifests that no Terraform applies: folders of YAML in the repo, or of what a program has rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from readers.manifests.mentions import PATH, Mentions
from readers.manifests.rendered import rendered_charts
from readers.manifests.root import ManifestRoot, Named
from tfparse.graph.root import Root
from tfparse.source.sources import SourceTree


def beside(named: Iterable[str], *, mentions: bool = False) -> dict[str, Callable[[SourceTree], Root]]:
    """How each folder of manifests becomes a root, by what it is called; with ``mentions`` other YAML is told, too."""
    folders = [Named.of(said) for said in named]
    found: dict[str, Callable[[SourceTree], Root]] = {one.called: partial(ManifestRoot, one) for one in folders}
    return found | ({PATH: partial(Mentions, folders)} if mentions else {})


__all__ = ["ManifestRoot", "beside", "rendered_charts"]
