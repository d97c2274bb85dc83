"""What a second process says of a root is what the first would have found, with all that it rests on; and whatever
becomes of that process, the first gets its answers.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tfparse.graph.test_stored_answers import CHANGES, FILES, Home
from tests.tfparse.other_process import said_by

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="there is no second processor"
)

FILLERS = 30
EVERY = FILLERS + 3
# It runs in a process with one thread, which that of the tests is not.
BEGIN = """
import os, sys, threading, time
from pathlib import Path
from tests.tfparse.graph.test_stored_answers import ASKED, QUESTIONS, resources, shown
from tests.tfparse.other_process import until
from tfparse import load
from tfparse.cty import plain_data
from tfparse.diagnostics import Diagnostic, TerraformError
from tfparse.graph import second_asker
from tfparse.graph.second_asker import SecondAsker
from tfparse.graph.stored_answers import StoredAnswers
from tfparse.second_process import leave_to_the_first
from tfparse.source.pools import Pool
from tfparse.source.snapshot import Snapshot

plain_data._ROOMS += ("tests", "__main__")
path, file = Path(sys.argv[1]), Path(sys.argv[2])
FIRST = os.getpid()
second_asker._PATIENCE = 30  # however busy the machine is

class Eager(SecondAsker):
    # It has begun with every root before the first process asks one.
    def put(self, key, *given):
        super().put(key, *given)
        if key in self._asked and not self._is_over:
            until(lambda: second_asker._FREE not in self._whose[:] or self._process.is_over)

def begun(second=Eager):
    infra = load(path)
    infra.stored = StoredAnswers(file, lambda: "one", Snapshot(path))
    infra.second = second and second(infra.tree, infra.stored)
    ASKED.clear()
    return infra

def ask(infra, questions=QUESTIONS):
    return [infra.ask(shown, name) for name in questions]

def used(infra):
    pools = infra.tree.pools
    amounts = [pool.used for pool in (pools.read, pools.source, pools.iterations, pools.text, pools.instances)]
    return amounts, infra.tree.sizes, infra.tree.weights

def is_begun(infra):
    return infra.second._process is not None

def gone():
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
"""


def said(home: Home, program: str) -> str:
    return said_by(BEGIN + program, home.infra, home.file)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A repo whose last roots look at more than their own source."""
    home = Home(tmp_path)
    home.write("web/main.tf", FILES["web/main.tf"].replace('file("link.txt")', 'templatefile("link.txt", {})'))
    for number in range(FILLERS):
        home.write(f"a{number:02}/main.tf", f'resource "x" "a" {{\n  size = {number}\n}}\n')
    return home


def test_it_says_what_the_first_would_have_found(home: Home) -> None:
    program = """
alone = begun(None)
expected = ask(alone)
two = begun()
found = ask(two)
print(found == expected, ASKED, used(two) == used(alone), is_begun(two))
for root in alone.root_paths:
    (places, told), (theirs, _) = alone.rests_on(root), two.rests_on(root)
    rest = two.stored._of[root]
    asked = {question: said for one in told for question, said in one.asked.items()}
    if set(places) != set(theirs) or rest.told != asked or rest.made != set().union(*(one.made for one in told)):
        print(root, places, theirs, rest)
"""
    assert said(home, program) == "True [] True True"


def test_what_it_says_is_read_however_it_comes(home: Home) -> None:
    assert said(home, "second_asker._AT_ONCE = 7\nprint(ask(begun()) == ask(begun(None)))") == "True"


@pytest.mark.parametrize(("change", "asked"), CHANGES.values(), ids=CHANGES)
def test_what_it_has_said_is_kept_as_long_as_all_is_as_it_was(
    home: Home, change: Callable[[Home], object], asked: set[str]
) -> None:
    program = "two = begun()\nask(two)\ntwo.stored.save(two.rests_on)\nprint(ASKED)"
    assert said(home, program) == "[]"
    assert home.run()[:2] == (home.cold(), set())
    change(home)
    found, again, _ = home.run()
    assert found == home.cold()
    assert again == asked


def test_a_text_that_it_has_made_of_a_secret_is_known_for_one(home: Home) -> None:
    home.write(
        "web/main.tf", 'resource "x" "web" { token = base64encode(var.t) }\nvariable "t" {\n sensitive = true\n}\n'
    )
    home.write("web/terraform.tfvars", 't = "hunter-2000"\n')
    program = """
two = begun()
ask(two)
two.stored.save(two.rests_on)
print(ASKED, two.tree.made_of_secrets)
"""
    assert said(home, program) == "[] {'aHVudGVyLTIwMDA='}"
    assert home.run()[2].tree.made_of_secrets == {"aHVudGVyLTIwMDA="}


def test_what_is_no_plain_data_is_left_to_the_first(home: Home) -> None:
    program = """
two = begun()
found = two.ask(resources)
print(len(found), len(ASKED), is_begun(two))
two.ask(shown, "size")
print(len(ASKED), ask(two) == ask(begun(None)))
"""
    assert said(home, program) == f"{EVERY} {EVERY} True\n{2 * EVERY} True"


def test_a_program_is_left_to_the_first(home: Home) -> None:
    program = """
def proven(root, name):
    if root.path == "mail":
        leave_to_the_first()
    return shown(root, name)

two = begun()
found = two.ask(proven, "text"), two.ask(shown, "text")
print(ASKED)
expected = begun(None).ask(shown, "text")
print(found == (expected, expected))
"""
    assert said(home, program) == "['mail', 'mail']\nTrue"


def test_what_git_ignores_is_left_to_the_first(home: Home) -> None:
    program = """
def fetched(root, name):
    if root.path == "mail":
        root.tree.place.fetched.add("elsewhere")
    return shown(root, name)

two = begun()
print(two.ask(fetched, "text") == begun(None).ask(shown, "text"), two.tree.reads_what_is_ignored)
"""
    assert said(home, program) == "True True"


def test_an_error_is_left_to_the_first(home: Home) -> None:
    program = """
def picky(root, name):
    if root.path == "mail" and name == "text":
        raise TerraformError(Diagnostic("Bad", "very"))
    return shown(root, name)

two = begun()
try:
    two.ask(picky, "text")
except TerraformError as error:
    print(error.diagnostics[0].summary, ASKED)
print(two.ask(picky, "size") == begun(None).ask(picky, "size"))
"""
    assert said(home, program) == "Bad []\nTrue"


def test_a_root_that_was_left_out_before_is_not_waited_for(home: Home) -> None:
    program = """
two = begun()
two.ask(resources, without="mail")
before = time.monotonic()
found = two.ask(shown, "text")
print(found == begun(None).ask(shown, "text"), time.monotonic() - before < 20)
"""
    assert said(home, program) == "True True"


@pytest.mark.parametrize("fails", ["os._exit(1)", "os.abort()", "time.sleep(60)", "raise KeyboardInterrupt", "1 / 0"])
@pytest.mark.parametrize("at", ["a03", "mail", "web"])
def test_one_that_fails_or_takes_its_time_is_nobodys_error(home: Home, fails: str, at: str) -> None:
    program = f"""
second_asker._PATIENCE = 0.5

def strange(root, name):
    if os.getpid() != FIRST and root.path == "{at}":
        {fails}
    return shown(root, name)

class Halting(SecondAsker):
    def put(self, *given):
        super().put(*given)
        until(lambda: self._is_over or second_asker._SECOND in self._whose[:])

two = begun(Halting)
found = [two.ask(strange, name) for name in QUESTIONS]
two.second.end()
print(found == ask(begun(None)), gone())
"""
    assert said(home, program) == "True True"


LIMITS = {"read": 1200, "source": 100, "iterations": 5, "text": 1, "instances": 25}


@pytest.mark.parametrize("pool", LIMITS)
@pytest.mark.parametrize("made", [0, FILLERS // 2])
def test_what_one_run_may_use_up_is_the_same(home: Home, pool: str, made: int) -> None:
    """Be the limit passed by the second process alone, or by both together."""
    program = f"""
def limited(second):
    infra = begun(second)
    setattr(infra.tree.pools, "{pool}", Pool({LIMITS[pool]}, 0))
    for root in infra.root_paths[:{made}]:
        infra.root(root)
    return ask(infra), infra.tree.pools.is_short, used(infra), infra

alone, two = limited(None), limited(Eager)
# (What a root is not asked again once the second process is gone, is not used up again.)
print(two[:2] == alone[:2], alone[1], all(map(int.__le__, two[2][0], alone[2][0])), is_begun(two[3]))
"""
    assert said(home, program) == "True True True True"


def test_a_question_that_is_too_long_is_asked_here(home: Home) -> None:
    program = """
def long(root, text):
    return shown(root, "size")

two = begun()
print(two.ask(long, "x" * 70000) == two.ask(shown, "size"))
"""
    assert said(home, program) == "True"


NOT_BEGUN = {
    "another thread": "threading.Thread(target=lambda: time.sleep(1)).start()",
    "one processor": "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})",
    "few roots": "second_asker._LEAST = 34",
    "answers of an earlier run": "one = begun(None)\none.ask(shown, 'size')\none.stored.save(one.rests_on)",
}


@pytest.mark.parametrize("why", NOT_BEGUN.values(), ids=NOT_BEGUN)
def test_where_it_would_be_in_vain_none_is_begun(home: Home, why: str) -> None:
    assert said(home, f"{why}\ntwo = begun()\nfound = ask(two)\nprint(is_begun(two), len(found))") == "False 5"


def test_it_ends_with_the_one_that_began_it(home: Home) -> None:
    began = time.monotonic()
    # The output ends when nobody holds it any more.
    assert said(home, "two = begun()\nask(two)\nprint(is_begun(two))\nsys.stdout.flush()\nos._exit(0)") == "True"
    assert time.monotonic() - began < 20
