"""What a kernel is asked for, tested before anything is derived."""

from __future__ import annotations

import os
from collections.abc import Iterable
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np

from deltarule.errors import DeltaruleError, did_you_mean

if TYPE_CHECKING:
    from deltarule.networks.network import Network

DTYPES = ("float32", "float64", "complex128")


def known_dtype(dtype: str | type, place: str) -> str:
    """The name of a type of numbers. Raises DeltaruleError for one that kernels do not have."""
    kind = getattr(dtype, "__name__", str(dtype))
    if kind not in DTYPES:
        raise DeltaruleError(
            f"there are no kernels in {kind}",
            place,
            did_you_mean(kind, DTYPES) or "choose one of " + ", ".join(DTYPES),
        )
    return kind


def known_name(name: object) -> str | Network:
    """A derivation's name, or the path of a file, as text; a network as it is."""
    if isinstance(name, (str, os.PathLike)):
        return os.fsdecode(name)
    from deltarule.networks.network import Network

    if not isinstance(name, Network):
        raise DeltaruleError(
            f"{name!r} is no name of a derivation",
            "kernel",
            'give a name, such as "conv2d", the path of a file, or a network',
        )
    return name


def yes_or_no(word: str, value: object, place: str, none: bool = False) -> bool | None:
    """A setting that is True or False; with `none`, None too. Raises DeltaruleError."""
    if value is None and none:
        return None
    if not isinstance(value, (bool, np.bool_)):
        raise DeltaruleError(
            f"{word} = {value!r} is neither True nor False",
            place,
            f"give {word}=True or {word}=False" + (", or leave it out" if none else ""),
        )
    return bool(value)


def known_threads(threads: object, parallel: bool, place: str) -> int | None:
    """A number of threads, at least 1; None for all. Raises DeltaruleError."""
    if threads is None:
        return None
    if not isinstance(threads, Integral) or isinstance(threads, bool) or threads < 1:
        raise DeltaruleError(
            f"threads = {threads!r} is no number of threads",
            place,
            "give a whole number from 1 on, or leave it out: all threads",
        )
    if threads > 1 and not parallel:
        raise DeltaruleError(
            f"threads = {threads} has no effect without parallel=True",
            place,
            "add parallel=True, or leave threads out",
        )
    return int(threads)


def known_tensors(wrt: object, place: str) -> tuple[str, ...] | None:
    """The names of the tensors whose gradients are wanted; one may stand by itself."""
    if wrt is None:
        return None
    names = (wrt,) if isinstance(wrt, str) else tuple(wrt) if isinstance(wrt, Iterable) else (wrt,)
    for name in names:
        if not isinstance(name, str):
            raise DeltaruleError(
                f"wrt names {name!r}, which is no name of a tensor",
                place,
                'give names, such as wrt=["W", "b"]',
            )
    return names


def known_cache(cache: object, place: str) -> str | None:
    """The path of a cache folder; None for the usual one."""
    if cache is None or isinstance(cache, (str, os.PathLike)):
        return None if cache is None else os.fsdecode(cache)
    raise DeltaruleError(f"cache = {cache!r} is no path", place, "give the path of a folder")


def known_progress(progress: object, place: str):
    """A function that is called with a line of text; or None."""
    if progress is None or callable(progress):
        return progress
    raise DeltaruleError(
        f"progress = {progress!r} cannot be called", place, "give a function, such as print"
    )
