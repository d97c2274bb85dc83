"""What Flux puts in place of ``${VARIABLE}`` after the build.

Source: https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from readers.kubernetes.manifests import at, listed, mapped
from readers.manifests.documents import Filling, verbatim
from readers.manifests.objects import identity, said
from tfparse.cty.values import Part, Unknown, Value, text, unknown
from tfparse.diagnostics import Origin
from tfparse.patterns import pattern

_VARIABLE = pattern(r"\$?\$\{(?P<name>[_a-zA-Z]\w*)(?P<more>[^}]*)\}")
_DISABLED = pattern(r"kustomize\.toolkit\.fluxcd\.io/substitute[\"']?:\s*[\"']?disabled\b")
_DEFAULT = pattern(r":?[-=](.*)", re.DOTALL)


def substituting(post_build: Value | None, by: str, among: Iterable[Value], namespace: str) -> Filling:
    """How a file is filled in: what ``substitute`` and known ConfigMaps give; else it is unknown.

    Of several that give a variable the last counts, and ``substitute`` before all; where neither gives any, nothing is
    filled in.
    """
    if not listed(at(post_build, "substituteFrom")) and at(post_build, "substitute") is None:
        return verbatim
    known: dict[str, Value] = {}
    hidden: Unknown | None = None
    for reference in listed(at(post_build, "substituteFrom")):
        wanted = (said(reference, "kind"), namespace, said(reference, "name"))
        why = Unknown(f"{by} puts it in from {wanted[0]} {wanted[2]}, which is not read here", reference.origin)
        given = [mapped(at(held, key)) for held in among if identity(held) == wanted for key in ("data", "stringData")]
        data = {key: value for one in given for key, value in one.items()}
        if not data:
            hidden, known = why, dict.fromkeys(known, unknown(why.reason, why.origin))
        known |= data if wanted[0] == "ConfigMap" else dict.fromkeys(data, unknown(why.reason, why.origin))
    known |= mapped(at(post_build, "substitute"))

    def fill(document: str, origin: Origin) -> Value:
        is_plain = "${" not in document or _DISABLED.search(document) is not None
        return verbatim(document, origin) if is_plain else _filled(document, origin, known, hidden)

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
    if found[0].startswith("$$"):
        return found[0][1:], place
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
