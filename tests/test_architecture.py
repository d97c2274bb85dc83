"""The house holds: imports run one way, files stay short, requirements stay locked, nothing names one machine."""

from __future__ import annotations

import ast
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]

# Which rooms each room may import.
ROOMS = {
    "design_policy": {"gate", "readers", "steps", "tfparse"},
    "conftest": {"gate", "readers", "tfparse"},
    "steps": {"gate", "readers", "tfparse"},
    "gate": {"readers", "tfparse"},
    "readers": {"tfparse"},
    "tfparse": set(),
}
# The rooms within a room, from the ground up: each may import those on the lines above its own, and no other.
INNER_ROOMS = {
    "readers": (
        ("account",),
        ("__init__",),
        ("sandbox", "shell"),
        ("helm",),
        ("dns", "kubernetes"),
        ("manifests", "postfix"),
        ("mail_auth", "prometheus", "rspamd"),
        ("docker_mailserver",),
        ("subjects",),
    ),
    "tfparse": (
        ("diagnostics", "frames", "own_file", "patterns"),
        ("second_process",),
        ("cty",),
        ("documents", "hcl"),
        ("functions", "source"),
        ("lang",),
        ("configs",),
        ("graph",),
        ("infra", "validation"),
        ("secrets",),
        ("__init__", "__main__"),
    ),
}
# Where files may need each other: an expression, the module that it is in and what that calls are evaluated together.
CIRCLES = ("tfparse/graph/",)
# Which part of the house may import a library.  One that is not named here is in no lock of the gate.
LIBRARIES = {
    "dns": ("readers/dns/",),
    "hcl2": ("tfparse/hcl/grammar.py",),
    "jinja2": ("gate/history/page.py", "gate/reports/page.py"),
    "lark": ("tfparse/hcl/table.py",),
    "markupsafe": ("gate/history/page.py", "gate/reports/page.py"),
    "msgspec": ("design_policy/", "gate/", "readers/", "steps/", "tfparse/"),
    "promql_parser": ("readers/prometheus/",),
    "pytest": ("conftest.py", "design_policy/", "gate/", "steps/"),
    "pytest_bdd": ("conftest.py", "design_policy/", "gate/", "steps/"),
    "re2": ("readers/kubernetes/patterns.py", "tfparse/functions/", "tfparse/secrets/words.py"),
    "yaml": ("gate/waiver_file.py", "readers/", "tfparse/"),
}
# Source that is judged may be hostile: what evaluates it starts no program, opens no connection, runs no code.
HARMLESS = "tfparse/"
# But for the one that asks git.
MAY_START_GIT = ("tfparse/source/git.py", "subprocess")
HARMFUL = {"asyncio", "ctypes", "http", "pickle", "shelve", "socket", "subprocess", "urllib.request"}
HARMFUL_CALLS = {"__import__", "eval", "exec"}

MAX_FILE, MAX_FUNCTION, MAX_STEP = 350, 40, 8
STEP_DECORATORS = {"given", "step", "then", "when"}

ONE_MACHINE = re.compile(r"/(?:work|farm|root)/\w|/home/(?!someone\b)\w|/Users/\w|\bpypi\.org|pythonhosted\.")
EXCUSE = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?P<codes>:\s*[A-Z0-9, ]+|\[[a-z, -]+\])?(?P<reason>.*)")
POSSESSIVE = re.compile(r"[\])\w][*+?]\+")


@cache
def texts() -> dict[str, str]:
    """Every file of the project.  Hidden folders but CI's are other programs', reports are the user's."""
    found = {}
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name == ".ci" or not name.startswith((".", "__"))]
        if Path(folder) == ROOT and "reports" in folders:
            folders.remove("reports")
        for path in filter(Path.is_file, (Path(folder, name) for name in files if name != ".git")):
            found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8", errors="replace")
    return found


@cache
def sources() -> dict[str, ast.Module]:
    """The Python that is ours: what stands in a fixture or a test case is data."""
    ours = (name for name in texts() if name.endswith(".py") and not name.startswith(("fixtures/", "tests/spec/")))
    return {name: ast.parse(texts()[name], name) for name in ours}


def room_of(name: str) -> str:
    return name.split("/")[0].removesuffix(".py")


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of each module imported; a relative import stays in its own room."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def is_within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function, not counting its decorators and docstring."""
    documented = ast.get_docstring(node, clean=False) is not None
    docstring = node.body[0].end_lineno - node.body[0].lineno + 1 if documented else 0
    return node.end_lineno - node.lineno + 1 - docstring


def statements(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The statements of a function, at any depth, not counting its docstring."""
    documented = ast.get_docstring(node, clean=False) is not None
    return sum(isinstance(part, ast.stmt) for part in ast.walk(node)) - 1 - documented


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_step(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = (decorator for decorator in node.decorator_list if isinstance(decorator, ast.Call))
    return any(ast.unparse(call.func).split(".")[-1] in STEP_DECORATORS for call in calls)


def requirements(name: str) -> dict[str, Requirement]:
    """The requirements of a file in requirements/, each under its normalised name."""
    lines = texts()[f"requirements/{name}"].replace("\\\n", " ").splitlines()
    found = [Requirement(re.sub(r"\s(#|--hash=).*", "", line)) for line in lines if re.match(r"\w", line)]
    return {re.sub(r"[-_.]+", "-", requirement.name).lower(): requirement for requirement in found}


def test_every_room_is_there() -> None:
    found = {room_of(name) for name in sources()}
    assert set(ROOMS) <= found


def test_imports_run_one_way() -> None:
    against = [
        f"{name}:{line}: {room_of(name)} imports {module}"
        for name, tree in sources().items()
        if room_of(name) in ROOMS
        for line, module in imports(tree)
        if (target := module.split(".")[0]) in {*ROOMS, "tests"}
        and target not in {room_of(name), *ROOMS[room_of(name)]}
    ]
    assert against == []


def inner_room_of(name: str) -> str:
    """The room within a room that a file, or a module by its dotted name, belongs to."""
    room, inner = name.removesuffix(".py").replace(".", "/").split("/")[:2]
    found = any(file.startswith((f"{room}/{inner}/", f"{room}/{inner}.py")) for file in sources())
    return inner if found else "__init__"  # which has the name that is imported


def test_imports_of_inner_rooms_run_one_way() -> None:
    against = []
    for room, floors in INNER_ROOMS.items():
        floor_of = {inner: number for number, floor in enumerate(floors) for inner in floor}
        for name in (name for name in sources() if room_of(name) == room):
            own = inner_room_of(name)
            for line, module in imports(sources()[name]):
                above = module.startswith(f"{room}.") and floor_of.get(inner_room_of(module), len(floors))
                if above and above >= floor_of[own] and inner_room_of(module) != own:
                    against.append(f"{name}:{line}: imports {module}")
    assert against == []


def test_files_import_in_no_circle() -> None:
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in sources()}
    needs = {
        name: {modules.get(module) or modules.get(module.rpartition(".")[0]) for _, module in imports(sources()[name])}
        for name in modules.values()
        if room_of(name) in ROOMS and not name.startswith(CIRCLES)
    }
    while free := {name for name, needed in needs.items() if not (needed - {name}) & needs.keys()}:
        needs = {name: needed for name, needed in needs.items() if name not in free}
    assert sorted(needs) == [], "each of these needs another of them, or is on the way to such a circle"


def test_each_library_is_imported_in_its_place() -> None:
    known = {*ROOMS, "tests", *sys.stdlib_module_names}
    astray = [
        f"{name}:{line}: {module}"
        for name, tree in sources().items()
        if room_of(name) in ROOMS
        for line, module in imports(tree)
        if (library := module.split(".")[0]) not in known and not name.startswith(LIBRARIES.get(library, ()))
    ]
    assert astray == []


def test_classes_of_named_fields_are_structs() -> None:
    """What is compared, kept and told apart by its fields is a Struct of msgspec: of a dataclass nobody knows them."""
    rooms = ("gate", "readers", "steps", "tfparse")
    found = {
        name for name, tree in sources().items() for _, module in imports(tree) if module.startswith("dataclasses")
    }
    assert {name for name in found if room_of(name) in rooms} == {"readers/kubernetes/stacks.py"}


def test_evaluation_reaches_for_nothing_harmful() -> None:
    harmful = [
        f"{name}:{line}: {module}"
        for name, tree in sources().items()
        if name.startswith(HARMLESS)
        for line, module in imports(tree)
        if is_within(module, HARMFUL) and (name, module) != MAY_START_GIT
    ] + [
        f"{name}:{node.lineno}: {ast.unparse(node)}"
        for name, tree in sources().items()
        if name.startswith(HARMLESS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in HARMFUL_CALLS
    ]
    assert harmful == []


def test_no_pattern_has_a_possessive_quantifier() -> None:
    """Before 3.11.5 Python matches them wrongly (CPython gh-106052), and Debian 12 has 3.11.2; ``(?>...)`` is right."""
    calls = [
        (name, node)
        for name, tree in sources().items()
        if room_of(name) in ROOMS
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("re.", "pattern"))
    ]
    possessive = {
        f"{name}:{node.lineno}"
        for name, call in calls
        for node in ast.walk(call)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and POSSESSIVE.search(node.value)
    }
    assert possessive == set()


def test_features_are_plain_language() -> None:
    features = [name for name in texts() if name.startswith("features/")]
    assert features
    assert [name for name in features if not name.endswith((".feature", ".md"))] == []


def test_files_are_short() -> None:
    lengths = {name: len(texts()[name].splitlines()) for name in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FILE} == {}


def test_functions_are_short() -> None:
    long = [
        f"{name}:{node.lineno}: {node.name} has {length(node)} lines"
        for name, tree in sources().items()
        for node in functions(tree)
        if length(node) > MAX_FUNCTION
    ]
    assert long == []


def test_steps_are_short() -> None:
    vocabulary = [(name, tree) for name, tree in sources().items() if room_of(name) == "steps"]
    steps = [(name, node) for name, tree in vocabulary for node in functions(tree) if is_step(node)]
    assert steps, "no step definition found: is this test looking in the right place?"
    assert [
        f"{name}:{node.lineno}: {node.name} has {statements(node)} statements"
        for name, node in steps
        if statements(node) > MAX_STEP
    ] == []


def test_every_lint_exception_has_a_reason() -> None:
    bare = [
        f"{name}:{number}: {line.strip()}"
        for name in sources()
        for number, line in enumerate(texts()[name].splitlines(), 1)
        if (excuse := EXCUSE.search(line)) and (not excuse["codes"] or len(excuse["reason"].strip(" #-:")) < 10)
    ]
    assert bare == []


def test_nothing_names_one_machine() -> None:
    names = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if ONE_MACHINE.search(line)
    ]
    assert names == []


def test_locks_hold_what_is_asked_for() -> None:
    for name in ("run", "dev"):
        locked = requirements(f"{name}.txt")
        for key, asked in requirements(f"{name}.in").items():
            (version,) = locked[key].specifier
            assert asked.specifier.contains(version.version), f"{name}.in asks for {asked}, locked is {locked[key]}"


def test_locks_agree() -> None:
    run, dev = requirements("run.txt"), requirements("dev.txt")
    assert {key: str(dev.get(key)) for key in run} == {key: str(requirement) for key, requirement in run.items()}


def test_locks_pin_by_hash_and_name_no_index() -> None:
    for name in ("run.txt", "dev.txt"):
        text = texts()[f"requirements/{name}"]
        pinned = re.findall(r"^\S+==\S+(?: ; [^\n\\]+)? \\\n {4}--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
        assert len(pinned) == len(requirements(name))
        assert not re.search(r"://|index-url|find-links|trusted-host", text)


def test_the_package_asks_for_what_the_lock_holds() -> None:
    asked = tomllib.loads(texts()["pyproject.toml"])["project"]["dependencies"]
    assert {str(Requirement(one)) for one in asked} == {str(one) for one in requirements("run.in").values()}
