"""Landlock: which folders a process and its children may read, and which write.

Three calls of the kernel, made here: the library of that name is a pre-release, without the rules
for networks and signals that newer kernels have.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence

from .linux_calls import PR_SET_NO_NEW_PRIVS, address, called, prctl

CREATE, ADD_RULE, RESTRICT = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
#: How many rights over files each version of Landlock knows.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NEVER = EXECUTE | IOCTL_DEV


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("access", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """The kernel's version of Landlock; 0 where it has none."""
    try:
        return called("syscall", CREATE, 0, 0, 1)
    except OSError:
        return 0


def restrict(readable: Sequence[str], writable: Sequence[str]) -> int:
    """Allow nothing but these folders and files, to this process and all that it starts.

    No TCP either and, where the kernel can, no signals to others. The version of Landlock; 0 where
    there is none. Raises OSError where a rule cannot be made.
    """
    abi = version()
    if not abi:
        return 0
    every = (1 << _RIGHTS.get(abi, 16)) - 1
    rules = _Ruleset(every, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    made = called("syscall", CREATE, address(rules), size, 0)
    read, write = READ_FILE | READ_DIR, every & ~_NEVER
    try:
        for paths, access in ((readable, read), (writable, write)):
            for path in paths:
                _allow(made, path, access)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        called("syscall", RESTRICT, made, 0)
    finally:
        os.close(made)
    return abi


def _allow(ruleset: int, path: str, access: int) -> None:
    if not os.path.exists(path):
        return
    if not os.path.isdir(path):
        access &= READ_FILE | WRITE_FILE | TRUNCATE
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _Beneath(access, opened)
        called("syscall", ADD_RULE, ruleset, 1, address(rule), 0)
    finally:
        os.close(opened)
