"""What controllers apply of a repo: the folders that Flux's Kustomizations and Argo CD's Applications lead to.

Sources: https://fluxcd.io/flux/components/kustomize/kustomizations/ and
https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from readers.kubernetes.manifests import at, mapped
from readers.manifests.charts import is_chart, sources_of
from readers.manifests.documents import Filling, verbatim
from readers.manifests.files import Built, Files
from readers.manifests.filling import substituting
from readers.manifests.folder import below
from readers.manifests.kustomize import Kustomize
from readers.manifests.objects import blurred, identity, in_namespace, said, without_notes
from readers.manifests.transformers import with_metadata
from tfparse.cty.values import Unknown, Value, object_
from tfparse.diagnostics import Origin

_FLUX, _ARGO = "kustomize.toolkit.fluxcd.io", "argoproj.io"
CONTROLLERS = (f"{_FLUX}/", f"{_ARGO}/")
"""What a text has in it that has something applied."""
_MOST = 2_000
_OVER = {"targetNamespace": "namespace", "namePrefix": "namePrefix", "nameSuffix": "nameSuffix", "images": "images",
         "patches": "patches", "patchesStrategicMerge": "patchesStrategicMerge", "patchesJson6902": "patchesJson6902",
         "components": "components"}  # fmt: skip
"""What a Kustomization of Flux's says of the build, and as what ``kustomization.yaml`` has it."""
_OF_ARGO = frozenset(
    {"commonAnnotations", "commonLabels", "namePrefix", "nameSuffix", "namespace", "patches", "replicas"}
)


class Applied(Struct, frozen=True):
    """A folder that a controller applies: how it is built, and into which namespace what names none goes."""

    by: str
    path: str
    origin: Origin | None
    fill: Filling = verbatim
    over: Value | None = None
    namespace: str | None = None
    unread: Unknown | None = None
    metadata: Value | None = None
    """Labels and annotations that the objects themselves get once they are built."""
    deep: bool = True
    """Whether folders below it are applied, too."""

    def has(self, file: str) -> bool:
        """Whether a file lies in it."""
        return _within(file, self.path)


def everything(source: Files, path: str) -> Built:
    """What a folder declares, and all that controllers apply because of it."""
    built = below(source, path)
    first = [one for held in built.objects for one in _applied(held, built.objects, source)]
    claims = [one for one in first if not _within(_file(one.origin), one.path)]
    built.objects = [held for held in built.objects if not any(_within(_file(held.origin), c.path) for c in claims)]
    waiting = list(claims)
    seen: set[tuple[str, str]] = set()
    while waiting and len(seen) < _MOST:
        one = waiting.pop(0)
        if (one.by, one.path) in seen:
            continue
        seen.add((one.by, one.path))
        found = _build(source, one)
        waiting += [more for held in found.objects for more in _applied(held, built.objects + found.objects, source)
                    if not _within(_file(more.origin), more.path)]  # fmt: skip
        built.add(found)
    built.doubts += [why for held in built.objects for why in _not_followed(held)]
    return built


def leads_to(objects: list[Value], source: Files) -> Iterator[Applied]:
    """The folders of this repo that some objects have applied, and in which there is something."""
    for held in objects:
        for one in _applied(held, objects, source):
            if one.unread is None and any(_within(file, one.path) for file in source.files):
                yield one


def _build(source: Files, one: Applied) -> Built:
    filled = replace(source, fill=one.fill)
    kustomize = Kustomize(filled)
    if not any(file == one.path or file.startswith(f"{one.path}/") or not one.path for file in source.files):
        return Built([], [Unknown(f"{one.by} applies {one.path or '.'}, which is not in this repo", one.origin)])
    if kustomize.file_of(one.path) is not None:
        built = kustomize.build(one.path, over=one.over)
    else:
        built = below(filled, one.path, deep=one.deep)
        kustomize.laid_over(built, one.over, one.path)
        built.objects = [without_notes(held) for held in built.objects]
    built.objects = [in_namespace(held, one.namespace) if one.namespace else held for held in built.objects]
    built.objects = [with_metadata(held, one.metadata) for held in built.objects]
    if one.unread is not None:
        built.objects = [blurred(held, one.unread) for held in built.objects]
    return built


def _applied(held: Value, among: list[Value], files: Files) -> Iterator[Applied]:
    group, kind = said(held, "apiVersion").partition("/")[0], said(held, "kind")
    if group == _FLUX and kind == "Kustomization":
        yield _of_flux(held, among)
    elif group == _ARGO and kind == "Application":
        for source in sources_of(held):
            if at(source, "path") is not None and not is_chart(source, files):
                yield _of_argo(held, source)


def _of_flux(held: Value, among: list[Value]) -> Applied:
    spec, by = at(held, "spec"), f"Kustomization {identity(held)[2]}"
    over = {name: value for key, name in _OVER.items() if (value := at(spec, key)) is not None}
    kind = said(spec, "sourceRef", "kind")
    unread = None
    if kind not in ("GitRepository", ""):
        unread = Unknown(f"{by} takes it from a {kind}, which may hold something else", held.origin)
    elif (suspended := at(spec, "suspend")) is not None and suspended.raw is not False:
        unread = Unknown(f"{by} is suspended: what stands here now is not applied", suspended.origin)
    elif at(spec, "kubeConfig") is not None:
        unread = Unknown(f"{by} applies it to another cluster", held.origin)
    fill = substituting(at(spec, "postBuild"), by, among, said(held, "metadata", "namespace"))
    path = _plain(said(spec, "path"))
    return Applied(by, path, held.origin, fill, object_(over, held.origin) if over else None, None, unread,
                   at(spec, "commonMetadata"))  # fmt: skip


def _of_argo(held: Value, source: Value) -> Applied:
    by, kustomize = f"Application {identity(held)[2]}", at(source, "kustomize")
    unread = next((key for key in mapped(kustomize) if key not in _OF_ARGO and key != "version"), None)
    directory = at(source, "directory")
    if unread is None and directory is not None:
        unread = next((key for key in ("include", "exclude", "jsonnet") if at(directory, key) is not None), None)
    if at(source, "plugin") is not None:
        unread = "plugin"
    why = None if unread is None else Unknown(f"{unread} of {by} is not read", held.origin)
    namespace = said(held, "spec", "destination", "namespace") or None
    recurse = at(directory, "recurse")
    deep = recurse is not None and recurse.raw is True
    return Applied(by, _plain(said(source, "path")), held.origin, verbatim, kustomize, namespace, why, deep=deep)


def _not_followed(held: Value) -> Iterator[Unknown]:
    if said(held, "apiVersion").startswith(f"{_ARGO}/") and said(held, "kind") == "ApplicationSet":
        yield Unknown(f"ApplicationSet {identity(held)[2]} makes Applications, which are not read", held.origin)


def _plain(path: str) -> str:
    normal = posixpath.normpath(path).lstrip("/")
    return "" if normal == "." else normal


def _file(origin: Origin | None) -> str:
    return "" if origin is None else origin.file


def _within(file: str, folder: str) -> bool:
    return not folder or file.startswith(f"{folder}/")
