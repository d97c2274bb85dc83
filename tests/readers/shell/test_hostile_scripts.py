"""Scripts that are made to keep their reader busy: each ends soon, and what it could reach is in doubt or as it was."""

from __future__ import annotations

import pytest

from readers.docker_mailserver.start_script import configuration
from tfparse.cty.values import string

HOSTILE = {
    "braces": "echo " + "{a,b}" * 30,
    "a text that doubles": "A=xxxxxxxxxx\n" + "A=$A$A\n" * 40,
    "a function that calls itself": "f() { nproc && f; nproc && f; }; f",
    "loops in loops": "for i in {1..200}; do for j in {1..200}; do echo $i $j >> /tmp/f; done; done",
    "open parentheses": "(" * 3000,
    "open substitutions": "echo " + "$(" * 3000,
    "a pattern that backtracks": "echo " + "a" * 60 + "! | grep -Eq '^(a+)+$' && postconf -e relayhost=1",
    "a pattern of case": f"case {'a' * 60}b in {'*a' * 15}*c) :;; esac",
    "a script that runs itself": "echo 'bash /tmp/s' > /tmp/s; bash /tmp/s",
    "eval of itself": "E='eval \"$E\"'; eval \"$E\"",
    "here-documents in one another": "cat <<A\n$(cat <<B\n" * 40,
}


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE)
def test_it_ends(script: str) -> None:
    found = configuration(None, None, string(script), lambda path: None).main.of("relayhost")
    assert found is None or not found.sure
