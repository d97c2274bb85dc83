"""Conditions: ``[[ ... ]]``, ``[ ... ]`` and ``test``, each with an answer or none.

Source: CONDITIONAL EXPRESSIONS in bash(1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from readers.shell.expansion import Expander
from readers.shell.files import Files
from readers.shell.syntax import Literal, Word
from readers.shell.text import MARKS, as_text, is_known
from tfparse.cty.numbers import whole

_NUMBERS = {"-eq": (0,), "-ne": (-1, 1), "-lt": (-1,), "-le": (-1, 0), "-gt": (1,), "-ge": (0, 1)}
_THERE = frozenset(["-e", "-f", "-r", "-w"])


def compared(words: Sequence[Word], expander: Expander, files: Files) -> bool | None:
    """The answer of ``[[ words ]]``; None where it is not known.  All words are filled in."""
    texts = [as_text(expander.text(word)) for word in words]
    patterns = [
        expander.pattern(word) if at and texts[at - 1] in ("=", "==", "!=") and not _is_literal(word) else None
        for at, word in enumerate(words)
    ]
    counted = {at for sign, text in enumerate(texts) if text in _NUMBERS for at in (sign - 1, sign + 1)}
    texts = ["0" if at in counted and not text else text for at, text in enumerate(texts)]  # as in arithmetic
    return _either(list(zip(texts, patterns, strict=True)), files)


def tested(fields: Sequence[str], files: Files) -> bool | None:
    """The answer of ``test fields``; None where it is not known."""
    if any(mark in field for field in fields for mark in MARKS[1:]):
        return None
    return _primary([(field, None) for field in fields], files)


def _is_literal(word: Word) -> bool:
    return all(isinstance(part, Literal) and part.quoted for part in word.parts)


_Operands = list[tuple[str, str | None]]


def _either(operands: _Operands, files: Files) -> bool | None:
    texts = [text for text, _ in operands]
    if "(" in texts:
        return None
    for operator, decisive in (("||", True), ("&&", False)):
        if operator in texts:
            at = texts.index(operator)
            left, right = _either(operands[:at], files), _either(operands[at + 1 :], files)
            if decisive in (left, right):
                return decisive
            return None if None in (left, right) else not decisive
    return _primary(operands, files)


def _primary(operands: _Operands, files: Files) -> bool | None:
    texts = [text for text, _ in operands]
    if texts[:1] == ["!"] and len(texts) > 1:
        inner = _primary(operands[1:], files)
        return None if inner is None else not inner
    if len(texts) == 1:
        return _not_empty(texts[0])
    if len(texts) == 2:
        return _unary(texts[0], texts[1], files)
    return _binary(texts[0], texts[1], texts[2], operands[2][1]) if len(texts) == 3 else (False if not texts else None)


def _not_empty(text: str) -> bool | None:
    return None if not is_known(text) and not "".join(c for c in text if c not in MARKS) else bool(text)


def _unary(operator: str, operand: str, files: Files) -> bool | None:
    if operator in ("-n", "-z"):
        answer = _not_empty(operand)
        return None if answer is None else answer == (operator == "-n")
    return files.exists(operand) if operator in _THERE else None


def _binary(left: str, operator: str, right: str, pattern: str | None) -> bool | None:
    if not is_known(left) or not is_known(right):
        return None
    if operator in ("=", "==", "!="):
        same = left == right if pattern is None else re.fullmatch(pattern, left, re.DOTALL) is not None
        return same == (operator != "!=")
    if operator in _NUMBERS and all(re.fullmatch(r"-?(0|[1-9]\d*)", one) for one in (left, right)):
        order = (whole(left) > whole(right)) - (whole(left) < whole(right))
        return order in _NUMBERS[operator]
    return None
