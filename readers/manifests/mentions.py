"""YAML of the repo that no settings name as manifests: what of it declares an object that is promised about.

Whether anybody applies it is not known, so it is told and decides nothing; unless an object of Flux's or Argo CD's has
it applied, and no folder is named at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from readers.manifests.applied import CONTROLLERS, Applied, leads_to
from readers.manifests.documents import SUFFIXES, objects_of, read_documents
from readers.manifests.files import Files
from readers.manifests.objects import identity
from readers.manifests.root import Named
from tfparse.configs.module import Module
from tfparse.configs.terragrunt import Settings
from tfparse.cty.values import Unknown
from tfparse.diagnostics import Origin
from tfparse.graph.root import NO_PROVIDER, Root
from tfparse.source.places import OutsideRoot
from tfparse.source.sources import SourceTree

PATH = "*.yaml"
"""What it is called among the roots: it is asked like one, and is no place."""


class Mentions(Root):
    """The YAML below no folder that was named.  A file is read as text, and parsed only where it names the object."""

    def __init__(self, named: Sequence[Named], tree: SourceTree) -> None:
        self._named = [one.path for one in named if not one.path.startswith("/")]
        super().__init__(tree, PATH, Settings())
        self.kept["mentions"] = self.mentions

    def module(self, directory: str, settings: Settings | None = None) -> Module:
        """An empty one: no Terraform is read here."""
        return self._modules.setdefault(directory, Module(directory))

    def unseen(self, provider: str, namespace: str | None = None) -> list[Unknown]:
        if self._named or provider not in ("helm", NO_PROVIDER):
            return []
        todo = "name the folder that it stands in (manifests)"
        return [Unknown(f"{one.by} applies {one.path or '.'}: {todo}", one.origin) for one in self._applied]

    @cached_property
    def _applied(self) -> list[Applied]:
        """What the controllers' objects in it lead to."""
        texts = {path: text for path, text in self._texts.items() if any(group in text for group in CONTROLLERS)}
        objects = [held for path in texts for one in read_documents(self.tree, path).maps for held in objects_of(one)]
        return list(leads_to(objects, Files(self.tree)))

    def mentions(self, kind: str, name: str, namespace: str) -> list[tuple[Unknown, bool]]:
        """The documents that declare an object of that kind and name, in that namespace or in none; and of each whether
        it is known to be applied.
        """
        called = re.escape(name)
        names = re.compile(
            rf"^[^\S\n]*-?[^\S\n]*[\"']?name[\"']?:\s*[\"']?{called}\b|[{{,]\s*name:\s*{called}\b", re.MULTILINE
        )
        files = [path for path, text in self._texts.items() if kind in text and name in text and names.search(text)]
        found = [held for path in files for one in read_documents(self.tree, path).maps for held in objects_of(one)]
        wanted = [(kind, namespace, name), (kind, "", name)]
        return [self._told(f"{kind} {name}", held.origin) for held in found if identity(held) in wanted]

    def _told(self, label: str, origin: Origin | None) -> tuple[Unknown, bool]:
        by = next((one.by for one in self._applied if origin is not None and one.has(origin.file)), None)
        if by is None:
            why = f"{label} stands in YAML, too; if that is applied, name its folder (manifests)"
            return Unknown(why, origin), False
        why = f"{label} stands in YAML that {by} applies, too: name the folder that {by} stands in (manifests)"
        return Unknown(why, origin), not self._named

    @cached_property
    def _texts(self) -> dict[str, str]:
        """What may hold an object, by its file."""
        self.tree.reads.below.add("")
        found: dict[str, str] = {}
        for path in self.tree.place.every():
            if not path.endswith(SUFFIXES[:2]) or any(f"{path}/".startswith(f"{named}/") for named in self._named):
                continue
            try:
                text = self.tree.read_bytes(path).decode()
            except (OSError, OutsideRoot, UnicodeDecodeError):
                continue
            if "kind:" in text:
                found[path] = text
        return found
