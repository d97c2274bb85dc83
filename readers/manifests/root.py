"""A folder of manifests, asked like a root module: what it declares are Kubernetes objects."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from readers.kubernetes.manifests import MANIFEST, made_by
from readers.manifests.applied import everything
from readers.manifests.charts import releases
from readers.manifests.files import Built, Files
from readers.manifests.objects import in_namespace, said, secret_texts
from readers.manifests.rendered import of_releases
from tfparse.configs.module import Module
from tfparse.configs.terragrunt import Settings
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Origin
from tfparse.graph.expansion import DeclaredResource
from tfparse.graph.model import Body, Resource
from tfparse.graph.root import NO_PROVIDER, Brought, Root, Said, SecretText
from tfparse.source.places import Folder, OutsideRoot
from tfparse.source.sources import SourceTree

_KUBERNETES = ("helm", NO_PROVIDER)
"""For whose resources :meth:`Root.unseen` is asked where Kubernetes objects or releases are meant."""


class Named(Struct, frozen=True):
    """A folder or file of manifests that somebody has named: below the repo, or, with an absolute path, elsewhere.

    ``namespace`` is that of the objects that name none.
    """

    path: str
    namespace: str | None = None

    @classmethod
    def of(cls, said: str) -> Named:
        """As it is written in settings and on the command line: ``k8s``, or with a namespace ``rendered:shop``."""
        path, _, namespace = said.partition(":")
        return cls(path.rstrip("/") or path, namespace or None)

    @property
    def called(self) -> str:
        """What steps and messages call it: its path with a slash behind it."""
        return f"{posixpath.basename(self.path) if self.path.startswith('/') else self.path}/"


class ManifestRoot(Root):
    """What a folder of manifests declares."""

    def __init__(self, named: Named, tree: SourceTree) -> None:
        self.named = named
        super().__init__(tree, named.called, Settings())

    def module(self, directory: str, settings: Settings | None = None) -> Module:
        """An empty one: no Terraform is read here."""
        return self._modules.setdefault(directory, Module(directory))

    def resources(
        self,
        wanted: Callable[[str], bool] = lambda type: True,
        mode: str = "managed",
        may_be: Callable[[DeclaredResource], bool] = lambda one: True,
    ) -> list[Resource]:
        """All of the types ``wanted``: there is nothing to count."""
        found = [resource for resource in self._declared if wanted(resource.type)] if mode == "managed" else []
        return [*found, *self.brought.resources] if mode == "managed" and wanted(MANIFEST) else found

    def providers(self, wanted: Callable[[str], bool], said: Callable[[str], Said]) -> set[Said]:
        return {said(resource.provider) for resource in self.resources(wanted)}

    @cached_property
    def brought(self) -> Brought:
        files, _ = self._place
        found = [resource for resource in self._declared if resource.type == "helm_release"]
        return of_releases(found, files, "") if files is not None else Brought([], [])

    def unseen(self, provider: str, namespace: str | None = None) -> list[Unknown]:
        if provider not in _KUBERNETES:
            return []
        return [*self._built.doubts, *(self.brought.doubts if provider == NO_PROVIDER else ())]

    def secret_texts(self) -> Iterator[SecretText]:
        for held in self._built.objects:
            yield from secret_texts(held)

    @cached_property
    def _built(self) -> Built:
        files, path = self._place
        if files is None:
            why = f"the manifests in {self.named.path} cannot be read: {path}"
            return Built([], [Unknown(why, Origin(self.path, 1))])
        return everything(files, path)

    @cached_property
    def _place(self) -> tuple[Files | None, str]:
        """The files that the folder is among, and its path there; None, and why, where it cannot be read."""
        where, place = self.named.path, self.tree.place
        try:
            if where.startswith("/"):
                return _elsewhere(Path(where), posixpath.basename(where))
            real = self.tree.resolve(where)
            if isinstance(place, Folder) and place.exists(real) and not place.is_ours(real):
                # Git ignores what was rendered; it was named all the same.
                return _elsewhere(Path(real), where)
            return Files(self.tree), "" if where == "." else where
        except (OutsideRoot, OSError) as error:
            return None, str(error)

    @cached_property
    def _declared(self) -> list[Resource]:
        objects = [in_namespace(held, self.named.namespace) for held in self._built.objects]
        files, _ = self._place
        made = self._built.made
        return [*(_resource(held, made) for held in objects), *(releases(objects, files) if files is not None else ())]


def _elsewhere(place: Path, shown: str) -> tuple[Files, str]:
    """A folder or a file that is no part of the repo; ``shown`` is what it is called."""
    top, inner = (place.parent, place.name) if place.is_file() else (place, "")
    prefix = posixpath.dirname(shown) if inner else shown
    return Files(SourceTree(top, place=Folder(top.resolve())), prefix), inner


def _resource(held: Value, made: Mapping[tuple[str, str], str]) -> Resource:
    """An object as the resource of a raw manifest, which whatever reads those reads too."""
    kind, name = said(held, "kind") or "?", said(held, "metadata", "name") or "?"
    origin = held.origin or Origin("", 1)
    label, body = f"{kind} {name} in {origin.file}", Body({"manifest": held}, (), origin)
    return made_by(Resource(label, "managed", MANIFEST, name, None, body, origin), made.get((kind, name)))
