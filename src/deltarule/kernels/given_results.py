"""Arrays that somebody has ready for a pass to fill, in the place of new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

import numpy as np

from deltarule.errors import DeltaruleError, did_you_mean


def filling(ready: tuple, given: Mapping[str, np.ndarray], place: str) -> tuple:
    """What runs, what it takes and what it fills, with the `given` arrays in it.

    Where two results are one array, the first of them is filled. Raises DeltaruleError for an
    array that does not fit, may not be written, or is read by the pass.
    """
    if not given:
        return ready
    run, taken, filled = ready
    read = [a for a in taken if isinstance(a, np.ndarray) and not _among(a, filled.values())]
    for name, new in given.items():
        if name not in filled:
            remedy = did_you_mean(name, filled) or f"there are {', '.join(filled)}"
            raise DeltaruleError(f"there is no result {name} to be filled", place, remedy)
        old = filled[name]
        if any(old is array for array in given.values()):
            continue
        if not isinstance(new, np.ndarray) or not new.flags.writeable:
            wrong = "the array is read-only" if isinstance(new, np.ndarray) else "it is no array"
            remedy = "give a NumPy array that may be written"
            raise DeltaruleError(f"{name} cannot be filled: {wrong}", place, remedy)
        if any(np.may_share_memory(new, array) for array in read):
            raise _shared(name, "an array that the pass reads", place)
        if new.shape != old.shape or new.dtype != old.dtype or not new.flags.c_contiguous:
            raise DeltaruleError(
                f"{name} cannot be filled: the array is {_said(new)}, "
                f"not {_said(old)} in one piece",
                place,
                "give an array of this shape and type that is not a part with gaps",
            )
        place = old.ctypes.data  # what is filled may be a view, with other axes
        arrays = ((k, a) for k, a in enumerate(taken) if isinstance(a, np.ndarray))
        own = [k for k, a in arrays if a.ctypes.data == place and a.size == old.size]
        for k in own:
            taken = (*taken[:k], new.reshape(taken[k].shape), *taken[k + 1 :])
        if own:
            filled = {n: new if a is old else a for n, a in filled.items()}
    return run, taken, filled


def refuse_overlaps(given: Mapping[str, np.ndarray], place: str) -> None:
    """Raises DeltaruleError where two results would be filled into the same memory."""
    arrays = [name for name, array in given.items() if isinstance(array, np.ndarray)]
    for one, other in combinations(arrays, 2):
        if np.may_share_memory(given[one], given[other]):
            raise _shared(one, f"{other}'s", place)


def _shared(name: str, whose: str, place: str) -> DeltaruleError:
    fact = f"{name} cannot be filled: its memory is {whose} too"
    return DeltaruleError(fact, place, "give each an array of its own")


def _among(array: np.ndarray, results: Iterable[np.ndarray]) -> bool:
    """Whether an array is what a pass fills, or a view of it."""
    return any(np.may_share_memory(array, result) for result in results)


def _said(array: np.ndarray) -> str:
    gaps = "" if array.flags.c_contiguous else " with gaps"
    return f"{array.dtype} {' × '.join(map(str, array.shape)) or 'number'}{gaps}"
