"""Where secrets begin in a module."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator

from msgspec import Struct

from tfparse.configs.module import Located, Module, Section, load_module
from tfparse.hcl import ast
from tfparse.hcl.ast import Expression
from tfparse.hcl.walking import calls, children, string_of
from tfparse.patterns import pattern
from tfparse.secrets.facts import Call, Facts, facts_of
from tfparse.source.places import OutsideRoot
from tfparse.source.sources import SourceTree

#: How the arguments are called that hold the content of a secret, in resources of whichever provider.
_CONTENT = ("binary_data", "data", "secret", "string_data", "value")
#: Arguments that hold a whole manifest, which may be one of a Secret.
_MANIFESTS = ("manifest", "yaml_body")
_KIND = pattern(r"""^[^\S\n]*["']?kind["']?:\s*["']?Secret["']?,?\s*$""", re.MULTILINE)
#: What a file has in it in which ``sensitive()`` is called, and one with the manifest of a Secret; or else an escape,
#: which may be any letter.
_CALLED = pattern(rb"sensitive\s*[(/#\\]")
_A_SECRET = pattern(rb"Secret\b(?:(?<![A-Za-z]Secret)|(?<=\\[a-z]Secret))")
_ESCAPED = pattern(rb"\\[uU]")


class Place(Struct, frozen=True):
    """An expression in a module.  ``each`` is what ``each.value`` there goes through."""

    directory: str
    located: Located
    each: Located | None = None


def learn(tree: SourceTree, directory: str) -> None:
    """Work out what of a module tells that, for whoever asks for its facts later."""
    facts_of(tree, directory, lambda: look(tree, directory)[0])


def look(tree: SourceTree, directory: str) -> tuple[Facts, list[Place]]:
    """The facts of the module in a folder, and where secrets begin in it, but for its variables."""
    module = load_module(tree, directory)
    begun = list(_beginnings(tree, directory, module))
    variables, targets = module.variables, {name: target_of(directory, call) for name, call in module.calls.items()}
    facts = Facts(
        tuple(name for name, section in variables.items() if _says(section, "sensitive")),
        tuple(name for name, section in variables.items() if "default" in section.attributes),
        tuple(Call(n, to, tuple(module.calls[n].attributes)) for n, to in targets.items() if to is not None),
        bool(begun),
    )
    return facts, begun


def _beginnings(tree: SourceTree, directory: str, module: Module) -> Iterator[Place]:
    for section in module.outputs.values():
        if _says(section, "sensitive") and "value" in section.attributes:
            yield Place(directory, section.attributes["value"])
    sources = {file: _source(tree, file) for file in {block.file for block in module.blocks}}
    escaped = {file for file, source in sources.items() if _ESCAPED.search(source)}
    with_calls = {file for file, source in sources.items() if _CALLED.search(source)} | escaped
    with_secrets = {file for file, source in sources.items() if _A_SECRET.search(source)} | escaped
    for (mode, type_, _), section in module.resources.items():
        if mode == "resource":
            yield from _of_resource(directory, type_, section, with_secrets)
    yield from _marked(directory, module, with_calls)


def _source(tree: SourceTree, file: str) -> bytes:
    try:
        return tree.read_bytes(file)
    except (OSError, OutsideRoot):
        return b""


def _marked(directory: str, module: Module, files: Container[str]) -> Iterator[Place]:
    """The arguments of ``sensitive()`` in some of the files."""
    for block in module.blocks:
        for _, _, _, name, arguments, _ in calls(block.body) if block.file in files else ():
            if name.removeprefix("core::") == "sensitive" and arguments:
                yield Place(directory, Located(block.file, arguments[0]), block.attributes.get("for_each"))


def _of_resource(directory: str, type_: str, section: Section, with_secrets: Container[str]) -> Iterator[Place]:
    """The arguments of a resource that are secret.  A manifest may be that of one in the files ``with_secrets``."""
    each, is_secret = section.attributes.get("for_each"), "secret" in type_.split("_")
    for name, located in section.attributes.items():
        if is_secret and name.startswith(_CONTENT):
            yield Place(directory, located, each)
        elif name in _MANIFESTS and located.file in with_secrets:
            yield from (Place(directory, Located(located.file, node), each) for node in _of_manifest(located.node))


def _of_manifest(node: Expression) -> Iterator[Expression]:
    """What of a manifest, an object or YAML in a string, is a Secret's content."""
    items = dict(items_of(node))
    if "kind" in items and string_of(items["kind"]) == "Secret":
        yield from (items[key] for key in ("data", "stringData") if key in items)
    waiting: list[ast.Node] = [node]
    while waiting:
        part = waiting.pop()
        match part:
            case (ast.STRING | ast.TEXT, _, _, text) if _KIND.search(text):
                yield node
                return
        waiting.extend(children(part))


def _says(section: Section, flag: str) -> bool:
    located = section.attributes.get(flag)
    match located and located.node:
        case (ast.LITERAL, _, _, True):
            return True
    return False


def target_of(directory: str, section: Section) -> str | None:
    """The folder of a called module, where it is one of this repo."""
    source = section.attributes.get("source")
    text = string_of(source.node) if source is not None else None
    if text is None or not text.startswith("."):
        return None
    path = posixpath.normpath(posixpath.join(directory, text))
    return "" if path == "." else path


def items_of(node: Expression) -> list[tuple[str, Expression]]:
    """The values of an object constructor by the keys that are literal."""
    match node:
        case (ast.OBJECT, _, _, pairs):
            return [(name, value) for key, value in pairs if (name := string_of(key)) is not None]
    return []
