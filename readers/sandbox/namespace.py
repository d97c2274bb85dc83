"""What a program gets to see: a root folder of its own, with nothing in it but what it needs to run, and our folder.

The root is made of bind mounts in a mount namespace that ends with the program: the program, the libraries that its
own loader names, the few other files that it needs, all of them read-only, and the folder with the texts at ``/text``.
There is no ``/etc``, ``/home``, ``/proc`` or ``/tmp`` but for what of them the program needs.  The namespaces of
network and of System V IPC are empty.

Root takes the way that ends as the user nobody, without any capability; others, and root where that fails, take
a user namespace.  Both need ``unshare`` and ``mount`` of util-linux (2.34 or newer).
"""

from __future__ import annotations

import glob
import os
import re
import struct
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from msgspec import Struct

from tfparse.patterns import pattern
from tfparse.source.own_folder import OwnFolder

#: Where a program finds its texts: its home and its working folder.
TEXT = "/text"
#: What the standard error of a program begins with that was not started, because the namespace could not be made.
REFUSED = "unshare: "

_NOBODY = 65534
#: Where the loaders of glibc and musl look up libraries.
_LOADER_FILES = ("/etc/ld.so.cache", *(f"/etc/ld-musl-{machine}.path" for machine in ("x86_64", "aarch64")))
_ELF = b"\x7fELF"
"""How such a file begins."""
#: What fstab(5) would take for something else.
_ESCAPES = {ord(letter): f"\\{ord(letter):03o}" for letter in " \t\n\v\f\r\\#"}
_LIBRARY = pattern(r"^[^\S\n]*(?:\S+ => )?(/.*) \(0x[0-9a-f]+\)$", re.MULTILINE)
#: Mounts the root over the old one (which ``/..`` then leads to), and enters it.
_SCRIPT = (
    f'{{limits}}; said=$(mount -a -T "$1" 2>&1) || {{{{ echo "{REFUSED}$said" >&2; exit 1; }}}}; shift; '
    f'exec unshare --root=/.. --wd={TEXT} "$@"'
)


class Way(Struct, frozen=True):
    """A way to make the namespaces: options of the unshare that makes them, and of the one that enters the root.

    ``owner`` is the user whom the texts must belong to.
    """

    making: Sequence[str]
    entering: Sequence[str]
    owner: int

    def command(self, table: str, limits: str, program: Sequence[str]) -> list[str]:
        """The command that runs a program, with its arguments, in the root that a table of mounts describes."""
        script = _SCRIPT.format(limits=limits)
        return ["unshare", *self.making, "--", "sh", "-c", script, "sh", table, *self.entering, "--", *program]


def ways() -> Iterator[Way]:
    """The ways that are worth trying, the strongest first."""
    empty = ("--mount", "--net", "--ipc")
    if os.geteuid() == 0:
        yield Way(empty, (f"--setgid={_NOBODY}", f"--setuid={_NOBODY}"), _NOBODY)
    yield Way(("--user", "--map-root-user", *empty), (), os.geteuid())


def is_a_program(path: str) -> bool:
    """Whether a file is one that the kernel runs by itself; a file that cannot be read is none."""
    try:
        with open(path, "rb") as file:
            return file.read(4) == _ELF
    except OSError:
        return False


def first_program(paths: Iterable[str]) -> str | None:
    """The first of some files that is a program; else the first one."""
    first = None
    for path in paths:
        if is_a_program(path):
            return path
        # A version manager's shim (asdf, pyenv) stands before the program that it would start: which it is, it decides.
        first = first or path
    return first


class NotAProgramError(Exception):
    """A file that no kernel runs by itself: a script, whose interpreter may be anything."""


class Root(Struct, frozen=True):
    """A folder of empty places to mount on, and the lines of fstab(5) that fill them.

    The folder is removed when the last reference to it goes, at the latest when Python ends.
    """

    folder: OwnFolder
    lines: tuple[str, ...]

    def table(self, texts: str) -> str:
        """The table of all mounts, those of the texts and of the root itself at last."""
        root = self.folder.name
        last = (_bind(texts, root + TEXT, "rw,nodev"), _bind(root, "/.", "ro,nodev", "rbind"))
        return "\n".join((*self.lines, *last, ""))


@cache
def root_of(program: str, needs: tuple[str, ...], hidden: tuple[str, ...] = ()) -> Root:
    """The root for a program and what else it needs: patterns of absolute paths of files and folders.

    Folders in those that are to be ``hidden`` are empty there.

    Raises:
        NotAProgramError: it is a script.
    """
    made = OwnFolder("proof")
    root = made.name
    os.chmod(root, 0o755)  # for nobody to enter; all that is in it are places to mount on
    os.mkdir(root + TEXT)
    lines = [_bind(root, root, "ro,nodev")]
    for path in dict.fromkeys((program, *_libraries(program), *_present((*_LOADER_FILES, *needs)))):
        lines.append(_place(root, path))
    # The folder for the texts is empty as yet, and what is mounted there later is not seen in other places.
    lines += (_bind(root + TEXT, root + path, "ro,nodev") for path in hidden if os.path.isdir(path))
    return Root(made, tuple(lines))


def _present(patterns: Iterable[str]) -> Iterator[str]:
    """The files and folders that there are."""
    return (path for pattern in patterns for path in sorted(glob.glob(pattern)))


def _place(root: str, path: str) -> str:
    """Makes the place that a file or folder is mounted on, and says so in a line of the table."""
    place = root + path
    if os.path.isdir(path):
        os.makedirs(place, 0o755, exist_ok=True)
        return _bind(path, place, "ro,nodev", "rbind")
    os.makedirs(os.path.dirname(place), 0o755, exist_ok=True)
    os.close(os.open(place, os.O_CREAT, 0o600))
    return _bind(path, place, "ro,nodev" if os.path.isfile(path) else "ro")


def _bind(source: str, place: str, options: str, how: str = "bind") -> str:
    return f"{source.translate(_ESCAPES)} {place.translate(_ESCAPES)} none {how},{options},nosuid 0 0"


def _libraries(program: str) -> Iterable[str]:
    """The program's loader and the libraries that it names; none of a program that is linked statically."""
    loader = _loader(program)
    if loader is None:
        return ()
    # The loader is the one that the kernel would start, and lists what it would load without running the program.
    said = subprocess.run(  # noqa: S603  (see above)
        [loader, "--list", program], env={}, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return (loader, *_LIBRARY.findall(os.fsdecode(said.stdout)))


def _loader(program: str) -> str | None:
    """The interpreter that an ELF file names (PT_INTERP), see elf(5)."""
    with open(program, "rb") as file:
        head = file.read(64)
        if head[:4] != _ELF or len(head) < 64:
            raise NotAProgramError(program)
        order = "<" if head[5] == 1 else ">"
        wide = head[4] == 2
        (start,) = struct.unpack_from(f"{order}{'Q' if wide else 'I'}", head, 32 if wide else 28)
        size, count = struct.unpack_from(f"{order}HH", head, 54 if wide else 42)
        for index in range(count):
            file.seek(start + index * size)
            header = file.read(size)
            (kind,) = struct.unpack_from(f"{order}I", header)
            if kind == 3:
                place, length = struct.unpack_from(f"{order}{'8xQ16xQ' if wide else '4xI8xI'}", header)
                file.seek(place)
                return os.fsdecode(file.read(length).rstrip(b"\0"))
    return None
