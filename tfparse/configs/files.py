"""The world that functions may read: files of the infra repo, as seen from one module."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from tfparse.configs.rendering import render, variables_in
from tfparse.cty.normal import normalized
from tfparse.cty.values import SECRET, Part, Unknown, Value, text
from tfparse.diagnostics import Diagnostic, Origin, UnknownValueError, UnsupportedError
from tfparse.functions import FunctionError, Unsupported
from tfparse.source import pools
from tfparse.source.git import GIT_CRYPT
from tfparse.source.places import FileUnknown, OutsideRoot
from tfparse.source.pools import Pools
from tfparse.source.sources import SourceTree

MAX_INSTANCES = 20_000
MAX_ITERATIONS = 12_000_000
MAX_TEXT = 32 * 1024 * 1024
_BYTES = 160
"""To read so many bytes of a file is worth a step."""
_ENTRY = 60
"""And an entry of a directory is worth so many."""


class Budget:
    """How much may be worked out: hostile source comes to its end within seconds.

    Raises:
        UnsupportedError: an evaluation goes past it.
    """

    __slots__ = ("_instances", "_iterations", "_pools", "_text")

    def __init__(self, run: Pools | None = None) -> None:
        self._pools = run or Pools()
        self._instances = 0
        self._iterations = 0
        self._text = 0

    @property
    def is_ample(self) -> bool:
        """Whether the greater part of it is left."""
        used = self._iterations / MAX_ITERATIONS, self._text / MAX_TEXT, self._instances / MAX_INSTANCES
        return max(used) < 0.5

    def spend(self, iterations: int) -> None:
        """Count steps of evaluation: values gone through, and what else takes as long as some of them."""
        self._iterations += iterations
        if self._iterations > MAX_ITERATIONS:
            raise UnsupportedError(Diagnostic("Too much work", f"More than {MAX_ITERATIONS} steps of evaluation."))
        if not self._pools.iterations.take(iterations, self._iterations):
            detail = f"More than {pools.MAX_ITERATIONS} steps of evaluation in all root modules."
            raise UnsupportedError(Diagnostic("Too much work", detail))

    def spend_text(self, characters: int) -> None:
        """Count characters of rendered templates."""
        self._text += characters
        if self._text > MAX_TEXT:
            raise UnsupportedError(Diagnostic("Too much text", f"Templates make more than {MAX_TEXT} characters."))
        if not self._pools.text.take(characters, self._text):
            detail = f"Templates make more than {pools.MAX_TEXT} characters in all root modules."
            raise UnsupportedError(Diagnostic("Too much text", detail))

    def spend_instances(self, number: int) -> None:
        """Count instances of resources and modules."""
        self._instances += number
        if self._instances > MAX_INSTANCES:
            raise UnsupportedError(Diagnostic("Too many instances", f"The root module has more than {MAX_INSTANCES}."))
        if not self._pools.instances.take(number, self._instances):
            detail = f"The root modules have more than {pools.MAX_INSTANCES} together."
            raise UnsupportedError(Diagnostic("Too many instances", detail))


class FileContext:
    """Paths are relative to the directory where Terraform runs: that of the root module."""

    def __init__(
        self,
        tree: SourceTree,
        root_directory: str,
        budget: Budget | None = None,
        *,
        short_circuits: Callable[[], bool] = bool,
        has_provider: Callable[[str], bool] = bool,
    ) -> None:
        self.tree = tree
        self.has_provider = has_provider
        self.short_circuits = short_circuits
        self.root_directory = root_directory
        budget = budget or Budget(tree.pools)
        self.spend = budget.spend
        self.spend_text = budget.spend_text

    def locate(self, path: str) -> str:
        if path.startswith("~"):
            raise Unsupported("the home directory depends on who runs Terraform", 0)
        try:
            place = self.tree.locate(self.root_directory, path)
            self.tree.resolve(place)
        except OutsideRoot as error:
            raise Unsupported(str(error), 0) from None
        return place

    def marks_at(self, file: str, line: int, column: int) -> int:
        """The marks of a literal that stands there."""
        return SECRET if self.tree.secrets.is_literal(file, line, column) else 0

    def marks_of_file(self, path: str) -> int:
        """The marks of what is read from a file."""
        return SECRET if self.tree.secrets.is_file(self.locate(path)) else 0

    def remember(self, text: str) -> None:
        """Keeps a text that comes of a secret from being shown, whichever way it goes."""
        self.tree.secrets.remember(text)

    def read_bytes(self, path: str) -> bytes:
        data, place = self._read(path)
        if data.startswith(GIT_CRYPT):
            raise UnknownValueError(_ciphertext(place), Origin(place, 1))
        return data

    def _read(self, path: str) -> tuple[bytes, str]:
        place = self.locate(path)
        try:
            data = self.tree.read_bytes(place)
            self.spend(len(data) // _BYTES)
            return data, place
        except FileUnknown as error:
            raise Unsupported(str(error), 0) from None
        except OSError as error:
            raise FunctionError(str(error), 0) from None

    def read_text(self, path: str, origin: Origin | None) -> Value:
        """The content of a file, each line with its place; of git-crypt ciphertext, an unknown."""
        data, file = self._read(path)
        place = Origin(file, 1)
        if data.startswith(GIT_CRYPT):
            return text((Part(Unknown(_ciphertext(file), place), place, True),), place)
        try:
            marks = SECRET if self.tree.secrets.is_file(file) else 0
            return text((Part(normalized(data.decode("utf-8")), place, True, marks),), place, marks=marks)
        except UnicodeDecodeError:
            raise FunctionError(f"the file {path} is not valid UTF-8", 0) from None

    def exists(self, path: str) -> bool:
        return self.tree.is_file(self.locate(path))

    def glob(self, base: str, pattern: str) -> list[str]:
        """Files under ``base`` that match, relative to it, as ``fileset`` lists them."""
        place = self.locate(base)
        if not self.tree.is_directory(place) or ".." in pattern.split("/") or pattern.startswith("/"):
            return []
        found: list[str] = []
        for name, is_file in self.tree.glob(place, pattern):
            self.spend(_ENTRY)
            if is_file:
                found.append(name)
        # A link out of the repo is nothing to be silent about.
        return sorted(name for name in found if self.tree.is_file(self.locate(posixpath.join(base, name))))

    def abspath(self, path: str) -> Value:
        why = Unknown("an absolute path depends on where the repo is checked out")
        tail = posixpath.normpath(posixpath.join("/", self.locate(path))).rstrip("/")
        return text((Part("/", None), Part(why, None), Part(tail, None)))

    def render_template(self, text: Value, variables: Value, *, files: bool) -> Value:
        return render(self.tree, self, text, variables, files=files)

    def decode_variables(self, text: Value) -> Value:
        return variables_in(self.tree, self, text)


def _ciphertext(file: str) -> str:
    return f"{file} is git-crypt ciphertext"
