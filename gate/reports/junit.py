"""``junit.xml``: a testsuite for each feature, a testcase for each scenario.

A ``<failure>`` or ``<error>`` is what closes the gate; what neither holds nor closes it is ``<skipped>``, with its
verdict.  The elements are those of Jenkins' schema (junit-10.xsd of its xUnit plugin), and ``<properties>`` in a
testcase, which Jenkins, GitLab and pytest know besides.
"""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from gate.record import Record
from gate.render import diagnosis
from gate.reports.view import Run, ids, remarks, shown
from gate.verdict import Verdict


def render(run: Run) -> str:
    root = Element("testsuites", name="gate", time=f"{run.seconds:.3f}")
    for (path, title), records in groupby(run.judgement.records, key=lambda r: (r.feature, r.feature_title)):
        suite = SubElement(root, "testsuite", name=shown(title), file=shown(path), timestamp=run.began)
        for record in records:
            suite.append(_testcase(run, record))
        _count(suite)
    if run.problems or run.new_waivers or run.altered:
        root.append(_beside(run))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.attrib[name]) for suite in root)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _beside(run: Run) -> Element:
    """A testsuite for what closes the gate and is no scenario; its properties are the change's own waivers."""
    suite = Element("testsuite", name="the gate")
    if run.new_waivers or run.altered:
        properties = SubElement(suite, "properties")
        for told in run.altered:
            SubElement(properties, "property", name="altered", value=shown(told.text))
        for waiver in run.new_waivers:
            SubElement(properties, "property", name="new waiver", value=shown(waiver.text))
    for problem in run.problems:
        case = SubElement(suite, "testcase", classname="gate", name=shown(problem.file or "run"))
        place = f"{problem.file}:{problem.line}: " if problem.file else ""
        SubElement(case, "error", type="gate", message=shown(place + problem.text))
    _count(suite)
    return suite


def _count(suite: Element) -> None:
    seconds = (float(case.get("time", "0")) for case in suite.iter("testcase"))
    suite.set("time", f"{sum(seconds):.3f}")
    suite.set("tests", str(len(suite.findall("testcase"))))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))


def _testcase(run: Run, record: Record) -> Element:
    module = record.feature.removesuffix(".feature").replace("/", ".")
    name, seconds = shown(f"{ids(record)} {record.heading}"), f"{record.seconds:.3f}"
    case = Element("testcase", classname=shown(module), name=name, time=seconds)
    properties = SubElement(case, "properties")
    for requirement in record.requirements:
        SubElement(properties, "property", name="requirement", value=requirement)
    SubElement(properties, "property", name="verdict", value=record.verdict)
    if record.before is not None:
        SubElement(properties, "property", name="before", value=record.before)
    if record.verdict is not Verdict.PASSED:
        _outcome(run, record, case)
    if record.findings and case.find("failure") is None:
        evidence = diagnosis(record, run.settings.infra, everything=True)
        SubElement(case, "system-out").text = "\n".join(evidence)
    return case


def _outcome(run: Run, record: Record, case: Element) -> None:
    tag = "skipped"
    if run.judgement.closes(record):
        tag = "error" if record.verdict is Verdict.ERROR else "failure"
    said = "; ".join(filter(None, (f"{record.verdict}: {record.reason}", *remarks(record))))
    outcome = SubElement(case, tag, type=record.verdict, message=shown(said))
    outcome.text = "\n".join(diagnosis(record, run.settings.infra))
