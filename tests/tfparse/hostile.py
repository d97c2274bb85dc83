"""Source that would take for ever, or all memory, and what is to come of each: ``python hostile.py`` tries all of it.

It is run as a program of its own, with little memory: see ``test_hostile.py``.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

PART = 8
"""The limits that the package sets are an eighth of its own here: what they stop takes an eighth of the time."""
LIMITS = {
    "tfparse.configs.files": ("MAX_ITERATIONS", "MAX_TEXT", "MAX_INSTANCES"),
    "tfparse.cty.values": ("MAX_WEIGHT",),
    "tfparse.functions._registry": ("MAX_ELEMENTS",),
}
MEMORY = 640 << 20
"""Bytes of address space that all of it has to do with."""

LAUGHS = 60


def laughs(first: str, step: str, made: str = "{}") -> str:
    """A module in which each local is made of the one before, and an output of the last."""
    lines = [f"a0 = {first}", *(f"a{n + 1} = " + step.replace("@", f"local.a{n}") for n in range(LAUGHS))]
    return "locals {\n" + "\n".join(lines) + '\n}\noutput "o" {\n  value = ' + made.format(f"local.a{LAUGHS}") + "\n}\n"


def output(expression: str, before: str = "") -> str:
    return f'{before}output "o" {{\n  value = {expression}\n}}\n'


def loops(depth: int, inside: str) -> str:
    return "".join(f"[for v{n} in range(1000) : " for n in range(depth)) + inside + "]" * depth


def calls(levels: int) -> dict[str, str]:
    """Modules each of which calls the next twice over, ten times each."""
    files = {}
    for level in range(levels):
        place, source = (f"m{level}/", f"../m{level + 1}") if level else ("", "./m1")
        files[f"{place}main.tf"] = "".join(f'module "{n}" {{\n  source = "{source}"\n  count = 10\n}}\n' for n in "ab")
    return files | {f"m{levels}/main.tf": 'resource "x_y" "z" {}\n'}


UNKNOWN = 'data "x" "y" {}\n'
WORK, SIZE, TEXT, DEEP = "Too much work", "Value too large", "Too much text", "Nesting too deep"
LONG, MANY = "the result is longer than", "the result has more than"
LIST = "locals {\n  l = flatten(" + '[for a in range(12) : [for b in range(1000) : "${a}-${b}"]]' + ")\n}\n"

EXPRESSIONS = {
    # Billions of laughs.
    "text doubled": (laughs('"' + "x" * 1000 + '"', '"${@}${@}"'), TEXT),
    "unknown text doubled": (UNKNOWN + laughs('"a${data.x.y.z}"', '"${@}${@}"'), SIZE),
    "a list of two lists": (laughs('["x"]', "[@, @]"), SIZE),
    "a map of two maps": (laughs('{ x = "x" }', "{ a = @, b = @ }"), SIZE),
    "concat": (laughs('["x"]', "concat(@, @)", "length({})"), f"{MANY}|{WORK}"),
    "join": (laughs('"xxxxxxxx"', "join(@, [@, @, @])"), SIZE),
    "format": (laughs('"xxxxxxxx"', 'format("%s%s", @, @)'), f"{LONG}|{WORK}"),
    "replace": (laughs('"xxxxxxxx"', 'replace(@, "x", @)'), LONG),
    "replace by a regular expression": (laughs('"xxxxxxxx"', 'replace(@, "/./", @)'), LONG),
    "jsonencode": (laughs('"\\""', "jsonencode(@)"), f"{LONG}|{WORK}|{TEXT}"),
    "strrev": (laughs('"xxxxxxxx"', 'strrev("${@}${@}")'), f"{LONG}|{WORK}|{TEXT}"),
    "templatestring": (laughs('"a"', 'templatestring(@, { a = "$${a}$${a}" })'), "^a$"),
    "YAML aliases": (
        output(
            'yamldecode("a0: &a0 [x, x]\\n'
            + "".join(f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}]\\n" for n in range(LAUGHS))
            + '")'
        ),
        "[Mm]ore than",
    ),
    "YAML merge keys": (
        output(
            'yamldecode("a0: &a0 {k: v}\\n'
            + "".join(f"a{n + 1}: &a{n + 1} {{<<: *a{n}, b{n}: *a{n}}}\\n" for n in range(LAUGHS))
            + '")'
        ),
        "[Mm]ore than",
    ),
    "a YAML alias of itself": (output('yamldecode("&a [*a]")'), "failed"),
    # Products.
    "loops in loops": (output(loops(4, "1")), WORK),
    "loops of a template": (
        output('"' + "".join(f"%{{ for v{n} in range(1000) }}" for n in range(5)) + "abc" + "%{ endfor }" * 5 + '"'),
        f"{WORK}|{TEXT}",
    ),
    "setproduct": (output("length(setproduct(" + ", ".join(["range(1000)"] * 10) + "))"), MANY),
    "cidrsubnets": (output('cidrsubnets("10.0.0.0/8", ' + ", ".join(["24"] * 5000) + ")"), "."),
    "calls in loops": (output(loops(2, 'cidrsubnet("fd00::/8", 100, 1)')), WORK),
    "matchkeys": (output("matchkeys(local.l, local.l, local.l)", LIST), WORK),
    "lists compared": (output("[for i in range(1000) : local.l == local.l]", LIST), WORK),
    "characters counted": (output(loops(2, 'substr("' + "\u0e01\u0e31" * 50_000 + '", 0, 1)')), WORK),
    "text hashed": (output(loops(2, 'sha512("' + "a" * 200_000 + '")')), WORK),
    "text searched": (output(loops(2, 'can(regex("z", "' + "a" * 200_000 + '"))')), WORK),
    "CSV": (output('csvdecode("' + ",".join(f"c{n}" for n in range(5000)) + ("\\n" + "," * 4999) * 100 + '")'), MANY),
    # Numbers.
    "a large exponent": (output("1e1000000000"), "Invalid number"),
    "a small exponent": (output("1e-1000000000"), "."),
    "a large exponent in JSON": (output('jsondecode("1e1000000000")'), "."),
    "a large exponent in text": (output('tonumber("1e1000000000")'), "."),
    "many digits": (output("9" * 1_000_000), "."),
    "pow": (output("pow(2, 1e9)"), "infinite"),
    "products": (laughs("1e1000", "@ * @"), "large"),
    "parseint": (output('parseint("' + "9" * 1_000_000 + '", 10)'), "cannot parse"),
    "range": (output("range(1000000000)"), "1024"),
    "a step of nothing": (output("range(0, 1, 0)"), "1024"),
    "the width of a format": (output('format("%1000000000d", 1)'), "width"),
    "the precision of a format": (output('format("%.1000000000f", 1)'), "precision"),
    "indent": (output('indent(1000000000, "a\\nb")'), LONG),
    "indent no line": (output('indent(1e13, "a")'), "^a$"),
    "a long duration": (output('timeadd("2020-01-01T00:00:00Z", "' + "9" * 100_000 + 'h")'), "duration"),
    "a far date": (output('timeadd("9999-12-31T00:00:00Z", "2000000h")'), "^102"),
    # Regular expressions.
    "backtracking": (output('regexall("(a*)*b", "' + "a" * 100_000 + '")'), r"^\[\]$"),
    "a search for each character": (output('regexall(".*b|a", "' + "a" * 200_000 + '")'), WORK),
    "repetition of repetition": (output('regexall("((a{0,100}){0,100}){0,100}", "aaa")'), "."),
    "many groups": (output('regexall("' + "()" * 1000 + '", "' + "a" * 10_000 + '")'), MANY),
    "stars of a fileset": (output('fileset("", "' + "*a" * 40 + 'b")'), r"^\[\]$"),
    # Depth.
    "parentheses": (output("(" * 100_000 + "1" + ")" * 100_000), DEEP),
    "conditionals": (output("true ? (" * 240 + "1" + ") : 2" * 240), "."),
    "lists in JSON": (output('jsondecode("' + "[" * 100_000 + '")'), "too large"),
    "lists in YAML": (output('yamldecode("' + "- " * 100_000 + '")'), "too large"),
    "a long chain of locals": (
        "locals {\n"
        + "".join(f"  a{n} = local.a{n + 1}\n" for n in range(20_000))
        + "  a20000 = 1\n}\n"
        + output("local.a0"),
        "Nested too deeply|Too many references",
    ),
    "types in types": (
        'variable "v" {\n  default = null\n  type = '
        + "list(" * 240
        + "string"
        + ")" * 240
        + "\n}\n"
        + output("var.v"),
        ".",
    ),
    "errors in branches": (laughs('tonumber("x")', "(true ? [@] : [@])"), "cannot convert"),
    # Repetition.
    "count": ('resource "x_y" "z" {\n  count = 1000000000\n}\n' + output("length(x_y.z)"), "Too many instances"),
    "blocks in blocks": (
        'resource "x_y" "z" {\n'
        + "".join(f'  dynamic "b{n}" {{\n    for_each = range(1000)\n    content {{\n' for n in range(3))
        + "}\n" * 7
        + output("x_y.z.b0[*].b1[*].b2"),
        WORK,
    ),
    # Characters.
    "a null character": (output('file("a\\u0000b")'), "null character"),
    "a null byte": ('output "o" {\n  value = "\0"\n}\n', "."),
    "half a character": (output('"\\ud800"'), "."),
    "a million accents": (output('"a' + "\u0301\u0323" * 500_000 + '"'), "Too many marks"),
}

FILES = {
    "modules by the million": (calls(20), "Too many instances"),
    "a module that calls itself": ({"main.tf": 'module "m" {\n  source = "./."\n}\n' + output("module.m.o")}, "itself"),
    "a file read for ever": ({"main.tf": output(loops(2, 'filesha512("big")')), "big": "a" * 10_000_000}, WORK),
    "a template of loops": (
        {
            "main.tf": output('templatefile("t", { x = range(1000) })'),
            "t": "%{ for a in x }%{ for b in x }%{ for c in x }AAAAAAAA%{ endfor }%{ endfor }%{ endfor }",
        },
        f"{TEXT}|{WORK}",
    ),
    "a file of comments": ({"main.tf": "# x\n" * 5_000_000}, "larger than"),
    "a file of one word": ({"main.tf": "a" * 15_000_000}, "Argument or block"),
    "a file of many words": ({"main.tf": output("[" + '"a",\n' * 400_000 + "]")}, "File too large|Too much source"),
    "deep JSON": ({"main.tf.json": '{"locals": {"a": ' + "[" * 100_000}, DEEP),
    "deep variable files": (
        {"main.tf": 'variable "v" {}\n' + output("var.v"), "terraform.tfvars": "v = " + "[" * 9999},
        DEEP,
    ),
    "deep JSON variable files": (
        {"main.tf": 'variable "v" {}\n' + output("var.v"), "terraform.tfvars.json": '{"v": ' + "[" * 9999},
        DEEP,
    ),
    "Terragrunt files that include each other": (
        {
            "terragrunt.hcl": 'include "a" {\n  path = "a/terragrunt.hcl"\n}\n',
            "main.tf": output("1"),
            "a/terragrunt.hcl": 'include "b" {\n  path = "../terragrunt.hcl"\n}\n',
        },
        ".",
    ),
}
"""Repos by what is in them, each with a pattern for what is said of it."""


def said(folder: str) -> str:
    """All that is said of the repo in a folder: diagnostics, or the value of its output."""
    from tfparse import TerraformError, load
    from tfparse.graph.expressions import evaluate_expression
    from tfparse.secrets.presentation import as_json
    from tfparse.validation import validate

    words: list[str] = []
    root = load(Path(folder)).root("")
    for found in root.resources():
        words.extend(block.type for block in found.body.blocks()[:9])
    try:
        words.append(as_json(evaluate_expression(root, "output.o"))[:1000].strip('"'))
    except TerraformError as error:
        words.extend(f"{d.summary}: {d.detail}" for d in error.diagnostics)
    words.extend(f"{d.summary}: {d.detail}"[:1000] for d in validate(root)[:9])
    return "\n".join(words)


def lower_limits() -> None:
    for module, names in LIMITS.items():
        for name in names:
            held = import_module(module)
            setattr(held, name, getattr(held, name) // PART)


def main() -> None:
    lower_limits()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
    for name, (files, _) in ({n: ({"main.tf": s}, p) for n, (s, p) in EXPRESSIONS.items()} | FILES).items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            for path, content in files.items():
                Path(folder, path).parent.mkdir(exist_ok=True)
                Path(folder, path).write_text(content, encoding="utf-8")
            begin = time.process_time()
            words = said(folder)
            print(json.dumps({"name": name, "said": words, "seconds": time.process_time() - begin}), flush=True)


if __name__ == "__main__":
    main()
