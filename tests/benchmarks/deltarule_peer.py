"""deltarule itself: bound to its arrays, and called afresh with checks and new arrays."""

from __future__ import annotations


class _Ways(dict):
    """The same two ways for every workload."""

    def __missing__(self, peer: str) -> dict:
        return {"bound": None, "called": None}


WAYS = _Ways()


def made(work, dtype: str, threads: int):
    """The kernel of a workload; NUMBA_NUM_THREADS tells how many threads there are."""
    import deltarule

    return deltarule.kernel(work.derivation, dtype=dtype, parallel=threads > 1, **work.settings)


def prepared_work(work, way: str, arrays: dict, threads: int):
    """A function that does one pass, and one that names what it gave."""
    kernel = made(work, str(next(iter(arrays.values())).dtype), threads)
    last = kernel.outputs[-1]
    if way == "called":
        return lambda: kernel.both(**arrays), lambda r: {"value": r[0][last], **r[1]}
    return kernel.bind(**arrays).both, lambda r: {"value": r[0][last].copy(), **r[1]}
