"""Values that Helm releases give their charts."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.words import takes
from readers.helm.crowdsec import acquisition_of, collections
from readers.kubernetes.stacks import find_stack
from steps._findings import Table, column, rows
from tfparse import Infra, Value


@given(
    parsers.re(
        r'the Helm release "(?P<name>[^"]+)"(?: in namespace "(?P<namespace>[^"]+)")? '
        r'of the "(?P<stack>[^"]+)" stack'
    ),
    target_fixture="values",
)
def the_release(evidence: Evidence, infra: Infra, name: str, namespace: str | None, stack: str) -> Value:
    found = find_stack(infra, stack)
    release = found.release(name, namespace)
    evidence.heed(found.account + release.account)
    return release.values


@then("CrowdSec reads the logs of:")
@takes("namespace", "pod", "program")
def crowdsec_reads(evidence: Evidence, values: Value, datatable: Table) -> None:
    for row in rows(datatable):
        what = f"logs of {row['namespace']}/{row['pod']} as {row['program']}"
        with evidence.about(what, "read"):
            entry = acquisition_of(values, **row)
            evidence.check(what, expected="read", actual="read", ok=True, at=entry.origin)


@then("CrowdSec has the collections:")
@takes("collection")
def crowdsec_collections(evidence: Evidence, values: Value, datatable: Table) -> None:
    for name in column(datatable):
        with evidence.about(f"CrowdSec collection {name}", "installed"):
            listed, at = collections(values)
            evidence.check(
                f"CrowdSec collection {name}", expected="installed", actual=" ".join(listed), ok=name in listed, at=at
            )
