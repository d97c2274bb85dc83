"""``design-policy init``: a first feature, the settings and a CI snippet, in the repo in which one stands."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

from gate.home import NAME
from readers import Malformed, Missing
from readers.kubernetes.stacks import stack_of
from readers.subjects.kubernetes import objects
from readers.subjects.subject import Subject, shown_value
from tfparse import Infra, load
from tfparse.diagnostics import TerraformError
from tfparse.secrets.secrecy import find_secrets

_SETTINGS = """\
# How this repo is judged by its own promises (design-policy).  Each of these is overridden by an option.
features = "policy"       # where the promises stand
dns = "off"               # whom to ask what is published: system, authoritative, server:IP, zones:DIR, off
# link = "https://github.com/OWNER/REPO/blob/main/"    # reports link to the lines that decide
# block = "new"           # with --base: close the gate only for what a change breaks
# waivers = ".policy-waivers.yml"
# infra = "terraform"     # the folder that is judged, where it is not this one

# manifests = ["k8s"]     # folders of YAML that something besides Terraform applies: see docs/manifests.md

# [variable-files]        # what terraform is given by -var-file, for each root module
# "envs/prod" = ["prod.tfvars"]
"""
_FEATURE = """\
Feature: The first promise
  What stands here is for people.  `design-policy words` lists the steps, `design-policy see` what a path may name.

  @FIRST-1
  Scenario: {title}
{steps}
"""
_ANY_TERRAFORM = """\
    Given the files of the repo like "**/*.tf"
    Then there are at least 1 of them"""
_WORKFLOW = """\
name: design policy
on: [pull_request]
permissions:
  contents: read
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: 2, persist-credentials: false}
      - run: pipx install git+https://example.org/design-policy   # CHANGE: where the suite lies, @ a commit
      - run: design-policy --base='HEAD^1' --block=new --waivers-from=base --report-dir=policy-report
"""
_SNIPPET = """\
# In CI, with the repo checked out at what the merge would give, and as far back as the target branch's head:
pipx install git+https://example.org/design-policy   # CHANGE: where the suite lies, @ a commit
design-policy --base=origin/main --block=new --waivers-from=base --report-dir=policy-report
"""


def run(arguments: Sequence[str]) -> int:
    """Write what is not there yet; 2 where nothing is to be written."""
    if arguments:
        print("usage: design-policy init   (in the repo; it overwrites nothing)")
        return 0 if arguments[0] in ("-h", "--help") else 2
    here = Path.cwd()
    if (here / NAME).exists():
        print(f"design-policy: {NAME} is there already", file=sys.stderr)
        return 2
    title, steps = _promise(here)
    ci = ".github/workflows/design-policy.yml" if (here / ".github").is_dir() else "policy/ci.sh"
    for name, text in {
        NAME: _SETTINGS,
        "policy/first.feature": _FEATURE.format(title=title, steps=steps),
        ci: _WORKFLOW if ci.endswith(".yml") else _SNIPPET,
    }.items():
        _write(here / name, name, text)
    print("now say `design-policy`")
    return 0


def _write(file: Path, name: str, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists():
        print(f"kept   {name}")
        return
    file.write_text(text, encoding="utf-8")
    print(f"wrote  {name}")


def _promise(here: Path) -> tuple[str, str]:
    """A promise that this repo keeps, as it seems; about a line of its own where there is one that is plain."""
    try:
        infra = load(here)
        return next(chain(_about_workloads(infra), _about_resources(infra)), ("There is Terraform", _ANY_TERRAFORM))
    except TerraformError:
        return "There is Terraform", _ANY_TERRAFORM


def _about_workloads(infra: Infra) -> Iterator[tuple[str, str]]:
    """Where the image of a Deployment comes from: what people know, and what no update changes."""
    for root in infra.roots:
        place = root.path or "."
        stack = stack_of(infra, place, root)
        for subject in objects([stack], "Deployment", "Deployment").certain:
            for container in _certain(subject, "spec.template.spec.containers[*].name"):
                path = f"spec.template.spec.containers[{container}].image"
                name, namespace = (next(_certain(subject, f"metadata.{key}"), "") for key in ("name", "namespace"))
                source = next((image.partition("@")[0].rpartition(":")[0] for image in _certain(subject, path)), "")
                said = f"{name} {namespace} {path} {source}"
                if name and namespace and source and find_secrets(infra).redacted(said) == said:
                    given = f'Given the Deployment "{name}" in namespace "{namespace}" of the root module "{place}"'
                    yield f"{name} runs an image of {source}", _table(given, path, f"like {source}:*")


def _certain(subject: Subject, path: str) -> Iterator[str]:
    """The plain texts that certainly stand at a path."""
    with suppress(Missing, Malformed):
        for found in subject.at(path):
            text = found.value.raw if found.value is not None else None
            if isinstance(text, str) and re.fullmatch(r"[\w./:@-]+", text):
                yield text


def _about_resources(infra: Infra) -> Iterator[tuple[str, str]]:
    secrets = find_secrets(infra)
    for root in infra.roots:
        for resource in root.resources():
            if resource.repetition is not None:
                continue
            for name in resource.body.attribute_names():
                value = resource.body.attribute(name)
                plain = value is not None and isinstance(value.raw, str) and value.raw.isprintable() and value.raw
                text = shown_value(value) if plain and value is not None else ""
                if plain and "|" not in text and secrets.redacted(text) == text and len(text) < 60 and " " not in text:
                    yield f"{resource.address} is as it is", _steps(resource.address, root.path or ".", name, text)


def _steps(address: str, root: str, name: str, value: str) -> str:
    return _table(f'Given the resource "{address}" of the root module "{root}"', name, value)


def _table(given: str, path: str, condition: str) -> str:
    width = max(len(path), 4), max(len(condition), 2)
    return f"""\
    {given}
    Then it has:
      | {"path":<{width[0]}} | {"is":<{width[1]}} |
      | {path:<{width[0]}} | {condition:<{width[1]}} |"""
