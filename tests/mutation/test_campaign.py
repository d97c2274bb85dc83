"""What the findings point at is found again in the source."""

from __future__ import annotations

import pytest

from tests.mutation.campaign import _beginning, _places
from tests.mutation.elements import read_elements

SOURCE = """\
resource "a" "b" {
  mount {
    path = "/x"
  }
  text = <<EOT
key = (
    1 )
# a comment
EOT
}
"""


@pytest.mark.parametrize(
    ("line", "begins"),
    [(1, "resource"), (2, "mount {"), (3, 'path = "/x"'), (5, "text ="), (6, "key = ("), (7, "1 )"), (8, "1 )")],
)
def test_a_line_has_elements(line: int, begins: str) -> None:
    (element,) = _beginning(read_elements("x.tf", SOURCE), line)
    assert SOURCE[element.start : element.end].startswith(begins)


def test_two_elements_on_a_line() -> None:
    source = "locals {\n  a = { b = 1, c = 2 }\n}\n"
    assert [source[e.start : e.end] for e in _beginning(read_elements("x.tf", source), 2)] == [
        "a = { b = 1, c = 2 }",
        "b = 1",
        "c = 2",
    ]


def test_places_know_who_points_at_them() -> None:
    def scenario(*places: tuple[str | None, int | None]) -> dict[str, object]:
        return {"findings": [{"file": file, "line": line} for file, line in places]}

    assert _places(
        {"A": [scenario(("x.tf", 1), (None, None)), scenario(("/tmp/zones/a.zone", 3))], "B": [scenario(("x.tf", 1))]}
    ) == {("x.tf", 1): {"A", "B"}, ("published", 3): {"A"}}
