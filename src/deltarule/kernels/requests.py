"""What a kernel is asked for, tested before anything is derived."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np

from deltarule.errors import DeltaruleError, did_you_mean, in_short
from deltarule.expressions.given_arguments import known_names, known_path
from deltarule.kernels.threads import most, too_many

if TYPE_CHECKING:
    from deltarule.networks.network import Network

DTYPES = ("float32", "float64", "complex128")


def known_dtype(dtype: str | type, place: str) -> str:
    """The name of a type of numbers. Raises DeltaruleError for one that kernels do not have."""
    kind = dtype if isinstance(dtype, str) else getattr(dtype, "__name__", str(dtype))
    if kind not in DTYPES:
        known = isinstance(dtype, str | np.dtype) and len(kind) < 40
        raise DeltaruleError(
            f"there are no kernels in {kind if known else in_short(dtype)}",
            place,
            did_you_mean(kind, DTYPES) or "choose one of " + ", ".join(DTYPES),
        )
    return kind


def known_name(name: object) -> str | Network:
    """A derivation's name, or the path of a file, as text; a network as it is."""
    if isinstance(name, (str, os.PathLike)):
        return known_path("name", name, "kernel", 'give one, such as kernel("conv2d")')
    from deltarule.networks.network import Network

    if not isinstance(name, Network):
        raise DeltaruleError(
            f"{in_short(name)} is no network",
            "kernel",
            "give its network: kernel(derivation.network)"
            if isinstance(getattr(name, "network", None), Network)
            else 'give one, or a name or path: kernel("conv2d")',
        )
    return name


def known_threads(threads: object, parallel: bool, place: str) -> int | None:
    """A number of threads, at least 1; None for all. Raises DeltaruleError.

    More than there are processors are as many, with a warning: results are the same.
    """
    if threads is None:
        return None
    if not isinstance(threads, Integral) or isinstance(threads, bool) or threads < 1:
        raise DeltaruleError(
            f"threads = {in_short(threads)} is no number of threads",
            place,
            "give a whole number from 1 on, or leave it out: all threads",
        )
    if threads > 1 and not parallel:
        raise DeltaruleError(
            f"threads = {threads} has no effect without parallel=True",
            place,
            "add parallel=True, or leave threads out",
        )
    words = too_many(int(threads))
    if words is not None:
        warnings.warn(words, RuntimeWarning, stacklevel=3)
    return min(int(threads), most())


def refuse_tuning(place: str, dtype: bool, parallel: bool) -> None:
    """Raises DeltaruleError where plain loops are asked for what tuned kernels alone have."""
    if parallel:
        raise DeltaruleError("threads are for tuned kernels", place, "leave plain or parallel out")
    if dtype:
        raise DeltaruleError(
            "plain loops take the type that arrays have", place, "leave plain or dtype out"
        )


def not_taken(name: str, needed: Sequence[str], known: Sequence[str], place: str) -> DeltaruleError:
    """The error for an array that a kernel does not take, of the gradient of an output too.

    `needed` are the names of what it takes, `known` those of what it may be given or gives back.
    """
    output = name.removeprefix("dL_").removeprefix("d") if name.startswith("d") else None
    gradients = [n for n in needed if n.startswith("d") and n[1:] in known]
    if f"d{output}" in gradients:
        hint = f"did you mean 'd{output}'? it is ∂L/∂{output}"
    elif gradients and output in known:
        hint = f"of the outputs it takes the gradients {', '.join(gradients)} alone"
    else:
        hint = did_you_mean(name, (*needed, *known)) or "it takes " + ", ".join(needed)
    return DeltaruleError(f"the kernel takes no array {name}", place, hint)


def known_tensors(wrt: object, place: str) -> tuple[str, ...] | None:
    """The names of the tensors whose gradients are wanted; one may stand by itself."""
    if wrt is None:
        return None
    return known_names("wrt", wrt, place, '["W", "b"]')


def known_cache(cache: object, place: str) -> str | None:
    """The path of a cache folder; None for the usual one."""
    if cache is None or isinstance(cache, (str, os.PathLike)):
        return None if cache is None else os.fsdecode(cache)
    raise DeltaruleError(
        f"cache = {in_short(cache)} is no path", place, "give the path of a folder"
    )
