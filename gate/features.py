"""Reading a feature file, and refusing one that would promise more than it checks.

Gherkin forgives much: a misspelt keyword turns a step into prose, an outline without rows never runs, of two
scenarios of one name pytest-bdd keeps the second.  Each would make the gate look at less than the page says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from msgspec import Struct, field
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.feature import features as pytest_bdds
from pytest_bdd.gherkin_parser import Background, ExamplesTable, GherkinDocument, Rule, Tag, get_gherkin_document
from pytest_bdd.gherkin_parser import Feature as GherkinFeature
from pytest_bdd.gherkin_parser import Scenario as GherkinScenario
from pytest_bdd.parser import FeatureParser
from pytest_bdd.types import STEP_TYPE_BY_PARSER_KEYWORD

from gate.design import is_malformed, seems_to_name
from gate.lifetime import Lifetime, is_lifetime, lifetime
from tfparse.patterns import pattern

#: An id as a design gives it: words joined by hyphens, a number last (MH-1.1, ADR-19, SEC-12.3.1, DB-HA-2a).
REQUIREMENT = pattern(r"[A-Z][A-Za-z0-9]*(?:-[A-Z][A-Za-z0-9]*)*-\d+(?:\.\d+)*[a-z]?", re.ASCII)

#: Markers of pytest's own that would keep a scenario from being judged as it stands.
_PYTEST_TAGS = frozenset({"skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings"})
#: English that resembles a step keyword and begins many a sentence.
_PROSE = frozenset({"the", "they", "them", "than", "give", "gives", "butt", "an"})
_STEPS = ("given", "when", "then", "and", "but")
_OUTLINES = ("Scenario Outline", "Scenario Template")
_KEYWORD = pattern(r"(Feature|Rule|Background|Scenario|Example|Scenarios|Examples)( Outline| Template)?:")
_PLACEHOLDER = pattern(r"<(.+?)>")


_MOST_BYTES = 256 * 1024
"""What a feature may have: some two thousand scenarios."""


class Problem(NamedTuple):
    """Why a feature file is refused, and at which of its lines."""

    line: int
    message: str


class RefusedError(Exception):
    """A feature file that is not collected, with all its problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(problem.message for problem in self.problems))


class Step(Struct, frozen=True):
    """A step as it reads: in an outline, with a row's values in their places.  ``table`` is by rows; ``background``
    says that it is not the scenario's own but one that all of its feature or rule begin with.
    """

    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...] = ()
    docstring: str | None = None
    background: bool = False


class Scenario(Struct, frozen=True):
    """A scenario as its author wrote it; its tags include those it inherits and those of its examples."""

    title: str
    description: str
    rule: str | None
    line: int
    tags: frozenset[str]
    lifetime: Lifetime


class Feature(Struct, frozen=True):
    """A feature file that says what it checks.  Its scenarios are by title, in file order."""

    title: str
    description: str
    scenarios: dict[str, Scenario]

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(scenario.tags for scenario in self.scenarios.values()))


def read(path: Path, registered: Iterable[str]) -> Feature:
    """Read a feature file.  ``registered`` are the tags allowed besides requirement ids and lifetimes.

    RefusedError where the file does not parse or does not check what it says.
    """
    if not path.is_file():
        # But a device or a pipe: reading it may never end.
        raise RefusedError([Problem(1, "it is not a file")])
    if path.stat().st_size > _MOST_BYTES:
        raise RefusedError([Problem(1, f"it is larger than {_MOST_BYTES // 1024} KB: make several of it")])
    parsed = _parse(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    feature = _Reading(parsed.feature, lines, frozenset(registered)).feature()
    running = _Parsed(path, parsed)
    pytest_bdds[running.abs_filename] = running.parse()
    return feature


class _Parsed(FeatureParser):
    """A file that is parsed already, as pytest-bdd makes of it what it runs: it need not parse it once more."""

    def __init__(self, path: Path, document: GherkinDocument) -> None:
        super().__init__(str(path.parent), path.name)
        self._document = document

    def _parse_feature_file(self) -> GherkinDocument:
        return self._document


def _parse(path: Path) -> GherkinDocument:
    try:
        return get_gherkin_document(str(path))
    except GherkinParseError as error:
        raise RefusedError(_syntax(error)) from error
    except KeyError:
        raise RefusedError([Problem(1, "no Feature in this file")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError([Problem(1, f"cannot be read: {error}")]) from error


def _syntax(error: GherkinParseError) -> Iterator[Problem]:
    """All the syntax errors of a file: pytest-bdd keeps the first, and guesses what it means."""
    for cause in getattr(error.__cause__, "errors", ()):
        _, _, message = str(cause).partition(": ")
        expected, unexpected, found = message.partition(", got ")
        if unexpected:
            is_prose = "#StepLine" in expected and not _KEYWORD.match(found.strip("'"))
            message = f"{'prose where a step should be' if is_prose else 'not understood here'}: {found}"
        yield Problem(cause.location["line"], message)


class _Reading(Struct):
    """One pass over a parsed file that collects every problem before it refuses."""

    source: GherkinFeature
    lines: list[str]
    registered: frozenset[str]
    problems: list[Problem] = field(default_factory=list)

    def feature(self) -> Feature:
        if self.source.language != "en":
            self._refuse(1, f"the features' language is English, not {self.source.language!r}")
        self._tags(self.source.tags)
        scenarios: dict[str, Scenario] = {}
        for rule, source in self._scenarios():
            scenario = self._scenario(rule, source)
            if scenario.title in scenarios:
                other = scenarios[scenario.title].line
                self._refuse(scenario.line, f"a second scenario {scenario.title!r}: the first is on line {other}")
            scenarios[scenario.title] = scenario
        if not scenarios:
            self._refuse(self.source.location.line, "a feature without scenarios")
        self._names_sections(self.source)
        if self.problems:
            raise RefusedError(self.problems)
        return Feature(self.source.name, dedent(self.source.description).strip(), scenarios)

    def _scenarios(self) -> Iterator[tuple[Rule | None, GherkinScenario]]:
        for child in self.source.children:
            if child.background:
                self._background(child.background)
            if child.scenario:
                yield None, child.scenario
            if child.rule:
                self._tags(child.rule.tags)
                self._names_none(child.rule)
                if not any(grandchild.scenario for grandchild in child.rule.children):
                    self._refuse(child.rule.location.line, "a rule without scenarios")
                for grandchild in child.rule.children:
                    if grandchild.background:
                        self._background(grandchild.background)
                    if grandchild.scenario:
                        yield child.rule, grandchild.scenario

    def _names_sections(self, source: GherkinFeature | GherkinScenario) -> None:
        """Refuse a line that seems to name a section of the design, and does not."""
        for number, text in self._described(source):
            if is_malformed(text):
                self._refuse(number, f'no section of a design is named: {text.strip()!r} (Design: FILE, "HEADING")')

    def _names_none(self, source: Rule | Background) -> None:
        """Refuse the name of a section where nobody reads it."""
        for number, text in self._described(source):
            if seems_to_name(text):
                self._refuse(number, f"a section of a design is named by a feature or a scenario: {text.strip()!r}")

    def _described(self, source: GherkinFeature | GherkinScenario | Rule | Background) -> Iterator[tuple[int, str]]:
        """The lines of a description, with their numbers."""
        number = source.location.line
        for text in filter(str.strip, source.description.splitlines()):
            number = next((n for n in range(number + 1, len(self.lines) + 1)
                           if self.lines[n - 1].strip() == text.strip()), number)  # fmt: skip
            yield number, text

    def _background(self, source: Background) -> None:
        self._names_none(source)
        if not source.steps:
            self._refuse(source.location.line, "a background without steps")
        self._steps(source)

    def _scenario(self, rule: Rule | None, source: GherkinScenario) -> Scenario:
        line = source.location.line
        if not source.name:
            self._refuse(line, "a scenario without a title")
        if "::" in source.name:
            self._refuse(line, "'::' in a scenario's title: its node id could not be selected")
        if not source.steps:
            self._refuse(line, f"scenario {source.name!r} has no steps")
        self._names_sections(source)
        self._steps(source)
        self._outline(source)
        self._tags(source.tags)
        inherited = [*self.source.tags, *(rule.tags if rule else ()), *source.tags]
        if not _names_requirement(inherited) and not (
            source.examples and all(_names_requirement(table.tags) for table in source.examples)
        ):
            self._refuse(line, f"scenario {source.name!r} has no requirement id (a tag such as @MH-1.1)")
        return Scenario(
            title=source.name,
            description=dedent(source.description).strip(),
            rule=rule.name if rule else None,
            line=line,
            tags=frozenset(_names([*inherited, *chain.from_iterable(table.tags for table in source.examples)])),
            lifetime=self._lifetime(line, inherited),
        )

    def _steps(self, source: GherkinScenario | Background) -> None:
        """Refuse a first step of no kind, and a description in which a step was meant.

        A description stands off from the first step by an empty line, and no line of it begins like a step.
        """
        if source.steps and source.steps[0].keyword_type not in STEP_TYPE_BY_PARSER_KEYWORD:
            line, keyword = source.steps[0].location.line, source.steps[0].keyword
            self._refuse(line, f"a first step begins with Given, When or Then, not {keyword!r}")
        start = source.location.line
        end = source.steps[0].location.line - 1 if source.steps else start + len(source.description.splitlines())
        prose = [(n, self.lines[n - 1].strip()) for n in range(start + 1, end + 1)]
        prose = [(n, text) for n, text in prose if not text.startswith("#")]
        for line, text in prose:
            if text and (self._resembles_step(text) or (source.steps and (line, text) == prose[-1])):
                self._refuse(line, f"prose where a step should be: {text!r} (a description ends with an empty line)")

    def _resembles_step(self, text: str) -> bool:
        word = text.split()[0].lower().rstrip(":,")
        return word not in _PROSE and bool(get_close_matches(word, _STEPS, n=1, cutoff=0.75))

    def _outline(self, source: GherkinScenario) -> None:
        if source.keyword in _OUTLINES and not source.examples:
            self._refuse(source.location.line, f"outline {source.name!r} has no rows")
        rows: dict[tuple[str, ...], int] = {}
        for table in source.examples:
            self._examples(source, table)
            for row in table.table_body or ():
                cells = tuple(cell.value for cell in row.cells)
                if rows.setdefault(cells, row.location.line) != row.location.line:
                    self._refuse(row.location.line, f"the same row as on line {rows[cells]}")

    def _examples(self, source: GherkinScenario, table: ExamplesTable) -> None:
        if not table.table_body or table.table_header is None:
            self._refuse(table.location.line, f"outline {source.name!r} has no rows here")
            return
        self._tags(table.tags)
        for tag in table.tags:
            if is_lifetime(tag.name.lstrip("@")):
                self._refuse(tag.location.line, f"{tag.name} on examples: a lifetime belongs to a whole scenario")
        columns = {cell.value for cell in table.table_header.cells}
        for step in source.steps:
            cells = [cell.value for row in step.datatable.rows for cell in row.cells] if step.datatable else []
            text = "\n".join([step.text, *cells, step.docstring.content if step.docstring else ""])
            for name in _PLACEHOLDER.findall(text):
                if name not in columns:
                    message = f"<{name}> is no column of the examples on line {table.location.line}"
                    self._refuse(step.location.line, message)

    def _tags(self, tags: Iterable[Tag]) -> None:
        for tag in tags:
            name = tag.name.lstrip("@")
            if name in _PYTEST_TAGS:
                self._refuse(tag.location.line, f"{tag.name} would keep the scenario from being judged")
            elif not (REQUIREMENT.fullmatch(name) or is_lifetime(name) or name in self.registered):
                known = "a requirement id, @since(DATE) or @until(DATE), nor registered under markers in pytest.ini"
                self._refuse(tag.location.line, f"unknown tag {tag.name}: neither {known}")

    def _lifetime(self, line: int, tags: Iterable[Tag]) -> Lifetime:
        """The lifetime of a scenario; its malformed tags are refused, once each, on their own lines."""
        for tag in tags:
            try:
                lifetime(_names([tag]))
            except ValueError as error:
                self._refuse(tag.location.line, str(error))
                return Lifetime()
        try:
            return lifetime(_names(tags))
        except ValueError as error:
            self._refuse(line, str(error))
            return Lifetime()

    def _refuse(self, line: int, message: str) -> None:
        problem = Problem(line, message)
        if problem not in self.problems:
            self.problems.append(problem)


def _names(tags: Iterable[Tag]) -> list[str]:
    return [tag.name.lstrip("@") for tag in tags]


def _names_requirement(tags: Iterable[Tag]) -> bool:
    return any(REQUIREMENT.fullmatch(name) for name in _names(tags))
