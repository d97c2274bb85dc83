"""Files of the repo as subjects."""

from __future__ import annotations

from pathlib import PurePosixPath

from readers import Malformed, Missing, nearest
from readers.subjects.node import ValueNode
from readers.subjects.subject import Subject, Subjects
from readers.subjects.texts import read_text
from tfparse import Infra, Origin, Value
from tfparse.cty.values import object_, string, unknown
from tfparse.source.git import GIT_CRYPT
from tfparse.source.places import OutsideRoot


def file_text(infra: Infra, path: str) -> Value:
    """The text of a file of the repo; unknown where it is git-crypt ciphertext.

    Raises:
        Missing: the repo has no such file; the message names the nearest.
        Malformed: it is no text.
    """
    origin = Origin(path, 1)
    if path not in infra.files:
        raise Missing(f"file {path}", f"the repo{nearest(path, list(infra.files))}")
    try:
        data = infra.tree.read_bytes(path)
        if data.startswith(GIT_CRYPT):
            return unknown(f"{path} is git-crypt ciphertext", origin)
        return string(data.decode(), origin, verbatim=True)
    except (OSError, OutsideRoot, UnicodeDecodeError) as error:
        raise Malformed(f"file {path}", str(error), origin) from error


def file_subject(infra: Infra, path: str, form: str) -> Subject:
    """A file of the repo, read as one of the forms of :data:`readers.subjects.texts.FORMS`."""
    read = infra.kept(("file", path, form), lambda: read_text(file_text(infra, path), form, f"file {path}"))
    return Subject(f"file {path}", ValueNode(read, Origin(path, 1)))


def files_like(infra: Infra, pattern: str, label: str) -> Subjects:
    """The files of the repo whose path is like a glob (``*`` within a folder, ``**`` across folders), by ``path``."""
    found = [path for path in infra.files if _is_like(path, pattern)]
    nodes = [ValueNode(object_({"path": string(path, Origin(path, 1))}, Origin(path, 1))) for path in found]
    return Subjects(label, tuple(Subject(f"file {path}", node) for path, node in zip(found, nodes, strict=True)))


def _is_like(path: str, pattern: str) -> bool:
    """Whether a path is like a glob, folder by folder."""
    return _fits(PurePosixPath(path).parts, PurePosixPath(pattern).parts)


def _fits(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    # How many of the parts the pattern so far may have taken: no more than there are, however many ``**`` it has.
    taken = {0}
    for name in pattern:
        if name == "**":
            taken = set(range(min(taken, default=len(parts) + 1), len(parts) + 1))
        else:
            taken = {at + 1 for at in taken if at < len(parts) and PurePosixPath(parts[at]).match(name)}
    return len(parts) in taken
