"""What Roundcube is told besides its image's own variables."""

from __future__ import annotations

from pytest_bdd import parsers, then

from gate.evidence import Evidence
from readers.kubernetes import Container
from readers.subjects.roundcube import Given, account, given, is_harmless


@then(parsers.parse('nothing that Roundcube reads sets its option {option} to other than "{harmless}"'))
def option_stays(evidence: Evidence, container: Container, option: str, harmless: str) -> None:
    what, expected = f"Roundcube's {option}", f"not set, or {harmless}"
    with evidence.about(what, expected):
        evidence.heed(account(container))
        evidence.check(what, expected, "looked for", ok=True, at=container.origin)
        for found in given(container, option):
            _judge(evidence, what, expected, found, harmless)


def _judge(evidence: Evidence, what: str, expected: str, found: Given, harmless: str) -> None:
    if found.value is None:
        evidence.undetermined(what, expected, f"{found.by} may set it", at=found.origin)
    else:
        ok = is_harmless(found.value, harmless)
        evidence.check(what, expected, found.shown, ok=ok, at=found.origin)
