"""What was looked at, and the changes that touch it."""

from __future__ import annotations

import pytest

from tfparse.source.reads import Change, Changes, Reads

FILE, RUNNABLE, LINK, MODULE, NOTHING = "100644", "100755", "120000", "160000", "000000"
LOOKED_AT = Reads(files={"a/main.tf", "a/absent.tf"}, folders={"a"}, below={"b", "c/d"})


@pytest.mark.parametrize(
    ("change", "touches"),
    [
        (Change("a/main.tf", FILE, FILE), True),
        (Change("a/main.tf", FILE, NOTHING), True),
        (Change("a/absent.tf", NOTHING, FILE), True),
        (Change("a/new.tf", NOTHING, FILE), True),  # the names in a were listed
        (Change("a/unread.tf", FILE, FILE), False),
        (Change("a/inner/new.tf", NOTHING, FILE), False),
        (Change("b/anywhere/new", NOTHING, FILE), True),
        (Change("b/anywhere/old", FILE, FILE), False),  # what there is below b is the same
        (Change("c/new", NOTHING, FILE), False),
        (Change("c/d", NOTHING, FILE), False),  # a file in the place of a folder
        (Change("c/d/new", NOTHING, RUNNABLE), True),
        (Change("a", NOTHING, LINK), True),  # all that is below it leads elsewhere
        (Change("c", LINK, NOTHING), True),
        (Change("elsewhere", NOTHING, LINK), False),
        (Change("b/module", MODULE, MODULE), False),
        (Change("b", LINK, LINK), True),
        (Change("README.md", FILE, FILE), False),
    ],
)
def test_a_change_touches_what_was_looked_at(change: Change, *, touches: bool) -> None:
    if change.path == "c/d":  # git lists what the folder held, too
        changes = Changes([change, Change("c/d/x", FILE, NOTHING)])
        assert LOOKED_AT.touched(changes)
        return
    assert LOOKED_AT.touched(Changes([change])) is touches


def test_nothing_touches_nothing() -> None:
    assert not LOOKED_AT.touched(Changes([]))
    assert not Reads().touched(Changes([Change("a", NOTHING, LINK)]))
