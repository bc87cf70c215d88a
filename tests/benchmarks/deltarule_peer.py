"""deltarule itself: bound to its arrays, and called afresh with checks and new arrays."""

from __future__ import annotations


class _Ways(dict):
    """The same two ways for every workload; steps of training are bound to their parameters."""

    def __missing__(self, peer: str) -> dict:
        return {"bound": None} if peer.endswith(" step") else {"bound": None, "called": None}


WAYS = _Ways()


def trained(work, arrays: dict, threads: int):
    """A step as `deltarule train` makes it: both passes, and an update of all parameters."""
    return trainable(work, arrays, threads)()


def trainable(work, arrays: dict, threads: int):
    """The kernel of a step; called, it gives one with parameters and gradients of its own."""
    import deltarule

    options = {**work.settings, "parallel": threads > 1}
    dtype = str(arrays[work.wanted[0]].dtype)
    kernel = deltarule.kernel(work.derivation, dtype=dtype, wrt=list(work.wanted), **options)
    return lambda: _step(kernel, work, arrays, threads)


def _step(kernel, work, arrays: dict, threads: int):
    from training_steps import MOMENTUM

    from deltarule.language.load import load
    from deltarule.training.parameters import Parameters
    from deltarule.training.update_kernels import Update

    network = load(work.derivation, **work.settings)
    shapes = {n: arrays[n].shape for n in work.wanted}
    parameters = Parameters(network, shapes, kernel.dtype)
    for name, array in parameters.arrays.items():
        array[...] = arrays[name]
    update = Update("momentum", work.rate, parameters.flat, threads=threads, mu=MOMENTUM)
    parts = parameters.parts(update.gradient)
    bound = kernel.bind_filling({}, parts, {**arrays, **parameters.arrays})

    def run():
        values, gradients = bound.both()
        update.follow(gradients, parts)
        return values, gradients

    def told(given):
        values, gradients = given
        after = {f"{n} after": v.copy() for n, v in parameters.arrays.items()}
        return {"value": values[kernel.outputs[-1]].copy(), **gradients, **after}

    return run, told


def made(work, dtype: str, threads: int):
    """The kernel of a workload; NUMBA_NUM_THREADS tells how many threads there are."""
    import deltarule

    return deltarule.kernel(work.derivation, dtype=dtype, parallel=threads > 1, **work.settings)


def prepared_work(work, way: str, arrays: dict, threads: int):
    """A function that does one pass, and one that names what it gave."""
    if work.rate is not None:
        return trained(work, arrays, threads)
    kernel = made(work, str(next(iter(arrays.values())).dtype), threads)
    last = kernel.outputs[-1]
    if way == "called":
        return lambda: kernel.both(**arrays), lambda r: {"value": r[0][last], **r[1]}
    return kernel.bind(**arrays).both, lambda r: {"value": r[0][last].copy(), **r[1]}
