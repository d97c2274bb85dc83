"""YAML files as the Kubernetes objects in them, each value with its line.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/ and
https://kubernetes.io/docs/reference/kubernetes-api/ (``List``)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from readers.kubernetes.manifests import mapped
from tfparse.cty.values import Unknown, Value, object_, string, tuple_, unknown
from tfparse.diagnostics import Origin, TerraformError
from tfparse.documents import decode_yaml
from tfparse.source.git import GIT_CRYPT
from tfparse.source.places import OutsideRoot
from tfparse.source.sources import SourceTree

SUFFIXES = (".yaml", ".yml", ".json")

Filling = Callable[[str, Origin], Value]
"""Makes a value of a text in which something is still to be put in."""


class Documents(Struct, frozen=True):
    """What stands in a file: the documents that are maps, why there may be others, and those that are lists."""

    maps: tuple[Value, ...] = ()
    doubts: tuple[Unknown, ...] = ()
    lists: tuple[Value, ...] = ()


def verbatim(text: str, origin: Origin) -> Value:
    """A text as it stands."""
    return string(text, origin, verbatim=True)


def read_documents(tree: SourceTree, file: str, shown: str = "", fill: Filling = verbatim) -> Documents:
    """The documents of a file; those that cannot be read are doubts, by the name that the file is ``shown`` by."""
    path = shown or file
    origin = Origin(path, 1)
    try:
        data = tree.read_bytes(file)
        text = data.decode() if not data.startswith(GIT_CRYPT) else None
    except (OSError, OutsideRoot, UnicodeDecodeError) as error:
        return Documents((), (Unknown(f"{path} cannot be read: {error}", origin),))
    if text is None:
        return Documents((), (Unknown(f"{path} is git-crypt ciphertext", origin),))
    return _read(((fill(document, Origin(path, line)), document) for line, document in split(text)), path)


def read_text(text: Value, shown: str, fill: Filling = verbatim) -> Documents:
    """The documents of a text that stands within another file."""
    said, origin = text.as_string(), text.origin or Origin(shown, 1)
    found = list(split(said))
    if len(found) == 1 and fill is verbatim:
        return _read([(text, said)], shown)
    return _read(((fill(document, origin), document) for _, document in found), shown)


def _read(documents: Iterable[tuple[Value, str]], path: str) -> Documents:
    maps: list[Value] = []
    lists: list[Value] = []
    doubts: list[Unknown] = []
    for text, said in documents:
        try:
            held = decode_yaml(text, octal=True)
        except TerraformError as error:
            doubts.append(_unreadable(path, said, error))
            continue
        if held.unknown is not None:
            doubts.append(held.unknown)
        elif isinstance(held.raw, tuple):
            lists.append(held)
        elif isinstance(held.raw, dict) and is_template(held):
            doubts.append(Unknown(f"{path} is a template: {{{{ }}}} is filled in by whatever renders it", held.origin))
        elif isinstance(held.raw, dict):
            maps.append(_decrypted(held) if "sops" in held.raw else held)
    return Documents(tuple(maps), tuple(doubts), tuple(lists))


def _unreadable(path: str, document: str, error: TerraformError) -> Unknown:
    first = error.diagnostics[0]
    if "{{" in document:
        return Unknown(f"{path} is a template, and no YAML before it is rendered", first.origin)
    return Unknown(f"{path} is no YAML: {first.detail or first.summary}", first.origin)


def split(text: str) -> Iterator[tuple[int, str]]:
    """The documents of a stream, each with the line that it begins on; those without content are left out."""
    begun, held = 1, ""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if not line.startswith("---") or line[3:4].strip():
            held += line
            continue
        if _says_something(held):
            yield begun, held
        # What stands behind the marker is part of the document, in the same line.
        rest = line[3:]
        begun, held = (number, f"   {rest}") if rest.split("#")[0].strip() else (number + 1, "")
    if _says_something(held):
        yield begun, held


def _says_something(text: str) -> bool:
    """Whether a document is more than comments and directives (``%YAML 1.2``)."""
    return any(line.strip() and not line.lstrip().startswith("#") and line[0] != "%" for line in text.splitlines())


def is_template(document: Value) -> bool:
    """Whether something is still to be put into the name or namespace of what a document declares."""
    held = mapped(mapped(document).get("metadata"))
    names = [held[key].raw for key in ("name", "namespace") if key in held]
    return any(isinstance(name, str) and "{{" in name for name in names)


def objects_of(document: Value) -> Iterator[Value]:
    """The objects that a document declares: itself, or the items of a list; none where it is something else."""
    held = mapped(document)
    kind, items = held.get("kind"), held.get("items")
    if kind is None or "apiVersion" not in held:
        return
    if isinstance(kind.raw, str) and kind.raw.endswith("List") and items is not None and isinstance(items.raw, tuple):
        for item in items.raw:
            yield from objects_of(item)
    elif isinstance(kind.raw, (str, Unknown)):
        yield document


def _decrypted(value: Value) -> Value:
    """A document of SOPS's with what it encrypts unknown.  Source: https://getsops.io/docs/#encryption-protocol"""
    if isinstance(value.raw, dict):
        kept = {key: _decrypted(held) for key, held in value.raw.items() if key != "sops"}
        return object_(kept, value.origin, value.rest)
    if isinstance(value.raw, tuple):
        return tuple_(tuple(map(_decrypted, value.raw)), value.origin)
    if isinstance(value.raw, str) and value.raw.startswith("ENC["):
        return unknown("SOPS encrypts it", value.origin).marked()
    return value
