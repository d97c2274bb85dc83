"""``spec.html``: the features as a document for reviewers, with the verdict and the evidence of each requirement.

One file that loads nothing.  It reads without its script, which only filters, searches and opens what a link names.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from msgspec import Struct

from gate.record import Record, natural
from gate.reports.view import Run, plural, shown
from gate.verdict import Verdict
from gate.version import version

_HERE = Path(__file__).parent

#: A shape for each verdict: colour alone tells some readers nothing.
_MARKS = {
    Verdict.PASSED: "✓", Verdict.FAILED: "✕", Verdict.ERROR: "!", Verdict.UNDETERMINED: "?", Verdict.NOT_PROVEN: "○",
    Verdict.PENDING: "…", Verdict.WAIVED: "~", Verdict.NOT_IN_FORCE: "–",
}  # fmt: skip
#: What a reader need not open to know that all is well.
_SETTLED = (Verdict.PASSED, Verdict.NOT_IN_FORCE, Verdict.NOT_PROVEN)


class _Requirement(Struct, frozen=True):
    id: str
    verdict: Verdict
    records: list[Record]

    @property
    def titles(self) -> dict[str, list[Verdict]]:
        """The scenarios, each with its verdict; of an outline, with those of its rows."""
        titles: dict[str, dict[Verdict, None]] = {}
        for record in self.records:
            titles.setdefault(record.title, {})[record.verdict] = None
        return {title: list(verdicts) for title, verdicts in titles.items()}

    @property
    def seconds(self) -> float:
        return sum(record.seconds for record in self.records)

    @property
    def age(self) -> str | None:
        """What the base makes of it: whether what is wrong is new, or what holds shows something else."""
        if self.verdict not in (Verdict.FAILED, Verdict.UNDETERMINED):
            return "changed" if any(record.has_changed for record in self.records) else None
        return "as before" if all(r.is_old for r in self.records if r.verdict is self.verdict) else "new"

    @property
    def settled(self) -> bool:
        return self.verdict in _SETTLED


def render(run: Run) -> str:
    judgement = run.judgement
    verdicts = judgement.verdicts
    requirements = [_Requirement(name, verdicts[name], records) for name, records in judgement.requirements.items()]
    style, script = shared_style() + _asset("page.css"), _asset("page.js")
    rest = "img-src data:; base-uri 'none'; form-action 'none'"
    policy = f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; {rest}"
    return _environment().get_template("page.html").render(
        run=run,
        version=version(),
        base=judgement.base,
        stale=judgement.stale,
        features=[(of[0].records[0], of) for of in _by_feature(requirements)],
        total=sum(r.verdict is not Verdict.NOT_IN_FORCE for r in requirements),
        counts=dict(_tally(requirements)),
        tally=_tally,
        closing=[r for r in requirements if any(map(run.judgement.closes, r.records))],
        wrong=[r for r in requirements if r.verdict in (Verdict.FAILED, Verdict.UNDETERMINED)],
        style=style,
        script=script,
        policy=policy,
    )  # fmt: skip


def _tally(requirements: Sequence[_Requirement]) -> list[tuple[Verdict, int]]:
    """How many requirements have each verdict, the gravest first."""
    return [(v, n) for v in reversed(Verdict) if (n := sum(r.verdict is v for r in requirements))]


def _by_feature(requirements: list[_Requirement]) -> list[list[_Requirement]]:
    """The requirements under the feature where each begins."""
    ordered = sorted(requirements, key=lambda requirement: natural(requirement.records[0].feature))
    return [list(of) for _, of in groupby(ordered, key=lambda requirement: requirement.records[0].feature)]


def _environment() -> Environment:
    """Whatever the template is given is escaped, and what does not print is spelt out first."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else shown(str(value)),
    )
    environment.filters.update(mark=lambda verdict: _MARKS[verdict], plural=plural, slug=lambda v: v.replace(" ", "-"))
    environment.globals["Verdict"] = Verdict
    return environment


def _asset(name: str) -> Markup:
    """A part of the page that is ours and needs no escaping."""
    return Markup((_HERE / name).read_text(encoding="utf-8"))


def shared_style() -> Markup:
    """The colours, the fonts and what else is the same on every page."""
    return _asset("shared.css")


def digest(text: str) -> str:
    """A source expression of a Content Security Policy that allows this text and no other."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
