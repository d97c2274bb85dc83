"""The values that a ``helm_release`` gives its chart.

Sources: the Terraform provider hashicorp/helm (``values``, ``set``, ``set_list`` and ``set_sensitive``, as
blocks in version 2 and lists of objects in version 3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from readers import Malformed, Missing
from readers.helm.strvals import Path, assignments, put
from tfparse.cty.convert import ConversionError, convert
from tfparse.cty.identity import kept_by_text
from tfparse.cty.text import flat
from tfparse.cty.values import STRING, Part, Unknown, Value, null, object_, string, text, tuple_, unknown
from tfparse.diagnostics import Origin, TerraformError
from tfparse.documents import decode_yaml
from tfparse.graph.model import Resource
from tfparse.patterns import pattern

_CONTENT = pattern(r"^[^\S\n]*[^#\s]", re.MULTILINE)
"""The beginning of a line that is neither blank nor a comment."""
_MOST_DOCUMENTS = 16
"""That are kept at hand: a history of many commits meets the same ones again and again."""


def helm_values(release: Resource) -> Value:
    """The values that a release gives its chart, as one map without nulls: see :func:`given_values`."""
    return _without_nulls(given_values(release))


def given_values(release: Resource) -> Value:
    """The values of a release as one map, each node with the origin of the text that decides it.

    A null that is left stands for a key of the chart that does not reach its templates.

    All entries of ``values`` are merged in order (maps key by key, everything else replaced, a null deletes
    its key), then come ``set``, ``set_list`` and ``set_sensitive``.  The chart's own defaults are not known
    here.  What is write-only is in doubt, since only a change of its revision brings it to the cluster; so is,
    with ``reuse_values``, whatever is not given.  An unknown entry makes unknown whatever it could override; keys
    of later entries stay certain.

    Raises:
        Malformed: an entry is not a YAML map, or Helm refuses a path.
    """
    kept = release.body.kept
    if "Helm values" not in kept:
        kept["Helm values"] = _merged(release)
    found: Value = kept["Helm values"]
    return found


def _merged(release: Resource) -> Value:
    merged = object_({}, release.origin, rest=_kept_from_before(release))
    for entry in _entries(release):
        merged = merge(merged, entry)
    for setting in _settings(release):
        merged = setting.apply(merged)
    write_only = release.body.attribute("values_wo")
    if write_only is not None:
        return unknown("values_wo reaches the cluster only when its revision changes", write_only.origin)
    return merged


def _kept_from_before(release: Resource) -> Unknown | None:
    """Why there may be values that no argument gives: ``reuse_values`` keeps those of the last release."""
    reuse, reset = (release.body.attribute(name) for name in ("reuse_values", "reset_values"))
    if reuse is None or reuse.raw is False or (reset is not None and reset.raw is True):
        return None
    return Unknown("reuse_values keeps what earlier applies gave", reuse.origin)


def _entries(release: Resource) -> Iterator[Value]:
    values, what = release.body.attribute("values"), f"Helm values of {release.address}"
    for entry in () if values is None else _listed(values, what):
        if isinstance(entry.raw, dict):
            yield entry
            continue
        if entry.is_null or _is_blank(content := _as_text(entry, what)):
            continue
        document = _decoded(content, what)
        if isinstance(document.raw, (dict, Unknown)):
            yield document
        elif document.raw is not None:
            raise Malformed(what, "they are no map", entry.origin)


def _is_blank(document: Value) -> bool:
    """Whether a text has no content but comments: to Terraform that is no YAML, to Helm an empty map."""
    return _CONTENT.search(flat(document)) is None


def _decoded(document: Value, what: str) -> Value:
    try:
        return _decode(document)
    except TerraformError as error:
        first = error.diagnostics[0]
        raise Malformed(what, f"{first.summary} {first.detail}".strip(), first.origin or document.origin) from None


@kept_by_text(_MOST_DOCUMENTS)
def _decode(document: Value) -> Value:
    return decode_yaml(document, octal=True)


def value_at(values: Value, *keys: str) -> Value | None:
    """The value under a path of keys; None where a key is absent or null.  Malformed: no map on the way."""
    here: Value | None = values
    for key in keys:
        if here is None or here.is_null:
            return None
        if here.is_unknown:
            return here
        if not isinstance(here.raw, dict):
            problem = f'"{".".join(keys)}" is wanted, but something on the way is no map'
            raise Malformed("Helm values", problem, here.origin)
        here = here.get(key)
    return None if here is None or here.is_null else here


def require_part(values: Value, name: str) -> None:
    """Raise Missing where a part of a chart is switched off (``NAME.enabled: false``)."""
    switch = value_at(values, name, "enabled")
    if switch is not None and switch.known().raw is False:
        raise Missing(f"{name} that is enabled", "the Helm values", switch.origin)


def at_path(values: Value, *keys: str) -> Value:
    """As :func:`value_at`, but Missing, naming the path, where nothing stands there."""
    found = value_at(values, *keys)
    if found is None:
        raise Missing(f"value {'.'.join(keys)}", "the Helm values", values.origin)
    return found


def merge(base: Value, over: Value) -> Value:
    """``over`` merged into ``base`` as Helm merges: maps key by key, all else is replaced.

    An unknown on either side leaves an open map where the other side is one: what the known side fixes
    for certain is kept.
    """
    if not isinstance(over.raw, dict):
        return over
    if isinstance(base.raw, Unknown):
        base = object_({}, base.origin, rest=base.raw)
    if not isinstance(base.raw, dict):
        return over
    merged: dict[str, Value] = {}
    for key in base.raw.keys() | over.raw.keys():
        below, above = base.get(key), over.get(key)
        if below is not None and above is not None:
            merged[key] = merge(below, above)
        elif (only := above if below is None else below) is not None:
            merged[key] = only
    return object_(merged, over.origin, rest=over.rest or base.rest)


def _without_nulls(value: Value) -> Value:
    """Keys that are set to null do not reach the chart's templates.  Lists are left as they are."""
    if not isinstance(value.raw, dict):
        return value
    kept = {key: _without_nulls(v) for key, v in value.raw.items() if not v.is_null}
    return object_(kept, value.origin, rest=value.rest)


# -- set, set_list, set_sensitive -----------------------------------------------------------------


class _Setting(Struct, frozen=True):
    """One ``set``, ``set_list`` or ``set_sensitive``.

    ``kind``: "auto", "string", "literal" or "list".  ``certain`` is False where it may not be there.
    """

    name: Value
    value: Value
    kind: str
    certain: bool
    origin: Origin | None

    def apply(self, values: Value) -> Value:
        """``values`` with this setting.  Without a known name it could have set anything."""
        if self.name.unknown is not None:
            return Value(values.type, self.name.unknown, values.origin)
        name = self.name.as_string()
        for path, value in self._assignments(name):
            if not self.certain:
                value = unknown(f"it is not known whether {name} is set", self.origin)
            values = put(values, path, value.marked(self.value.marks), self.origin)
        return values

    def _assignments(self, name: str) -> Iterator[tuple[Path, Value]]:
        origin = self.value.origin or self.origin
        if self.kind == "literal":  # YAML; the name is no path
            line = text((Part(f"{name}: ", origin), *self.value.text_parts()), origin)
            value = value_at(_decoded(line, f"Helm set {name}"), name)
            yield (name,), null() if value is None else value
        elif self.kind == "list" and not self.value.is_unknown:
            yield from self._list(name, origin)
        elif isinstance(self.value.raw, str):
            pairs, strings = f"{name}={self.value.raw}", self.kind == "string"
            yield from assignments(pairs, f"Helm set {name}", origin, strings=strings)
        else:  # taken to hold no comma, which would begin another assignment
            for path, _ in assignments(f"{name}=", f"Helm set {name}", self.origin):
                yield path, self.value

    def _list(self, name: str, origin: Origin | None) -> Iterator[tuple[Path, Value]]:
        """As ``name={a,b}``, each element keeping its own origin."""
        what = f"Helm set_list {name}"
        elements = [e for element in _listed(self.value, what) for e in _elements(element, what)]
        for path, _ in assignments(f"{name}=", what, origin):
            yield path, tuple_(tuple(elements) or (string("", origin),), origin)


def _elements(element: Value, what: str) -> tuple[Value, ...]:
    """What an element of a ``set_list`` is between the braces: typed, and more than one if it has commas."""
    if element.is_null or element.is_unknown:
        return () if element.is_null else (element,)
    content = _as_text(element, what)
    listed = list(assignments(f"x={{{content.as_string()}}}", what, content.origin))
    if len(listed) > 1:
        raise Malformed(what, "an element has a brace", content.origin)
    return listed[0][1].elements()


def _settings(release: Resource) -> Iterator[_Setting]:
    for kind in ("set", "set_list", "set_sensitive", "set_wo"):
        certain = kind != "set_wo"
        for block in release.body.blocks(kind):
            yield _setting(kind, block.body.attribute, certain and block.repetition is None, block.origin)
        listed = release.body.attribute(kind)
        for element in () if listed is None else _listed(listed, f"{kind} of {release.address}"):
            if element.is_unknown:
                yield _Setting(element, element, "auto", False, element.origin)
            elif isinstance(element.raw, dict):
                yield _setting(kind, element.get, certain, element.origin)
            else:
                raise Malformed(f"{kind} of {release.address}", "a setting is no object", element.origin)


def _setting(kind: str, get: Callable[[str], Value | None], certain: bool, origin: Origin | None) -> _Setting:
    name, value, type_ = (None if v is None or v.is_null else v for v in map(get, ("name", "value", "type")))
    if name is None:
        raise Malformed("Helm set", "a setting has no name", origin)
    name = _as_text(name, "the name of a Helm set")
    value = string("", origin) if value is None else value
    if kind == "set_list":
        return _Setting(name, value, "list", certain, origin)
    if type_ is not None and type_.is_unknown:
        value, type_ = unknown("the type of the setting is not known", type_.origin), None
    value = _as_text(value, "the value of a Helm set")
    how = "" if type_ is None else type_.as_string()
    return _Setting(name, value.marked() if kind == "set_sensitive" else value, how or "auto", certain, origin)


def _listed(value: Value, what: str) -> tuple[Value, ...]:
    """The elements of a list; of an unknown one, itself stands for them."""
    if not isinstance(value.raw, (tuple, Unknown)):
        raise Malformed(what, "it is no list", value.origin)
    return value.raw if isinstance(value.raw, tuple) else (value,)


def _as_text(value: Value, what: str) -> Value:
    """The value as the provider's string arguments take it: ``1`` as ``"1"``."""
    try:
        return convert(value, STRING)
    except ConversionError as error:
        raise Malformed(what, str(error), value.origin) from None
