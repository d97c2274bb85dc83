"""Files that a container finds where volumes are mounted."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable

from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.words import asks_programs, example, special, takes
from readers import Missing
from readers.account import survey
from readers.docker_mailserver.rspamd_started import mounted_overrides, read_overrides
from readers.docker_mailserver.signers import Signer, key_files, merged_keys, switched_on
from readers.docker_mailserver.ways import PROGRAM
from readers.kubernetes import Container, MountedFile
from readers.rspamd.dkim_signing import KeyPath
from steps._findings import Examinable, Examined, Table, column, enforcement, rows

SIGNER = ("signer", "on while", "unless set", "configuration", "keys named under", "are mounted under")


_KINDS = "(?P<kinds>ConfigMaps|ConfigMaps and Secrets)"


@then(parsers.re(rf'(?:these files are mounted from {_KINDS} of the stack:|nothing is mounted at "(?P<absent>[^"]+)")'))
@takes("file")
@example(
    """Then these files are mounted from ConfigMaps of the stack:
  | file                                   |
  | /tmp/docker-mailserver/postfix-main.cf |""",
    'Then nothing is mounted at "/tmp/docker-mailserver/postfix-relaymap.cf"',
)
def files_mounted(
    evidence: Evidence, container: Container, kinds: str, absent: str | None, datatable: Table | None = None
) -> None:
    """As the container finds them, by whichever volume; `folder/*` is whatever is mounted below a folder."""
    if absent is not None:
        _judge_absent(evidence, container, absent)
    for path in column(datatable or []):
        _judge_mounted(evidence, container, path, kinds)


def _judge_absent(evidence: Evidence, container: Container, path: str) -> None:
    what = f"{path} in {container.label}"
    with evidence.about(what, "not mounted"):
        file = container.mounted(path)
        at = None if file is None else file.mount_origin
        evidence.check(what, "not mounted", "mounted" if at else "not mounted", ok=at is None, at=at)


def _judge_mounted(evidence: Evidence, container: Container, path: str, kinds: str) -> None:
    sources = ("ConfigMap ", "Secret ") if "Secrets" in kinds else ("ConfigMap ",)
    what, expected = f"{path} in {container.label}", f"mounted from {kinds} of the stack"
    with evidence.about(what, expected):
        for file in _files(container, path):
            ok, found, note = file.source.startswith(sources), f"from {file.source}", enforcement(file)
            evidence.check(file.what, expected, found, ok=ok, at=file.mount_origin, note=note)


def _files(container: Container, path: str) -> list[MountedFile]:
    """The file at ``path``; of ``directory/*``, at least one that is mounted below it."""
    if not path.endswith("/*"):
        return [container.file(path)]
    found = container.files_under(path.removesuffix("*"))
    if not found:
        raise Missing(f"file {path}", container.label, container.origin)
    return found


@then("the DKIM signer that is on can read every key its configuration names:")
@asks_programs
@takes(*SIGNER)
@special("the keys are named by the configuration of whichever signer is on; rspamadm proves Rspamd's")
def signer_reads_keys(evidence: Evidence, container: Container, datatable: Table) -> None:
    """As its configuration reads and, of Rspamd's, as rspamadm merges it."""
    evidence.heed(survey(PROGRAM, container))
    with evidence.about(f"DKIM signer of {container.label}", "one that is on"):
        for signer in switched_on(container, [Signer(*(row[c] for c in SIGNER)) for row in rows(datatable)]):
            _judge_keys(evidence, container, signer.name, lambda s=signer: key_files(container, s))
            if signer.name == "Rspamd":
                found = read_overrides(container, posixpath.dirname(signer.configuration))
                _judge_keys(
                    evidence, container, signer.name, lambda f=found: merged_keys(container, f), ", by rspamadm"
                )


def _judge_keys(
    evidence: Evidence,
    container: Container,
    signer: str,
    find: Callable[[], Iterable[tuple[KeyPath, MountedFile]]],
    by: str = "",
) -> None:
    with evidence.about(f"{signer}'s keys in {container.label}{by}", "every key it names is mounted"):
        for key, file in find():
            what, at = f"{signer}'s key {key.path}{by}", key.origin or file.mount_origin
            evidence.check(what, "mounted", f"from {file.source}", ok=True, at=at)


@given(parsers.parse('Rspamd\'s overrides in "{directory}", in use while {switch}'), target_fixture="examined")
@special("what Rspamd reads is what docker-mailserver's start-up makes of these files, while it is on")
def the_overrides(container: Container, directory: str, switch: str) -> Examined:
    found = mounted_overrides(container, switch, directory)
    if found is None:
        return {"Rspamd's overrides": Examinable("rspamadm", None, off="Rspamd is off")}
    return {"Rspamd's overrides": Examinable("rspamadm", lambda: found.examination)}
