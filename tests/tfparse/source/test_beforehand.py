"""What a second process has parsed is what would be parsed, and it never outlives whoever began it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from tests.repo import repo
from tests.tfparse.other_process import said_by

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="there is no second processor"
)

FILES = 30
BEGIN = """
import os, sys, time
from pathlib import Path
from tests.tfparse.other_process import until
from tfparse.diagnostics import TerraformError
from tfparse.own_file import cache_directory, cache_name
from tfparse.second_process import SecondProcess
from tfparse.source import beforehand
from tfparse.source.cache import ParseCache, cached
from tfparse.source.sources import SourceTree

infra = Path(sys.argv[1])
kept = cache_directory() / cache_name(infra)

def filled(others):
    kept.unlink(missing_ok=True)
    with cached(infra, others) as cache:
        for path in sorted(infra.iterdir()):
            try:
                SourceTree(infra, cache).parse(path.name)
            except TerraformError:
                pass
    return ParseCache(kept)._stored

class Counting:
    def __init__(self, others):
        self.others, self.ready = others, 0

    def get(self, key):
        found = self.others.get(key)
        self.ready += found is not None
        return found

    def every(self):
        return self.others.every()

def slowly(self, path):
    time.sleep(0.1)
"""


def said(infra: Path, tmp_path: Path, program: str) -> str:
    return said_by(BEGIN + program, infra, XDG_CACHE_HOME=str(tmp_path / "caches"))


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    """A repo: of two of its files one is no Terraform, and one leads out of it."""
    (tmp_path / "elsewhere.tf").write_text("a = 1\n")
    files = {f"f{number}.tf": f"a = {number}\n" for number in range(FILES)}
    made = tmp_path / "infra"
    repo(made, files | {"wrong.tf": "a = = 1\n", "values.tfvars.json": '{"a": 1}', "terragrunt.hcl": "b = 2\n"})
    (made / "outside.tf").symlink_to(tmp_path / "elsewhere.tf")
    return made


def test_the_cache_is_the_same_with_it_and_without(infra: Path, tmp_path: Path) -> None:
    program = """
begun = beforehand.begin(infra, (".tf", ".hcl", ".tfvars.json"))
until(lambda: begun.get(b"") or len(begun._places) == 32)
others = Counting(begun)
with_it = filled(others)
print(others.ready, len(with_it), with_it == filled(None))
begun.end()
"""
    assert said(infra, tmp_path, program) == f"{FILES + 2} {FILES + 2} True"


def test_what_nobody_has_asked_for_is_kept_for_the_next_run(infra: Path, tmp_path: Path) -> None:
    program = """
begun = beforehand.begin(infra, (".tf", ".hcl", ".tfvars.json"))
until(lambda: begun.get(b"") or len(begun._places) == 32)
with cached(infra, begun) as cache:
    SourceTree(infra, cache).parse("f1.tf")
with_it = ParseCache(kept)._stored
print(len(with_it), with_it == filled(None))
begun.end()
"""
    assert said(infra, tmp_path, program) == f"{FILES + 2} True"


def test_what_is_made_of_a_folder_is_made_once(infra: Path, tmp_path: Path) -> None:
    (infra / "inner").mkdir()
    (infra / "inner" / "a.tf").write_text("a = 1\n")
    program = """
made = []

def make(tree, folder):
    def work():
        made.append(folder)
        return [len(tree.parse(path)) for path in paths]

    paths = [f"{folder}/{name}".lstrip("/") for name in tree.names(folder) if name not in ("wrong.tf", "outside.tf")]
    return tree.told(paths, folder.encode(), work)

begun = beforehand.begin(infra, (".tf", ".hcl", ".tfvars.json"), make)
until(lambda: begun._process.is_over)
with cached(infra, begun) as cache:
    tree = SourceTree(infra, cache)
    taken = [make(tree, folder) for folder in ("", "inner")]
print(made, end=" ")
with_it = ParseCache(kept)._stored
kept.unlink()
with cached(infra) as cache:
    tree = SourceTree(infra, cache)
    print(taken == [make(tree, folder) for folder in ("", "inner")], end=" ")
print(made, with_it.keys() == ParseCache(kept)._stored.keys())
begun.end()
"""
    assert said(infra, tmp_path, program) == "[] True ['', 'inner'] True"


def test_what_is_not_ready_is_not_waited_for(infra: Path, tmp_path: Path) -> None:
    program = """
SourceTree.parse, parse = slowly, SourceTree.parse
begun = beforehand.begin(infra, (".tf", ".hcl", ".tfvars.json"))
SourceTree.parse = parse
others = Counting(begun)
print(len(filled(others)), others.ready)
begun.end()
"""
    assert said(infra, tmp_path, program) == f"{FILES + 2} 0"


def test_half_of_an_entry_is_none(infra: Path, tmp_path: Path) -> None:
    program = """
memory = os.memfd_create("trees")
half = beforehand.Beforehand(SecondProcess(memory, os.fork() or os._exit(0)))
entry = beforehand._HEAD.pack(b"k" * 16, 3, 2) + b"abcde"
for byte in entry[:-1]:
    os.write(memory, bytes([byte]))
    assert half.get(b"k" * 16) is None
os.write(memory, entry[-1:])
print(*half.get(b"k" * 16))
half.end()
"""
    assert said(infra, tmp_path, program) == "b'abc' b'de'"


def test_where_there_is_a_cache_or_a_thread_nothing_is_begun(infra: Path, tmp_path: Path) -> None:
    program = """
import threading
waits = threading.Event()
thread = threading.Thread(target=waits.wait)
thread.start()
print(beforehand.begin(infra, (".tf", ".hcl", ".tfvars.json")), end=" ")
waits.set()
thread.join()
kept.parent.mkdir(parents=True)
kept.touch()
print(beforehand.begin(infra, (".tf", ".hcl", ".tfvars.json")))
"""
    assert said(infra, tmp_path, program) == "None None"


def test_it_is_stopped_where_nobody_wants_it_any_more(infra: Path, tmp_path: Path) -> None:
    program = """
SourceTree.parse = slowly
begun = beforehand.begin(infra, (".tf", ".hcl", ".tfvars.json"))
begun.end()
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("gone")
"""
    assert said(infra, tmp_path, program) == "gone"


def test_one_that_dies_is_nobodys_error(infra: Path, tmp_path: Path) -> None:
    program = """
SourceTree.parse, parse = lambda self, path: os.abort(), SourceTree.parse
begun = beforehand.begin(infra, (".tf", ".hcl", ".tfvars.json"))
SourceTree.parse = parse
os.waitpid(begun._process._process, 0)
others = Counting(begun)
print(len(filled(others)), others.ready)
begun.end()
"""
    assert said(infra, tmp_path, program) == f"{FILES + 2} 0"


def test_it_ends_with_the_one_that_began_it(infra: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    # The output ends when nobody holds it any more.
    said(infra, tmp_path, "SourceTree.parse = slowly\nbeforehand.begin(infra, ('.tf',))\nprint()\n")
    assert time.monotonic() - began < FILES * 0.1 / 2


@pytest.mark.parametrize(
    ("then", "came"),
    [
        ("lambda: b'said'", b"said"),
        ("lambda: str(os.nice(0) - usual).encode()", b"10"),  # the others come first
        ("lambda: str(len(parsed)).encode()", b"34"),
        ("bytes", b""),
        ("None", b""),
        ("lambda: 1 / 0", b""),
        ("lambda: os.abort()", b""),
    ],
)
def test_once_all_is_parsed_it_does_what_is_to_be_done_then(
    then: str, came: bytes, infra: Path, tmp_path: Path
) -> None:
    program = f"""
parsed, parse, usual = [], SourceTree.parse, os.nice(0)
SourceTree.parse = lambda self, path: parsed.append(path) or parse(self, path)
begun = beforehand.begin(infra, (".tf", ".hcl", ".tfvars.json"), None, {then})
until(lambda: begun._process.is_over)
print(begun.followed())
begun.end()
print(begun.followed())
"""
    assert said(infra, tmp_path, program) == f"{came!r}\nb''"


def test_what_is_not_ready_then_is_not_waited_for(infra: Path, tmp_path: Path) -> None:
    program = """
begun = beforehand.begin(infra, (".tf", ".hcl", ".tfvars.json"), None, lambda: time.sleep(50))
until(lambda: begun.get(b"") or len(begun._places) == 32)
print(begun.followed())
begun.end()
"""
    assert said(infra, tmp_path, program) == "b''"


def test_who_breaks_off_does_nothing_then(infra: Path, tmp_path: Path) -> None:
    program = """
from tfparse.source import cache
cache.MAX_SIZE = 0
begun = beforehand.begin(infra, (".tf", ".hcl", ".tfvars.json"), None, lambda: b"said")
until(lambda: begun._process.is_over)
print(begun.followed())
begun.end()
"""
    assert said(infra, tmp_path, program) == "b''"
