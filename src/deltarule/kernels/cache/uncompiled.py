"""What is said where a function of a kernel cannot be compiled, whichever way it is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from deltarule.errors import DeltaruleError


@contextmanager
def uncompiled(function: str, place: str) -> Iterator[None]:
    """An error of Numba's or of LLVM's inside becomes a DeltaruleError: fact, place, remedy.

    It keeps that error as its cause.
    """
    try:
        yield
    except DeltaruleError:
        raise
    except Exception as error:
        words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise DeltaruleError(
            f"{function} cannot be compiled: {words[:400]}",
            place,
            "set DELTARULE_CACHE to a new folder; should it fail there too, please report it",
        ) from error
