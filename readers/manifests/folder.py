"""What a folder of manifests declares: every YAML file in it and below, or what its kustomization makes.

A folder that has a ``Chart.yaml`` holds the templates of a chart, which are no manifests; of one without a
kustomization, those below it that have one are built.  Source:
https://kubernetes.io/docs/concepts/workloads/management/ (``kubectl apply -R -f``) and
https://fluxcd.io/flux/components/kustomize/kustomizations/#generating-a-kustomizationyaml-file
"""

from __future__ import annotations

import posixpath

from readers.manifests.building import NAMES, file_of
from readers.manifests.documents import SUFFIXES
from readers.manifests.files import Built, Files
from readers.manifests.kustomize import Kustomize
from tfparse.cty.values import Unknown
from tfparse.diagnostics import Origin

_CHART = "Chart.yaml"


def below(source: Files, path: str, *, deep: bool = True) -> Built:
    """What a folder and those below it declare (``deep``: else the folder alone), or a file."""
    files = sorted(file for file in source.files if file == path or not path or file.startswith(f"{path}/"))
    files = files if deep else [file for file in files if posixpath.dirname(file) == path]
    built = Built()
    if not files:
        shown = source.shown(path)
        built.doubts.append(Unknown(f"there is no folder {shown} of manifests", Origin(shown, 1)))
    charts = {posixpath.dirname(file) for file in files if posixpath.basename(file) == _CHART}
    bases = {posixpath.dirname(file) for file in files if posixpath.basename(file) in NAMES}
    tops = {base for base in bases if bases.isdisjoint(_above(base)) and charts.isdisjoint([base, *_above(base)])}
    for base in sorted(tops):
        if not _is_component(source, base):
            built.add(Kustomize(source).build(base))
    for file in files:
        if file.endswith(SUFFIXES) and (charts | tops).isdisjoint(_above(file)):
            built.add(source.file(file))
    return built


def _is_component(source: Files, folder: str) -> bool:
    file = file_of(source, folder)
    kinds = [held.raw.get("kind") for held in source.documents(file).maps if isinstance(held.raw, dict)] if file else []
    return any(kind is not None and kind.raw == "Component" for kind in kinds)


def _above(path: str) -> list[str]:
    """The folders that a path lies in, the top ("") among them."""
    parts = path.split("/")[:-1] if path else []
    return ["/".join(parts[:length]) for length in range(len(parts) + 1)] if path else []
