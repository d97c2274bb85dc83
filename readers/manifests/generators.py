"""ConfigMaps and Secrets that a kustomization generates of files and literals.

Source: https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_configmapgenerator_ and
sigs.k8s.io/kustomize/api/hasher (the hash at the end of their names)
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from readers.kubernetes.manifests import at, listed, mapped
from readers.manifests.files import Built, Files
from readers.manifests.objects import identity, in_metadata, names, not_annotated, said, with_key
from readers.manifests.transformers import named_otherwise
from tfparse.cty.values import Unknown, Value, object_, string, unknown
from tfparse.source.places import OutsideRoot

_KINDS = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
_NEEDS_HASH = ("metadata", "annotations", "internal.config.kubernetes.io/needsHashSuffix")
_LETTERS = str.maketrans("013ae", "ghkmt")


def generated(built: Built, kustomization: Value, source: Files, folder: str) -> None:
    """Add what a kustomization generates to what there is, under names that tell the content."""
    for key, kind in _KINDS.items():
        for entry in listed(at(kustomization, key)):
            made = _with_options(_made(kind, entry, source, folder), entry, kustomization)
            if said(entry, "behavior") in ("merge", "replace"):
                _laid_over(built, made, said(entry, "behavior"))
                continue
            built.objects.append(made if _keeps_name(entry, kustomization) else _awaiting(made))


def named_by_content(objects: Sequence[Value]) -> list[Value]:
    """The objects of a whole build, what was generated under names that tell the content."""
    before = [identity(one) for one in objects]
    return named_otherwise([_hashed(one) if said(one, *_NEEDS_HASH) else one for one in objects], before)


def _keeps_name(entry: Value, kustomization: Value) -> bool:
    said_of_all = at(kustomization, "generatorOptions", "disableNameSuffixHash")
    own = at(entry, "options", "disableNameSuffixHash")
    return any(option is not None and option.raw is True for option in (own, said_of_all))


def _with_options(made: Value, entry: Value, kustomization: Value) -> Value:
    """It with the labels, annotations and immutability that its own options give, or those of all."""
    places = (at(kustomization, "generatorOptions"), at(entry, "options"))
    for key in ("labels", "annotations"):
        pairs: dict[str, Value] = {}
        for held in (at(place, key) for place in places):
            pairs |= mapped(held)
        made = in_metadata(made, key, object_(pairs, entry.origin)) if pairs else made
    immutable = [held for place in places if (held := at(place, "immutable")) is not None]
    return with_key(made, "immutable", immutable[-1]) if immutable else made


def _made(kind: str, entry: Value, source: Files, folder: str) -> Value:
    data = dict(_entries(entry, source, folder))
    unread = data.pop("", None)
    rest = None if unread is None else unread.unknown
    if kind == "Secret":
        data = {key: _encoded(value) for key, value in data.items()}
    names = {key: v for key in ("name", "namespace") if (v := at(entry, key)) is not None}
    held = {"apiVersion": string("v1"), "kind": string(kind), "metadata": object_(names, entry.origin),
            "data": object_(data, entry.origin, rest)}  # fmt: skip
    type_ = at(entry, "type")
    if kind == "Secret":
        held["type"] = string("Opaque", entry.origin) if type_ is None else type_
    return object_(held, entry.origin)


def _entries(entry: Value, source: Files, folder: str) -> Iterator[tuple[str, Value]]:
    """What is generated under each key; under none, why there may be others."""
    for file in listed(at(entry, "files")):
        key, has_key, path = str(file.raw).partition("=")
        where = path if has_key else key
        yield (key if has_key else posixpath.basename(key)), _content(source, folder, where, file)
    for literal in listed(at(entry, "literals")):
        key, _, text = str(literal.raw).partition("=")
        yield key, string(text.strip("\"'"), literal.origin)
    single = at(entry, "env")
    for file in (*listed(at(entry, "envs")), *(() if single is None else (single,))):
        content = _content(source, folder, str(file.raw), file)
        if content.unknown is not None:
            yield "", content
            continue
        for line in content.lines():
            key, equals, text = line.text.strip().partition("=")
            if equals and not key.startswith("#"):
                yield key, string(text, line.origin)


def _content(source: Files, folder: str, path: str, at_place: Value) -> Value:
    where = posixpath.normpath(posixpath.join(folder, path))
    try:
        return source.text(where)
    except (OSError, OutsideRoot, UnicodeDecodeError) as error:
        return unknown(f"{path} cannot be read: {error}", at_place.origin)


def _encoded(value: Value) -> Value:
    if not isinstance(value.raw, str):
        return value.marked()
    return string(base64.b64encode(value.raw.encode()).decode(), value.origin).marked()


def _laid_over(built: Built, made: Value, behavior: str) -> None:
    kind, _, name = identity(made)
    data = at(made, "data")
    meant = [(kind, name) in {(of, called) for of, _, called in names(one)} for one in built.objects]
    if not any(meant):
        built.doubts.append(Unknown(f"there is no {kind} {name or 'without a name'} to {behavior}", made.origin))
    for index, one in enumerate(built.objects):
        if not meant[index] or data is None:
            continue
        below = mapped(at(one, "data")) if behavior == "merge" else {}
        if data.rest is not None:  # which of the keys below stay is not known
            below = {key: unknown(data.rest.reason, data.rest.origin) for key in below}
        built.objects[index] = with_key(one, "data", object_({**below, **mapped(data)}, data.origin, data.rest))


def _awaiting(made: Value) -> Value:
    """It with kustomize's own note that its name still lacks the hash."""
    held = at(made, "metadata", "annotations")
    noted = with_key(object_({}) if held is None else held, _NEEDS_HASH[-1], string("enabled"))
    return in_metadata(made, "annotations", noted)


def _hashed(made: Value) -> Value:
    """It under a name that ends with a hash of its content; with an unknown one, of which that is unknown."""
    data, name, kind = at(made, "data"), said(made, "metadata", "name"), said(made, "kind")
    made, held = not_annotated(made, _NEEDS_HASH[-1]), mapped(data)
    if (data is not None and data.rest is not None) or any(isinstance(v.raw, Unknown) for v in held.values()):
        return in_metadata(made, "name", unknown("its name tells a content that is not known"))
    content: dict[str, object] = {
        "kind": kind, "name": "", "data": {key: str(value.raw) for key, value in held.items()},
    }  # fmt: skip
    if kind == "Secret":
        content["type"] = said(made, "type")
    digest = hashlib.sha256(_go_json(content).encode()).hexdigest()[:10].translate(_LETTERS)
    metadata = at(made, "metadata")
    return in_metadata(made, "name", string(f"{name}-{digest}", None if metadata is None else metadata.origin))


def _go_json(held: Mapping[str, object]) -> str:
    """JSON as Go writes it."""
    text = json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)
