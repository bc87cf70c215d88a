"""The few calls of Linux that Python has no names for."""

from __future__ import annotations

import ctypes
import os

PR_SET_DUMPABLE, PR_SET_SECCOMP = 4, 22
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38

_libc = ctypes.CDLL(None, use_errno=True)


def called(name: str, *arguments: int | bytes | None) -> int:
    """What a function of the C library gives. Raises OSError where it fails."""
    wide = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    found = getattr(_libc, name)(*wide)
    if found < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return found


def prctl(option: int, value: int = 0, more: int = 0) -> None:
    """Set a property of this process. Raises OSError where that fails."""
    called("prctl", option, value, more, 0, 0)


def drop_capabilities() -> None:
    """Give up all rights of root, within namespaces and without. Raises OSError."""
    header, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    called("capset", ctypes.addressof(header), ctypes.addressof(nothing))


def address(thing: ctypes.Structure) -> int:
    """Where a structure lies."""
    return ctypes.addressof(thing)
