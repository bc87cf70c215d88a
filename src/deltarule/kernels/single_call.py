"""Methods of a bound kernel that are functions of C's: they take nothing, and have nothing to do
but to call machine code (`prelude.called_passes`).
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import importlib.resources
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.kernels.build import at_hand
from deltarule.kernels.cache import store
from deltarule.kernels.cache.loading import kind, signature
from deltarule.signed_files import fingerprint

#: Passes over more bytes than this may take so long that other threads of Python must go on.
SHORT = 1 << 14
_NO_ARGUMENTS = 4


class _Method(ctypes.Structure):
    """What CPython wants to know of a function of C's (`PyMethodDef`)."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


class _Table(np.ndarray):
    """The numbers that the machine code reads; it keeps what they are the places of."""

    kept: tuple


def address(dispatcher: Any, arguments: Sequence) -> int | None:
    """Where the machine code of a function that is compiled for arguments like these lies, if other
    machine code can call it.
    """
    if hasattr(dispatcher, "with_numba"):
        found = dispatcher.address(arguments)
        if found is not None:
            return found
        dispatcher = dispatcher.with_numba()
    found = getattr(dispatcher, "overloads", {}).get(signature(map(kind, arguments)))
    if found is None:
        return None
    with contextlib.suppress(Exception):  # Numba's own classes: what they lack is not needed
        return found.library.get_pointer_to_function(found.fndesc.llvm_func_name) or None


def method(
    name: str,
    doc: str,
    folder: Path,
    passes: Sequence[tuple[int, int]],
    kept: tuple,
    result: object,
) -> Callable | None:
    """A function without arguments that calls `passes`, each at an address with one integer, and
    returns `result`; it keeps what they need. None where there is no such function.

    `folder` is where kernels are kept.
    """
    defined = _defined(name, doc, folder)
    if defined is None:
        return None
    numbers = [id(result), len(passes), *(n for one in passes for n in one)]
    table = np.array(numbers, np.int64).view(_Table)
    table.kept = (kept, result)
    new = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p)
    return new(("PyCFunction_NewEx", ctypes.pythonapi))(ctypes.addressof(defined), table, None)


@functools.cache
def _defined(name: str, doc: str, folder: Path) -> _Method | None:
    place = _place(folder)
    said = f"{name}($self, /)\n--\n\n{doc}".encode()
    return place and _Method(name.encode(), place, _NO_ARGUMENTS, said)


@functools.cache
def _place(folder: Path) -> int | None:
    """Where the function lies that calls passes; None where objects of Python look otherwise."""
    usual = sys.implementation.name == "cpython" and object.__basicsize__ == 16
    if not usual or folder.name != "kernels":
        return None
    file = importlib.resources.files("deltarule.kernels.prelude").joinpath("called_passes.py")
    text = file.read_text(encoding="utf-8")
    try:
        path = store.keep_kernel(folder.parent, f"called_passes_{fingerprint(text)}", text)
        [ready] = at_hand(path).OUTSIDE.values()
        return ready()
    except (OSError, DeltaruleError):
        return None
