"""What the programs themselves say of the configuration that they are given."""

from __future__ import annotations

from pytest_bdd import parsers, then

from gate.evidence import Evidence
from gate.words import asks_programs, example
from readers import Malformed
from steps._findings import Examined, examine

_WHAT = r"the release's rules|Alertmanager's configuration|main\.cf|Rspamd's overrides"


@then(parsers.re(rf"(?P<program>promtool|amtool|postconf|rspamadm) finds no fault in (?P<what>{_WHAT})"))
@asks_programs
@example(
    "Then promtool finds no fault in the release's rules",
    "Then amtool finds no fault in Alertmanager's configuration",
    "Then postconf finds no fault in main.cf",
    "Then rspamadm finds no fault in Rspamd's overrides",
)
def no_fault(evidence: Evidence, examined: Examined, program: str, what: str) -> None:
    """Of main.cf: no misspelt parameter, and a number wherever one belongs."""
    with evidence.about(what, f"{program} finds no fault"):
        if (one := examined.get(what)) is None or one.program != program:
            texts = [f"{other.program} finds no fault in {name}" for name, other in examined.items()]
            raise Malformed(f"{program} on {what}", f"what is given is for: {'; '.join(texts)}")
        examine(evidence, what, one)
