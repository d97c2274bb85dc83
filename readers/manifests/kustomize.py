"""What ``kustomize build`` makes of a folder, as far as it is plain.

What is not read makes unknown what it may change: the content of the objects that it is about.  Source:
https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from readers import Malformed
from readers.kubernetes.manifests import at, listed
from readers.manifests.documents import SUFFIXES, read_text
from readers.manifests.files import Built, Files
from readers.manifests.generators import generated, named_by_content
from readers.manifests.merging import is_typed, merged, patched
from readers.manifests.objects import blurred, having_been, identity, without, without_notes
from readers.manifests.transformers import Selector, named_otherwise, transformed
from tfparse.cty.values import Unknown, Value, object_
from tfparse.diagnostics import Origin, TerraformError, UnknownValueError

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_HARMLESS = frozenset({"apiVersion", "buildMetadata", "kind", "metadata", "sortOptions", "validators"})
_OF_CUSTOM = frozenset({"crds", "openapi"})
"""What says how objects are to be changed whose types are not Kubernetes' own."""
_READ = frozenset({
    "bases", "commonAnnotations", "commonLabels", "components", "configMapGenerator", "generatorOptions", "images",
    "labels", "namePrefix", "nameSuffix", "namespace", "patches", "patchesJson6902", "patchesStrategicMerge",
    "replicas", "resources", "secretGenerator",
})  # fmt: skip
_BRINGS = frozenset({"generators", "helmCharts", "helmChartInflationGenerator", "helmGlobals"})
"""What brings objects of its own; anything else that is not read may change those that there are."""
_DEEPEST = 30
_MOST = 1_000
"""So many folders are built for one: each that takes another twice over doubles what there is to do."""


@dataclass
class Kustomize:
    """Builds folders that have a kustomization."""

    source: Files
    _built: int = 0

    def build(self, folder: str, before: Built | None = None, depth: int = 0, over: Value | None = None) -> Built:
        """What a folder's kustomization makes; a component changes what there is ``before``.  What stands elsewhere and
        is laid ``over`` it counts as if it stood there.
        """
        built, file = Built(), self.file_of(folder)
        self._built = self._built + 1 if depth else 1
        if file is None or depth > _DEEPEST:
            built.doubts.append(self._doubt(folder, "is no folder with a kustomization"))
            return built
        if self._built > _MOST:
            built.doubts.append(self._doubt(folder, f"is not read: it takes more than {_MOST} others to build this"))
            return built
        documents = self.source.documents(file)
        built.doubts += documents.doubts
        if len(documents.maps) != 1:
            built.doubts.append(self._doubt(file, "is no kustomization that can be read"))
            return built
        held = documents.maps[0]
        if before is not None:
            built.add(before)
        for key in ("resources", "bases"):
            for entry in listed(at(held, key)):
                self._take(built, folder, entry, key, depth)
        generated(built, held, self.source, folder)
        for entry in listed(at(held, "components")):
            self._take(built, folder, entry, "components", depth)
        for step in (self._patches, self._transform, self._unread):
            step(built, held, folder)
        if depth == 0:
            self.laid_over(built, over, folder)
            built.objects = [without_notes(one) for one in named_by_content(built.objects)]
        return built

    def laid_over(self, built: Built, held: Value | None, folder: str) -> None:
        """Change a build by a further kustomization, which stands elsewhere."""
        if held is None:
            return
        for entry in listed(at(held, "components")):
            self._take(built, folder, entry, "components", 1)
        for step in (self._patches, self._transform):
            step(built, held, folder)

    def file_of(self, folder: str) -> str | None:
        """The kustomization of a folder; None where it has none."""
        return next((p for name in NAMES if (p := posixpath.join(folder, name)) in self.source.files), None)

    def _doubt(self, path: str, text: str) -> Unknown:
        shown = self.source.shown(path)
        return Unknown(f"{shown} {text}", Origin(shown, 1))

    def _take(self, built: Built, folder: str, entry: Value, key: str, depth: int) -> None:
        said = entry.raw if isinstance(entry.raw, str) else "?"
        path = posixpath.normpath(posixpath.join(folder, said))
        path = "" if path == "." else path
        if path in self.source.files and path.endswith(SUFFIXES):
            built.add(self.source.file(path))
        elif self.file_of(path) is not None and key == "components":
            whole = self.build(path, built, depth + 1)
            built.objects, built.doubts = whole.objects, whole.doubts
        elif self.file_of(path) is not None:
            built.add(self.build(path, None, depth + 1))
        else:
            built.doubts.append(Unknown(f"kustomize takes {said}, which is not in this repo", entry.origin))

    # -- patches ----------------------------------------------------------------------------------

    def _patches(self, built: Built, held: Value, folder: str) -> None:
        for key in ("patchesStrategicMerge", "patches", "patchesJson6902"):
            for entry in listed(at(held, key)):
                try:
                    self._patch(built, entry, folder)
                except (Malformed, TerraformError, UnknownValueError) as error:
                    why = Unknown(f"a patch of {self.source.shown(folder)} is not read: {error}", entry.origin)
                    target = Selector.of(at(entry, "target"))
                    built.objects = [blurred(one, why) if target.takes(one) else one for one in built.objects]

    def _patch(self, built: Built, entry: Value, folder: str) -> None:
        inline = entry if isinstance(entry.raw, str) else at(entry, "patch")
        path = entry if isinstance(entry.raw, str) and "\n" not in entry.raw else at(entry, "path")
        if path is not None:
            where = posixpath.normpath(posixpath.join(folder, path.as_string()))
            documents = self.source.documents(where)
        elif inline is not None:
            documents = read_text(inline, self.source.shown(folder), self.source.fill)
        else:
            raise Malformed("patch", "it has neither patch nor path", entry.origin)
        if documents.doubts:
            raise UnknownValueError(documents.doubts[0].reason, documents.doubts[0].origin)
        target = at(entry, "target")
        selector = Selector.of(target) if target is not None else None
        if selector is not None and selector.unread:
            raise Malformed("target", selector.unread, entry.origin)
        free = at(entry, "options", "allowNameChange"), at(entry, "options", "allowKindChange")
        renames, retypes = (option is not None and option.raw is True for option in free)
        for value in (*documents.maps, *documents.lists):
            if retypes and isinstance(value.raw, dict):
                built.doubts.append(self._doubt(folder, "has a patch that changes kinds, which is not read"))
            self._apply(built, value, selector, renames=renames)

    @staticmethod
    def _apply(built: Built, patch: Value, target: Selector | None, *, renames: bool) -> None:
        if isinstance(patch.raw, tuple) and target is None:
            raise Malformed("patch", "a JSON patch needs a target", patch.origin)
        selector, content = target or Selector.like(patch), _content(patch, renames=renames)
        before: list[tuple[str, str, str]] = []
        found: list[Value] = []
        for one in built.objects:
            new: Value | None = one
            if selector.takes(one):
                new = patched(one, patch, "patch") if isinstance(patch.raw, tuple) else merged(
                    one, content, typed=is_typed(one))  # fmt: skip
            if new is not None:
                before.append(identity(one))
                found.append(having_been(new, before[-1]))
        built.objects = named_otherwise(found, before)

    # -- what follows -----------------------------------------------------------------------------

    @staticmethod
    def _transform(built: Built, held: Value, folder: str) -> None:
        before = [identity(one) for one in built.objects]
        built.objects = [transformed(one, held) for one in built.objects]
        built.objects = named_otherwise(built.objects, before)

    def _unread(self, built: Built, held: Value, folder: str) -> None:
        keys = held.raw if isinstance(held.raw, dict) else {}
        for key in keys:
            if key in _HARMLESS | _READ:
                continue
            why = Unknown(f"{key} of {self.source.shown(folder)}'s kustomization is not read", keys[key].origin)
            if key in _BRINGS:
                built.doubts.append(why)
            else:
                built.objects = [
                    one if key in _OF_CUSTOM and is_typed(one) else blurred(one, why) for one in built.objects
                ]


def _content(patch: Value, *, renames: bool) -> Value:
    """A patch without what says which object is meant: that may have another name by now."""
    if not isinstance(patch.raw, dict):
        return patch
    held = {key: value for key, value in patch.raw.items() if key not in ("apiVersion", "kind", "metadata")}
    metadata = patch.raw.get("metadata")
    if metadata is not None and isinstance(metadata.raw, dict):
        held["metadata"] = metadata if renames else without(metadata, "name", "namespace")
    return object_(held, patch.origin)
