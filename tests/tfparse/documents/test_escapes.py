"""What a document spells by escapes is never taken for what stands for an unknown stretch."""

from __future__ import annotations

import pytest

from tests.tfparse.documents.test_documents import WHY, file_of, shown
from tfparse.cty.values import HOLE
from tfparse.documents import decode_json, decode_yaml


@pytest.mark.parametrize("escape", ["\\ue000", "\\uE000", "\\U0000E000"])
def test_no_escape_spells_what_stands_for_the_unknown(escape: str) -> None:
    pieces = ('{"a": "', WHY, f'", "b": "{escape}9{escape}"}}')
    expected = {"a": HOLE, "b": "\ue0009\ue000"}
    assert shown(decode_yaml(file_of(*pieces))) == expected
    assert "U" in escape or shown(decode_json(file_of(*pieces))) == expected
    every = " ".join(f"{code:x}" for code in range(0xE000, 0xF900))
    assert shown(decode_yaml(file_of(*pieces, f"\n# {every}\n"))) == expected
