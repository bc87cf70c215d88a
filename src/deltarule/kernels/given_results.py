"""Arrays that somebody has ready for a pass to fill, in the place of new ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from deltarule.errors import DeltaruleError


def filling(ready: tuple, given: Mapping[str, np.ndarray], place: str) -> tuple:
    """What runs, what it takes and what it fills, with the `given` arrays in it.

    Where two results are one array, the first of them is filled. Raises DeltaruleError for an
    array that does not fit.
    """
    run, taken, filled = ready
    for name, new in given.items():
        old = filled[name]
        if any(old is array for array in given.values()):
            continue
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


def _said(array: np.ndarray) -> str:
    gaps = "" if array.flags.c_contiguous else " with gaps"
    return f"{array.dtype} {' × '.join(map(str, array.shape)) or 'number'}{gaps}"
