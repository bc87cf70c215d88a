"""The compiled form of a pass: out of Numba's cache if it is there, else compiled now.

Before Numba loads anything from its cache it gets ready to compile, which takes several times as
long as the loading. So what is there is loaded here, by the same steps without that one. Numba
runs whatever machine code its files hold, so each has a fingerprint beside it: a file without
one, or with another, is deleted and compiled anew.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from deltarule.kernels.store import fingerprint


def entry(dispatcher: Callable, arguments: Sequence, progress: Callable | None = None) -> Callable:
    """What to call with arguments like these: contiguous arrays, and whole numbers."""
    parts = getattr(dispatcher, "parts", (dispatcher,))
    if not hasattr(parts[0], "overloads"):
        return dispatcher  # nothing is compiled in this process
    if parts[0] is not dispatcher:
        return _in_parts(dispatcher, parts, progress)
    signature = tuple(_type(a) for a in arguments)
    known = dispatcher.overloads.get(signature) or _loaded(dispatcher, signature)
    if known is not None:
        return known.entry_point
    if progress is not None:
        progress(f"compiling {dispatcher.__name__}")
    return _compiled(dispatcher, signature)


def _type(argument):
    """Numba's type of an argument."""
    from numba import from_dtype, types

    if not isinstance(argument, np.ndarray):
        return types.int64
    return types.Array(from_dtype(argument.dtype), argument.ndim, "C")


def _in_parts(run: Callable, parts: Sequence, progress: Callable | None) -> Callable:
    """A pass that calls several compiled functions: each out of the cache if it is there."""
    for part in parts:
        if not part.overloads:
            _loaded_all(part)
    if progress is not None and not any(part.overloads for part in parts):
        progress(f"compiling {run.__name__}")

    def call(*arguments):
        known = sum(len(part.overloads) for part in parts)
        try:
            run(*arguments)
        except OSError:
            _keep_nothing(*parts)
            run(*arguments)
        if sum(len(part.overloads) for part in parts) != known:
            for part in parts:
                _signed(part)

    return call


def _loaded_all(dispatcher) -> None:
    """All that the cache has of one function for this machine."""
    try:
        index = dispatcher._cache._cache_file._load_index()
        codegen = dispatcher.targetctx.codegen()
        found = [key[0] for key in index if key == dispatcher._cache._index_key(key[0], codegen)]
    except Exception:
        _forget(dispatcher)
        return
    for signature in found:
        _loaded(dispatcher, signature)


def _signed(dispatcher) -> None:
    """Fingerprints beside what Numba has put into its cache."""
    for signature in dispatcher.overloads:
        with contextlib.suppress(OSError, AttributeError, TypeError):
            path = _place(dispatcher, signature) or Path()
            if not _sum(path).exists():
                _sum(path).write_text(fingerprint(path.read_bytes()), encoding="ascii")


def _compiled(dispatcher, signature: tuple) -> Callable:
    """Compiled now, and written to the cache if that is possible."""
    try:
        made = dispatcher.compile(signature)
    except OSError:
        _keep_nothing(dispatcher)
        return dispatcher.compile(signature)
    with contextlib.suppress(OSError, AttributeError, TypeError):
        path = _place(dispatcher, signature) or Path()
        _sum(path).write_text(fingerprint(path.read_bytes()), encoding="ascii")
    return made


def _keep_nothing(*dispatchers) -> None:
    """No more cache for some functions: what cannot be kept can be used all the same."""
    from numba.core.caching import NullCache

    for dispatcher in dispatchers:
        dispatcher._cache = NullCache()


def _place(dispatcher, signature: tuple) -> Path | None:
    """The file with the compiled function in Numba's cache."""
    cache = dispatcher._cache
    key = cache._index_key(signature, dispatcher.targetctx.codegen())
    name = cache._cache_file._load_index().get(key)
    return None if name is None else Path(cache._cache_file._data_path(name))


def _sum(path: Path) -> Path:
    return path.with_name(path.name + ".sum")


def _loaded(dispatcher, signature: tuple):
    """The compiled function from the cache; None where it is not there, or damaged."""
    from numba.core.runtime import rtsys

    context = dispatcher.targetctx
    try:
        path = _place(dispatcher, signature)
        if path is None:
            return None
        if _sum(path).read_text(encoding="ascii") != fingerprint(path.read_bytes()):
            raise ValueError("damaged")
        rtsys.initialize(context)
        with _without_imports():
            found = dispatcher._cache._load_overload(signature, context)
        context.insert_user_function(found.entry_point, found.fndesc, [found.library])
        dispatcher.add_overload(found)
        return found
    except Exception:
        # Whatever is in the files: pickle raises anything, and so may other versions of Numba.
        _forget(dispatcher)
        return None


def _forget(dispatcher) -> None:
    """Delete the cached files of one function, so that they are written anew."""
    with contextlib.suppress(OSError, AttributeError):
        files = dispatcher._cache._cache_file
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
