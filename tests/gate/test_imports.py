"""Modules that are loaded while scenarios run, and some that need not be."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.machinery import PathFinder

import pytest

from gate.imports import plain_imports
from tests.gate.small_suite import Suite


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


LEXERS = "[name for name in sys.modules if name.startswith('pygments.lexers.')]"


def of_a_process(*lines: str) -> object:
    """What a process of its own prints as JSON."""
    program = "\n".join(("import json, sys", *lines))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_run_loads_no_lexer_but_those_that_pytest_itself_has(suite: Suite) -> None:
    suite.write("own.py", f"import json, sys\n\ndef pytest_unconfigure():\n    print(json.dumps({LEXERS}))\n")
    suite.scenario("Then replicas is 1")
    told = suite.run_apart("-s", "-p", "own", "-p", "no:cacheprovider").lines
    (loaded,) = (json.loads(line) for line in told if line.startswith('["pygments'))
    assert loaded == of_a_process("import pytest", f"print(json.dumps({LEXERS}))")


def test_mako_renders_and_shows_an_error_without_colours() -> None:
    assert of_a_process(
        "from gate.imports import load_mako",
        "load_mako()",
        "from mako.exceptions import html_error_template",
        "from mako.template import Template",
        "rendered = Template('Hello, ${name}!').render(name='you')",
        "try:",
        "    Template('${1 / 0}').render()",
        "except ZeroDivisionError:",
        "    page = html_error_template().render().decode()",
        "print(json.dumps([rendered, 'division by zero' in page, '${1 / 0}' in page]))",
    ) == ["Hello, you!", True, True]


def test_who_asks_for_the_colours_later_has_them() -> None:
    assert (
        of_a_process(
            "from gate.imports import load_mako",
            "load_mako()",
            "from mako.ext.pygmentplugin import MakoLexer",
            "print(json.dumps(MakoLexer.name))",
        )
        == "Mako"
    )


def test_who_has_loaded_them_before_keeps_them() -> None:
    assert of_a_process(
        "import mako.ext.pygmentplugin as before",
        "from gate.imports import load_mako",
        "load_mako()",
        "print(json.dumps(sys.modules['mako.ext.pygmentplugin'] is before))",
    )
