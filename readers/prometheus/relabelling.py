"""Relabelling, as Prometheus does it to alerts before it sends them (``model/relabel/relabel.go``).

Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from readers import Malformed
from readers.helm.values import value_at
from readers.kubernetes.patterns import groups_of, matches
from readers.prometheus.nodes import elements, scalar_text
from tfparse.cty.numbers import whole
from tfparse.cty.values import Value
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.patterns import pattern

_ANY = "(.*)"
_NAME = pattern(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)
_VARIABLE = pattern(r"\$(?:\$|(?P<bare>\w+)|\{(?P<braced>\w+)\})")
_NEEDS_TARGET = frozenset({"replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"})

Labels = dict[str, str]


class Relabelling(Struct, frozen=True):
    """One ``relabel_config``, with Prometheus' defaults filled in."""

    action: str
    sources: tuple[str, ...]
    separator: str
    regex: str
    modulus: int
    target: str
    replacement: str
    origin: Origin | None

    def apply(self, labels: Labels) -> Labels | None:
        """The labels after it; None where it drops what carries them."""
        text = self.separator.join(labels.get(name, "") for name in self.sources)
        return _ACTIONS[self.action](self, labels, text)


def relabelled(labels: Mapping[str, str], configs: tuple[Relabelling, ...]) -> tuple[Labels, Relabelling | None]:
    """The labels after all of them, and the one that drops what carries them, if one does."""
    result = dict(labels)
    for config in configs:
        after = config.apply(result)
        if after is None:
            return result, config
        result = {name: value for name, value in after.items() if value}
    return result, None


def read_relabellings(listed: Value | None) -> tuple[Relabelling, ...]:
    """The configurations of a list that may be absent.

    Raises:
        UnknownValueError: one of them is not known.
        Malformed: Prometheus would refuse one of them.
    """
    return () if listed is None else tuple(_read(node) for node in elements(listed, "relabelling of alerts"))


def _read(node: Value) -> Relabelling:
    hidden = node.first_unknown()
    if hidden is not None:
        raise UnknownValueError(f"how alerts are relabelled: {hidden.reason}", hidden.origin or node.origin)

    def text(key: str, default: str) -> str:
        held = value_at(node, key)
        return default if held is None else scalar_text(held)

    sources = value_at(node, "source_labels")
    names = () if sources is None else tuple(map(scalar_text, elements(sources, "source_labels")))
    modulus = text("modulus", "0")
    found = Relabelling(
        text("action", "replace").lower(),
        names,
        text("separator", ";"),
        text("regex", _ANY),
        whole(modulus) if modulus.isdecimal() else 0,
        text("target_label", ""),
        text("replacement", "$1"),
        node.origin,
    )
    problem = _problem(found)
    if problem is not None:
        raise Malformed("relabelling of alerts", problem, node.origin)
    return found


def _problem(found: Relabelling) -> str | None:
    """Why Prometheus would refuse it."""
    matches(found.regex, "")  # Malformed where it is no pattern
    if found.action not in _ACTIONS:
        return f'unknown relabel action "{found.action}"'
    if found.action in _NEEDS_TARGET and not found.target:
        return f"{found.action} needs a target_label"
    if found.action == "hashmod" and not found.modulus:
        return "hashmod needs a modulus"
    return None


# -- actions --------------------------------------------------------------------------------------


def _drop(config: Relabelling, labels: Labels, text: str) -> Labels | None:
    return None if matches(config.regex, text) else labels


def _keep(config: Relabelling, labels: Labels, text: str) -> Labels | None:
    return labels if matches(config.regex, text) else None


def _drop_equal(config: Relabelling, labels: Labels, text: str) -> Labels | None:
    return None if labels.get(config.target, "") == text else labels


def _keep_equal(config: Relabelling, labels: Labels, text: str) -> Labels | None:
    return labels if labels.get(config.target, "") == text else None


def _replace(config: Relabelling, labels: Labels, text: str) -> Labels | None:
    groups = groups_of(config.regex, text)
    if groups is None:
        return labels
    target = _expanded(config.target, groups)
    return {**labels, target: _expanded(config.replacement, groups)} if _NAME.fullmatch(target) else labels


def _hash(config: Relabelling, labels: Labels, text: str) -> Labels | None:
    digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
    return {**labels, config.target: str(int.from_bytes(digest[8:], "big") % config.modulus)}


def _map(config: Relabelling, labels: Labels, text: str) -> Labels | None:
    found = {name: groups for name in labels if (groups := groups_of(config.regex, name)) is not None}
    return {**labels, **{_expanded(config.replacement, groups): labels[name] for name, groups in found.items()}}


def _expanded(template: str, groups: Mapping[str, str]) -> str:
    """As Go's ``Regexp.Expand``: ``$1x`` is the group "1x", and a group that there is not is empty."""
    return _VARIABLE.sub(
        lambda found: "$" if found[0] == "$$" else groups.get(found["bare"] or found["braced"], ""), template
    )


_ACTIONS: dict[str, Callable[[Relabelling, Labels, str], Labels | None]] = {
    "replace": _replace,
    "keep": _keep,
    "drop": _drop,
    "keepequal": _keep_equal,
    "dropequal": _drop_equal,
    "hashmod": _hash,
    "labelmap": _map,
    "labeldrop": lambda config, labels, _: {k: v for k, v in labels.items() if not matches(config.regex, k)},
    "labelkeep": lambda config, labels, _: {k: v for k, v in labels.items() if matches(config.regex, k)},
    "lowercase": lambda config, labels, text: {**labels, config.target: text.lower()},
    "uppercase": lambda config, labels, text: {**labels, config.target: text.upper()},
}
