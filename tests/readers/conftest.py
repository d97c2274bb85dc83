"""What the tests of the programs have in common."""

from __future__ import annotations

import pytest

from readers import NotProven
from readers.helm.template import HELM
from readers.manifests.building import KUBECTL
from readers.postfix.postconf import POSTCONF
from readers.prometheus.amtool import AMTOOL
from readers.prometheus.promtool import PROMTOOL
from readers.rspamd.rspamadm import RSPAMADM
from readers.sandbox.program import Program

PROGRAMS = {program.name: program for program in (PROMTOOL, AMTOOL, POSTCONF, RSPAMADM, HELM, KUBECTL)}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(program): skipped, saying so, where the program cannot be run")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            _skip_without(PROGRAMS[name])


def _skip_without(program: Program) -> None:
    try:
        program.run(["--version"], {})
    except NotProven as error:
        pytest.skip(str(error))
