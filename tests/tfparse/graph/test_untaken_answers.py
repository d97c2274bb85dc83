"""What a second process answered that the first one never took counts with what it takes later: with what was looked at
and used up for it.
"""

from __future__ import annotations

import os
import sys

import pytest

from tests.tfparse.graph.test_second_asker import home, said
from tests.tfparse.graph.test_stored_answers import Home

__all__ = ["home"]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="there is no second processor"
)

UNTAKEN = {
    "an error": """
def broken_off(root, name):
    if root.path == "a00":
        raise TerraformError(Diagnostic("Bad", "very"))
    return shown(root, name)

def before(infra):
    try:
        infra.ask(broken_off, "text")
    except TerraformError:
        pass
""",
    "a root that is left out": """
def before(infra):
    infra.ask(shown, "text", without="web")
""",
}


@pytest.mark.parametrize("before", [*UNTAKEN.values(), "before = ask"], ids=[*UNTAKEN, "answers that are taken"])
def test_what_a_root_used_up_is_counted_once(home: Home, before: str) -> None:
    program = f"""{before}
def more(infra):
    before(infra)
    infra.ask(shown, "size")
    infra.root("web")
    infra.ask(shown, "new")
    return infra.tree.pools.instances.used

two = begun()
print(more(two) == more(begun(None)), ASKED.count("web"))
"""
    assert said(home, program).startswith("True")


@pytest.mark.parametrize("untaken", UNTAKEN.values(), ids=UNTAKEN)
def test_what_nobody_took_counts_for_what_follows(home: Home, untaken: str) -> None:
    """A root that has answered what the first process did not ask it after all has looked at more since."""
    program = f"""{untaken}
two = begun()
before(two)
found = ask(two)
alone = begun(None)
before(alone)
print(found == ask(alone), used(two) == used(alone), is_begun(two))
two.stored.save(two.rests_on)
"""
    assert said(home, program) == "True True True"
    home.write("shared/text.txt", "new")
    found, again, _ = home.run()
    assert found == home.cold()
    assert again == {"web", "mail"}


def test_what_was_read_in_vain_counts_for_who_reads_it_then(home: Home) -> None:
    """The second process reads a file for a root that it leaves to the first one, and has it for the next."""
    program = """
def broken_off(root, name):
    found = shown(root, name)
    if root.path in ("a00", "web"):
        raise TerraformError(Diagnostic("Bad", "very"))
    return found

def after(infra):
    try:
        infra.ask(broken_off, "text")
    except TerraformError:
        return infra.ask(shown, "text", without="web"), infra.ask(shown, "size")

two, alone = begun(), begun(None)
print(after(two) == after(alone), two.tree.sizes == alone.tree.sizes, is_begun(two))
"""
    assert said(home, program) == "True True True"
