"""Scripts that are made to keep their reader busy: each ends soon, and what it could reach is in doubt or as it was."""

from __future__ import annotations

import subprocess

import pytest

from readers.docker_mailserver.start_script import configuration
from tfparse.cty.values import string

HOSTILE = {
    "braces": "echo " + "{a,b}" * 30,
    "a brace with a hundred million numbers": "for i in {1..100000000}; do postconf -e relayhost=$i; done",
    "numbers of more digits than memory holds": "echo {1..1" + "0" * 5000 + "}",
    "braces beside each other": "for i in {1..9999}{1..9999}; do postconf -e relayhost=$i; done",
    "processes that start two others": "f() { f | f & }; f",
    "subshells that start two others": "f() { (f); (f); }; f",
    "a number that is squared": "x=3\n" + "x=$((x*x))\n" * 60 + "[ $x -gt 3 ] && postconf -e relayhost=1",
    "a number of five thousand digits": f"shift {'9' * 5000}; echo ${{{'9' * 5000}}} $(({'9' * 5000}+1)) >&{'9' * 5000}",
    "a comparison of such": f"[ {'9' * 5000} -gt 1 ] && postconf -e relayhost=1; break {'9' * 5000}",
    "a text that doubles": "A=xxxxxxxxxx\n" + "A=$A$A\n" * 40,
    "a function that calls itself": "f() { nproc && f; nproc && f; }; f",
    "loops in loops": "for i in {1..200}; do for j in {1..200}; do echo $i $j >> /tmp/f; done; done",
    "open parentheses": "(" * 3000,
    "open substitutions": "echo " + "$(" * 3000,
    "a pattern that backtracks": "echo " + "a" * 60 + "! | grep -Eq '^(a+)+$' && postconf -e relayhost=1",
    "a pattern of case": f"case {'a' * 60}b in {'*a' * 15}*c) :;; esac",
    "a script that runs itself": "echo 'bash /tmp/s' > /tmp/s; bash /tmp/s",
    "eval of itself": 'E=\'eval "$E"\'; eval "$E"',
    "here-documents in one another": "cat <<A\n$(cat <<B\n" * 40,
}


NEVER_ENDS = {
    "a loop": "while :; do :; done",
    "a loop that does something": "until false; do sleep 1; done",
    "a loop behind a condition": "if nproc; then while true; do sleep 60; done; fi",
}
ENDS = {
    "a loop that is left": "while :; do nproc && break; sleep 1; done",
    "a loop that counts": "i=0; while [ $i -lt 5 ]; do i=$((i+1)); done",
    "a loop in the background": "while :; do sleep 60; done &",
    "a loop that waits": "until nproc; do sleep 1; done",
}


@pytest.mark.parametrize(("loop", "sure"), [
    *((loop, False) for loop in NEVER_ENDS.values()), *((loop, True) for loop in ENDS.values()),
], ids=[*NEVER_ENDS, *ENDS])  # fmt: skip
def test_what_stands_behind_a_loop_that_never_ends_is_in_doubt(loop: str, sure: bool) -> None:
    script = string(f"{loop}\npostconf -e relayhost=1\n")
    found = configuration(None, None, script, lambda path: None).main.of("relayhost")
    assert found is not None
    assert found.sure is sure


@pytest.mark.parametrize("braces", ["{01..3}", "{-05..2}", "{3..1}", "{007..09}", "{-1..01}", "{1..3}", "{1..1}"])
def test_numbers_in_braces_are_as_long_as_bash_makes_them(braces: str) -> None:
    bash = subprocess.run(["bash", "-c", f"echo {braces}"], capture_output=True, text=True, check=True).stdout.strip()
    script = string(f'postconf -e "relayhost=$(echo {braces})"\n')
    found = configuration(None, None, script, lambda path: None).main.of("relayhost")
    assert found is not None
    assert found.text == bash


@pytest.mark.parametrize(("loop", "is_run"), [
    ("for i in 1 2; do break 7; done", True), ("for i in 1 2; do continue 7; done", True), ("break", None),
    ("break 2", None), ("f() { break; }; for i in 1; do f; done", None), ("for i in 1; do for j in 1; do break 2; done; exit; done", True),
])  # fmt: skip
def test_a_loop_is_left_no_further_than_there_are_loops(loop: str, is_run: bool | None) -> None:
    script = string(f"{loop}\npostconf -e relayhost=1\n")
    found = configuration(None, None, script, lambda path: None).main.of("relayhost")
    assert (found is not None and found.sure and found.text == "1") == bool(is_run)


@pytest.mark.parametrize("sum_", ["9223372036854775807+1", "3037000500*3037000500", "-5*3", "7-9", "2<3"])
def test_numbers_wrap_as_those_of_bash(sum_: str) -> None:
    bash = subprocess.run(
        ["bash", "-c", f"echo $(({sum_}))"], capture_output=True, text=True, check=True
    ).stdout.strip()
    script = string(f'postconf -e "relayhost=$(({sum_}))"\n')
    found = configuration(None, None, script, lambda path: None).main.of("relayhost")
    assert found is not None
    assert not found.sure or found.text == bash


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE)
def test_it_ends(script: str) -> None:
    found = configuration(None, None, string(script), lambda path: None).main.of("relayhost")
    assert found is None or not found.sure
