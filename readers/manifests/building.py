"""kustomize, of Kubernetes: what it builds of a folder, asked where our own reading is in doubt.

It sees the files of the repo that the kustomization leads to, and nothing else: no network, no plugins, no Helm.
Source: https://kubectl.docs.kubernetes.io/references/kustomize/cmd/build/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from readers import Malformed
from readers.kubernetes.manifests import at, listed, mapped
from readers.manifests.files import Built, Files
from readers.manifests.objects import identity
from readers.sandbox.go import GO
from readers.sandbox.program import Program
from readers.sandbox.rendering import render
from tfparse.cty.values import Value, object_, string, tuple_, unknown
from tfparse.diagnostics import Origin
from tfparse.source.places import OutsideRoot

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_INSTALLING = "https://kubectl.docs.kubernetes.io/installation/kustomize/"
KUSTOMIZE = Program("kustomize", _INSTALLING, is_input=True, environment=GO)
KUBECTL = Program("kubectl", "https://kubernetes.io/docs/tasks/tools/", is_input=True, environment=GO)
_COMMANDS = ((KUSTOMIZE, "build"), (KUBECTL, "kustomize"))
_TOP = "repo"
"""The folder that stands for the repo: whatever leads out of it leads to nothing."""
_FOLDERS = ("resources", "bases", "components")
_MOST_SAID = 200
_PLUGINS = ("generators", "transformers", "validators")


def file_of(source: Files, folder: str) -> str | None:
    """The kustomization of a folder; None where it has none."""
    return next((path for name in NAMES if (path := posixpath.join(folder, name)) in source.files), None)


def command(folder: str) -> str:
    """What a person says to see the same, with the program that is installed."""
    program, word = _installed()
    return f"{program.name} {word} {folder or '.'}"


def build(source: Files, folder: str, instead: Value | None = None) -> str:
    """What kustomize builds of a folder; with another kustomization ``instead`` of the one that stands there.

    Raises:
        NotProven: neither kustomize nor kubectl is installed, or it cannot be kept from the machine's files.
        Malformed: it refuses the kustomization, or what that leads to is not in the repo or is no text.
    """
    program, word = _installed()
    given = _Given(source)
    given.folder(folder, instead)
    if instead is not None:
        given.texts[str(file_of(source, folder))] = render(instead, lambda path: "").text
    files = {f"{_TOP}/{path}": text for path, text in given.texts.items()}
    said = program.run([word, posixpath.join(_TOP, folder) if folder else _TOP], files, given.opens)
    if said.status:
        raise Malformed(program.name, _said(said.err))
    return said.out


def _installed() -> tuple[Program, str]:
    """The program that is asked, and its word for it: kustomize where there is one, else kubectl, which has it too."""
    return next((one for one in _COMMANDS if one[0].is_installed), _COMMANDS[-1])


def _said(error: str) -> str:
    """What it says, in one line; of much, the end, where the cause stands."""
    text = " ".join(line.strip() for line in error.splitlines() if not line.startswith("#"))
    text = text.removeprefix("Error: ").removeprefix("error: ")
    return text if len(text) <= _MOST_SAID else f"... {text[-_MOST_SAID:]}"


class _Given(Struct):
    """The files that a kustomization leads to, as texts."""

    source: Files
    texts: dict[str, str] = field(default_factory=dict)
    opens: str | None = None
    """What in them may make kustomize open a file that is none of these."""
    _seen: set[str] = field(default_factory=set)

    def folder(self, folder: str, instead: Value | None = None) -> None:
        """Add a folder's kustomization and all that it names."""
        file = file_of(self.source, folder)
        if file is None or folder in self._seen:
            return
        self._seen.add(folder)
        self._file(file)
        maps = (instead,) if instead is not None else self.source.documents(file).maps
        for held in maps:
            for key in _FOLDERS:
                for entry in listed(at(held, key)):
                    self._taken(folder, str(entry.raw), entry.origin)
            for text in _texts(held):
                self._named(folder, text)
            for key in _PLUGINS:
                for entry in listed(at(held, key)):
                    self._plugin(folder, str(entry.raw))

    def _taken(self, folder: str, said: str, origin: Origin | None) -> None:
        """What objects come from must be of this repo: kustomize would fetch it."""
        path = _joined(folder, said)
        if "\n" not in said and path not in self.source.files and file_of(self.source, path) is None:
            raise Malformed("kustomization", f"{said} is not in this repo", origin)

    def _named(self, folder: str, said: str) -> None:
        """Add what a text names, if it names a file or a folder: itself, or behind an equals sign."""
        if "\n" in said:
            return
        for name in {said, said.partition("=")[2]} - {""}:
            path = _joined(folder, name)
            if path == ".." or path.startswith(("../", "/")):
                self.opens = f"{folder or '.'} names {name}"
            elif path in self.source.files:
                self._file(path)
            else:
                self.folder(path)

    def _plugin(self, folder: str, said: str) -> None:
        """Add what the configuration of a generator or transformer names, which stands in a file or as it is."""
        path = _joined(folder, said)
        if "\n" in said:
            self.opens = f"{folder or '.'} configures a plugin"
        for held in self.source.documents(path).maps if path in self.source.files else ():
            for text in _texts(held):
                self._named(posixpath.dirname(path), text)
                self._named(folder, text)

    def _file(self, path: str) -> None:
        if path in self.texts:
            return
        try:
            self.texts[path] = self.source.tree.read_bytes(path).decode()
        except (OSError, OutsideRoot, UnicodeDecodeError) as error:
            raise Malformed("kustomization", f"{self.source.shown(path)} cannot be read: {error}") from None


def _joined(folder: str, said: str) -> str:
    path = posixpath.normpath(posixpath.join(folder, said))
    return "" if path == "." else path


def _texts(held: Value) -> Iterator[str]:
    if isinstance(held.raw, str):
        yield held.raw
    for child in held.raw.values() if isinstance(held.raw, dict) else held.raw if isinstance(held.raw, tuple) else ():
        yield from _texts(child)


# -- the places that decide what was built ----------------------------------------------------------------------------


def placed(objects: list[Value], like: Built, otherwise: Origin | None) -> list[Value]:
    """What was built, with the places of what reads the same; what reads otherwise, or is new, has another."""
    known: Mapping[tuple[str, str, str], Value] = {identity(one): one for one in like.objects}
    return [_placed(one, known.get(identity(one)), otherwise) for one in objects]


def _placed(one: Value, like: Value | None, otherwise: Origin | None) -> Value:
    origin = otherwise if like is None else like.origin
    if isinstance(one.raw, dict):
        held = mapped(like)
        return object_({key: _placed(v, held.get(key), otherwise) for key, v in one.raw.items()}, origin, one.rest)
    if isinstance(one.raw, tuple):
        items = like.raw if like is not None and isinstance(like.raw, tuple) else ()
        pairs = zip(one.raw, (*items, *[None] * len(one.raw)), strict=False)
        return tuple_(tuple(_placed(v, other, otherwise) for v, other in pairs), origin)
    if one.is_unknown:
        return unknown(one.unknown.reason if one.unknown is not None else "", origin)
    if like is not None and one.raw == like.raw and type(one.raw) is type(like.raw):
        return like
    return string(one.raw, otherwise, verbatim=True) if isinstance(one.raw, str) else one.at(otherwise)
