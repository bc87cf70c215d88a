"""`deltarule.kernel("conv2d", stride=2, pad=1)`: a derivation as compiled functions.

    kernel = deltarule.kernel("conv2d", stride=2, pad=1, dtype="float32")
    y = kernel.forward(x=x, w=w, b=b)
    gradients = kernel.backward(x=x, w=w, b=b, dy=dy)      # {"x": …, "w": …, "b": …}
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from deltarule.kernels import build
from deltarule.notation.errors import DeltaruleError, did_you_mean

DTYPES = ("float32", "float64", "complex128")


def kernel(
    name: str | Path,
    *,
    dtype: str = "float64",
    parallel: bool = False,
    threads: int | None = None,
    cache: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
    **settings,
) -> Kernel:
    """The kernel of a derivation, by name or path.

    `settings` are the derivation's options, attributes (stride, pad), sizes and constants;
    `dtype` is float32, float64 or complex128; with `parallel`, outer loops run in `threads`
    threads (all, if None). `cache` is the folder of compiled kernels, else DELTARULE_CACHE or the
    user's cache folder. `progress` is told what takes time. Raises DeltaruleError.
    """
    kind = known_dtype(dtype, str(name))
    found = build.module(str(name), settings, kind, parallel, cache, progress)
    return Kernel(str(name), found, kind, threads)


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


class Kernel:
    """The compiled forward and backward pass of one derivation.

    `inputs` are the names of the arrays that it needs; shapes are found from these. Arrays of the
    wrong type or shape raise DeltaruleError. Inputs are never changed.
    """

    def __init__(self, name: str, module: ModuleType, dtype: str, threads: int | None = None):
        self.name, self.module, self.dtype, self.threads = name, module, dtype, threads
        self.inputs: tuple[str, ...] = tuple(module.GIVEN)
        self.upstream: tuple[str, ...] = tuple(module.UPSTREAM)
        self.kept: tuple[str, ...] = tuple(module.KEPT)
        self.outputs: tuple[str, ...] = tuple(module.OUTPUTS)

    def __repr__(self) -> str:
        return f"<kernel {self.name} {self.dtype}: {', '.join(self.inputs)}>"

    @property
    def source(self) -> str:
        """The kernel's text, which needs NumPy and Numba alone."""
        return Path(inspect.getfile(self.module)).read_text(encoding="utf-8")

    def forward(self, **arrays):
        """The output, or a dict of outputs by name where there are several."""
        values = self.values(**arrays)
        if len(self.outputs) == 1:
            return values[self.outputs[0]]
        return {name: values[name] for name in self.outputs}

    def values(self, **arrays) -> dict:
        """The outputs, and whatever else the backward pass can use, by name."""
        given = self._take(arrays, self.inputs, ())
        with self._telling():
            return self.module.forward(*given)

    def backward(self, **arrays) -> dict:
        """The gradients by tensor name: {"x": …, "w": …}.

        Takes the inputs, the gradient `dy` of each output `y` of a network without a loss, and
        what `values` gave if that is at hand; else the forward pass is run again.
        """
        given = self._take(arrays, self.inputs, (*self.upstream, *self.kept, *self.outputs))
        missing = [u for u in self.upstream if u not in arrays]
        if missing:
            raise self._missing(missing[0])
        if self.kept and any(name not in arrays for name in self.kept):
            arrays = {**self.values(**{n: arrays[n] for n in self.inputs}), **arrays}
        kept = [arrays[name] for name in self.kept]
        with self._telling():
            return self.module.backward(*given, *kept, *(arrays[u] for u in self.upstream))

    def both(self, **arrays) -> tuple[dict, dict]:
        """What `values` and `backward` give, in one go."""
        values = self.values(**{n: a for n, a in arrays.items() if n not in self.upstream})
        kept = {name: values[name] for name in self.kept}
        return values, self.backward(**arrays, **kept)

    def bind(self, **arrays) -> Bound:
        """Both passes made ready for these very arrays, without further checks or new arrays."""
        given = self._take(arrays, self.inputs, self.upstream)
        with self._telling():
            forward = self.module.ready_forward(*given)
            if not all(name in arrays for name in self.upstream):
                return Bound(forward)
            kept = [forward[2][name] for name in self.kept]
            upstream = [arrays[name] for name in self.upstream]
            return Bound(forward, self.module.ready_backward(*given, *kept, *upstream))

    # ---- what people get wrong ---------------------------------------------------------------
    def _take(self, arrays: dict, needed: tuple[str, ...], more: tuple[str, ...]) -> list:
        if not arrays.keys() <= {*needed, *more}:
            stray = next(n for n in arrays if n not in needed and n not in more)
            raise DeltaruleError(
                f"the kernel takes no array {stray}",
                self.name,
                did_you_mean(stray, (*needed, *more)) or "it takes " + ", ".join(needed),
            )
        try:
            return [arrays[name] for name in needed]
        except KeyError as error:
            raise self._missing(error.args[0]) from None

    def _missing(self, name: str) -> DeltaruleError:
        wanted = ", ".join((*self.inputs, *self.upstream))
        return DeltaruleError(f"{name} is missing", self.name, f"give {name}=…; needed: {wanted}")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            if self.threads is None:
                yield
            else:
                with _threads(self.threads):
                    yield
        except self.module.Misfit as error:
            raise DeltaruleError(error.args[0], self.name, error.args[1]) from None


@contextmanager
def _threads(wanted: int) -> Iterator[None]:
    """Numba's loops in so many threads, at most as many as it was started with."""
    import numba

    before = numba.get_num_threads()
    numba.set_num_threads(max(1, min(wanted, numba.config.NUMBA_NUM_THREADS)))  # pyright: ignore
    try:
        yield
    finally:
        numba.set_num_threads(before)


class Bound:
    """A kernel with its arrays: what it fills is the same at every call.

    Change the arrays that were given in place, then call `forward` and `backward` again.
    Arrays that were not contiguous were copied when they were bound.
    """

    def __init__(self, forward: tuple, backward: tuple | None = None):
        self._forward, self._taken, self.values = forward
        self._backward, self._back, self.gradients = backward or (None, (), {})

    def forward(self) -> dict:
        """The outputs, and what the backward pass uses, by name."""
        self._forward(*self._taken)
        return self.values

    def backward(self) -> dict:
        """The gradients by tensor name; `forward` has to be called before."""
        if self._backward is None:
            raise DeltaruleError("the gradients of the outputs are missing", None, "bind dy=… too")
        self._backward(*self._back)
        return self.gradients
