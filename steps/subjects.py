"""What a scenario is about: one thing that the repo declares, or all of a kind."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers

from gate.evidence import Evidence
from gate.words import example, takes
from readers.kubernetes.stacks import Stack, find_stack, owners_answers
from readers.subjects.blocks import TYPES, blocks_of_type, value_of
from readers.subjects.files import file_subject, files_like
from readers.subjects.helm import release_values
from readers.subjects.kubernetes import find_object, objects
from readers.subjects.node import ValueNode
from readers.subjects.subject import Row, Subject, Subjects
from readers.subjects.terraform import calls_of, find_call, find_resource, resources_of_type, root_stacks
from readers.subjects.texts import FORMS, read_text
from steps._findings import Table, rows
from tfparse import Infra

_OF = r'(?: of the (?:"(?P<stack>[^"]+)" stack|root module "(?P<root>[^"]+)"))?'
_OF_ONE = r' of the (?:"(?P<stack>[^"]+)" stack|root module "(?P<root>[^"]+)")'
_FORM = "|".join(FORMS)


@pytest.fixture
def every_stack(infra: Infra, evidence: Evidence) -> list[Stack]:
    """All root modules of the repo that is judged."""
    evidence.heed(owners_answers(infra))
    return root_stacks(infra)


@given(
    parsers.re(rf'the (?P<kind>[A-Z]\w+) "(?P<name>[^"]+)"(?: in namespace "(?P<namespace>[^"]+)")?{_OF}'),
    target_fixture="subject",
)
@example('Given the Deployment "web" in namespace "shop"')
def the_object(
    infra: Infra,
    every_stack: list[Stack],
    kind: str,
    name: str,
    namespace: str | None,
    stack: str | None,
    root: str | None,
) -> Subject:
    return find_object(_stacks(infra, every_stack, stack or root), kind, name, namespace)


@given(parsers.re(rf"every (?P<kind>[A-Z]\w+)(?P<of>{_OF})(?P<where>, where:)?"), target_fixture="subjects")
@takes("path", "is")
@example("""Given every Service of the "mailserver" stack, where:
  | path      | is           |
  | spec.type | LoadBalancer |""")
def every_object(
    infra: Infra,
    every_stack: list[Stack],
    kind: str,
    of: str,
    stack: str | None,
    root: str | None,
    datatable: Table | None = None,
) -> Subjects:
    return objects(_stacks(infra, every_stack, stack or root), kind, f"{kind}{of}").where(_rows(datatable))


@given(
    parsers.re(rf'the values of the Helm release "(?P<name>[^"]+)"(?: in namespace "(?P<namespace>[^"]+)")?{_OF_ONE}'),
    target_fixture="subject",
)
@example('Given the values of the Helm release "traefik" of the "traefik" stack')
def the_values(infra: Infra, name: str, namespace: str | None, stack: str | None, root: str | None) -> Subject:
    return release_values(find_stack(infra, stack or root or "."), name, namespace)


@given(parsers.re(rf'the resource "(?P<address>[^ ]+)"{_OF_ONE}'), target_fixture="subject")
@example('Given the resource "aws_s3_bucket.logs" of the root module "envs/prod"')
def the_resource(infra: Infra, address: str, stack: str | None, root: str | None) -> Subject:
    return find_resource(find_stack(infra, stack or root or "."), address)


@given(
    parsers.re(rf'every resource of type "(?P<type_>[^"]+)"(?P<of>{_OF})(?P<where>, where:)?'),
    target_fixture="subjects",
)
@takes("path", "is")
@example('Given every resource of type "aws_s3_bucket" of the root module "envs/prod"')
def every_resource(
    infra: Infra,
    every_stack: list[Stack],
    type_: str,
    of: str,
    stack: str | None,
    root: str | None,
    datatable: Table | None = None,
) -> Subjects:
    found = resources_of_type(_stacks(infra, every_stack, stack or root), type_, f"resource of type {type_}{of}")
    return found.where(_rows(datatable))


@given(
    parsers.re(rf"every (?P<type_>{'|'.join(TYPES)}) block(?P<of>{_OF})(?P<where>, where:)?"), target_fixture="subjects"
)
@takes("path", "is")
@example("""Given every provider block of the root module "envs/prod", where:
  | path  | is  |
  | label | aws |""")
def every_block(
    infra: Infra,
    every_stack: list[Stack],
    type_: str,
    of: str,
    stack: str | None,
    root: str | None,
    datatable: Table | None = None,
) -> Subjects:
    """Of root modules and of the modules they call, each by its arguments and its `label`."""
    found = blocks_of_type(_stacks(infra, every_stack, stack or root), type_, f"{type_} block{of}")
    return found.where(_rows(datatable))


@given(parsers.re(rf'the value of "(?P<expression>[^"]+(?:"[^"]*"[^"]*)*)"{_OF_ONE}'), target_fixture="subject")
@example('Given the value of "local.tags" of the root module "envs/prod"')
def the_value(infra: Infra, expression: str, stack: str | None, root: str | None) -> Subject:
    """Of a local, a variable, an output (`output.url`) or any expression in a root module."""
    return value_of(find_stack(infra, stack or root or "."), expression)


@given(parsers.re(rf'the module call "(?P<address>[^ ]+)"{_OF_ONE}'), target_fixture="subject")
@example('Given the module call "module.frame" of the root module "envs/prod"')
def the_call(infra: Infra, address: str, stack: str | None, root: str | None) -> Subject:
    return find_call(find_stack(infra, stack or root or "."), address)


@given(
    parsers.re(rf'every call of the module "(?P<directory>[^"]+)"(?P<of>{_OF})(?P<where>, where:)?'),
    target_fixture="subjects",
)
@takes("path", "is")
@example('Given every call of the module "modules/ingress"')
def every_call(
    infra: Infra,
    every_stack: list[Stack],
    directory: str,
    of: str,
    stack: str | None,
    root: str | None,
    datatable: Table | None = None,
) -> Subjects:
    found = calls_of(_stacks(infra, every_stack, stack or root), directory, f"call of the module {directory}{of}")
    return found.where(_rows(datatable))


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


def _stacks(infra: Infra, every: list[Stack], name: str | None) -> list[Stack]:
    return every if name is None else [find_stack(infra, name)]


def _rows(datatable: Table | None) -> list[Row]:
    return [Row.of(row["path"], row["is"]) for row in rows(datatable)] if datatable is not None else []
