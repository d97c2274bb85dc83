"""The infra repo that is judged, where it is no folder but a commit: said by the process that goes through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tfparse import Infra

_JUDGED = pytest.StashKey["Infra"]()


def set_judged_infra(config: pytest.Config, infra: Infra) -> None:
    """Have this repo judged."""
    config.stash[_JUDGED] = infra


def judged_infra(config: pytest.Config) -> Infra | None:
    """The repo that is to be judged; None where it is the one that ``--infra`` names."""
    return config.stash.get(_JUDGED, None)
