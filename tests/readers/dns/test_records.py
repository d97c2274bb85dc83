"""Names in DNS."""

from __future__ import annotations

import pytest

from readers.dns import is_in


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("sendgrid.net", True),
        ("smtp.sendgrid.net", True),
        ("SMTP.SendGrid.net.", True),
        ("notsendgrid.net", False),
        ("sendgrid.net.example.com", False),
    ],
)
def test_is_in(host: str, inside: bool) -> None:
    assert is_in(host, "sendgrid.net") is inside
