"""What a scenario is about: one thing that the repo declares, or all of a kind."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, parsers

from gate.words import example, takes
from readers.kubernetes.stacks import Stack, find_stack
from readers.subjects.blocks import TYPES
from readers.subjects.files import file_subject, files_like
from readers.subjects.kinds import IN_A_ROOT, TYPED, every_one, find_one
from readers.subjects.node import ValueNode
from readers.subjects.subject import Subject, Subjects
from readers.subjects.texts import FORMS, read_text
from steps._findings import OF, ROWS, Table, where_rows
from tfparse import Infra

_ONE = r"(?P<kind>alert|deployment|service|[A-Z]\w+)"
_KIND = rf"(?P<kind>alert|(?:{'|'.join(TYPES)}) block|[A-Z]\w+)"
_OF_TYPE = rf'(?P<typed>{"|".join(TYPED)}) "(?P<type_>[^"]+)"'
_FORM = "|".join(FORMS)


@given(
    parsers.re(rf'the {_ONE} "(?P<name>[^"]+)"(?: in namespace "(?P<namespace>[^"]+)")?(?:{OF})?'),
    target_fixture="subject",
)
@example('Given the Deployment "web" in namespace "shop"', 'Given the alert "DiskFull" of the "monitoring" stack')
def the_one(
    infra: Infra, every_stack: Sequence[Stack],
    kind: str, name: str, namespace: str | None, stack: str | None, root: str | None,
) -> Subject:  # fmt: skip
    """A Kubernetes object by its kind, whatever form declares it, or an alert, whatever holds the rule."""
    of = stack or root or ""
    return find_one(infra, _stacks(infra, every_stack, of), kind, name, namespace, of)


@given(parsers.re(rf"every (?:{_KIND}|{_OF_TYPE})(?P<of>(?:{OF})?)(?P<where>, where:)?"), target_fixture="subjects")
@takes("path", "is", reads=ROWS)
@example(
    """Given every Service of the "mailserver" stack, where:
  | path      | is           |
  | spec.type | LoadBalancer |""",
    """Given every alert, where:
  | path            | is       |
  | labels.severity | critical |""",
    'Given every resource of type "aws_s3_bucket" of the root module "envs/prod"',
    'Given every call of the module "modules/ingress"',
    """Given every provider block of the root module "envs/prod", where:
  | path  | is  |
  | label | aws |""",
)
def every(
    infra: Infra, every_stack: Sequence[Stack], kind: str | None, typed: str | None, type_: str,
    of: str, stack: str | None, root: str | None, datatable: Table | None = None,
) -> Subjects:  # fmt: skip
    """Objects of a kind, alerts, resources, module calls, or top-level blocks: those by their arguments and `label`."""
    stacks, whole_repo = _stacks(infra, every_stack, stack or root), not of
    if typed is not None:
        return TYPED[typed](stacks, type_, f"{typed} {type_}{of}").where(where_rows(datatable))
    return every_one(infra, stacks, kind or "", f"{kind}{of}", whole_repo).where(where_rows(datatable))


@given(
    parsers.re(rf"""the (?P<part>{"|".join(IN_A_ROOT)}) "(?P<address>[^"]+(?:"[^"]*"[^"]*)*)"{OF}"""),
    target_fixture="subject",
)
@example(
    'Given the resource "aws_s3_bucket.logs" of the root module "envs/prod"',
    'Given the module call "module.frame" of the root module "envs/prod"',
    'Given the value of "local.tags" of the root module "envs/prod"',
)
def the_part(infra: Infra, part: str, address: str, stack: str | None, root: str | None) -> Subject:
    """By its address; the value of a local, a variable, an output (`output.url`) or any expression."""
    return IN_A_ROOT[part](find_stack(infra, stack or root or "."), address)


@given(parsers.re(rf'the file "(?P<path>[^"]+)", read as (?P<form>{_FORM})'), target_fixture="subject")
@example('Given the file "etc/limits.yaml", read as YAML')
def the_file(infra: Infra, path: str, form: str) -> Subject:
    return file_subject(infra, path, form)


@given(parsers.re(r'the files of the repo like "(?P<pattern>[^"]+)"'), target_fixture="subjects")
@example('Given the files of the repo like "stacks/*/backend.tf"')
def the_files(infra: Infra, pattern: str) -> Subjects:
    return files_like(infra, pattern, f"file like {pattern}")


@given(parsers.re(rf"its text at (?P<path>\S.*), read as (?P<form>{_FORM})"), target_fixture="subject")
@example('Given its text at data."redis.conf", read as settings')
def its_text(subject: Subject, path: str, form: str) -> Subject:
    return subject.text_at(path, lambda text, what: ValueNode(read_text(text, form, what), text.origin))


def _stacks(infra: Infra, every: Sequence[Stack], name: str | None) -> Sequence[Stack]:
    return every if not name else [find_stack(infra, name)]
