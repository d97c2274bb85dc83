"""What an expression makes of a secret is secret, however the secret is read (expressions.yaml), and is not shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tfparse import Root, Value, load
from tfparse.graph.expressions import evaluate_expression
from tfparse.secrets.presentation import as_json
from tfparse.secrets.secrecy import find_secrets

CASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("expressions.yaml").read_text(encoding="utf-8"))
SECRETS: dict[str, str] = CASES["secrets"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    folder = tmp_path_factory.mktemp("infra")
    for name, text in CASES["files"].items():
        (folder / name).write_text(text, encoding="utf-8")
    return load(folder).root("")


def shown(value: Value) -> object:
    """What of a value may be shown; None for what is secret."""
    if value.secret:
        return None
    if isinstance(value.raw, dict):
        return {key: shown(item) for key, item in value.raw.items()}
    return [shown(item) for item in value.raw] if isinstance(value.raw, tuple) else value.raw


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_what_comes_of_a_secret_is_secret(secret: str, root: Root) -> None:
    for made in CASES["all"]:
        value = evaluate_expression(root, made.replace("SECRET", secret))
        assert shown(value) in (None, [None]), made
        assert value.is_unknown is made.startswith("bcrypt"), made
    for case in CASES["part"]:
        assert shown(evaluate_expression(root, case["made"].replace("SECRET", secret))) == case["shown"], case["made"]


@pytest.mark.parametrize("made", CASES["files_made"])
def test_what_comes_of_a_file_under_git_crypt_is_secret(made: str, root: Root) -> None:
    assert evaluate_expression(root, made).secret


def test_the_console_shows_none_of_it(tmp_path: Path) -> None:
    for name, text in CASES["files"].items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    infra = load(tmp_path)
    secrets, there = find_secrets(infra), infra.root("")
    for made in CASES["all"]:
        value = evaluate_expression(there, made.replace("SECRET", "local.key"))
        assert as_json(value, secrets=secrets) in ('"(sensitive value)"', '["(sensitive value)"]'), made
