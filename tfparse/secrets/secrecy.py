"""What of an infra repo is secret, and where it stands: found in the source as it is written, so that it is known even
where nothing can be worked out.

Secret is what a Secret's data, an input variable or an output that is declared sensitive, and ``sensitive()`` are made
of: the literals there, the values of the variables and locals that are named there (the callers' arguments, variable
files and defaults), and the files that are read there.  So is every file that git-crypt encrypts, once it is unlocked.
What does not parse may hold any of these.
"""

from __future__ import annotations

import io
import posixpath
import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator
from functools import cached_property, partial
from hashlib import blake2b
from itertools import groupby

from msgspec import Struct, field
from msgspec.structs import replace

from tfparse.configs.file_names import SOURCE
from tfparse.cty.values import REDACTED
from tfparse.diagnostics import Diagnostic, TerraformError
from tfparse.graph.basis import NoBasis
from tfparse.infra import Infra, kept
from tfparse.patterns import pattern
from tfparse.secrets.facts import code
from tfparse.secrets.search import KnownTexts
from tfparse.secrets.taint import Literal, Taint
from tfparse.secrets.words import WordsSought, split, words
from tfparse.source.git import GIT_CRYPT
from tfparse.source.git_crypt import encrypted
from tfparse.source.places import OutsideRoot
from tfparse.source.reads import Reads
from tfparse.source.secret_places import SecretPlaces
from tfparse.source.sources import SourceTree

TOO_MANY = "(not shown: the repo holds more secrets than are looked for)"
UNREADABLE = "(not shown: the file does not parse, so what is secret in it cannot be told)"

MAX_WORDS = 200_000
"""How many words of secrets are looked for in what is shown; where there are more, nothing is that the repo says."""
_SHORTEST_VALUE, _SHORTEST_WORD = 5, 6
_ELLIPSIS, _APART = pattern(r"(\.\.\.|…)"), pattern(r"""[\s"'`]""")
_SHORTEST_BEGINNING = 4
_NO_PLAIN_WORD = pattern(r"[^A-Za-z]|[a-z][A-Z]")
#: The first line of a top-level block, and the type of a resource.
_HEADER = pattern(r'^(?:resource\s+"(?P<type>\w+)"|[a-z]+\b[^=\n]*\{)', re.MULTILINE)
#: How resources are called whose arguments may be secrets: a manifest may be one of whatever kind.
_MAY_HOLD = pattern("secret|manifest", re.IGNORECASE)


class Secrets(Struct, dict=True):
    """The places and the texts of an infra repo's secrets; paths are relative to its root."""

    tree: SourceTree
    lines: dict[str, set[int]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    """Those of which every line is secret."""
    unreadable: set[str] = field(default_factory=set)
    """Those that do not parse."""
    texts: set[str] = field(default_factory=set)
    """Literals, lines of text, and the words in them that tell something."""
    sources: tuple[str, ...] = ()
    words_left: int = MAX_WORDS
    literals: list[Literal] = field(default_factory=list)
    """Those that secrets are made of."""
    variables: frozenset[tuple[str, str]] = frozenset()
    """The variables that secrets are made of, each with the folder of its module."""
    _headers: dict[str, list[tuple[int, bool]]] = field(default_factory=dict)
    _plain: set[str] = field(default_factory=set)
    """Texts without a secret: much is said of many findings."""
    _made: tuple[int, KnownTexts] = field(default_factory=lambda: (0, KnownTexts(())))

    @cached_property
    def places(self) -> SecretPlaces:
        """Where they are read.  A literal that stands in the open elsewhere is none."""
        found: dict[str, set[tuple[int, int]]] = {}
        for literal in self.literals:
            held = found.setdefault(literal.file, set())
            if not self.is_open(literal.text):
                held.add((literal.first, literal.column))
        literals = {file: frozenset(places) for file, places in found.items()}
        return SecretPlaces(frozenset(self.files), literals, self.variables, self.is_open)

    def is_open(self, text: str) -> bool:
        """Whether all words of a text stand in the open somewhere in the source."""
        return all(word in (self.found if word in self._sought else self._open) for word in words(text))

    def learn(self, text: str) -> None:
        """Count the lines of a text among what is secret."""
        for line in map(str.strip, io.StringIO(text)):
            found = words(line) if line not in self.texts else []
            self.words_left -= bool(found) + len(found)
            if self.words_left < 0:
                return
            self.texts.update(w for w in found if len(w) >= _SHORTEST_WORD and _NO_PLAIN_WORD.search(w))
            if len(line) >= _SHORTEST_VALUE:
                self.texts.add(line)

    def redacted_line(self, file: str, line: int) -> str | None:
        """What to show in place of a line that must not be shown; None of any other line."""
        if file in self.files or line in self.lines.get(file, ()):
            return REDACTED
        return UNREADABLE if file in self.unreadable and not self._is_plain(file, line) else None

    def _is_plain(self, file: str, line: int) -> bool:
        """Whether a line of a file that does not parse stands in a block whose arguments are no secrets."""
        headers = self._headers.get(file)
        if headers is None:
            headers = self._headers[file] = list(_headers(_text(self.tree, file)))
        place = bisect_right(headers, (line, True)) - 1
        return place >= 0 and headers[place][1]

    def redacted(self, text: str, said: Container[str] = ()) -> str:
        """The text without the secrets in it.  ``said``: words that are no secret, whatever the repo says."""
        if self.words_left < 0:
            return text if all(word in said for word in words(text)) else TOO_MANY
        looked_for = [known for known in (self._made_of_them, self._known) if len(known)]
        if text in self._plain:
            return text
        shown, met = text, list[str]()

        def was_said(secret: str) -> bool:
            met.append(secret)
            return all(word in said for word in words(secret))

        for known in looked_for:
            shown = known.replaced(shown, REDACTED, was_said)
        shown = self._without_beginnings(shown) if self._known else shown
        if shown == text and not met:  # whatever was said
            self._plain.add(text)
        return shown

    @property
    def _made_of_them(self) -> KnownTexts:
        """What functions have made of secrets so far, as far as it can be told from other text."""
        made = self.tree.made_of_secrets
        if len(made) != self._made[0]:
            texts = {text.strip() for text in made}
            closed = KnownTexts(text for text in texts if len(text) >= _SHORTEST_VALUE and not self.is_open(text))
            self._made = len(made), closed
            self._plain.clear()
        return self._made[1]

    def _without_beginnings(self, text: str) -> str:
        """The text without the beginnings of secrets that somebody else has cut off (``hunt...``)."""
        *pieces, rest = _ELLIPSIS.split(text)
        shown = ""
        for piece, dots in zip(pieces[::2], pieces[1::2], strict=True):
            beginning = _APART.split(piece)[-1]
            cut = len(beginning) >= _SHORTEST_BEGINNING and self._known.begins(beginning)
            shown += piece.removesuffix(beginning) + REDACTED if cut else piece + dots
        return shown + rest

    def digest_of_texts(self) -> bytes:
        """Two states of a repo with the same digest redact every text alike.  What functions have made of secrets
        (``made_of_secrets`` of the tree) is not in it: that is known only once they were called.
        """
        said = repr(("too many" if self.words_left < 0 else "", *self._known))
        return blake2b(said.encode("utf-8", "backslashreplace"), digest_size=16).digest()

    def redacted_diagnostic(self, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic without secrets."""
        at = diagnostic.origin
        excerpt = (self.redacted_line(at.file, at.line) if at else None) or self.redacted(diagnostic.excerpt)
        return replace(diagnostic, detail=self.redacted(diagnostic.detail), excerpt=diagnostic.excerpt and excerpt)

    @cached_property
    def _known(self) -> KnownTexts:
        """What is not to be shown: a text that also stands in the open is not among it."""
        return KnownTexts(text for text in self.texts if not self.is_open(text))

    @cached_property
    def _sought(self) -> frozenset[str]:
        """The words of what is secret: hardly anybody asks for others, and all would take megabytes."""
        return frozenset(w for text in (*self.texts, *(held.text for held in self.literals)) for w in words(text))

    @cached_property
    def found(self) -> set[str]:
        """Those of them that stand in the open, too.  Which stand in the files of a folder is kept between runs."""
        sought = blake2b(repr(sorted(self._sought)).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
        words_sought, found = WordsSought(self._sought), set[str]()
        for _, files in groupby(self.sources, posixpath.dirname):
            paths = tuple(files)
            hidden = [
                (sorted(self.lines.get(path, ())), path in self.files or path in self.unreadable) for path in paths
            ]
            about = repr((code(), sought, hidden)).encode("utf-8", "backslashreplace")
            found.update(self.tree.told_of_texts(paths, about, partial(self._found_in, paths, words_sought)))
        return found

    def _found_in(self, paths: Iterable[str], sought: WordsSought) -> tuple[str, ...]:
        return tuple(sorted(sought.among(b"\n".join(self._open_sources(paths)))))

    @cached_property
    def _open(self) -> set[str]:
        """The words of all source that is not secret."""
        return {word for source in self._open_sources(self.sources) for word in split(source)}

    def _open_sources(self, paths: Iterable[str]) -> Iterator[bytes]:
        """What of each file is not secret."""
        for file in paths:
            if not self._is_closed(file):
                source, hidden = _bytes(self.tree, file), self.lines.get(file)
                if hidden:
                    source = b"\n".join(line for n, line in enumerate(source.split(b"\n"), 1) if n not in hidden)
                yield source

    def _is_closed(self, file: str) -> bool:
        """Whether no line of a file is open."""
        return file in self.files or file in self.unreadable


def find_secrets(infra: Infra) -> Secrets:
    """The secrets of an infra repo.  Nothing is evaluated; what cannot be read is no error here."""
    with infra.aside(NoBasis(Reads())):
        return _secrets(infra)


@kept
def _secrets(infra: Infra) -> Secrets:
    ahead, infra.secrets_ahead = infra.secrets_ahead, None
    found: Secrets | None = ahead(infra) if ahead is not None else None
    return look_for_secrets(infra) if found is None else found


def look_for_secrets(infra: Infra) -> Secrets:
    """The same, looked for in this process."""
    with infra.tree.at_hand.each_once():
        secrets = _looked_for(infra)
        _ = secrets.found  # which reads all files once more
    if infra.stored is None or not infra.stored.is_blank:
        infra.tree.put_away()  # those of the whole repo, of which most will be asked nothing more
    return secrets


def _looked_for(infra: Infra) -> Secrets:
    tree, paths = infra.tree, infra.files
    sources = tuple(path for path in paths if path.endswith(SOURCE))
    # What it looks up later, in files that all are read here, nobody rests on who happens to ask.
    secrets = Secrets(tree.view(), sources=sources)
    taint = Taint(infra, [path for path in sources if path.endswith((".tfvars", ".tfvars.json"))])
    secrets.literals, secrets.variables = list(taint.literals()), taint.variables
    for file, first, last, text, _ in secrets.literals:
        if text.strip():
            secrets.lines.setdefault(file, set()).update(range(first, last + 1))
        secrets.learn(text)
    for held in (text for root in infra.beside for text in root.secret_texts()):
        secrets.lines.setdefault(held.file, set()).update(range(held.first, held.last + 1))
        secrets.learn(held.text)
    for path in [*taint.files(paths), *encrypted(tree, paths)]:
        secrets.files.add(path)
        if path in sources:
            secrets.literals += taint.all_of(path)
        secrets.learn(_text(tree, path))
    for path, at in _unreadable(tree, (path for path in sources if path not in taint.sound)):
        secrets.unreadable.add(path)
        if secrets.redacted_line(path, at):
            # What is said of this line may quote it.
            secrets.learn("".join(_lines(tree, path)[at - 1 : at]))
    return secrets


def _headers(text: str) -> Iterator[tuple[int, bool]]:
    """The lines at which blocks begin, each with whether it is one of a resource whose arguments are no secrets."""
    line, done = 1, 0
    for header in _HEADER.finditer(text):
        line += text.count("\n", done, header.end())
        done = header.end()
        yield line, header["type"] is not None and not _MAY_HOLD.search(header["type"])


def _bytes(tree: SourceTree, path: str) -> bytes:
    try:
        data = tree.read_bytes(path)
    except (OSError, OutsideRoot):
        return b""
    return b"" if data.startswith(GIT_CRYPT) or b"\0" in data else data


def _text(tree: SourceTree, path: str) -> str:
    return _bytes(tree, path).decode("utf-8", "replace")


def _lines(tree: SourceTree, path: str) -> list[str]:
    return _text(tree, path).split("\n")


def _unreadable(tree: SourceTree, sources: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The files that do not parse, each with the lines that it is refused for."""
    for path in sources:
        try:
            tree.parse(path)
        except TerraformError as error:
            yield from ((path, diagnostic.origin.line if diagnostic.origin else 1) for diagnostic in error.diagnostics)
