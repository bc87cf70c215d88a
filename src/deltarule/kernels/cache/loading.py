"""Compiled functions out of Numba's cache, quickly and only if they are whole.

Before Numba loads anything from its cache it gets ready to compile, which takes several times as
long as the loading. So what is there is loaded here without that step. Numba runs whatever
machine code its files hold, so each has a fingerprint beside it: a file without one, or with
another, is deleted and compiled anew.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from deltarule.kernels.cache import kept_machine_code
from deltarule.kernels.cache.store import write_whole
from deltarule.signed_files import fingerprint


def entry(dispatcher: Callable, arguments: Sequence, progress: Callable | None = None) -> Callable:
    """What to call with arguments like these: contiguous arrays, and integers."""
    for part in getattr(dispatcher, "parts", ()):
        if hasattr(part, "_cache"):
            part._cache.progress = progress
    if not hasattr(dispatcher, "overloads"):
        return dispatcher  # it calls compiled functions, or nothing is compiled in this process
    if hasattr(dispatcher, "with_numba"):
        types = tuple(kept_machine_code.type_of_kind(kind(a)) for a in arguments)
        try:
            return dispatcher.entry(types)
        except kept_machine_code.NotKept:
            dispatcher = dispatcher.with_numba()
    kinds = signature(kind(a) for a in arguments)
    known = dispatcher.overloads.get(kinds)
    if known is not None:
        return known.entry_point
    dispatcher._cache.progress = progress
    return dispatcher.compile(kinds)


def kind(argument) -> tuple[str, int] | None:
    """What counts of an argument: type and number of axes of an array; None for an integer."""
    return (argument.dtype.name, argument.ndim) if isinstance(argument, np.ndarray) else None


def signature(kinds: Iterable[Sequence | int | None]) -> tuple:
    """Numba's types of arguments of these kinds; a number stands for so many integers, or a bool.

    (float32, 2), None, 4 and True are a matrix, an integer, a tuple of 4 integers and a bool.
    """
    from numba import from_dtype, types

    def one(kind):
        if kind is None or isinstance(kind, bool):
            return types.int64 if kind is None else types.boolean
        if isinstance(kind, int):
            return types.UniTuple(types.int64, kind)
        return types.Array(from_dtype(np.dtype(kind[0])), kind[1], "C")

    return tuple(map(one, kinds))


def claim_of(function: Callable) -> str:
    """By what name a process claims to compile a kernel's function."""
    return f"{function.__module__}.{function.__name__}"


@contextlib.contextmanager
def quickly(progress: Callable[[str], None] | None = None) -> Iterator[None]:
    """Functions that are decorated here are loaded quickly; `progress` is said of compiling."""
    from numba.core import caching, ccallback, dispatcher

    usual = caching.FunctionCache
    quick = _quick_cache(usual, progress)
    ccallback.FunctionCache = dispatcher.FunctionCache = quick
    try:
        yield
    finally:
        ccallback.FunctionCache = dispatcher.FunctionCache = usual


def _quick_cache(usual: type, report: Callable[[str], None] | None) -> type:
    """A class of caches that do what this module says."""

    class QuickCache(usual):
        progress = staticmethod(report) if report else None

        def __init__(self, function):
            # Where the file is gone, a function is compiled for this process alone.
            self._nowhere = not os.path.exists(function.__code__.co_filename)
            if self._nowhere:
                return
            super().__init__(function)
            try:
                self._cache_file._load_index()
            except Exception:
                _forget(self)

        def load_overload(self, sig, target_context):
            """The compiled function; None where it is not there, or damaged."""
            try:
                found = None if self._nowhere else _found(self, sig, target_context)
            except Exception:
                # Whatever is in the files: what reads them may raise anything.
                _forget(self)
                found = None
            if found is not None:
                self._keep(sig, found, partial(_object_code, self, sig, target_context))
            if found is None and self.progress is not None:
                self.progress(f"compiling {self._py_func.__name__}")
            return found

        def save_overload(self, sig, data):
            """Keep it, if that is possible: it can be used all the same."""
            if self._nowhere:
                return
            with contextlib.suppress(OSError):
                super().save_overload(sig, data)
                path = _place(self, sig, data.codegen)
                write_whole(_sum(path), fingerprint(path.read_bytes()))
            self._keep(sig, data, data.library._get_compiled_object)

        def _keep(self, sig, data, object_code):
            """Keep its code for processes without Numba; there it is loaded by Numba if not."""
            with contextlib.suppress(Exception):
                kept_machine_code.keep(self._py_func, sig, data, object_code)

    return QuickCache


def _place(cache, signature, codegen) -> Path:
    """The file with a compiled function. Raises FileNotFoundError where there is none."""
    name = cache._cache_file._load_index().get(cache._index_key(signature, codegen))
    if name is None:
        raise FileNotFoundError(signature)
    return Path(cache._cache_file._data_path(name))


def _object_code(cache, signature, context) -> bytes:
    """The machine code in a file of Numba's cache."""
    with _without_imports():
        (_, _, (code, _)), *_ = cache._cache_file.load(
            cache._index_key(signature, context.codegen())
        )
    return code


def _sum(path: Path) -> Path:
    return path.with_name(path.name + ".sum")


def _found(cache, signature, context):
    """The compiled function as Numba loads it, without getting ready to compile."""
    from numba.core.runtime.nrt import rtsys

    try:
        path = _place(cache, signature, context.codegen())
    except FileNotFoundError:
        return None
    code = path.read_bytes()
    if _sum(path).read_text(encoding="ascii") != fingerprint(code):
        raise ValueError("damaged")
    rtsys.initialize(context)
    with _without_imports():
        return cache._load_overload(signature, context)


def _forget(cache) -> None:
    """Delete the cached files of one function, so that they are written anew."""
    with contextlib.suppress(OSError, AttributeError):
        files = cache._cache_file
        stem = files._index_name.removesuffix(".nbi")
        for path in Path(files._cache_path).glob(f"{stem}.*"):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _without_imports() -> Iterator[None]:
    """Numba reads a function without importing the modules that its parts come from."""
    from numba.core import environment

    usual = environment._rebuild_env

    def rebuilt(module: str, consts: list, name: str):
        if module in sys.modules or environment.lookup_environment(name) is not None:
            return usual(module, consts, name)
        made = environment.Environment({"__name__": module})
        made.consts[:] = consts
        made.env_name = name
        environment.Environment._memo[name] = made
        return made

    environment._rebuild_env = rebuilt
    try:
        yield
    finally:
        environment._rebuild_env = usual
