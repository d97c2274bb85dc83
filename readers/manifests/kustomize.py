"""What ``kustomize build`` makes of a folder: read as far as it is plain, else as kustomize itself builds it.

Where that is not installed, or refuses, what is not read makes unknown what it may change: the content of the objects
that it is about.  Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import posixpath

from msgspec import Struct, field

from readers import Malformed, NotProven
from readers.kubernetes.manifests import at, listed, mapped
from readers.manifests import building
from readers.manifests.documents import SUFFIXES, objects_of, read_text
from readers.manifests.files import Built, Files
from readers.manifests.generators import generated, named_by_content
from readers.manifests.merging import is_typed, merged, patched
from readers.manifests.objects import blurred, having_been, identity, masked, said, with_key, without, without_notes
from readers.manifests.transformers import Selector, named_otherwise, transformed
from tfparse.cty.values import Unknown, Value, object_, string, tuple_
from tfparse.diagnostics import Origin, TerraformError, UnknownValueError

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


class Kustomize(Struct):
    """Builds folders that have a kustomization.

    ``heedless`` takes it that what is not read changes nothing: that tells where things stand, not what they are.
    """

    source: Files
    heedless: bool = False
    help: str = ""
    """What would tell what is not read."""
    unread: list[Unknown] = field(default_factory=list)
    _built: int = 0

    def build(self, folder: str, over: Value | None = None) -> Built:
        """What a folder's kustomization makes.  What stands elsewhere and is laid ``over`` it, counts as if it stood
        there.
        """
        self._built = 0
        self.unread.clear()
        built = self._read(folder, None, 0, over)
        if self.unread and not (self.heedless or self.help) and self.file_of(folder) is not None:
            return self._asked(folder, over)
        built.objects = [without_notes(one) for one in named_by_content(built.objects)]
        return built

    def _asked(self, folder: str, over: Value | None) -> Built:
        """What kustomize itself makes; where that does not tell, what is read, and what would tell the rest."""
        why, how = self.unread[0], building.command(self.source.shown(folder))
        try:
            instead = self.source.documents(str(self.file_of(folder))).maps[0] if over is not None else None
            text = building.build(self.source, folder, instead if instead is None else with_over(instead, over))
        except (NotProven, Malformed, TerraformError, UnknownValueError) as error:
            return Kustomize(self.source, help=f"; {how} would tell: {error}").build(folder, over)
        documents = read_text(string(text, why.origin, verbatim=True), self.source.shown(folder), self.source.fill)
        objects = [masked(one) for held in documents.maps for one in objects_of(held)]
        like = Kustomize(self.source, heedless=True).build(folder, over)
        made = {(said(one, "kind"), said(one, "metadata", "name")): how for one in objects}
        return Built(building.placed(objects, like, why.origin), list(documents.doubts), made)

    def _read(self, folder: str, before: Built | None, depth: int, over: Value | None = None) -> Built:
        """What a folder's kustomization makes, as far as it is read; a component changes what there is ``before``."""
        built, file = Built(), self.file_of(folder)
        self._built += 1 if depth else 0
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
        held = with_over(documents.maps[0], over)
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
        return built

    def laid_over(self, built: Built, held: Value | None, folder: str) -> None:
        """Change what a folder without a kustomization declares by one that stands elsewhere."""
        if held is None:
            return
        for entry in listed(at(held, "components")):
            self._take(built, folder, entry, "components", 1)
        for step in (self._patches, self._transform):
            step(built, held, folder)

    def file_of(self, folder: str) -> str | None:
        """The kustomization of a folder; None where it has none."""
        return building.file_of(self.source, folder)

    def _doubt(self, path: str, text: str) -> Unknown:
        shown = self.source.shown(path)
        return self._told(f"{shown} {text}", Origin(shown, 1))

    def _told(self, reason: str, origin: Origin | None) -> Unknown:
        why = Unknown(reason + self.help, origin)
        self.unread.append(why)
        return why

    def _blurred(self, one: Value, why: Unknown) -> Value:
        return one if self.heedless else blurred(one, why)

    def _take(self, built: Built, folder: str, entry: Value, key: str, depth: int) -> None:
        name = entry.raw if isinstance(entry.raw, str) else "?"
        path = posixpath.normpath(posixpath.join(folder, name))
        path = "" if path == "." else path
        if path in self.source.files and path.endswith(SUFFIXES):
            built.add(self.source.file(path))
        elif self.file_of(path) is not None and key == "components":
            whole = self._read(path, built, depth + 1)
            built.objects, built.doubts = whole.objects, whole.doubts
        elif self.file_of(path) is not None:
            built.add(self._read(path, None, depth + 1))
        else:
            built.doubts.append(self._told(f"kustomize takes {name}, which is not in this repo", entry.origin))

    # -- patches ----------------------------------------------------------------------------------

    def _patches(self, built: Built, held: Value, folder: str) -> None:
        for key in ("patchesStrategicMerge", "patches", "patchesJson6902"):
            for entry in listed(at(held, key)):
                try:
                    self._patch(built, entry, folder)
                except (Malformed, TerraformError, UnknownValueError) as error:
                    why = self._told(f"a patch of {self.source.shown(folder)} is not read: {error}", entry.origin)
                    target = Selector.of(at(entry, "target"))
                    built.objects = [self._blurred(one, why) if target.takes(one) else one for one in built.objects]

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
        for key, value in mapped(held).items():
            if key in _HARMLESS | _READ:
                continue
            why = self._told(f"{key} of {self.source.shown(folder)}'s kustomization is not read", value.origin)
            if key in _BRINGS:
                built.doubts.append(why)
            else:
                built.objects = [
                    one if key in _OF_CUSTOM and is_typed(one) else self._blurred(one, why) for one in built.objects
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


_OF_ONE_NAME = ("images", "replicas")


def with_over(held: Value, over: Value | None) -> Value:
    """A kustomization with what a controller writes into it: lists grow, maps are merged, the rest is replaced.

    Sources: https://fluxcd.io/flux/components/kustomize/kustomizations/ (the generator of fluxcd/pkg/kustomize) and
    https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/
    """
    for key, value in mapped(over).items():
        old = at(held, key)
        if isinstance(value.raw, tuple):
            below = listed(old)
            if key in _OF_ONE_NAME:
                below = tuple(one for one in below if said(one, "name") not in {said(new, "name") for new in value.raw})
            value = tuple_((*below, *value.raw), value.origin)
        elif isinstance(value.raw, dict) and old is not None and isinstance(old.raw, dict):
            value = object_({**old.raw, **value.raw}, value.origin)
        held = with_key(held, key, value)
    return held
