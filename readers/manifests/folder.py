"""What a folder of manifests declares: every YAML file in it and below.

A folder that has a ``Chart.yaml`` holds the templates of a chart, which are no manifests.  Source:
https://kubernetes.io/docs/concepts/workloads/management/ (``kubectl apply -R -f``)
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from readers.manifests.documents import SUFFIXES, objects_of, read_documents
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Origin
from tfparse.source.sources import SourceTree

_CHART = "Chart.yaml"


@dataclass
class Built:
    """Objects, and why there may be others."""

    objects: list[Value] = field(default_factory=list)
    doubts: list[Unknown] = field(default_factory=list)

    def add(self, other: Built) -> None:
        self.objects += other.objects
        self.doubts += other.doubts


@dataclass
class Folders:
    """The files of a repo, as folders of manifests."""

    tree: SourceTree
    prefix: str = ""
    """What stands before the paths of its files where it is no part of the repo."""

    def below(self, path: str) -> Built:
        """What a folder and those below it declare, or a file."""
        self.tree.reads.below.add(path)
        files = [file for file in self.tree.place.every() if file == path or not path or file.startswith(f"{path}/")]
        built, shown = Built(), posixpath.join(self.prefix, path) or "."
        if not files:
            built.doubts.append(Unknown(f"there is no folder {shown} of manifests", Origin(shown, 1)))
        charts = {posixpath.dirname(file) for file in files if posixpath.basename(file) == _CHART}
        for file in sorted(files):
            if file.endswith(SUFFIXES) and charts.isdisjoint(_above(file)):
                built.add(self.file(file))
        return built

    def file(self, path: str) -> Built:
        """What a file declares."""
        found = read_documents(self.tree, path, posixpath.join(self.prefix, path))
        return Built([one for held in found.maps for one in objects_of(held)], list(found.doubts))


def _above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:length]) for length in range(len(parts) + 1)]
