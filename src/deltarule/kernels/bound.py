"""A kernel with its arrays: passes that are called again and again without checks or new arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import ModuleType

import numpy as np

from deltarule.kernels.loading import entry
from deltarule.notation.errors import DeltaruleError

#: With more bytes than this the time of a call does not count, and a compiled entry is not worth
#: its compiling.
SMALL = 1 << 18


class Bound:
    """A kernel with its arrays: what it fills is the same at every call.

    Change the arrays that were given in place, then call `forward` and `backward`, or `both`.
    Arrays that were not contiguous were copied when they were bound.
    """

    def __init__(
        self, module: ModuleType, threads: int | None, progress: Callable | None,
        forward: tuple, backward: tuple | None = None,
    ):  # fmt: skip
        self.values: dict = forward[2]
        self.gradients: dict = {} if backward is None else backward[2]
        self._forward = _call(module.forward_at, forward, threads, progress)
        self._backward = _missing
        if backward is not None:
            self._backward = _call(module.backward_at, backward, threads, progress)

    def forward(self) -> dict:
        """The outputs, and what the backward pass uses, by name."""
        self._forward()
        return self.values

    def backward(self) -> dict:
        """The gradients by tensor name; `forward` has to be called before."""
        self._backward()
        return self.gradients

    def both(self) -> tuple[dict, dict]:
        """What `forward` and `backward` give."""
        self._forward()
        self._backward()
        return self.values, self.gradients


def _missing() -> None:
    raise DeltaruleError("the gradients of the outputs are missing", None, "bind dy=… too")


def _call(
    by_address: Callable, ready: tuple, threads: int | None, progress: Callable | None
) -> Callable[[], None]:
    """A pass without arguments; of small arrays it hands over one address."""
    run, taken, _ = ready
    arrays = [a for a in taken if isinstance(a, np.ndarray)]
    if threads is not None:
        return partial(_in_threads, threads, entry(run, taken, progress), taken)
    if sum(a.nbytes for a in arrays) > SMALL or not hasattr(run, "overloads"):
        return partial(entry(run, taken, progress), *taken)
    table = np.array([*(a.ctypes.data for a in arrays), *taken[len(arrays):]], np.int64)
    return _AtAddress(entry(by_address, (0,), progress), table, arrays)


class _AtAddress(partial):
    """A call that takes the address of a table; it keeps the table and what is listed there."""

    def __new__(cls, entry: Callable, table: np.ndarray, arrays: list):
        made = super().__new__(cls, entry, int(table.ctypes.data))
        made.kept = (table, arrays)
        return made


def _in_threads(threads: int, run: Callable, taken: tuple) -> None:
    with in_threads(threads):
        run(*taken)


@contextmanager
def in_threads(wanted: int) -> Iterator[None]:
    """Numba's loops in so many threads, at most as many as it was started with."""
    import numba

    before = numba.get_num_threads()
    numba.set_num_threads(max(1, min(wanted, numba.config.NUMBA_NUM_THREADS)))  # pyright: ignore
    try:
        yield
    finally:
        numba.set_num_threads(before)
