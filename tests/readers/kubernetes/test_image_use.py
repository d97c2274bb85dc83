"""Which repository an image is of, and whether it is pinned."""

from __future__ import annotations

import pytest

from readers.kubernetes.images import parse_image, pinned, runs
from tfparse import Unknown, UnknownValueError, Value
from tfparse.cty.values import Part, string, text

DIGEST = "sha256:" + "a" * 64
TAGS = ["1.6-apache", "1.6.N-apache"]


def partly(*pieces: str | None) -> Value:
    """A reference with unknown stretches where a piece is None."""
    return text(tuple(Part(Unknown("var.tag") if piece is None else piece, None) for piece in pieces))


@pytest.mark.parametrize(
    ("image", "holds"),
    [
        (string("roundcube/roundcubemail"), True),
        (string("docker.io/roundcube/roundcubemail:1.6-apache"), True),
        (string(f"roundcube/roundcubemail@{DIGEST}"), True),
        (string("registry.example.net/roundcube/roundcubemail:1.6"), False),
        (string("roundcube/roundcubemail-nonroot:1.6"), False),
        (string("Not An Image"), False),
        (partly("roundcube/roundcubemail:", None), True),
        (partly("roundcube/other:", None), False),
        (partly("registry.example.net:5000/roundcube/roundcubemail:1.", None), False),
    ],
)
def test_runs(image: Value, holds: bool) -> None:
    assert runs(image, "roundcube/roundcubemail") is holds


@pytest.mark.parametrize(
    "image", [partly(None), partly("roundcube/", None), partly("registry:5000/", None), partly("a", None, ":1")]
)
def test_an_unknown_repository(image: Value) -> None:
    with pytest.raises(UnknownValueError, match=r"var\.tag"):
        runs(image, "roundcube/roundcubemail")


@pytest.mark.parametrize(
    ("reference", "holds"),
    [
        ("r/m:1.6-apache", True),
        ("r/m:1.6.13-apache", True),
        (f"r/m:latest@{DIGEST}", True),
        ("r/m:1.6.x-apache", False),
        ("r/m:1.6.13-apache-nonroot", False),
        ("r/m:1.7-apache", False),
        ("r/m:116-apache", False),
        ("r/m:latest", False),
        ("r/m", False),
        ("r/m:1.6.13-fpm", False),
    ],
)
def test_pinned(reference: str, holds: bool) -> None:
    assert pinned(parse_image(reference), TAGS) is holds
