"""Commands that Kubernetes itself runs in a container, beside what it is started with.

Source: ``Lifecycle`` and ``Probe`` in
https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#lifecycle-1
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from readers.kubernetes.pods import ContainerSpec
from readers.kubernetes.starting import words_of
from tfparse.diagnostics import Origin
from tfparse.graph.model import Body

_PLACES = (("lifecycle", "post_start"), ("liveness_probe",), ("readiness_probe",), ("startup_probe",))
"""What runs while the container does; ``pre_stop`` runs when all is over."""


class Hook(Struct, frozen=True):
    """A command, as its words, HOLE for what is not known of them; ``name`` says what runs it ("post_start")."""

    name: str
    words: tuple[str, ...]
    origin: Origin


def hooks(container: ContainerSpec) -> Iterator[Hook]:
    """The commands that run in a container after it was started, at a time of their own."""
    for place in _PLACES:
        for body in _at(container.body, place):
            for run in body.blocks("exec"):
                words = words_of(run.body.attribute("command"), "command")
                yield Hook(place[-1], tuple(words), run.origin)


def _at(body: Body, place: tuple[str, ...]) -> Iterator[Body]:
    if not place:
        yield body
        return
    for block in body.blocks(place[0]):
        yield from _at(block.body, place[1:])
