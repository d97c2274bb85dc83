"""``summary.md``: a comment on a pull request.  Short when all is well, and never longer than GitHub takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gate.record import Record
from gate.render import diagnosis
from gate.reports.markdown import block, code, prose
from gate.reports.view import GateProblem, Run, Status, ids, open_findings
from gate.verdict import Verdict
from gate.waivers import subject

#: GitHub refuses a comment of more than 65,536 characters.  Counted in bytes, there is room to spare.
LIMIT = 65_000
#: The most that one scenario may take of it.
_EACH = 4_000
#: The most waivers and problems that are told before what else there is, and how much of each.
_MOST, _LONG = 20, 500
#: How many links or changes one scenario shows, and how much of a value.
_SOME, _VALUE = 5, 200

_HEADINGS = {
    Status.ERROR: ("Errors of the suite", "The suite itself failed here: this says nothing of the infra repo."),
    Status.FAILED: ("Failed", None),
    Status.UNDETERMINED: ("Undetermined", "It cannot be known whether these hold."),
    Status.OLD: ("Wrong before, and still", "These did not hold at the base either."),
    Status.WAIVED: ("Waived", None),
    Status.PENDING: ("Pending", "Declared right, not published yet."),
    Status.NOT_PROVEN: ("Not proven", "The program that proves it is not installed here."),
}
#: What is told in a line each.
_BRIEF = (Status.WAIVED, Status.PENDING, Status.NOT_PROVEN)


def render(run: Run) -> str:
    summary = _Summary()
    summary.add(*_opening(run))
    for said in _beside(run, run.problems):
        summary.add("", f"**The gate is closed:** {said}")
    altered = [(f"- {said}", "Altered promises") for said in _beside(run, run.altered)]
    summary.section("Altered promises", "This change itself alters by what it is judged.", altered)
    new = [(f"- {said}", "New waivers") for said in _beside(run, run.new_waivers)]
    summary.section("New waivers", "This change itself brings them.", new)
    for status, records in run.by_status.items():
        if status in _HEADINGS:
            title, meaning = _HEADINGS[status]
            if status is Status.FAILED and run.judgement.base:
                title = "New failures"
            summary.section(title, meaning, [(_entry(run, record, status), title) for record in records])
    held = [record for record in run.judgement.records if record.verdict is Verdict.PASSED and record.has_changed]
    changed = [(_change(record), "Changed") for record in held]
    summary.section("Changed", "These hold, and show something else than at the base.", changed)
    differs = any(one.told or one.bare for one in run.judgement.design or ())
    design = [(f"- {code(told.text)}", "The design") for told in run.design if differs]
    summary.section("The design", None, design)
    stale = [(f"- {code(subject(w))} ({_place(run, w.file, w.line)})", "Stale waivers") for w in run.judgement.stale]
    summary.section("Stale waivers", "Nothing needs these any more.", stale)
    return summary.text()


def _beside(run: Run, told: Sequence[GateProblem]) -> Iterator[str]:
    """What is no scenario's, in a line each: a change may write thousands, and long ones, to crowd out the rest."""
    for problem in told[:_MOST]:
        text = problem.text if len(problem.text) <= _LONG else f"{problem.text[:_LONG]}..."
        yield code(text) + (f" ({_place(run, problem.file, problem.line)})" if problem.file else "")
    if len(told) > _MOST:
        yield f"and {len(told) - _MOST} more"


class _Summary:
    """A text that stops before the limit, and counts what it leaves out."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._size = 0
        self._left_out: Counter[str] = Counter()

    def add(self, *parts: str) -> None:
        self._parts += parts
        self._size += sum(len(part.encode("utf-8", "backslashreplace")) + 1 for part in parts)

    def section(self, title: str, meaning: str | None, entries: list[tuple[str, str]]) -> None:
        heading = ["", f"### {title}", *([meaning, ""] if meaning else [""])]
        for entry, kind in entries:
            size = sum(len(part.encode("utf-8", "backslashreplace")) + 1 for part in [*heading, entry])
            if self._left_out or self._size + size > LIMIT:
                self._left_out[kind] += 1
                continue
            self.add(*heading, entry)
            heading = []

    def text(self) -> str:
        if self._left_out:
            counted = ", ".join(f"{number} under “{kind}”" for kind, number in self._left_out.items())
            self._parts += ["", f"**Left out for want of room:** {counted}. The report has them all."]
        return "\n".join(self._parts) + "\n"


def _opening(run: Run) -> Iterator[str]:
    closing = [record for record in run.judgement.records if run.judgement.closes(record)]
    yield f"## Gate: {'open' if run.judgement.open else 'closed'}"
    yield ""
    said = run.tally
    if closing:
        names = dict.fromkeys(name for record in closing for name in record.requirements)
        said += f"; {', '.join(names)} {'closes' if len(names) == 1 else 'close'} the gate"
    yield f"{said}. Judged: {code(run.about)}."


def _entry(run: Run, record: Record, status: Status) -> str:
    head = f"- **{ids(record)}** {prose(record.heading)}"
    if status is Status.OLD:
        head += f" ({record.verdict})"
    if record.waiver is not None:
        waiver = record.waiver
        said = f"{record.unwaived or 'not passed'}, waived until {waiver.expires} by {code(waiver.owner)}"
        return f"{head}: {said}: {code(waiver.reason)} ({_place(run, waiver.file, waiver.line)})"
    if status in _BRIEF:
        return f"{head}: {code(record.reason or record.verdict)}{_places(run, record)}"
    text = "\n".join(diagnosis(record, run.settings.infra))
    if len(text) > _EACH:
        text = f"{text[:_EACH]}\n... ({len(text) - _EACH} more characters)"
    return f"{head}{_places(run, record)}\n\n{block(text, indent='  ')}\n"


def _change(record: Record) -> str:
    changes = [f for f in record.findings if f.was is not None]
    told = [f"{code(f.what)} is {code(f.actual[:_VALUE])}, was {code((f.was or '')[:_VALUE])}" for f in changes]
    told += [f"{code(f.what)} is gone, was {code(f.actual[:_VALUE])}" for f in record.gone]
    more = f"; and {len(told) - _SOME} more" if len(told) > _SOME else ""
    return f"- **{ids(record)}** {prose(record.heading)}: {'; '.join(told[:_SOME])}{more}"


def _places(run: Run, record: Record) -> str:
    """Links to the lines that decide, the first few of them."""
    places = dict.fromkeys((f.file, f.line) for f in open_findings(record) if f.file)
    links = [_place(run, file, line) for file, line in places if run.link(file, line)]
    more = f" and {len(links) - _SOME} more" if len(links) > _SOME else ""
    return f" · {', '.join(links[:_SOME])}{more}" if links else ""


def _place(run: Run, file: str, line: int | None) -> str:
    """A line of the infra repo, as a link where there is somewhere to look at it."""
    name, url = f"{file}:{line}" if line else file, run.link(file, line)
    return f"[{code(name)}]({url})" if url else code(name)
