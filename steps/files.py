"""Files that a container finds where volumes are mounted."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.words import takes
from readers import Missing
from readers.account import survey
from readers.docker_mailserver.rspamd_setup import mounted_overrides
from readers.docker_mailserver.signers import Signer, key_files, switched_on
from readers.docker_mailserver.ways import PROGRAM
from readers.kubernetes import Container, MountedFile
from readers.rspamd.overrides import merged_keys
from readers.rspamd.rspamadm import Overrides
from steps._findings import Table, column, enforcement, examine, rows

SIGNER = ("signer", "on while", "unless set", "configuration", "keys named under", "are mounted under")


@then(parsers.re("these files are mounted from (?P<kinds>ConfigMaps|ConfigMaps and Secrets) of the stack:"))
@takes("file")
def files_mounted(evidence: Evidence, container: Container, kinds: str, datatable: Table) -> None:
    sources = ("ConfigMap ", "Secret ") if "Secrets" in kinds else ("ConfigMap ",)
    for path in column(datatable):
        what, expected = f"{path} in {container.label}", f"mounted from {kinds} of the stack"
        with evidence.about(what, expected):
            for file in _files(container, path):
                ok = file.source.startswith(sources)
                evidence.check(
                    file.what,
                    expected=expected,
                    actual=f"from {file.source}",
                    ok=ok,
                    at=file.mount_origin,
                    note=enforcement(file),
                )


def _files(container: Container, path: str) -> list[MountedFile]:
    """The file at ``path``; of ``directory/*``, at least one that is mounted below it."""
    if not path.endswith("/*"):
        return [container.file(path)]
    found = container.files_under(path.removesuffix("*"))
    if not found:
        raise Missing(f"file {path}", container.label, container.origin)
    return found


@then("the DKIM signer that is on can read every key its configuration names:")
@takes(*SIGNER)
def signer_reads_keys(evidence: Evidence, container: Container, datatable: Table) -> None:
    evidence.heed(survey(PROGRAM, container))
    with evidence.about(f"DKIM signer of {container.label}", "one that is on"):
        for signer in switched_on(container, [Signer(*(row[c] for c in SIGNER)) for row in rows(datatable)]):
            what, expected = f"{signer.name}'s keys in {container.label}", "every key it names is mounted"
            with evidence.about(what, expected):
                for key, file in key_files(container, signer):
                    evidence.check(
                        f"{signer.name}'s key {key.path}",
                        expected="mounted",
                        actual=f"from {file.source}",
                        ok=True,
                        at=key.origin,
                    )


@given(parsers.parse('Rspamd\'s overrides in "{directory}", in use while {switch}'), target_fixture="overrides")
def the_overrides(container: Container, directory: str, switch: str) -> Overrides | None:
    return mounted_overrides(container, switch, directory)


@then("rspamadm finds no fault in them")
def overrides_taken(evidence: Evidence, overrides: Overrides | None) -> None:
    if overrides is None:
        evidence.check("Rspamd's overrides", expected="without fault", actual="Rspamd is off", ok=True)
    else:
        examine(evidence, "Rspamd's overrides", "rspamadm", lambda: overrides.examination)


@then("every key that rspamadm then shows in dkim_signing is mounted")
def merged_keys_mounted(evidence: Evidence, container: Container, overrides: Overrides | None) -> None:
    if overrides is None:
        evidence.check("keys in dkim_signing", expected="mounted", actual="Rspamd is off", ok=True)
        return
    with evidence.about("keys in dkim_signing, by rspamadm", "mounted"):
        for key, file in merged_keys(container, overrides):
            evidence.check(
                f"{key.path} in dkim_signing, by rspamadm",
                expected="mounted",
                actual=f"from {file.source}",
                ok=True,
                at=file.mount_origin,
            )
