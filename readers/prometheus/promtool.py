"""promtool, of Prometheus: would Prometheus load the rules, and when does an alert fire?

Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from readers import Malformed, Missing
from readers.helm.values import value_at
from readers.kubernetes.others import Same
from readers.prometheus.harmless_keys import RULE_KEYS, opens
from readers.prometheus.nodes import scalar_text
from readers.prometheus.promql import METRIC, parse_promql
from readers.prometheus.rule_tests import SAMPLE_SECONDS, Firing, InputSeries, Labels, RuleTest
from readers.prometheus.rules import AlertRule, duration_seconds
from readers.sandbox.examination import Examination, Remark, placeholders_for, remark_of
from readers.sandbox.go import GO
from readers.sandbox.program import Program
from readers.sandbox.rendering import Path, Rendered, as_json, render, unplaced
from tfparse.cty.values import Value
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.patterns import pattern

PROMTOOL = Program("promtool", "prometheus", environment=GO)

# -- promtool check rules -------------------------------------------------------------------------

#: What Prometheus' documentation has, and some promtool in use has not.
_NEWER = {
    "rulefmt.RuleGroup": frozenset({"labels", "limit", "query_offset"}),
    "rulefmt.RuleNode": frozenset({"keep_firing_for"}),
    "rulefmt.Rule": frozenset({"keep_firing_for"}),
}
_FIELD = pattern(r"line (\d+): field (?P<field>\S+) not found in type (?P<type>\S+)")
_OF_RULE = pattern(
    r'group "(?P<group>(?:[^"\\]|\\.)*)", rule (?P<number>\d+), "(?:[^"\\]|\\.)*": '
    r'(?P<part>label|annotation|could not parse expression|)(?: "(?P<name>[^"]*)")?'
)
_UNKNOWN_FUNCTION = "unknown function with name"
_Question = tuple[list[str], dict[str, str], str | None]
_PLACEHOLDER = "1"  # stands in a duration, a number and a matcher alike


def check_rules(values: Value) -> Examination:
    """Whether Prometheus would load the rule files in the values of its release.

    It loads all rules of a file or none.  What only the installed promtool is too old for is a note, as is a
    complaint about a rule that is not wholly known.  Missing where the values hold no rules.
    """
    found = value_at(values, "serverFiles")
    held = found.known().raw if found is not None else None
    files = {
        name: file
        for name, file in (held.items() if isinstance(held, dict) else ())
        if isinstance(file.raw, dict) and "groups" in file.raw
    }
    if not files:
        raise Missing("file of rules", "serverFiles of the Helm values", values.origin)
    named = [(f"{index}.yml", file) for index, file in enumerate(files.values())]
    for name, file in named[1:]:
        PROMTOOL.start(*_checking(name, Same(file))[1])
    checked = [_check(name, file) for name, file in named]
    faults = tuple(fault for one in checked for fault in one.faults)
    return Examination(faults, tuple(note for one in checked for note in one.notes), checked[0].origin)


def _check(name: str, file: Value) -> Examination:
    """One file: again without what promtool is too old for, until it knows all that is left."""
    left_out: list[Path] = []
    notes: list[Remark] = []
    while True:
        rendered, question = _checking(name, Same(file), tuple(left_out))
        complaints = list(_complaints(name, rendered, question))
        newer = [path for said in complaints if (path := _newer_field(said, rendered))]
        if not newer:
            break
        left_out += newer
        notes += [Remark(f"promtool is too old to know {path[-1]}", _place(rendered, path)) for path in newer]
    faults: list[Remark] = []
    for said in complaints:
        path = _path(said, rendered)
        at, secret = _place(rendered, path), rendered.secret_within(path)
        remark = remark_of("promtool", unplaced(said), at, secret=secret)
        excused = rendered.replaced_within(path[:4]) or (_UNKNOWN_FUNCTION in said and _is_promql(_node(file, path)))
        (notes if excused else faults).append(remark)
    if (redacted := rendered.first_redacted) is not None:
        notes.append(placeholders_for("promtool", redacted.origin))
    return Examination(tuple(faults), tuple(notes), file.origin)


@lru_cache(maxsize=4)  # who looks ahead asks the same before it is judged
def _checking(name: str, file: Same[Value], left_out: tuple[Path, ...] = ()) -> tuple[Rendered, _Question]:
    rendered = render(file.thing, lambda path: _PLACEHOLDER, left_out)
    return rendered, (["check", "rules", "--lint=none", name], {name: rendered.text}, opens(rendered, RULE_KEYS))


def _complaints(name: str, rendered: Rendered, question: _Question) -> Iterator[str]:
    said = PROMTOOL.run(*question)
    lines = [line.strip().removeprefix(f"{name}: ") for line in said.err.splitlines() if line.strip()]
    complaints = [line for line in lines if line not in ("FAILED:", "yaml: unmarshal errors:")]
    if said.status and not complaints:
        raise Malformed("promtool check rules", f"exit status {said.status}: {said.out.strip()}", rendered.origin)
    yield from complaints if said.status else ()


def _newer_field(said: str, rendered: Rendered) -> Path | None:
    field = _FIELD.search(said)
    line = rendered.spoken_of(said) if field and field["field"] in _NEWER.get(field["type"], ()) else None
    return line.path if line else None


def _path(said: str, rendered: Rendered) -> Path:
    """The node that a complaint is about: of a rule, the part that it names."""
    of_rule = _OF_RULE.search(said)
    if of_rule is None:
        line = rendered.spoken_of(said)
        return line.path if line else ()
    groups = [
        line.path[1]
        for line in rendered.lines
        if line.path[2:] == ("name",) and as_json(line.scalar) == f'"{of_rule["group"]}"'
    ]
    rule: Path = ("groups", groups[0] if groups else 0, "rules", int(of_rule["number"]) - 1)
    match of_rule["part"]:
        case "could not parse expression":
            return (*rule, "expr")
        case "label" | "annotation" as part:
            return (*rule, f"{part}s", of_rule["name"])
    return rule


def _place(rendered: Rendered, path: Path) -> Origin | None:
    """Where the node stands, or what holds it."""
    lines = (rendered.at(path[:length]) for length in range(len(path), 0, -1))
    return next((line.origin for line in lines if line and line.origin), rendered.origin)


def _is_promql(expression: Value) -> bool:
    """Whether our own parser, which may know more functions, takes an expression."""
    try:
        parse_promql(scalar_text(expression))
    except Malformed:
        return False
    return True


def _node(value: Value, path: Path) -> Value:
    """The node at a path, or the last one on the way."""
    for step in path:
        below = value.get(step) if isinstance(step, str) else value.elements()[step]
        value = value if below is None else below
    return value


# -- promtool test rules --------------------------------------------------------------------------

_ANSWER = pattern(
    r'^    expr: "[^\n]* # (?P<kind>firing|labels) (?P<test>\d+)", time: (?P<time>\w+),\n'
    r" +exp: (?P<exp>.*)\n +got: (?P<got>.*)$",
    re.MULTILINE,
)
_ERROR = pattern(r"^ .*\berr: .*$", re.MULTILINE)


class Proof(Struct, frozen=True):
    """What an alert does in a test, as promtool evaluates it; ``said`` is what promtool objects to, if it does.

    ``labels_differ``: the alert's labels are not those that were expected.
    """

    firing: Firing
    said: str | None
    labels_differ: bool


class Question(Struct, frozen=True):
    """A rule test, what the alert is expected to do at its evaluations, and its labels at the end, where known."""

    test: RuleTest
    guess: Firing
    labels: Sequence[Labels] | None


def try_rule(rule: AlertRule, questions: Sequence[Question], interval: float) -> list[Proof]:
    """Put a rule through its tests, in one run of ``promtool test rules``.

    The rule stands with the recording rules that it reads: what other rules fire is absent.
    Malformed where promtool cannot evaluate it.
    """
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": _milliseconds(interval),
        "tests": [_test(rule, index, question) for index, question in enumerate(questions)],
    }
    said = PROMTOOL.run(
        ["test", "rules", "test.yml"],
        {"rules.yml": as_json({"groups": [_group(rule)]}), "test.yml": as_json(test)},
        None,  # each key is written here; of the rule come only its expression, its duration and its labels
    )
    answers = list(_ANSWER.finditer(said.err))
    error = _ERROR.search(said.err)
    if error or (said.status and not answers):
        problem = error[0].strip() if error else " ".join(said.err.split())
        raise Malformed(f"alert {rule.name}", f"promtool: {problem}", rule.expr.origin)
    return [
        _proof(question, [answer for answer in answers if int(answer["test"]) == index])
        for index, question in enumerate(questions)
    ]


def _group(rule: AlertRule) -> dict[str, object]:
    if rule.expr.secret:
        raise UnknownValueError("the expression is secret, and not shown to promtool", rule.expr.origin)
    written: dict[str, object] = {"alert": rule.name, "expr": rule.expr.as_string()}
    if rule.hold is not None:
        written["for"] = scalar_text(rule.hold)
    known = {name: value for name, value in rule.labels.items() if not (value.is_unknown or value.secret)}
    written["labels"] = {name: scalar_text(known[name]) if name in known else "placeholder" for name in rule.labels}
    recorded: list[dict[str, object]] = []
    for read in rule.read_recordings():
        if read.expr.secret:
            raise UnknownValueError("a recording rule is secret, and not shown to promtool", read.expr.origin)
        labels = {name: scalar_text(value) for name, value in read.labels.items()}
        recorded.append({"record": read.name, "expr": read.expr.as_string(), "labels": labels})
    return {"name": rule.group or "rules", "rules": [*recorded, written]}


def _test(rule: AlertRule, index: int, question: Question) -> dict[str, object]:
    selector = f'ALERTS{{alertname={as_json(rule.name)},alertstate="firing"}}'
    asked: list[dict[str, object]] = [
        {
            "expr": f"count({selector}) > bool 0 or vector(0) # firing {index}",
            "eval_time": _milliseconds(time),
            "exp_samples": [{"labels": "{}", "value": int(fires)}],
        }
        for time, fires in zip(question.guess.times, question.guess.states, strict=True)
    ]
    if question.labels is not None:
        shown = [{METRIC: "ALERTS", "alertstate": "firing", **labels} for labels in question.labels]
        asked.append(
            {
                "expr": f"{selector} # labels {index}",
                "eval_time": _milliseconds(question.guess.times[-1]),
                "exp_samples": [{"labels": _series(labels), "value": 1} for labels in shown],
            }
        )
    horizon = question.guess.times[-1]
    return {
        "interval": _milliseconds(SAMPLE_SECONDS),
        "input_series": [
            {"series": _series(series.labels), "values": _samples(series, horizon)} for series in question.test.inputs
        ],
        "promql_expr_test": asked,
    }


def _series(labels: Labels) -> str:
    inner = ",".join(f"{name}={as_json(value)}" for name, value in labels.items() if name != METRIC)
    return f"{labels[METRIC]}{{{inner}}}"


def _samples(series: InputSeries, horizon: float) -> str:
    """A value a sample; once, the mark that a series has ended (Prometheus would else look back five minutes)."""
    samples: list[str] = []
    before: float | None = None
    for index in range(int(horizon // SAMPLE_SECONDS) + 1):
        value = series.at(index * SAMPLE_SECONDS)
        samples.append(f"{value:g}" if value is not None else "_" if before is None else "stale")
        before = value
    return " ".join(samples)


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"


def _proof(question: Question, answers: Sequence[re.Match[str]]) -> Proof:
    """promtool only tells where it differs: elsewhere the guess is right."""
    wrong = {_milliseconds(duration_seconds(a["time"])) for a in answers if a["kind"] == "firing"}
    guess = question.guess
    firing = tuple(
        fires is not (_milliseconds(time) in wrong) for time, fires in zip(guess.times, guess.states, strict=True)
    )
    said = None
    if answers:
        first = answers[0]
        said = f"promtool: FAILED: time: {first['time']}, exp: {first['exp']}, got: {first['got']}"
    return Proof(Firing(guess.times, firing), said, any(answer["kind"] == "labels" for answer in answers))
