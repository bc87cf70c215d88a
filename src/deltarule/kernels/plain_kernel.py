"""A kernel as plain loops: what a student reads is what runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.kernels.build import imported
from deltarule.kernels.cache import store
from deltarule.kernels.module.plain_source import PlainModule
from deltarule.kernels.passes.program import program
from deltarule.kernels.prelude.checked_arrays import (
    Misfit,
    below,
    converted,
    summing_to_one,
    within,
)
from deltarule.kernels.read_sizes import sizes_of
from deltarule.kernels.requests import not_taken
from deltarule.networks.recurrences import no_times, sequence_lengths
from deltarule.represented import Represented
from deltarule.spelling.text import text

if TYPE_CHECKING:
    from sympy import Symbol

    from deltarule.networks.network import Network
    from deltarule.networks.tensors import Tensor


def plain_source(name: str | Network, settings: Mapping) -> str:
    """The text of both passes as plain loops. Raises DeltaruleError as `kernel` does."""
    return PlainModule(program(name, dict(settings))).text()


class PlainKernel(Represented):
    """Both passes of a derivation as loops that anybody can read (`source`), compiled by Numba.

    It takes and gives what a tuned kernel does, in float32 or float64, as the arrays of real
    numbers are, which must be of one type; lists, integers and booleans take theirs. Names, types
    and shapes of what it is given are tested, that sizes agree, and what tensors are declared as.
    """

    def __init__(self, name: str | Network, settings: Mapping, cache: str | Path | None = None):
        made = program(name, dict(settings))
        module = PlainModule(made)
        self.name = made.network.name
        self.source = module.text()
        self.passes = module.passes
        self._network, self._tensors = made.network, made.network.tensors
        self._module = _imported(self.name, self.source, cache)
        self.inputs = tuple(t.name for t in self._tensors.values() if t.given)
        self.upstream = tuple(f"d{output}" for output in made.upstream)
        self.outputs = made.forward.results
        self._upstream = {gradient: f"d{output}" for output, gradient in made.upstream.items()}
        self._gradients = {gradient: tensor for tensor, gradient in made.gradients.items()}

    def __repr__(self) -> str:
        return f"<plain kernel {self.name}: {', '.join(self.inputs)}>"

    def forward(self, **arrays) -> np.ndarray | dict[str, np.ndarray]:
        """The output, or a dict of outputs by name; `arrays` are those of the `inputs`.

        Raises DeltaruleError for a name or a number of axes that does not fit.
        """
        values = self.values(**arrays)
        if len(self.outputs) == 1:
            return values[self.outputs[0]]
        return {name: values[name] for name in self.outputs}

    def values(self, **arrays) -> dict[str, np.ndarray]:
        """The outputs, and what else the backward pass reads, by name."""
        return self._run("forward", self._given(arrays, self.inputs))

    def backward(self, **arrays) -> dict[str, np.ndarray]:
        """The gradients by tensor name; `arrays` are the inputs and the outputs' gradients.

        Raises DeltaruleError for a name or a number of axes that does not fit.
        """
        given = self._given(arrays, (*self.inputs, *self.upstream))
        if "backward" not in self.passes:  # an update has no gradients
            return {}
        values = self._run("forward", {n: given[n] for n in self.inputs})
        own = {g: given[up] for g, up in self._upstream.items()}
        found = self._run("backward", {**given, **values, **own})
        return {tensor: found[gradient] for gradient, tensor in self._gradients.items()}

    def _run(self, name: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        one = self.passes[name]
        given = (arrays[n] for n in one.takes)  # numbers as such, as they were in the other pass
        found = getattr(self._module, name)(*(a if a.ndim else a[()] for a in given))
        found = found if len(one.returns) != 1 else (found,)
        return dict(zip(one.returns, map(np.asarray, found), strict=True))

    def _given(self, arrays: Mapping, needed: Sequence[str]) -> dict:
        """The arrays by name, numbers where a tensor has no axes."""
        for name in arrays:
            if name not in needed:
                raise not_taken(name, needed, self.outputs, self.name)
        found, sizes = {}, {}
        for name in needed:
            if name not in arrays:
                wanted = ", ".join(needed)
                raise DeltaruleError(
                    f"{name} is missing", self.name, f"give {name}=…; needed: {wanted}"
                )
        with self._misfits():
            real = _real({n: arrays[n] for n in needed if not self._tensor(n).integral})
            for name in needed:
                found[name] = self._fitting(name, arrays[name], real, sizes)
            known = self._fitting_sizes(found)
            for name in self.inputs:
                _as_declared(self._tensors[name], found[name], known)
        return found

    @contextmanager
    def _misfits(self) -> Iterator[None]:
        """What an array is refused for, in our words."""
        try:
            yield
        except Misfit as error:
            fact, remedy = error.args
            raise DeltaruleError(fact, self.name, remedy) from None

    def _tensor(self, name: str) -> Tensor:
        """What an array by this name is, or is the gradient of."""
        return self._tensors.get(name) or self._tensors[name.removeprefix("d")]

    def _fitting_sizes(self, arrays: Mapping[str, np.ndarray]) -> dict[Symbol, int]:
        """All sizes: none that follows from others is below 0, and no sequence has no steps."""
        known, definitions = sizes_of(self._network, arrays), self._network.definitions
        for symbol, definition in definitions.items():
            if known.get(symbol, 0) < 0:
                raise DeltaruleError(
                    f"the sizes do not fit: {symbol} = {known[symbol]}",
                    self.name,
                    f"{symbol} is {text(definition)}",
                )
        for extent in sequence_lengths(self._network.equations):
            if extent.subs(known) < 1:
                raise no_times(extent, self.name)
        return known

    def _fitting(self, name: str, given, real: np.dtype, sizes: dict):
        """One array of the right number of axes, whose sizes are those of the others."""
        tensor = self._tensor(name)
        array = converted(name, given, np.dtype(np.int64) if tensor.integral else real)
        array = np.ascontiguousarray(array) if tensor.axes else array
        if array.ndim != len(tensor.axes):
            shape = ", ".join(map(str, tensor.axes))
            raise DeltaruleError(
                f"{name} has {array.ndim} axes", self.name, f"it has {len(tensor.axes)}: [{shape}]"
            )
        for axis, count in zip(tensor.axes, array.shape, strict=True):
            if sizes.setdefault(axis, count) != count:
                raise DeltaruleError(
                    f"{name} has the shape {list(array.shape)}, but {axis} is {sizes[axis]}",
                    self.name,
                    f"give {name} a shape with {axis} = {sizes[axis]}",
                )
        return array if tensor.axes or tensor.integral else array.dtype.type(array)


def _real(arrays: Mapping) -> np.dtype:
    """The one type of real numbers that arrays have: float64 if none of them says. Raises Misfit.

    What is refused in any case is left to `converted`.
    """
    first, kind = "", np.dtype(np.float64)
    for name, array in arrays.items():
        dtype = _dtype(array)
        own = None if dtype is None else dtype.newbyteorder("=")
        if own not in (np.float32, np.float64):
            continue
        if not first:
            first, kind = name, own
        elif own != kind:
            raise Misfit(
                f"{name} is an array of {own}, but {first} of {kind}",
                f"give all of one type: {name} as {kind}, or {first} as {own}",
            )
    return kind


def _dtype(array: object) -> np.dtype | None:
    """NumPy's type of an array, of whatever library; None of a list or a number."""
    dtype = getattr(array, "dtype", None)
    if dtype is None or isinstance(dtype, np.dtype):
        return dtype
    try:
        return np.asarray(array).dtype
    except Exception:  # an object whose own conversion fails
        return None


def _as_declared(tensor: Tensor, array: np.ndarray, sizes: Mapping[Symbol, int]) -> None:
    """Refuse entries beyond what a tensor is declared to hold. Raises Misfit."""
    if tensor.sums_to_one is not None:
        summing_to_one(tensor.name, array, tensor.sums_to_one)
    if tensor.within is not None:
        within(tensor.name, np.asarray(array), *tensor.within)
    if tensor.integers_below is not None:
        limit, extent = int(tensor.integers_below.subs(sizes)), text(tensor.integers_below)
        below(tensor.name, array, limit, extent, *(tensor.points or ()))


def _imported(name: str, text: str, cache: str | Path | None) -> ModuleType:
    """The text as a module, from a file, so that tracebacks show its lines."""
    stem, place = f"{Path(name).stem}_{store.fingerprint(text)}", store.folder(cache)
    try:
        path = store.keep_kernel(place, stem, text)
    except OSError as error:
        path = store.keep_kernel(store.instead_of(place, error), stem, text)
    return imported(path)
