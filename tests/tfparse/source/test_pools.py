"""However many files and roots a repo has, one run uses up no more than the pools hold, and small ones still report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repo import repo
from tfparse import Infra, TerraformError
from tfparse.source.pools import Pool, Pools, weight

LOOP = 'output "o" {\n  value = sum([for x in range(100) : sum([for y in range(10) : 1])])\n}\n'
SMALL = 'output "o" {\n  value = 1\n}\n'


def test_a_pool_serves_the_small_from_a_reserve() -> None:
    pool = Pool(100, share=10)
    assert pool.take(90, own=90)
    assert not pool.take(20, own=20)
    assert all(pool.take(10, own=10) for _ in range(6))
    assert not pool.take(1, own=1)


def said(infra: Infra, root: str) -> str:
    """The output of a root, or why there is none."""
    try:
        return str(infra.root(root).output("o").raw)
    except TerraformError as error:
        return f"{error.diagnostics[0].summary}: {error.diagnostics[0].detail}"


def test_roots_share_the_turns_of_loops(tmp_path: Path) -> None:
    infra = repo(tmp_path, {f"r{n}/main.tf": LOOP for n in range(4)} | {"small/main.tf": SMALL})
    infra.tree.pools = Pools(iterations=Pool(72_000, 600))
    found = [said(infra, f"r{n}") for n in range(4)]
    assert found[0] == "1000"
    assert found[3] == "Too much work: More than 18000000 steps of evaluation in all root modules."
    assert said(infra, "small") == "1"


def test_roots_share_the_instances(tmp_path: Path) -> None:
    counted = 'resource "x_y" "z" {\n  count = 60\n}\noutput "o" {\n  value = length(x_y.z)\n}\n'
    infra = repo(tmp_path, {"a/main.tf": counted, "b/main.tf": counted})
    infra.tree.pools = Pools(instances=Pool(100, 5))
    assert said(infra, "a") == "60"
    assert said(infra, "b").startswith("Too many instances: The root modules have more than")


def test_roots_share_the_text_that_is_made(tmp_path: Path) -> None:
    text = 'output "o" {\n  value = length("%{ for x in range(100) }abcdefghij%{ endfor }")\n}\n'
    infra = repo(tmp_path, {"a/main.tf": text, "b/main.tf": text})
    infra.tree.pools = Pools(text=Pool(1_500, 5))
    assert said(infra, "a") == "1000"
    assert said(infra, "b").startswith("Too much text: Templates make more than")


def test_files_share_what_is_parsed(tmp_path: Path) -> None:
    large = "\n".join(f'resource "x_y" "z{n}" {{}}' for n in range(100)) + "\n"
    infra = repo(tmp_path, {"a/main.tf": large + SMALL, "b/main.tf": large + "\n" + SMALL, "c/main.tf": SMALL})
    infra.tree.pools = Pools(source=Pool(weight(large.encode()) + 100, 50))
    assert (said(infra, "a"), said(infra, "c")) == ("1", "1")
    assert "b/main.tf" in said(infra, "b") or "output" in said(infra, "b")
    (diagnostic,) = [d for d in infra.root("b").diagnostics if d.summary == "Too much source"]
    assert diagnostic.origin is not None
    assert diagnostic.origin.file == "b/main.tf"
    assert infra.root("b").incomplete


def test_files_share_what_is_read(tmp_path: Path) -> None:
    read = 'output "o" {\n  value = length(file("x.txt"))\n}\n'
    infra = repo(tmp_path, {"a/main.tf": read, "a/x.txt": "x" * 900, "b/main.tf": read, "b/x.txt": "y" * 901})
    infra.tree.pools = Pools(read=Pool(1_200, 200))
    assert said(infra, "a") == "900"
    assert "b/x.txt: the files that are read have more than" in said(infra, "b")
    assert said(infra, "a") == "900"


@pytest.mark.parametrize("decode", ["yamldecode", "jsondecode"])
def test_what_is_decoded_is_paid_for_before(tmp_path: Path, decode: str) -> None:
    infra = repo(
        tmp_path, {"main.tf": f'output "o" {{\n  value = {decode}(file("x"))[0]\n}}\n', "x": "[" + "1,\n" * 999 + "1]"}
    )
    infra.tree.pools = Pools(iterations=Pool(2_000, 100))
    assert said(infra, "").startswith("Too much work")


def test_a_source_weighs_its_words_and_marks() -> None:
    assert weight(b'a = "b c"\n') == 4 + 4
