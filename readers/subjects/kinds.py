"""The kinds of things that a repo declares, by the words that features have for them."""

from __future__ import annotations

from collections.abc import Sequence

from readers import Malformed
from readers.kubernetes.stacks import Stack
from readers.subjects.alerts import every_alert, find_alert
from readers.subjects.blocks import blocks_of_type, value_of
from readers.subjects.kubernetes import find_object, objects
from readers.subjects.subject import Subject, Subjects
from readers.subjects.terraform import calls_of, find_call, find_resource, resources_of_type
from tfparse import Infra

IN_A_ROOT = {"resource": find_resource, "module call": find_call, "value of": value_of}
"""What is found in one root module, by its address there."""
TYPED = {"resource of type": resources_of_type, "call of the module": calls_of}
"""What there are several of, by a type or a folder."""


def find_one(infra: Infra, stacks: Sequence[Stack], kind: str, name: str, namespace: str | None, root: str) -> Subject:
    """The alert, or the Kubernetes object of a kind, of that name; ``root`` is empty where any may declare it.

    Raises:
        Missing: there certainly is none; the message names the nearest.
        Malformed: several are declared, or a namespace is said of an alert.
        UnknownValueError: something may declare it.
    """
    if kind != "alert":
        return find_object(stacks, kind[0].upper() + kind[1:], name, namespace)
    if namespace is not None:
        raise Malformed(f"alert {name}", "an alert is found by its name, not by a namespace: leave that out")
    return find_alert(every_alert(infra, stacks, "alert", whole_repo=not root), name)


def every_one(infra: Infra, stacks: Sequence[Stack], kind: str, label: str, whole_repo: bool) -> Subjects:
    """Every alert, top-level block of a type or Kubernetes object of a kind that some roots declare."""
    if kind == "alert":
        return every_alert(infra, stacks, label, whole_repo)
    if kind.endswith(" block"):
        return blocks_of_type(stacks, kind.removesuffix(" block"), label)
    return objects(stacks, kind, label)
