"""The fixtures that all steps share.  No parsing and no policy: that is tfparse's and the features' own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gate.base import base_tree
from gate.beginning import parsed_beforehand
from gate.history.judged import judged_infra
from gate.options import settings
from gate.own_steps import offer_steps, operators_steps

if TYPE_CHECKING:
    from gate.evidence import Evidence
    from readers.dns import Resolver
    from readers.kubernetes.stacks import Stack
    from tfparse import Infra

# Those of whoever runs the suite.
pytest_plugins = operators_steps()


def pytest_configure(config: pytest.Config) -> None:
    """Every module of steps/ is vocabulary; a new one needs no mention here."""
    offer_steps(config, [f"steps.{path.stem}" for path in sorted((Path(__file__).parent / "steps").glob("[!_]*.py"))])


@pytest.fixture(scope="session")
def infra(pytestconfig: pytest.Config) -> Iterator[Infra]:
    """The infra repo that is judged, as ``tfparse.load`` reads it."""
    from gate.redaction import register_secrets
    from gate.reuse import watch
    from readers.manifests import beside, rendered_charts
    from readers.sandbox.program import kept_answers
    from tfparse import cached, load
    from tfparse.graph.root import Answer

    asked = settings(pytestconfig)
    if (given := judged_infra(pytestconfig)) is not None:
        yield given
        return
    answers = [Answer(*said) for said in asked.answers]
    with (
        cached(asked.infra, parsed_beforehand(pytestconfig)) as cache,
        kept_answers(anew=pytestconfig.getoption("fresh")),
    ):
        named = beside(asked.manifests, mentions=True)
        infra = load(asked.infra, cache, asked.variable_files, named, answers, rendered_charts)
        register_secrets(infra)
        watch(pytestconfig, infra)
        yield infra
        if infra.second is not None:
            infra.second.dismiss()
    if infra.second is not None:
        infra.second.end()


@pytest.fixture
def every_stack(infra: Infra, evidence: Evidence) -> Sequence[Stack]:
    """All root modules of the infra repo that is judged."""
    from readers.kubernetes.stacks import owners_answers
    from readers.subjects.terraform import root_stacks

    evidence.heed(owners_answers(infra))
    return root_stacks(infra)


@pytest.fixture(scope="session")
def infra_before(pytestconfig: pytest.Config) -> Infra | None:
    """The infra repo at ``--base``; None without one."""
    from gate.redaction import register_secrets
    from tfparse import ParseCache, load
    from tfparse.own_file import cache_directory, cache_name

    tree = base_tree(pytestconfig)
    # What the cache knows of the repo helps; what is read here besides is not added to it.
    cache = cache_directory() / cache_name(settings(pytestconfig).infra)
    if tree is None:
        return None
    before = settings(pytestconfig).kept_before
    infra = load(tree, ParseCache(cache), before.variable_files if before else None)
    register_secrets(infra)
    return infra


@pytest.fixture(scope="session")
def dns(pytestconfig: pytest.Config) -> Iterator[Resolver]:
    """Whoever answers for what is published, by the ``--dns`` mode."""
    from readers.dns import open_dns

    with open_dns(settings(pytestconfig).dns) as resolver:
        yield resolver


@pytest.fixture(scope="session")
def as_of(pytestconfig: pytest.Config) -> date:
    """The day by which the run judges."""
    return settings(pytestconfig).as_of
