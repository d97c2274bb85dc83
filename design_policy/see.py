"""``design-policy see``: what the suite sees, with lines: what an author needs to write a path."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from inspect import signature
from pathlib import Path
from typing import Any

from pytest_bdd.steps import StepFunctionContext

from design_policy.words import contexts
from gate.evidence import Evidence
from gate.home import HomeError, file_above, read_home
from gate.named_manifests import named_manifests
from readers import Malformed, Missing
from readers.dns import Record, Resolver, open_dns
from readers.dns.said import DeclaredZone, PublishedZone, full_name, record_type
from readers.manifests import beside, rendered_charts
from readers.subjects.node import Node
from readers.subjects.path import Index, Key, Step, Where, shown
from readers.subjects.records import Zone, every_record
from readers.subjects.subject import Subject, Subjects, shown_value
from readers.subjects.subject import shown as shown_found
from readers.subjects.terraform import root_stacks
from tfparse import Infra, load
from tfparse.diagnostics import TerraformError, UnknownValueError
from tfparse.graph.expressions import evaluate_expression
from tfparse.secrets.presentation import as_json
from tfparse.secrets.secrecy import Secrets, find_secrets
from tfparse.secrets.words import words
from tfparse.source.cache import cached

_HELP = """\
usage: design-policy see                      the root modules
       design-policy see ROOT                 what a root module declares
       design-policy see ROOT EXPRESSION      the value of an expression there: local.x, var.y, module.z.out
       design-policy see 'SUBJECT' [PATH]     a subject as a Given names it, or what stands at a path of it

  design-policy see envs/prod
  design-policy see envs/prod local.name
  design-policy see 'the resource "aws_s3_bucket.logs" of the root module "envs/prod"' bucket
  design-policy see 'every Service'
  design-policy see 'the file "config.yaml", read as YAML'
  design-policy see 'the declared records of the zone "example.org"' '_dmarc TXT'"""
_MOST = 2_000
_WRONG = (TerraformError, UnknownValueError, Malformed, Missing, HomeError, ValueError)


def run(arguments: Sequence[str]) -> int:
    """Show it; 0 where there was something to be shown, else 1."""
    if any(argument in ("-h", "--help") for argument in arguments):
        print(_HELP)
        return 0
    try:
        folder, variable_files, manifests = _repo()
        with cached(folder) as cache:
            infra = load(folder, cache, variable_files, beside(manifests), brings=rendered_charts)
            secrets = find_secrets(infra)
            for line in _lines(infra, list(arguments), secrets):
                print(secrets.redacted(line, words(" ".join(arguments))).replace("\n", "\\n"))
    except _WRONG as error:
        print(f"design-policy: {error}", file=sys.stderr)
        return 1
    return 0


def _repo() -> tuple[Path, dict[str, tuple[str, ...]], tuple[str, ...]]:
    here = Path(os.environ.get("INFRA_ROOT") or Path.cwd()).absolute()
    file = file_above(here)
    if file is None:
        return here, {}, ()
    kept = read_home(file)
    infra = (file.parent / kept.infra).resolve()
    return infra, dict(kept.variable_files), named_manifests(None, kept, file.parent.resolve(), infra)


def _dns_mode() -> str:
    """Whom to ask what is published: as the settings say, else this machine's resolvers."""
    file = file_above(Path(os.environ.get("INFRA_ROOT") or Path.cwd()).absolute())
    kept = read_home(file) if file is not None else None
    return kept.dns if kept is not None and kept.dns else "system"


def _lines(infra: Infra, said: list[str], secrets: Secrets) -> Iterator[str]:
    if not said:
        yield from (f"{path or '.'}" for path in infra.root_paths)
        return
    subject, path = said[0], " ".join(said[1:])
    found = _asked(infra, subject)
    if found is not None:
        yield from _zone(found, path) if isinstance(found, Zone) else _subject(found, path)
        return
    name = "" if subject.strip("/") in (".", "") else subject.strip("/")
    known = [root for root in infra.root_paths if root in (name, f"stacks/{name}", f"{name or '.'}/")]
    if not known:
        raise ValueError(f"{subject!r} is no root module (say `design-policy see`), and no Given begins so (--help)")
    root = infra.root(known[0])
    if path:
        value = evaluate_expression(root, path)
        yield f"{as_json(value, secrets=secrets)}{_at(value.origin)}"
        return
    for mode in ("managed", "data"):
        yield from (f"{one.address}{_at(one.origin)}" for one in root.resources(mode=mode))
    yield from (instance.address for instance in root.instances if instance.address)


def _asked(infra: Infra, text: str) -> Subject | Subjects | Zone | None:
    """The subject that a Given of that text gives; None where there is no such Given."""
    text = text.removeprefix("Given ").removesuffix(", where:").removesuffix(":")
    for context in contexts():
        if context.target_fixture in ("subject", "subjects", "records") and context.parser.is_matching(text):
            needs = signature(context.step_func).parameters
            if "subject" in needs:
                continue
            return _given(context, text, infra, needs)
    return None


class _Looking:
    """Stands for a scenario in which a Given would be: what it asks for besides is DNS."""

    def getfixturevalue(self, name: str) -> Resolver:
        assert name == "dns"
        return open_dns(_dns_mode())


def _given(context: StepFunctionContext, text: str, infra: Infra, needs: Any) -> Subject | Subjects | Zone:
    at_hand: dict[str, Any] = {"infra": infra, "every_stack": root_stacks(infra), "infra_before": None}
    at_hand |= {"evidence": Evidence(), "request": _Looking()}
    arguments = {**at_hand, **(context.parser.parse_arguments(text) or {})}
    found = context.step_func(**{name: arguments[name] for name in needs if name in arguments})
    assert isinstance(found, (Subject, Subjects, DeclaredZone, PublishedZone))
    return found


def _zone(found: Zone, asked: str) -> Iterator[str]:
    """The records of a zone: of a name and a type (``_dmarc TXT``), or all that are declared."""
    if not asked:
        if isinstance(found, PublishedZone):
            raise ValueError("DNS tells no zone as a whole: add a name and a type, as in '_dmarc TXT'")
        yield from _subject(every_record(found, f"declared record of {found.zone}"), "")
        return
    name, _, type_ = asked.partition(" ")
    for said in found.said(full_name(found.zone, name), record_type(type_ or "A")):
        yield said.who
        yield from (f"  {record}{_ttl(record)}{_at(record.origin)}" for record in said.records)
        yield from (f"  perhaps: {record}{_at(record.origin)}" for record in said.possible)
        yield from (f"  unknown: {why.reason}{_at(why.origin)}" for why in said.doubts)
        if not (said.records or said.possible or said.doubts):
            yield "  there is none"


def _ttl(record: Record) -> str:
    return "" if record.ttl is None else f"  (TTL {record.ttl})"


def _subject(found: Subject | Subjects, path: str) -> Iterator[str]:
    if isinstance(found, Subject):
        yield f"{found.label}{_at(found.origin)}"
        yield from (f"  {line}" for line in _inside(found, path))
        return
    for one in found.certain:
        yield from _subject(one, path)
    for one, why in found.doubtful:
        yield f"perhaps, for {why.reason}:"
        yield from _subject(one, path)
    if not found.each:
        yield f"there is none{found.near}"
    if found.unseen is not None:
        yield f"there may be others: {found.unseen.reason}"


def _inside(subject: Subject, path: str) -> Iterator[str]:
    if path:
        for one in subject.at(path):
            yield f"{one.path} = {shown_found(one)}{_at(one.origin)}"
            if one.value is not None and isinstance(one.value.raw, (dict, tuple)):
                yield f"  (say `[*]` or a key of it: {shown_value(one.value)})"
        return
    for count, line in enumerate(_walked(subject.node, ())):
        if count == _MOST:
            yield "... and more: name a path"
            return
        yield line


def _walked(node: Node, gone: tuple[Step, ...]) -> Iterator[str]:
    """Each thing that stands in a node, by its path."""
    keys = list(node.keys())
    inner = [(Key(key), child) for key in keys if (child := node.child(key)) is not None]
    parts: list[tuple[Step, Any]] = list(inner) or list(_elements(node))
    for step, child in parts:
        yield from _walked(child.node, (*gone, step))
    if not parts:
        try:
            yield f"{shown(gone)} = {shown_value(node.value())}{_at(node.origin)}"
        except UnknownValueError as error:
            yield f"{shown(gone)} = (unknown: {error.reason}){_at(node.origin)}"
    elif (why := node.unseen()) is not None:
        yield f"{shown(gone)}: there may be more: {why.reason}"


def _elements(node: Node) -> Iterator[tuple[Step, Any]]:
    """The elements of a list, each by its name where it has one of its own, else by its number."""
    elements = node.elements() or []
    names = [_name(child.node) for child in elements]
    for number, (name, child) in enumerate(zip(names, elements, strict=True)):
        own = name is not None and names.count(name) == 1 and not name.isdigit() and name != "*"
        yield Where("name", name, one=True) if own and name is not None else Index(number), child


def _name(node: Node) -> str | None:
    child = node.child("name") if "name" in list(node.keys()) else None
    held = child.node.value() if child is not None else None
    return held.raw if held is not None and isinstance(held.raw, str) and re.fullmatch(r"[\w.-]+", held.raw) else None


def _at(origin: object) -> str:
    return f"    # {origin}" if origin else ""
