"""The files that a container finds mounted: volume mount, volume, ConfigMap or Secret, key.

The deepest mount over a path decides it, and a mount hides what lies under it.  Source: ``VolumeMount`` in
https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct

from readers import Malformed, Missing
from readers.account import Certainty, Setting, as_text, every, present, told_apart, undetermined
from readers.kubernetes.fields import field, single
from readers.kubernetes.pods import ContainerSpec
from readers.kubernetes.volumes import Source, is_within, sources_of
from tfparse.cty.values import Value
from tfparse.diagnostics import Origin
from tfparse.graph.model import Block


class MountedFile(Setting, frozen=True):
    """A file in a container, ``what`` being its path: ``origin`` is the key's, ``mount_origin`` the mount's.

    ``mode`` are its permissions; None where they are not known.
    """

    mount_origin: Origin | None = None
    mode: int | None = 0o644


def mounted_file(container: ContainerSpec, path: str) -> MountedFile:
    """The file that the container finds at a path.

    Raises:
        Missing: none is mounted.
        UnknownValueError: what is mounted there is not declared in the stack (a claim, an empty directory, a Secret
            made elsewhere) or cannot be known.
    """
    path = _absolute(path)
    mounts, directory = _mounts(container), path
    while True:
        mount = _mount_at(mounts, directory, container)
        if mount is not None:
            return mount.file(path)
        if directory == "/":
            known = [m.known_path for m in mounts if m.path_may_be_told]
            where = f"the {len(mounts)} volume mounts of {container.label}"
            raise Missing(f"file {path}", where, container.origin, (path, known))
        directory = posixpath.dirname(directory)


def group_of_files(container: ContainerSpec) -> Setting | None:
    """The group that may read the files of a pod's volumes (``fs_group``); None where none is set."""
    context = single(container.workload.pod, "security_context")
    if context is None:
        return None
    return field(context.body, "fs_group", container.workload.label)


def files_under(container: ContainerSpec, directory: str, *, claims: bool = True) -> list[MountedFile]:
    """The files that the container finds mounted below a directory, at any depth, by path.

    Without ``claims``, of ConfigMaps and Secrets alone: what a claim holds is not asked.

    Raises:
        UnknownValueError: there may be others.
    """
    directory = _absolute(directory)
    over: list[_Mount] = []
    below: list[_Mount] = []
    for mount in _mounts(container):
        if mount.may_concern(directory) and (claims or mount.is_of_keys):
            (over if is_within(directory, mount.known_path) else below).append(mount)
    files: dict[str, MountedFile] = {}
    for mount in [*sorted(over, key=_depth)[-1:], *sorted(below, key=_depth)]:
        files = {path: file for path, file in files.items() if not is_within(path, mount.known_path)}
        files |= {file.what: file for file in mount.files()}
    return [file for path, file in sorted(files.items()) if path != directory and is_within(path, directory)]


class Mounted(Struct, frozen=True):
    """What a volume mount puts where: its path, as it may be shown, and its place."""

    path: str
    shown: str
    origin: Origin


def mounts_over(container: ContainerSpec, paths: Iterable[str]) -> list[Mounted]:
    """The volume mounts that put something at, over or under one of some paths, or may.

    One of a path that is not known counts if the folder that it certainly lies in is at or under one of them.
    """
    asked = tuple(paths)
    kept, key = container.body.kept, ("mounts over", asked)
    if key not in kept:
        kept[key] = _mounts_over(container, asked)
    found: list[Mounted] = kept[key]
    return found


def _mounts_over(container: ContainerSpec, paths: Iterable[str]) -> list[Mounted]:
    wanted, found = [_absolute(path) for path in paths], []
    for mount in _mounts(container):
        at = mount.surely_under
        over = mount.path_is_known and any(is_within(path, at) for path in wanted)
        if at != "/" and (over or any(is_within(at, path) for path in wanted)):
            shown = mount.known_path if mount.path_may_be_told else "something"
            found.append(Mounted(at, shown, mount.block.origin))
    return found


class _Mount(Struct, frozen=True, dict=True):
    container: ContainerSpec
    block: Block
    index: int

    def is_at(self, directory: str) -> Certainty:
        """Whether it is certainly, or perhaps, mounted at a directory."""
        there: Certainty = False
        if self._path.unknown is None:
            there = self.known_path == directory
        elif is_within(directory, self._known_head):
            there = self._path.unknown
        return every(present(self.block.repetition), there)

    def may_concern(self, directory: str) -> bool:
        """Whether it is mounted over or under a directory.

        Raises:
            UnknownValueError: that cannot be known.
        """
        why = self._path.unknown or self.block.repetition
        at = self.known_path if self._path.unknown is None else self._known_head
        concerned = is_within(at, directory) or is_within(directory, at)
        if concerned and why is not None:
            raise undetermined(f"what is mounted under {directory} cannot be known", why, self.block.origin)
        return concerned

    @cached_property
    def _path(self) -> Value:
        value = self.block.body.attribute("mount_path")
        if value is None:
            raise Malformed(f"volume_mount of {self.container.label}", "it has no mount_path", self.block.origin)
        return as_text(value, "mount_path")

    @property
    def path_may_be_told(self) -> bool:
        return self._path.unknown is None and not self._path.sensitive

    @property
    def path_is_known(self) -> bool:
        return self._path.unknown is None

    @property
    def surely_under(self) -> str:
        """Its path, or the folder that a partly unknown one certainly lies in."""
        return self.known_path if self._path.unknown is None else self._known_head

    @cached_property
    def known_path(self) -> str:
        return _absolute(self._path.as_string())

    @cached_property
    def _known_head(self) -> str:
        """The directory under which a partly unknown path certainly lies."""
        first = self._path.text_parts()[0].text
        return _absolute(first.rpartition("/")[0]) if isinstance(first, str) else "/"

    @cached_property
    def _sources(self) -> list[Source]:
        return sources_of(self.container.workload, self.block)

    @property
    def is_of_keys(self) -> bool:
        """Whether it is of a ConfigMap or Secret, or partly."""
        return any(source.has_keys for source in self._sources)

    @cached_property
    def _sub_path(self) -> str:
        value = self.block.body.attribute("sub_path")
        text = "" if value is None else as_text(value, "sub_path").as_string()
        return _absolute(text).strip("/")

    def file(self, path: str) -> MountedFile:
        """The file at a path that lies at or under the mount."""
        inside = "/".join(filter(None, (self._sub_path, path.removeprefix(self.known_path).strip("/"))))
        for source in reversed(self._sources):
            found = source.file(inside)
            if found is not None:
                return self._mounted(path, found, source.mode(inside))
        if not inside:
            labels = ", ".join(source.label for source in self._sources)
            raise Missing(f"file {path}", f"{labels}, which is mounted there as a directory", self.block.origin)
        labels = ", ".join(source.label + source.near(inside) for source in self._sources)
        raise Missing(f"key {inside}, to be mounted at {path},", labels, self.block.origin)

    def files(self) -> list[MountedFile]:
        """All files of the mount, by their paths in the container."""
        files: dict[str, MountedFile] = {}
        for source in self._sources:
            for inside in source.paths(self._sub_path):
                rest = inside.removeprefix(self._sub_path).strip("/")
                path = posixpath.join(self.known_path, rest) if rest else self.known_path
                found = source.file(inside)
                if found is not None:
                    files[path] = self._mounted(path, found, source.mode(inside))
        return list(files.values())

    def _mounted(self, path: str, found: Setting, mode: int | None) -> MountedFile:
        ignored = found.ignored or self.container.ignored("volume_mount", self.index)
        source = f"{found.source} key {found.what}"
        return MountedFile(path, found.value, source, found.origin, ignored, mount_origin=self.block.origin,
                           mode=mode)  # fmt: skip


def _mounts(container: ContainerSpec) -> list[_Mount]:
    return [_Mount(container, block, index) for index, block in enumerate(container.body.blocks("volume_mount"))]


def _mount_at(mounts: list[_Mount], directory: str, container: ContainerSpec) -> _Mount | None:
    certain, doubtful = told_apart((mount, mount.is_at(directory)) for mount in mounts)
    if len(certain) > 1:
        raise Malformed(container.label, f"two volumes are mounted at {directory}", certain[1].block.origin)
    if certain:
        return certain[0]
    if doubtful:
        mount, why = doubtful[0]
        raise undetermined(f"what is mounted at {directory} cannot be known", why, mount.block.origin)
    return None


def _depth(mount: _Mount) -> int:
    return len(mount.known_path)


def _absolute(path: str) -> str:
    return posixpath.normpath("/" + path.lstrip("/"))
