"""Patches: a strategic merge, as kustomize makes it, and JSON Patch (RFC 6902).

Sources: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/ and
https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/
"""

from __future__ import annotations

from readers import Malformed
from tfparse.cty.values import Value, object_, string, tuple_

_KEYS = {
    "containers": "name", "initContainers": "name", "ephemeralContainers": "name", "env": "name", "volumes": "name",
    "volumeMounts": "mountPath", "volumeDevices": "devicePath", "imagePullSecrets": "name", "hostAliases": "ip",
    "topologySpreadConstraints": "topologyKey", "webhooks": "name", "secrets": "name",
}  # fmt: skip
"""Lists whose elements are merged, each with the key that tells them apart (``patchMergeKey`` of the API's types)."""
_PORTS = ("containerPort", "port")
_BUILT_IN = ("apps", "autoscaling", "batch", "core", "policy")
"""API groups without a dot whose types say how their lists are merged; so do those of ``k8s.io``."""
_DIRECTIVE = "$patch"
_REPLACE = object_({_DIRECTIVE: string("replace")})


def merged(base: Value, over: Value, name: str = "", *, typed: bool = True) -> Value | None:
    """``over`` merged into ``base``, which stands under the key ``name``; None where it is to be deleted.

    ``typed``: lists are merged by their keys; else they are replaced, as those of custom resources are.
    """
    if isinstance(over.raw, tuple) and isinstance(base.raw, tuple):
        key = _key_of(name, over) if typed else None
        return over if key is None else _lists(base, over, key, name)
    if not isinstance(over.raw, dict) or not isinstance(base.raw, dict):
        return over
    directive = over.raw.get(_DIRECTIVE)
    if directive is not None and directive.raw == "delete":
        return None
    if directive is not None and directive.raw == "replace":
        return object_({k: v for k, v in over.raw.items() if k != _DIRECTIVE}, over.origin)
    held = dict(base.raw)
    for key, value in over.raw.items():
        found = held.pop(key, None)
        new = value if found is None else merged(found, value, key, typed=typed)
        if new is not None and not new.is_null:
            held[key] = new
    return object_(held, base.origin, base.rest or over.rest)


def is_typed(manifest: Value) -> bool:
    """Whether an object is of one of Kubernetes' own types."""
    version = manifest.raw.get("apiVersion") if isinstance(manifest.raw, dict) else None
    group = str(version.raw).rpartition("/")[0] if version is not None else ""
    return not group or group in _BUILT_IN or group.endswith(".k8s.io")


def _key_of(name: str, over: Value) -> str | None:
    if name != "ports":
        return _KEYS.get(name)
    first = over.raw[0].raw if isinstance(over.raw, tuple) and over.raw else None
    return next((key for key in _PORTS if isinstance(first, dict) and key in first), None)


def _lists(base: Value, over: Value, key: str, name: str) -> Value:
    """What the patch names, in its order, then the others."""
    assert isinstance(base.raw, tuple)
    assert isinstance(over.raw, tuple)
    replaces = [one for one in over.raw if isinstance(one.raw, dict) and _is(one, _REPLACE, _DIRECTIVE)]
    if replaces:
        return tuple_(tuple(one for one in over.raw if not any(one is other for other in replaces)), over.origin)
    left = list(base.raw)
    first: list[Value] = []
    for element in over.raw:
        there = next((one for one in left if _is(one, element, key)), None)
        directive = element.raw.get(_DIRECTIVE) if isinstance(element.raw, dict) else None
        found = merged(there, element, name) if there is not None else None if directive is not None else element
        left = [one for one in left if one is not there]
        first += [] if found is None else [found]
    return tuple_((*first, *left), base.origin)


def _is(one: Value, other: Value, key: str) -> bool:
    mine, its = (held.raw.get(key) if isinstance(held.raw, dict) else None for held in (one, other))
    return mine is not None and its is not None and mine.raw == its.raw


def patched(base: Value, operations: Value, what: str) -> Value:
    """A value after the operations of a JSON Patch.

    Raises:
        Malformed: one of them does not fit what is there.
    """
    for operation in operations.elements():
        held = operation.mapping()
        op, path = (held[key].as_string() if key in held else "" for key in ("op", "path"))
        if op not in ("add", "replace", "remove") or not path.startswith("/"):
            problem = f"the operation {op or 'without op'} at {path or 'no path'} is not read"
            raise Malformed(what, problem, operation.origin)
        steps = [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]
        base = _put(base, steps, op, held.get("value"), f"{what}: {op} {path}")
    return base


def _put(base: Value, steps: list[str], op: str, value: Value | None, what: str) -> Value:
    step, *rest = steps
    if isinstance(base.raw, dict):
        held = dict(base.raw)
        if rest:
            if step not in held:
                raise Malformed(what, f"there is no {step}", base.origin)
            held[step] = _put(held[step], rest, op, value, what)
        elif op == "remove":
            held.pop(step, None)
        elif value is not None:
            held[step] = value
        return object_(held, base.origin, base.rest)
    if isinstance(base.raw, tuple):
        elements = list(base.raw)
        at = len(elements) if step == "-" else int(step) if step.isdecimal() and len(step) < 6 else -1
        if not 0 <= at <= len(elements) - (0 if op == "add" and not rest else 1):
            raise Malformed(what, f"there is no element {step}", base.origin)
        if rest:
            elements[at] = _put(elements[at], rest, op, value, what)
        elif value is None or op == "remove":
            del elements[at]
        else:
            elements[at : at + (op == "replace")] = [value]
        return tuple_(tuple(elements), base.origin)
    raise Malformed(what, "what is there has no parts", base.origin)
