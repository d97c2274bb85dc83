"""Modules that are loaded while scenarios run."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder

import pytest

from gate.imports import plain_imports


def test_pytest_is_not_asked_of_what_is_loaded_meanwhile() -> None:
    before = list(sys.meta_path)
    assert type(before[0]).__module__ == "_pytest.assertion.rewrite"
    with plain_imports():
        assert sys.meta_path == [PathFinder, *before]
    assert sys.meta_path == before


def test_it_ends_whatever_is_raised() -> None:
    before = list(sys.meta_path)
    with pytest.raises(KeyError), plain_imports():
        raise KeyError
    assert sys.meta_path == before
