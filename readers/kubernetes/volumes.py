"""What a volume holds: the files that a ConfigMap, a Secret or a projection of several puts there.

Source: ``ConfigMapVolumeSource``, ``SecretVolumeSource`` and ``ProjectedVolumeSource`` in
https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/
"""

from __future__ import annotations

import posixpath
import re

from msgspec import Struct

from readers import Malformed, Missing, nearest
from readers.account import Certainty, Setting, as_text, every, present, same, told_apart, undetermined
from readers.kubernetes.data import Data, find_data
from readers.kubernetes.fields import flag, named, single
from readers.kubernetes.pods import PodTemplate
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import Block

_KINDS = {"config_map": "ConfigMap", "secret": "Secret"}
_NAMING_PATHS = ("downward_api", "service_account_token")


class Source(Struct, frozen=True):
    """One source of a volume: a block such as ``config_map``.

    ``repetition`` is set where it stands in a ``dynamic`` block whose ``for_each`` is not known.  ``volume`` is the
    block that has the default mode: of a projection the ``projected`` one.
    """

    block: Block
    workload: PodTemplate
    repetition: Unknown | None
    volume: Block | None = None

    def mode(self, path: str) -> int | None:
        """The permissions of what the source puts at a path; None where they are not known.

        The provider takes an octal number as text; 0644 is Kubernetes' default.
        """
        own = next((item for item in self.block.body.blocks("items")
                    if (at := item.body.attribute("path")) is not None and _is_known_as(at, path)), None)  # fmt: skip
        given = None if own is None else own.body.attribute("mode")
        if given is None:
            given = (self.volume or self.block).body.attribute("default_mode")
        if given is None or given.is_null:
            return 0o644
        text = as_text(given, "mode").raw
        return int(text, 8) if isinstance(text, str) and re.fullmatch("[0-7]{1,4}", text) else None

    @property
    def label(self) -> str:
        if self.block.type not in _KINDS:
            return self.block.type
        name = self._reference
        shown = name.raw if name is not None and isinstance(name.raw, str) else "whose name cannot be known"
        return f"{_KINDS[self.block.type]} {shown}"

    def file(self, path: str) -> Setting | None:
        """What the source puts at a path of the volume, None where it certainly puts nothing there."""
        if self.block.type not in _KINDS:
            self._refuse_unless_elsewhere(path)
            return None
        items = self.block.body.blocks("items")
        found = self._item(path) if items else self._key(path)
        whole = self._perhaps_whole
        if whole is not None and self._key(path) is not None:
            raise undetermined(f"which keys of {self.label} are mounted cannot be known", whole, self.block.origin)
        if found is not None and self.repetition is not None:
            raise undetermined(f"{self.label} may be part of the volume", self.repetition, self.block.origin)
        return found

    @property
    def has_keys(self) -> bool:
        """Whether it is a ConfigMap or a Secret."""
        return self.block.type in _KINDS

    def paths(self, within: str = "") -> list[str]:
        """The paths of the volume, at or under one, that the source may put something at: :meth:`file` says."""
        if self.block.type not in _KINDS:
            raise self._not_declared()
        items = self.block.body.blocks("items")
        if not items and within:
            # A key has no slash in it, so there is this one or none: the other keys need not be known.
            return [within]
        if not items:
            return self._data().all_keys()
        return [path for item in items if is_within(path := _normal(_text(item, "path")), within)]

    def near(self, path: str) -> str:
        """A hint for a path that is not there."""
        if self.block.type not in _KINDS:
            return ""
        items = self.block.body.blocks("items")
        known = [value.raw for item in items if (value := item.body.attribute("path")) is not None]
        return nearest(path, [p for p in known if isinstance(p, str)] if items else self._data().listed())

    @property
    def _perhaps_whole(self) -> Unknown | None:
        """Why there may turn out to be no items, so that every key is there under its own name."""
        items = self.block.body.blocks("items")
        return items[0].repetition if items and all(item.repetition is not None for item in items) else None

    def _key(self, path: str) -> Setting | None:
        """What stands under a path of one name, which a key has where no item gives it another."""
        return self._entry(path) if path and "/" not in path else None

    def _item(self, path: str) -> Setting | None:
        for item in self.block.body.blocks("items"):
            value = item.body.attribute("path")
            at = False if value is None else same(value, path) or _is_known_as(value, path)
            verdict = every(present(item.repetition), at)
            if isinstance(verdict, Unknown):
                raise undetermined(f"whether {self.label} is mounted as {path} cannot be known", verdict, item.origin)
            if verdict:
                return self._entry(_text(item, "key"), listed=True)
        return None

    def _entry(self, key: str, *, listed: bool = False) -> Setting | None:
        data = self._data()
        found = data.entry(key)
        if found is None and listed and not flag(self.block.body, "optional"):
            raise Missing(f"key {key}", data.label, self.block.origin, (key, data.listed()))
        return found

    def _data(self) -> Data:
        return find_data(self.workload.objects, _KINDS[self.block.type], self._reference, self.workload.object)

    @property
    def _reference(self) -> Value | None:
        # A projected secret is named by name, a secret volume by secret_name.
        names = (self.block.body.attribute("secret_name"), self.block.body.attribute("name"))
        return next((name for name in names if name is not None), None)

    def _refuse_unless_elsewhere(self, path: str) -> None:
        bodies = [self.block.body, *(item.body for item in self.block.body.blocks("items"))]
        paths = [value for body in bodies if (value := body.attribute("path")) is not None]
        if self.block.type in _NAMING_PATHS and paths and all(same(value, path) is False for value in paths):
            return
        raise self._not_declared()

    def _not_declared(self) -> UnknownValueError:
        return UnknownValueError(f"what {self.block.type} holds is not declared in this stack", self.block.origin)


def sources_of(workload: PodTemplate, mount: Block) -> list[Source]:
    """The sources of the volume that a ``volume_mount`` names; a later one wins over an earlier.

    Raises:
        Missing: the workload has no such volume.
    """
    name = _text(mount, "name")
    volume = _volume(workload, name, mount)
    blocks = volume.body.blocks()
    if volume.type != "volume" or not blocks:
        # A claim template, or a volume without a source, which is an empty directory.
        kind = "volume_claim_template" if volume.type != "volume" else "empty_dir"
        return [Source(Block(kind, (), volume.body, volume.origin), workload, None)]
    if len(blocks) > 1 or blocks[0].repetition is not None:
        why = next((b.repetition for b in blocks if b.repetition is not None), None)
        if why is None:
            raise Malformed(f"volume {name} of {workload.label}", "it has more than one source", volume.origin)
        raise undetermined(f"what volume {name} is cannot be known", why, volume.origin)
    if blocks[0].type != "projected":
        return [Source(blocks[0], workload, None)]
    return [
        Source(source, workload, outer.repetition or source.repetition, blocks[0])
        for outer in blocks[0].body.blocks("sources")
        for source in outer.body.blocks()
    ]


def _volume(workload: PodTemplate, name: str, mount: Block) -> Block:
    volumes = workload.pod.blocks("volume")
    # A claim template takes the place of a volume of its name.
    for verdicts in ([(c, _claims(c, name)) for c in workload.claims], [(v, named(v, name)) for v in volumes]):
        found, doubtful = told_apart(verdicts)
        if found:
            return found[0]
        if doubtful:
            block, why = doubtful[0]
            raise undetermined(f"volume {name} of {workload.label} cannot be known", why, block.origin)
    names = [value.raw for volume in volumes if (value := volume.body.attribute("name")) is not None]
    near = nearest(name, [known for known in names if isinstance(known, str)])
    raise Missing(f"volume {name}", f"{workload.label}{near}", mount.origin)


def _claims(claim: Block, name: str) -> Certainty:
    """Whether a volume claim template makes the volume of that name."""
    metadata = single(claim.body, "metadata")
    return False if metadata is None else every(present(claim.repetition), named(metadata, name))


def _text(block: Block, name: str) -> str:
    value = block.body.attribute(name)
    if value is None:
        raise Malformed(block.type, f"it has no {name}", block.origin)
    return as_text(value, name).as_string()


def _is_known_as(value: Value, path: str) -> bool:
    return isinstance(value.raw, str) and _normal(value.raw) == path


def _normal(path: str) -> str:
    return posixpath.normpath(path) if path else ""


def is_within(path: str, directory: str) -> bool:
    """Whether a path is a directory or lies under it."""
    return directory in ("", "/", path) or path.startswith(directory + "/")
