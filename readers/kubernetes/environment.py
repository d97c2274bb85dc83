"""A container's effective environment.

``env`` wins over ``env_from``, the last entry of a name over the earlier ones, the last source that has a
key over the earlier ones.  Sources: ``EnvVar`` and ``EnvFromSource`` in
https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ and
https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
"""

from __future__ import annotations

from contextlib import suppress

from readers import Malformed, Missing, nearest
from readers.account import Setting, as_text, undetermined
from readers.kubernetes.data import Data, find_data
from readers.kubernetes.fields import flag, named, single
from readers.kubernetes.pods import ContainerSpec
from tfparse.cty.types import STRING
from tfparse.cty.values import Unknown, Value, marks_of, string, unknown
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.graph.model import Block
from tfparse.patterns import pattern

_FROM = {"config_map_ref": "ConfigMap", "secret_ref": "Secret"}
_KEY_OF = {"config_map_key_ref": "ConfigMap", "secret_key_ref": "Secret"}
_REFERENCE = pattern(r"\$(?:\$|\(([^)]*)\))")
_NAME = pattern(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_SERVICE_LINK = pattern(r"[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_[A-Z_]+)?)")
"""What Kubernetes itself sets for each service of the namespace."""
_LONGEST = 1 << 20
_DEEPEST = 50
_MOST = 2_000


class Environment:
    """What Kubernetes puts into the environment of one container.  What its image sets is not known here."""

    def __init__(self, container: ContainerSpec) -> None:
        self._container = container
        self._env = container.body.blocks("env")
        self._env_from = container.body.blocks("env_from")
        self._sources: dict[str, None] = {}
        self._entries: dict[int, Setting | None] = {}
        self._depth = 0
        self._lookups = 0

    def variable(self, name: str) -> Setting:
        """The variable as the container sees it.

        Raises:
            Missing: nothing sets it.
            UnknownValueError: something that cannot be known may set or override it.
        """
        workload = self._container.workload
        writer = workload.objects.writer(workload.object)
        if writer is not None:
            raise undetermined(f"{name} of {self._container.label} cannot be known", writer, workload.origin)
        found = self._lookup(name, len(self._env))
        if found is None:
            looked_through = ", ".join([f"{len(self._env)} env entries", *self._sources])
            raise Missing(
                f"environment variable {name}", f"{self._container.label} ({looked_through})", self._container.origin
            )
        return found

    def names(self) -> dict[str, Origin]:
        """The variables that are certainly set, each with the block that sets it."""
        found: dict[str, Origin] = {}
        for block in self._env_from:
            with suppress(Missing, Malformed, UnknownValueError):
                prefix = block.body.attribute("prefix")
                before = "" if prefix is None else as_text(prefix, "prefix").as_string()
                found |= {before + key: block.origin for key in self._source("", block).all_keys()}
        own = [(block.body.attribute("name"), block.origin) for block in self._env]
        return found | {name.raw: at for name, at in own if name is not None and isinstance(name.raw, str)}

    def _lookup(self, name: str, before: int) -> Setting | None:
        """The variable as the ``env`` entries ahead of an index and all of ``env_from`` set it."""
        self._lookups += 1
        if self._lookups > _MOST:
            raise Malformed(f"environment of {self._container.label}", "its variables refer to too many")
        for index in reversed(range(before)):
            block = self._env[index]
            sets = named(block, name)
            if isinstance(sets, Unknown):
                raise undetermined(f"an env entry may set {name}", sets, block.origin)
            if sets and (found := self._entry(name, index)) is not None:
                return found
        for block in reversed(self._env_from):
            if (found := self._from_source(name, block)) is not None:
                return found
        return None

    # -- env_from ---------------------------------------------------------------------------------

    def _from_source(self, name: str, block: Block) -> Setting | None:
        prefix = block.body.attribute("prefix")
        prefix = string("") if prefix is None else as_text(prefix, "prefix")
        if prefix.unknown is None and not name.startswith(prefix.as_string()):
            return None
        data = self._source(name, block)
        self._sources[data.label] = None
        if prefix.unknown is not None:
            if not any(name.endswith(key) for key in data.all_keys()):
                return None
            raise undetermined(f"{data.label} may set {name}, under a prefix", prefix.unknown, block.origin)
        found = data.entry(name.removeprefix(prefix.as_string()), for_environment=True)
        if found is None:
            return None
        if block.repetition is not None:
            raise undetermined(f"{data.label} may set {name}", block.repetition, block.origin)
        if not _NAME.fullmatch(name):
            raise UnknownValueError(f"older versions of Kubernetes leave the key {name} out", found.origin)
        ignored = found.ignored or self._container.ignored("env_from")
        return Setting(name, found.value, data.label, found.origin, ignored)

    def _source(self, name: str, block: Block) -> Data:
        for reference in block.body.blocks():
            if reference.type in _FROM and reference.repetition is None:
                try:
                    return self._data(_FROM[reference.type], reference)
                except UnknownValueError as error:
                    why = Unknown(error.reason, error.origin)
                    raise undetermined(f"an env_from source may set {name}", why, block.origin) from error
        raise undetermined(f"an env_from source may set {name}", Unknown("its kind cannot be known"), block.origin)

    def _data(self, kind: str, reference: Block) -> Data:
        workload = self._container.workload
        return find_data(workload.objects, kind, reference.body.attribute("name"), workload.object)

    # -- env --------------------------------------------------------------------------------------

    def _entry(self, name: str, index: int) -> Setting | None:
        """What an ``env`` entry sets; None where its source is optional and has nothing."""
        if index not in self._entries:
            self._depth += 1
            if self._depth > _DEEPEST:
                raise Malformed(f"environment of {self._container.label}", "its variables refer too deep")
            self._entries[index] = self._evaluated(name, index)
            self._depth -= 1
        return self._entries[index]

    def _evaluated(self, name: str, index: int) -> Setting | None:
        block = self._env[index]
        value = block.body.attribute("value")
        value = string("", block.origin) if value is None else as_text(value, name)
        source = single(block.body, "value_from")
        if value.raw == "" and source is not None:
            return self._value_from(name, index, source)
        ignored = self._container.ignored("env", index, "value")
        return Setting(name, self._expanded(value, index), "env", value.origin or block.origin, ignored)

    def _value_from(self, name: str, index: int, source: Block) -> Setting | None:
        ignored = self._container.ignored("env", index, "value_from")
        for reference in source.body.blocks():
            if reference.repetition is not None:
                question = f"whether {name} is from a {reference.type} cannot be known"
                raise undetermined(question, reference.repetition, reference.origin)
            if reference.type not in _KEY_OF:
                value = unknown(f"{reference.type} is filled in when the pod runs", reference.origin, STRING)
                return Setting(name, value, "env", reference.origin, ignored)
            data = self._data(_KEY_OF[reference.type], reference)
            key = reference.body.attribute("key")
            wanted = "" if key is None else as_text(key, "key").as_string()
            found = data.entry(wanted, for_environment=True)
            if found is not None:
                return Setting(name, found.value, f"{data.label} key {wanted}", found.origin, found.ignored or ignored)
            if flag(reference.body, "optional"):
                return None
            # Not Missing: that says that nothing sets the variable, and this container cannot even start.
            problem = f"it has no key {wanted}{nearest(wanted, data.listed())}, which {name} is to be"
            raise Malformed(data.label, problem, reference.origin)
        raise Malformed(name, "value_from names no source", source.origin)

    def _expanded(self, value: Value, index: int) -> Value:
        """The value with its ``$(NAME)`` references replaced by what stands ahead of it; ``$$`` is a ``$``."""
        if value.unknown is not None:
            # What an unknown part holds could begin or end a reference that reaches into the known ones.
            return Value(STRING, value.unknown, value.origin, marks=value.marks)
        whole = value.as_string()
        if "$" not in whole:
            return value
        references = [reference[1] for reference in _REFERENCE.finditer(whole) if reference[1] is not None]
        replaced = {name: self._referred(name, index, value) for name in dict.fromkeys(references)}
        marks = value.marks | marks_of(replaced.values())
        hidden = next((v.unknown for v in replaced.values() if v.unknown is not None), None)
        if hidden is not None:
            return Value(STRING, hidden, value.origin, marks=marks)
        texts = {name: v.as_string() for name, v in replaced.items()}
        if len(whole) + sum(len(texts[name]) for name in references) > _LONGEST:
            raise Malformed(f"environment of {self._container.label}", "a variable grows too long", value.origin)
        expanded = _REFERENCE.sub(lambda r: "$" if r[1] is None else texts[r[1]], whole)
        return string(expanded, value.origin).marked(marks)

    def _referred(self, name: str, index: int, value: Value) -> Value:
        """What ``$(NAME)`` becomes in the value of an ``env`` entry: itself, where nothing ahead sets it."""
        found = self._lookup(name, index)
        if found is not None:
            return found.value
        if _SERVICE_LINK.fullmatch(name):
            raise UnknownValueError(f"a service of the cluster may set {name}", value.origin)
        return string(f"$({name})", value.origin)
