"""What Flux puts in place of ``${VARIABLE}`` after the build.

Source: https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from readers.kubernetes.manifests import at, listed
from readers.manifests.documents import Filling, verbatim
from readers.manifests.objects import identity, said
from tfparse.cty.values import Part, Unknown, Value, text
from tfparse.diagnostics import Origin

_VARIABLE = re.compile(r"\$\{(?P<name>[_a-zA-Z]\w*)(?P<more>[^}]*)\}")
_DEFAULT = re.compile(r":?[-=](.*)", re.DOTALL)


def substituting(post_build: Value | None, by: str, among: Iterable[Value], namespace: str) -> Filling:
    """How a file is filled in: what ``substitute`` and known ConfigMaps give; else it is unknown."""
    if post_build is None:
        return verbatim
    known: dict[str, Value] = {}
    hidden: Unknown | None = None
    for reference in listed(at(post_build, "substituteFrom")):
        wanted = (said(reference, "kind"), namespace, said(reference, "name"))
        data = next((at(held, "data") for held in among if identity(held) == wanted), None)
        if wanted[0] == "ConfigMap" and data is not None and isinstance(data.raw, dict):
            known |= data.raw
        else:
            hidden = Unknown(f"{by} puts it in from {wanted[0]} {wanted[2]}, which is not read here", reference.origin)
    given = at(post_build, "substitute")
    known |= given.raw if given is not None and isinstance(given.raw, dict) else {}

    def fill(document: str, origin: Origin) -> Value:
        return _filled(document, origin, known, hidden) if "${" in document else verbatim(document, origin)

    return fill


def _filled(document: str, origin: Origin, known: Mapping[str, Value], hidden: Unknown | None) -> Value:
    parts: list[Part] = []
    done = 0
    for found in _VARIABLE.finditer(document):
        parts.append(Part(document[done : found.start()], _at(document, done, origin), True))
        parts.append(Part(*_put_in(found, known, hidden, _at(document, found.start(), origin))))
        done = found.end()
    parts.append(Part(document[done:], _at(document, done, origin), True))
    return text(tuple(part for part in parts if part.text != ""), origin)


def _put_in(
    found: re.Match[str], known: Mapping[str, Value], hidden: Unknown | None, place: Origin
) -> tuple[str | Unknown, Origin | None]:
    value, default = known.get(found["name"]), _DEFAULT.fullmatch(found["more"])
    if found["more"] and default is None:
        return Unknown(f"what {found[0]} comes to is not worked out here", place), place
    if value is not None and value.unknown is None and not value.is_null:
        shown = value.raw if isinstance(value.raw, str) else str(value.raw).lower()
        return shown, value.origin or place
    if value is not None or hidden is not None:
        return (hidden or Unknown(f"{found['name']} is not known", place)), place
    return (default[1].strip("\"'") if default is not None else ""), place


def _at(document: str, offset: int, origin: Origin) -> Origin:
    return Origin(origin.file, origin.line + document.count("\n", 0, offset))
