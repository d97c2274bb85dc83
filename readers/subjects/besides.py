"""What else decides what stands at a path of a workload: autoscalers, limits that its namespace gives it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from readers.account import NO_ACCOUNT, Account, Remark, Setting, Way, survey
from readers.kubernetes import Container, Workload
from readers.kubernetes.memory import WAYS as MEMORY
from readers.kubernetes.memory import MemoryLimit, vertical_autoscalers
from readers.subjects.path import Key, Step

_LARGEST = "7Ei"


class Besides(Struct, frozen=True):
    """``settings`` are judged like what stands at the path itself, and in its place where nothing does; ``account`` is
    what else could decide it.
    """

    settings: tuple[Setting, ...] = ()
    account: Account = NO_ACCOUNT


NOTHING = Besides()


def of_workload(workload: Workload, steps: tuple[Step, ...]) -> Besides:
    """What decides beside a workload's own fields.

    Raises:
        UnknownValueError: something may.
    """
    if steps != (Key("spec"), Key("replicas")):
        return NOTHING
    bounds = ((scaler, bound) for scaler in workload.scalers for bound in (scaler.least, scaler.most))
    return Besides(tuple(replace(bound, source=scaler.shown) for scaler, bound in bounds))


def of_container(container: Container, steps: tuple[Step, ...], condition: str) -> Besides:
    """Likewise of a container's."""
    if steps == (Key("resources"), Key("limits"), Key("memory")):
        least = condition.removeprefix("if set, ")
        limit = MemoryLimit(container, least.removeprefix("at least ") if least.startswith("at least ") else _LARGEST)
        settings = limit.settings
        if container.memory_limit is not None:
            return Besides((), settings[0].account)
        return Besides(tuple(settings), settings[0].account if settings else survey(MEMORY, limit))
    return Besides((), survey(RESOURCES, container)) if steps[:1] == (Key("resources"),) else NOTHING


def _autoscalers(container: Container) -> Iterator[Remark]:
    for manifest in vertical_autoscalers(container):
        yield Remark(f"{manifest.resource.address} sets it by what it measures", manifest.resource.origin)


RESOURCES: tuple[Way[Container], ...] = (
    Way("resources of a container", "VerticalPodAutoscalers",
        "https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md", _autoscalers),
)  # fmt: skip
"""What else decides what a container asks for, its memory limit apart."""
