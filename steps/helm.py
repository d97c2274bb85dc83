"""Values that Helm releases give their charts."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.vocabulary import give
from gate.words import also, example, special, takes
from readers.account import Account
from readers.helm.crowdsec import acquisition_of, collections
from readers.helm.releases import Release
from readers.kubernetes.stacks import find_stack
from readers.prometheus.amtool import check_config
from readers.prometheus.promtool import check_rules
from readers.subjects.helm import release_values
from readers.subjects.subject import Subject
from steps._findings import OF, Examinable, Examined, Table, rows
from tfparse import Infra


@given(
    parsers.re(rf'(?:the values of )?the Helm release "(?P<name>[^"]+)"(?: in namespace "(?P<namespace>[^"]+)")?{OF}'),
    target_fixture="subject",
)
@also("release", "examined")
@example('Given the values of the Helm release "traefik" of the "traefik" stack')
def the_release(
    request: pytest.FixtureRequest, infra: Infra, name: str, namespace: str | None, stack: str | None, root: str | None
) -> Subject:
    """A key that the values leave out is the chart's to decide."""
    found = find_stack(infra, stack or root or ".")
    release = found.release(name, namespace)
    account = found.account + release.account
    give(request, "release", replace(release, account=account))
    give(request, "examined", _examined(release, account))
    return release_values(found, name, namespace)


def _examined(release: Release, account: Account) -> Examined:
    values = release.values
    return {
        "the release's rules": Examinable("promtool", lambda: check_rules(values), account),
        "Alertmanager's configuration": Examinable("amtool", lambda: check_config(values).examination, account),
    }


@then("CrowdSec reads the logs of:")
@takes("namespace", "pod", "program", optional=("collection",))
@special("its entries are globs that may cover the pod, and a variable of its agents takes collections away again")
def crowdsec_reads(evidence: Evidence, release: Release, datatable: Table) -> None:
    """And has the collection that understands them, where the table names one."""
    evidence.heed(release.account)
    for row in rows(datatable):
        collection = row.pop("collection", "")
        _read(evidence, release, row)
        if collection:
            _understood(evidence, release, collection)


def _read(evidence: Evidence, release: Release, row: dict[str, str]) -> None:
    what = f"logs of {row['namespace']}/{row['pod']} as {row['program']}"
    with evidence.about(what, "read"):
        entry = acquisition_of(release.values, **row)
        evidence.check(what, "read", "read", ok=True, at=entry.origin)


def _understood(evidence: Evidence, release: Release, name: str) -> None:
    what = f"CrowdSec collection {name}"
    with evidence.about(what, "installed"):
        listed, at = collections(release.values)
        evidence.check(what, "installed", " ".join(listed), ok=name in listed, at=at)
