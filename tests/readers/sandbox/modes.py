"""Running a part of a test as another user, or where the kernel refuses namespaces."""

from __future__ import annotations

import ctypes
import functools
import json
import os
import shutil
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from readers.sandbox import begun, namespace, program

NOBODY = 65534
_ROOTS = namespace.root_of  # kept in every child: its folders are the parent's to remove
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_DUMPABLE, _PR_SET_SECUREBITS, _NO_ROOT_AND_LOCKED = 4, 28, 0x3
_CAPABILITY_VERSION_3 = 0x20080522


def as_nobody() -> None:
    """The rest of the process runs as the user nobody.  Only root can."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def denied(*, network: bool = False) -> None:
    """The rest of the process gets no namespace from the kernel, as in most containers.

    It stands in a user namespace that allows no other, and has no capability, whoever it is.  Without ``network``
    it has none either.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    _succeed(libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0))  # else its own files of /proc are root's
    _succeed(libc.unshare(_CLONE_NEWUSER | (0 if network else _CLONE_NEWNET)))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    _succeed(libc.prctl(_PR_SET_SECUREBITS, _NO_ROOT_AND_LOCKED, 0, 0, 0))
    _succeed(libc.capset((ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()))


def _succeed(status: int) -> None:
    if status:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def apart(action: Callable[[], Any], *before: Callable[[], None]) -> Any:
    """What an action gives in a process of its own, after what is done ``before`` there: JSON, or its traceback."""
    folder = tempfile.mkdtemp(prefix="apart-")
    os.chmod(folder, 0o777)  # whoever the process is then
    result = Path(folder, "result.json")
    child = os.fork()
    if not child:
        try:
            tempfile.tempdir = folder
            program._outcome.cache_clear()
            begun._BEGUN.clear()
            namespace.root_of = functools.cache(_ROOTS.__wrapped__)
            for step in before:
                step()
            result.write_text(json.dumps(action()))
        except BaseException:  # noqa: BLE001  (told to the parent; the process ends here, none of pytest runs in it)
            result.write_text(json.dumps(traceback.format_exc()))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    try:
        return json.loads(result.read_text())
    finally:
        shutil.rmtree(folder)
