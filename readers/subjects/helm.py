"""The values of Helm releases as subjects."""

from __future__ import annotations

from dataclasses import dataclass

from readers.kubernetes.stacks import Stack
from readers.subjects.node import ValueNode
from readers.subjects.subject import Subject
from tfparse import Value
from tfparse.cty.values import Unknown


@dataclass(frozen=True, slots=True)
class ChartValuesNode(ValueNode):
    """Values that are merged over a chart's own: a key that they leave out is the chart's to decide.

    A list replaces the chart's whole, so what stands in one is all there is.
    """

    def unseen(self) -> Unknown | None:
        known = ValueNode.unseen(self)
        if known is not None or not isinstance(self.held.raw, dict):
            return known
        return Unknown("left to the chart, which is not in the repo", self.origin)

    def _part(self, part: Value) -> ValueNode:
        kind = ChartValuesNode if isinstance(self.held.raw, dict) else ValueNode
        return kind(part.marked(self.held.marks), self.origin)


def release_values(stack: Stack, name: str, namespace: str | None = None) -> Subject:
    """The values that a Helm release gives its chart.

    Raises:
        Missing: the root has no such release.
        Malformed: it has several.
        UnknownValueError: something may be it.
    """
    release = stack.release(name, namespace)
    account = stack.account + release.account
    return Subject(f"values of the Helm release {name}", ChartValuesNode(release.values), account)
