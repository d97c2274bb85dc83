"""What a PHP file of configuration sets, and what of it cannot be told."""

from __future__ import annotations

import pytest

from readers.subjects.php import assignments
from tfparse.cty.values import string


def found(text: str) -> list[tuple[str | None, str | None]]:
    return [(option.name, option.value) for option in assignments(string(f"<?php\n{text}\n"))]


ANY = (None, None)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("$config['a'] = true;", [("a", "true")]),
        ("$config['a'] = 'x; y';", [("a", "'x; y'")]),
        ("$config['a'] = 'x; $config[\\'b\\'] = true';", [("a", None)]),
        ("$config['a'] .= 'x';", [("a", None)]),
        ("$config['a'] ??= 'x';", [("a", None)]),
        ("$config['a'][] = 'x';", [("a", None)]),
        ("$config['a'] = getenv('A');", [("a", None)]),
        ("$config['a'] = $config['b'] . 'x';", [("a", None), ("b", None)]),
        ("$config['a'] = $config['b'] = true;", [("a", None), ("b", None)]),
        ("$config['a'] = array_merge($config['a'], ['x']);", [("a", None)]),
        ("$domain = 'x'; $config['a'] = $domain;", [("a", None)]),
        ("ini_set('memory_limit', '1G'); define('X', 1); declare(strict_types=1);", []),
        ("unset($config['a']);", [("a", None)]),
        ("if (isset($_SERVER['X']) && (trim($_SERVER['X']) === 'y')) { $_SERVER['HTTPS'] = 'on'; }", []),
        ("if (true) { $config['a'] = true; } elseif (false) { $config['b'] = 1; } $config['c'] = 2;",
         [("a", None), ("b", None), ("c", "2")]),
        ("if (true) { $config['a'] = true; } else { $config['b'] = 1; }", [("a", None), ("b", None)]),
        ("if ($config['a'] = 'x') { $x = 1; }", [("a", None)]),
    ],
)  # fmt: skip
def test_what_is_set(text: str, options: list[tuple[str, str | None]]) -> None:
    assert found(text) == options


@pytest.mark.parametrize(
    "text",
    [
        "$config[$x] = true;",
        "$x = &$config;",
        "$config = [];",
        "$config['a'] = include_once 'x.php';",
        "$x = require '/x.php';",
        "$this->set('a', true);",
        "$x = $this->set('a', true);",
        "$x = rcmail::get_instance();",
        "$x = \"{$this->set('a', true)}\";",
        "$$x = true;",
        "$GLOBALS['config'] = [];",
        "$x = function () { return 1; };",
        "extract($_SERVER);",
        "$x = extract($_SERVER);",
        "foreach ($a as $b) { $config[$b] = 1; }",
        "if (true) $config['a'] = true;",
        "if (extract($_SERVER)) { $x = 1; }",
        "putenv('ROUNDCUBE_SMTP_DEBUG=true');",
        "while (true) { $x = 1; }",
    ],
)
def test_what_may_set_any_option(text: str) -> None:
    assert ANY in found(text)
