"""A file that this program keeps for itself in the user's cache, and believes only if it is ours and whole."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path


def cache_directory() -> Path:
    """Where caches of this user go (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "design-policy"


def cache_name(infra: Path) -> str:
    """The name of an infra repo's file among the caches."""
    return own_name(str(infra.resolve())) + ".trees"


def own_name(of: str) -> str:
    """A name for the file about something: it tells nothing of what that is."""
    return hashlib.blake2b(of.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def sealed(data: bytes, seal: bytes) -> bytes:
    """The data under a stream of bytes that only the seal gives; sealing it again opens it.

    A seal seals one text only.
    """
    stream = hashlib.shake_256(seal).digest(len(data))
    return (int.from_bytes(data, "little") ^ int.from_bytes(stream, "little")).to_bytes(len(data), "little")


def keep_newest(folder: Path, suffix: str, most: int) -> None:
    """Remove the files of a kind that were written first, but for so many."""
    with suppress(OSError):
        files = sorted(folder.glob(f"*{suffix}"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        for file in files[most:]:
            file.unlink()


def read_own(file: Path, magic: bytes, most: int | None = None) -> bytes | None:
    """What :func:`write_own` has put there with the same first line; None where nothing is, or anything else.

    ``most``: of a file longer than so many bytes nothing is believed.
    """
    try:
        with file.open("rb") as opened:
            about = os.fstat(opened.fileno())
            if about.st_uid != os.getuid() or about.st_mode & 0o022 or (most is not None and about.st_size > most):
                return None
            data = opened.read()
    except (OSError, AttributeError):
        return None
    head = len(magic)
    payload = data[head + 32 :]
    whole = data[:head] == magic and hashlib.sha256(payload).digest() == data[head : head + 32]
    return payload if whole else None


def write_own(file: Path, magic: bytes, payload: bytes) -> bool:
    """Put a file there, whole or not at all; whether it is there.  One that cannot be written is no error."""
    import tempfile  # it takes longer to load than most caches do

    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "wb") as out:
            out.writelines((magic, hashlib.sha256(payload).digest(), payload))
        os.replace(temporary, file)
        return True
    return False
