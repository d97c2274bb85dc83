"""The values of Helm releases as subjects."""

from __future__ import annotations

from readers.kubernetes.stacks import Stack
from readers.subjects.node import ChartValuesNode
from readers.subjects.subject import Subject


def release_values(stack: Stack, name: str, namespace: str | None = None) -> Subject:
    """The values that a Helm release gives its chart.

    Raises:
        Missing: the root has no such release.
        Malformed: it has several.
        UnknownValueError: something may be it.
    """
    release = stack.release(name, namespace)
    account = stack.account + release.account
    return Subject(f"values of the Helm release {name}", ChartValuesNode(release.given), account)
