"""Hostile source comes to an end within seconds and with little memory, in a diagnostic or a value."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.repo import repo
from tests.tfparse import hostile
from tfparse import TerraformError, load
from tfparse.graph.expressions import evaluate_expression
from tfparse.secrets.presentation import as_json
from tfparse.validation import validate

YARDSTICK = "loops in loops"
"""What uses up the turns of loops that one root has: whatever else is tried takes a few times as long at most."""
AT_MOST = 4
PATTERNS = {name: pattern for name, (_, pattern) in (hostile.EXPRESSIONS | hostile.FILES).items()}


@pytest.fixture(scope="session")
def outcomes(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What came of each that is asked for, by its name: in one process, which has to do with what memory it has."""
    suite = Path(__file__).parents[2]
    own = (item for item in request.session.items if getattr(item, "obj", None) is test_hostile_source_comes_to_an_end)
    asked = {YARDSTICK, *(item.callspec.params["name"] for item in own)}
    names = [name for name in PATTERNS if name in asked]
    command = [sys.executable, str(Path(__file__).parent / "hostile.py"), *names]
    environment = os.environ | {"PYTHONPATH": str(suite)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    return {outcome["name"]: outcome for outcome in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", PATTERNS)
def test_hostile_source_comes_to_an_end(name: str, outcomes: dict[str, Any]) -> None:
    outcome = outcomes[name]
    assert re.search(PATTERNS[name], outcome["said"], re.MULTILINE), outcome["said"][:2000]
    assert outcome["seconds"] <= AT_MOST * outcomes[YARDSTICK]["seconds"]


# -- nothing but the package's own exception ever leaves it -------------------------------------------

SPEC = Path(__file__).parents[1] / "spec" / "terraform"
SOURCES = {
    suffix: [
        file.read_bytes()
        for folder in (SPEC / "modules", SPEC.parents[2] / "fixtures")
        for file in sorted(folder.rglob(f"*{suffix}"))
        if file.stat().st_size < 5000
    ]
    for suffix in (".tf", ".tf.json", ".tfvars", ".tfvars.json", "terragrunt.hcl", ".tpl", ".tftpl")
}
TEMPLATES = [*SOURCES.pop(".tpl"), *SOURCES.pop(".tftpl"), b"%{ for a in b ~}\n${a}%{ endfor }$${x}", b"a: ${b}\n"]
PLACES = {
    ".tf": "main.tf",
    ".tf.json": "main.tf.json",
    ".tfvars": "terraform.tfvars",
    ".tfvars.json": "terraform.tfvars.json",
    "terragrunt.hcl": "terragrunt.hcl",
    "template": "t.tpl",
    "module": "m/main.tf",
}
AROUND = {
    "call.tf": """
        module "m" {
          source = "./m"
        }
        variable "b" {
          default = ["x"]
        }
        data "x_y" "z" {}
        locals {
          template = templatefile("t.tpl", { a = 1, b = var.b, u = data.x_y.z.a })
          yaml     = yamldecode(local.template)
          json     = jsondecode(local.template)
          csv      = csvdecode(local.template)
          text     = templatestring(local.template, { a = local.yaml })
          found    = regexall(local.template, local.template)
          date     = formatdate(local.template, local.template)
          format   = format(local.template, 1, data.x_y.z.b)
          files    = fileset("", local.template)
          number   = tonumber(local.template)
          coded    = base64decode(local.template)
        }
        """,
    "m/main.tf": "",
    "t.tpl": "x",
}
"""What stands beside the file that is made up: it reads it in all ways there are."""


@st.composite
def mutated(draw: st.DrawFn, sources: list[bytes]) -> bytes:
    """A source with a few stretches replaced by pieces of others."""
    source = draw(st.sampled_from(sources))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(source)))
        end = draw(st.integers(start, min(len(source), start + 12)))
        other = draw(st.sampled_from(sources))
        piece = draw(st.integers(0, len(other)))
        new = draw(st.binary(max_size=3)) if draw(st.booleans()) else other[piece : piece + draw(st.integers(0, 20))]
        source = source[:start] + new + source[end:]
    return source


def ask_everything(folder: Path) -> None:
    """Asks all that may be asked.  What is wrong is a diagnostic."""
    infra = load(folder)
    assert infra.root_paths is not None
    root = infra.root("")
    for mode in ("managed", "data"):
        for found in root.resources(mode=mode):
            for name in found.body.attribute_names():
                found.body.attribute(name)
            for block in found.body.blocks():
                block.body.blocks()
    module = root.instance.module
    for expression in (*(f"local.{name}" for name in module.locals), *(f"output.{name}" for name in module.outputs)):
        with suppress(TerraformError):
            assert json.loads(as_json(evaluate_expression(root, expression))) is not Ellipsis
    assert all(diagnostic.summary and diagnostic.render() for diagnostic in validate(root))


def sources_for(kind: str) -> list[bytes]:
    return TEMPLATES if kind == "template" else SOURCES[".tf" if kind == "module" else kind]


@pytest.mark.parametrize("kind", PLACES)
@settings(max_examples=int(os.environ.get("TFPARSE_FUZZ", "40")), deadline=None)
@given(data=st.data())
def test_any_source_is_evaluated_or_refused(
    kind: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source = data.draw(st.binary(max_size=200) if data.draw(st.integers(0, 5)) == 0 else mutated(sources_for(kind)))
    folder = tmp_path_factory.mktemp("repo")
    repo(folder, AROUND | {PLACES[kind]: source})
    ask_everything(folder)
