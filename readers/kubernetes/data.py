"""ConfigMaps and Secrets: what stands under their keys."""

from __future__ import annotations

import base64
import binascii

from msgspec import Struct

from readers import Malformed, Missing
from readers.account import Setting, Weight, as_text, undetermined
from readers.kubernetes.commands import touching
from readers.kubernetes.fields import covering
from readers.kubernetes.objects import Object, Objects
from tfparse.cty.types import STRING
from tfparse.cty.values import Unknown, Value, string, unknown
from tfparse.diagnostics import UnknownValueError


class Data(Struct, frozen=True):
    """The keys of a ConfigMap or Secret of the stack, and what else may write to it."""

    object: Object
    writer: Unknown | None

    @property
    def label(self) -> str:
        return self.object.label

    def entry(self, key: str, *, for_environment: bool = False) -> Setting | None:
        """What stands under a key; None where it certainly has no such key.

        Of an open map (``merge`` with an unknown one) the keys that are listed are certain.
        An environment takes nothing from a ConfigMap's ``binary_data``.
        """
        text_only = for_environment and self.object.kind == "ConfigMap"
        doubt = self.writer or self._write_only()
        if self.writer is None:
            for attribute, held in self._held(text_only):
                listed = held.raw.get(key) if isinstance(held.raw, dict) else None
                if listed is not None:
                    return self._setting(key, attribute, listed.marked(held.marks))
                doubt = doubt or held.unknown or held.rest
        if doubt is not None:
            raise undetermined(
                f"whether {self.label} has the key {key} cannot be known", doubt, self.object.resource.origin
            )
        return None

    def all_keys(self) -> list[str]:
        """All keys, sorted.

        Raises:
            UnknownValueError: there may be others.
        """
        doubts = [self.writer, self._write_only(), *(held.unknown or held.rest for _, held in self._held())]
        for doubt in doubts:
            if doubt is not None:
                raise undetermined(f"which keys {self.label} has cannot be known", doubt, self.object.resource.origin)
        return self.listed()

    def listed(self) -> list[str]:
        """The keys that are certain, sorted."""
        return sorted({key for _, held in self._held() if isinstance(held.raw, dict) for key in held.raw})

    def _held(self, text_only: bool = False) -> list[tuple[str, Value]]:
        held = []
        for attribute in ("data",) if text_only else ("data", "binary_data"):
            value = self.object.resource.body.attribute(attribute)
            if value is not None and not isinstance(value.raw, (dict, Unknown)):
                raise Malformed(self.label, f"{attribute} is not a map", value.origin)
            if value is not None:
                held.append((attribute, value))
        return held

    def _write_only(self) -> Unknown | None:
        for attribute in ("data_wo", "binary_data_wo"):
            value = self.object.resource.body.attribute(attribute)
            if value is not None:
                return Unknown(f"{attribute} reaches the cluster only when its revision changes", value.origin)
        return None

    def _setting(self, key: str, attribute: str, listed: Value) -> Setting:
        value = as_text(listed, f"{key} of {self.label}")
        if attribute == "binary_data":
            value = _decoded(value, f"{key} of {self.label}")
        if self.object.kind == "Secret":
            value = value.marked()
        resource = self.object.resource
        ignored = covering(resource.ignore_changes, (attribute, key))
        return Setting(key, value, self.label, listed.origin or resource.origin, ignored)


def find_data(objects: Objects, kind: str, name: Value | None, workload: Object) -> Data:
    """The ConfigMap or Secret of its namespace to which a ``workload`` refers by ``name``.

    One that the stack does not declare may well exist: a controller or another stack makes it.  So it is
    not missing but unknown.
    """
    if name is None:
        raise Malformed(f"reference to a {kind}", "it has no name")
    if name.unknown is not None:
        raise undetermined(f"which {kind} is meant cannot be known", name.unknown, name.origin)
    wanted = as_text(name, f"name of a {kind}").as_string()
    try:
        found = objects.find(kind, wanted, workload.namespace)
    except Missing as error:
        raise UnknownValueError(f"{kind} {wanted} is not declared in this stack", name.origin) from error
    through, other = workload.resource.provider, found.resource.provider
    if not objects.are_together(workload.resource, found.resource) and through != other:
        ways = f"it goes through the provider {other}, {workload.label} through {through}"
        why = Unknown(f"{ways}: perhaps not to one cluster")
        raise undetermined(f"whether {workload.label} gets {found.label} cannot be known", why, found.resource.origin)
    return Data(found, objects.writer(found) or _commanded(objects, found))


def _commanded(objects: Objects, target: Object) -> Unknown | None:
    """The call of kubectl that names a ConfigMap or Secret."""
    name, namespace = target.name.raw, target.namespace.raw
    if not isinstance(name, str) or not isinstance(namespace, str):
        return None
    for command in objects.everywhere(touching, target.kind, name, namespace):
        remark = command.touches(target.kind, name, namespace)
        if remark is not None and remark.weight is Weight.DOUBT:
            return Unknown(remark.text, remark.origin)
    return None


def _decoded(value: Value, what: str) -> Value:
    if value.is_unknown:
        return value
    try:
        content = base64.b64decode(value.as_string(), validate=True).decode()
    except binascii.Error as error:
        raise Malformed(what, f"not base64: {error}", value.origin) from error
    except UnicodeDecodeError:
        return unknown("it is binary, not text", value.origin, STRING)
    return string(content, value.origin).marked(value.marks)
