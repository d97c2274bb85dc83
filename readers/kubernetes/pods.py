"""Pod templates and their containers, as they are written.

Source: ``PodTemplateSpec`` in https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from msgspec import Struct

from readers.kubernetes.fields import required, single
from readers.kubernetes.objects import Declared
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import Origin
from tfparse.graph.model import Block, Body, IgnoredPath

T = TypeVar("T")
Path = tuple[str | int, ...]
_TEMPLATES = {"cron job": ("spec", "job_template", "spec", "template"), "pod": ()}
"""Where the pod template stands, by kind; a pod is its own."""
_TEMPLATE = ("spec", "template")


class PodTemplate(Declared, frozen=True):
    """An object that makes pods, and what its template says of them."""

    @property
    def labels(self) -> Value | None:
        """The labels of the pods, a map; None where there are none."""
        metadata = single(self.template, "metadata")
        return None if metadata is None else metadata.body.attribute("labels")

    @property
    def pod(self) -> Body:
        """The pod's ``spec``."""
        return required(self.template, "spec", f"the template of {self.label}").body

    @property
    def claims(self) -> tuple[Block, ...]:
        """The volume claim templates of a stateful set: each is a volume by its own name."""
        return self.spec.blocks("volume_claim_template")

    @property
    def spec(self) -> Body:
        """The object's own ``spec``."""
        return required(self.object.resource.body, "spec", self.label).body

    @property
    def template(self) -> Body:
        """The template, with the metadata and the ``spec`` of the pods."""
        body = self.object.resource.body
        for name in _TEMPLATES.get(self.object.kind, _TEMPLATE):
            body = required(body, name, self.label).body
        return body

    @property
    def pod_path(self) -> Path:
        """The place of the pod's ``spec`` in the resource, as ``ignore_changes`` writes it."""
        names = (*_TEMPLATES.get(self.object.kind, _TEMPLATE), "spec")
        return tuple(step for name in names for step in (name, 0))


class ContainerSpec(Struct, frozen=True):
    """A container of a pod template.  ``path`` is its place in the resource, as ``ignore_changes`` writes it."""

    workload: PodTemplate
    block: Block
    path: Path

    @property
    def body(self) -> Body:
        return self.block.body

    @property
    def origin(self) -> Origin:
        return self.block.origin

    @property
    def repetition(self) -> Unknown | None:
        """Set where it stems from a ``dynamic`` block whose ``for_each`` is not known."""
        return self.block.repetition

    @property
    def name(self) -> Value | None:
        return self.body.attribute("name")

    @property
    def label(self) -> str:
        name = self.name
        shown = name.raw if name is not None and isinstance(name.raw, str) else "without a known name"
        return f"container {shown} of {self.workload.label}"

    def kept(self, question: Hashable, answer: Callable[[], T]) -> T:
        """The answer to a question about this container, worked out once: see :class:`Others`."""
        workload = self.workload
        return workload.objects.of_others.kept(workload.object.resource, (question, self.path), answer)

    def ignored(self, *path: str | int) -> IgnoredPath | None:
        """The ``ignore_changes`` entry that covers an attribute of this container, say ``("image",)``."""
        return self.workload.ignored(*self.path, *path)
