"""Ways in which something other than a workload's template decides what its pods are."""

from __future__ import annotations

from collections.abc import Iterator

from readers.account import Account, Remark, Way, Weight, survey
from readers.kubernetes.fields import flag
from readers.kubernetes.workloads import Workload


def _paused(workload: Workload) -> Iterator[Remark]:
    if flag(workload.spec, "paused"):
        value = workload.spec.attribute("paused")
        origin = value.origin if value is not None else workload.origin
        yield Remark("it is paused: no change of its template is rolled out", origin, Weight.NOTE)


WAYS: tuple[Way[Workload], ...] = (
    Way("workload", "whether it is paused",
        "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment",
        _paused),
)
"""What is looked at beside a workload's own fields."""


def workload_account(workload: Workload) -> Account:
    """What else could decide what a workload's pods are."""
    return survey(WAYS, workload)
