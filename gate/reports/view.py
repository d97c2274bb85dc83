"""The run as the reports see it: what of it comes first, where a place can be looked at, what text may be shown."""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeGuard
from urllib.parse import quote

from msgspec import Struct, field

from gate.causes import Cause, causes
from gate.checkout import Checkout, checkout
from gate.evidence import Finding
from gate.home import NAME
from gate.judgement import Judgement
from gate.options import Settings
from gate.record import Record
from gate.source import excerpt, printable_lines
from gate.verdict import Verdict
from gate.waivers import subject

_SHORT = 12


class Status(StrEnum):
    """Where a scenario stands for whoever reads of it.  The order of definition is the order to read them in."""

    ERROR = "error of the suite"
    FAILED = "failed"
    UNDETERMINED = "undetermined"
    OLD = "old"
    WAIVED = "waived"
    PENDING = "pending"
    NOT_PROVEN = "not proven"
    PASSED = "passed"
    NOT_IN_FORCE = "not in force"


class GateProblem(NamedTuple):
    """What is to be said of the run, and is no scenario's verdict: of its waivers, of its not having finished."""

    text: str
    file: str | None = None
    line: int | None = None


class Run(Struct, frozen=True, dict=True):
    """A run that has been judged."""

    judgement: Judgement
    settings: Settings
    #: When it began, in seconds since 1970.
    begun: float = field(default_factory=time.time)

    @cached_property
    def checkout(self) -> Checkout:
        """Which state of which repo was judged."""
        return checkout(self.settings.infra)

    @property
    def problems(self) -> list[GateProblem]:
        """What closes the gate besides scenarios."""
        judgement = self.judgement
        found = [GateProblem(problem.message, problem.file, problem.line) for problem in judgement.problems]
        if judgement.base_error is not None:
            found.append(GateProblem(f"the base could not be judged: {judgement.base_error}"))
        if judgement.shortfall and not found and not any(map(judgement.closes, judgement.records)):
            found.append(GateProblem(judgement.shortfall))
        return found

    @property
    def new_waivers(self) -> list[GateProblem]:
        """What there is to say of each waiver that the change itself brings."""
        ignored = " (it does not count before it is in the base)" if self.settings.waivers_from == "base" else ""
        return [
            GateProblem(f"{subject(w)}, until {w.expires}, by {w.owner}: {w.reason}{ignored}", w.file, w.line)
            for w in self.judgement.new_waivers
        ]

    @property
    def altered(self) -> list[GateProblem]:
        """What the change itself alters of the promises, and of how it is judged by them."""
        kept, before = self.settings.kept, self.settings.kept_before
        changes = kept.changes_from(before) if kept is not None and before is not None else ()
        told = [GateProblem(f"setting changed: {said}; {self._which_counts(name)}", NAME, 1) for name, said in changes]
        return told + [GateProblem(one.text, one.file, one.line) for one in self.judgement.altered]

    def _which_counts(self, name: str) -> str:
        """Of a setting that the change has otherwise, what is judged by."""
        settings, before = self.settings, self.settings.kept_before
        assert before is not None
        files = settings.variable_files
        has_moved = {
            "infra": settings.infra != settings.home / before.infra,
            "manifests": settings.kept is not None and set(settings.kept.manifests) > set(before.manifests),
            "variable_files": any(files.get(root) != named for root, named in before.variable_files.items()),
        }
        if has_moved.get(name):
            return "what it was is gone, so what it is counts already: see that it is what is applied"
        return "before it is merged, what it was counts"

    @property
    def design(self) -> list[GateProblem]:
        """What there is to say of the design documents: how much of each is kept true, and what is not as it should
        be."""
        told = []
        for one in self.judgement.design or ():
            told += [GateProblem(f"{one.file}: {text}", one.file, line) for text, line in one.told]
            if not one.problem:
                told.append(GateProblem(f"{one.file}: {one.summary}"))
        return told

    @property
    def brought(self) -> list[GateProblem]:
        """What a reader should know first of what the change itself brings: altered promises, and new waivers."""
        return [*self.altered, *(waiver._replace(text=f"new waiver: {waiver.text}") for waiver in self.new_waivers)]

    @property
    def about(self) -> str:
        """What was judged, in a line: where and in which state it is, as of which day, and who answered for DNS."""
        settings, base = self.settings, self.judgement.base
        against = f", against {settings.base} ({base[:_SHORT]})" if base else ""
        named = f"{self.checkout.name}, " if self.checkout.name else ""
        state = f"{settings.shown(settings.infra)} ({named}{self.checkout})"
        return f"{state} as of {settings.as_of}, DNS from {settings.dns_shown}{against}"

    @property
    def in_force(self) -> Counter[Verdict]:
        """How many of the requirements that are in force have each verdict."""
        verdicts = Counter(self.judgement.verdicts.values())
        del verdicts[Verdict.NOT_IN_FORCE]
        return verdicts

    @property
    def tally(self) -> str:
        """The verdicts in numbers: of the requirements in force, with the scenarios beneath."""
        counts, scenarios = self.in_force, self.judgement.counts
        each = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
        absent = scenarios[Verdict.NOT_IN_FORCE]
        besides = f", and {absent} not in force" if absent else ""
        judged = f"{plural(scenarios.total() - absent, 'scenario')}{besides}"
        return f"{plural(counts.total(), 'requirement')} in force: {each or 'none'} ({judged})"

    @property
    def began(self) -> str:
        """When it began, in UTC, as ISO 8601 has it."""
        return datetime.fromtimestamp(self.begun, UTC).isoformat(timespec="seconds")

    @property
    def taken_over(self) -> int:
        """How many scenarios an earlier run had judged."""
        return sum(record.taken_over for record in self.judgement.records)

    @property
    def seconds(self) -> float:
        """How long it took, so far."""
        return time.time() - self.begun

    @property
    def spent(self) -> dict[str, float]:
        """Where the time went, in seconds, most first: each feature, with what it was the first to need, and the rest.
        Where several processes judge, their times are added."""
        spent: defaultdict[str, float] = defaultdict(float)
        for record in self.judgement.records:
            spent[record.feature] += record.seconds
        spent["starting and reporting"] = max(self.seconds - sum(spent.values()), 0)
        return dict(sorted(spent.items(), key=lambda item: -item[1]))

    @property
    def told_once(self) -> tuple[Cause, ...]:
        """The causes that are told below all scenarios: what several hang on, and what programs are missing."""
        records = self.judgement.records
        shared = [cause for cause in causes(records, Verdict.UNDETERMINED) if cause.is_shared]
        return (*shared, *causes(records, Verdict.NOT_PROVEN))

    def status(self, record: Record) -> Status:
        if record.is_old and record.verdict in (Verdict.FAILED, Verdict.UNDETERMINED):
            return Status.OLD
        return Status[record.verdict.name]

    @property
    def by_status(self) -> dict[Status, list[Record]]:
        """The scenarios of each status that has any."""
        records = self.judgement.records
        groups = {status: [r for r in records if self.status(r) is status] for status in Status}
        return {status: of_all for status, of_all in groups.items() if of_all}

    @property
    def in_checkout(self) -> str | None:
        """What a path of the infra repo is put behind to be one of the checkout that GitHub shows: nothing, or the
        folder of the infra root and a slash; None where it lies elsewhere.
        """
        checkout, infra = os.environ.get("GITHUB_WORKSPACE"), os.path.realpath(self.settings.infra)
        folder = Path(os.path.relpath(infra, os.path.realpath(checkout or infra))).as_posix()
        if folder == ".":
            return ""
        return None if folder.split("/")[0] == ".." else f"{folder}/"

    def excerpt(self, finding: Finding) -> str | None:
        """The source line that a finding points at, where there is one that may be shown."""
        if finding.file is None or finding.line is None:
            return None
        return excerpt(self.settings.infra, finding.file, finding.line)

    def in_infra(self, file: str | None) -> TypeGuard[str]:
        """Whether a file is one of the infra repo: zone files that are served for it lie elsewhere."""
        return file is not None and not file.startswith("/") and (self.settings.infra / file).is_file()

    def link(self, file: str, line: int | None) -> str | None:
        """Where a line of the infra repo can be looked at; None without ``--link``, and for what lies elsewhere."""
        if self.settings.link is None or not self.in_infra(file):
            return None
        return self.settings.link + encoded(file) + (f"#L{line}" if line else "")


def ids(record: Record) -> str:
    return " ".join(record.requirements)


def open_findings(record: Record) -> tuple[Finding, ...]:
    """The findings that explain a verdict: the gravest first, otherwise in their order."""
    gravity = list(Verdict).index
    return tuple(sorted((f for f in record.findings if not f.ok), key=lambda finding: -gravity(finding.verdict)))


def sentence(finding: Finding) -> str:
    """A finding in one line."""
    if finding.verdict in (Verdict.UNDETERMINED, Verdict.NOT_PROVEN):
        return f"{finding.what}: {finding.actual}"  # which says that it is unknown, and why
    return f"{finding.what}: expected {finding.expected}, found {finding.actual}"


def remarks(record: Record) -> Iterator[str]:
    """What there is to say of a verdict besides its findings: who waived it, how it was at the base, and what is
    gone since."""
    if record.waiver is not None:
        waiver = record.waiver
        yield f"{record.unwaived or 'not passed'}, waived until {waiver.expires} by {waiver.owner}: {waiver.reason}"
    if record.expired is not None:
        yield f"its waiver expired on {record.expired.expires}"
    if record.before is not None and (record.is_old or record.before is not record.verdict):
        yield f"{record.before} at the base{' already' if record.is_old else ''}"
    for finding in record.gone:
        yield f"gone since the base: {finding.what}, which was {finding.actual}"


def shown(text: str) -> str:
    """Text fit for any report: control characters, lone surrogates and whatever else does not print are spelt out,
    line by line.  XML 1.0 can hold all of it.
    """
    return "\n".join(printable_lines(text))


def encoded(path: str) -> str:
    """A relative path as a URI reference.  What in a file's name is no UTF-8 keeps its bytes."""
    return quote(path.encode("utf-8", "surrogateescape"))


def plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
