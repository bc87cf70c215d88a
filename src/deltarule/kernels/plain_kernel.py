"""A kernel as plain loops: what a student reads is what runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.kernels.build import imported
from deltarule.kernels.cache import store
from deltarule.kernels.module.plain_source import PlainModule
from deltarule.kernels.passes.program import program
from deltarule.kernels.prelude.checked_arrays import Misfit, converted
from deltarule.kernels.read_sizes import sizes_of
from deltarule.networks.recurrences import no_times, sequence_lengths
from deltarule.represented import Represented
from deltarule.spelling.text import text

if TYPE_CHECKING:
    from deltarule.networks.network import Network


def plain_source(name: str | Network, settings: Mapping) -> str:
    """The text of both passes as plain loops. Raises DeltaruleError as `kernel` does."""
    return PlainModule(program(name, dict(settings))).text()


class PlainKernel(Represented):
    """Both passes of a derivation as loops that anybody can read (`source`), compiled by Numba.

    It takes and gives what a tuned kernel does, in float32 or float64, as the arrays are; names,
    types and shapes of what it is given are tested, and that sizes agree.
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
        values = self._run("forward", {n: given[n] for n in self.inputs})
        own = {g: given[up] for g, up in self._upstream.items()}
        found = self._run("backward", {**given, **values, **own})
        return {self._gradients[name]: array for name, array in found.items()}

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
                hint = did_you_mean(name, needed) or "it takes " + ", ".join(needed)
                raise DeltaruleError(f"the kernel takes no array {name}", self.name, hint)
        found = {}
        sizes: dict = {}
        for name in needed:
            if name not in arrays:
                wanted = ", ".join(needed)
                raise DeltaruleError(
                    f"{name} is missing", self.name, f"give {name}=…; needed: {wanted}"
                )
            found[name] = self._fitting(name, arrays[name], sizes)
        for name, array in found.items():
            self._refuse_strays(name, array, sizes)
        self._refuse_sizes(found)
        return found

    def _refuse_sizes(self, arrays: Mapping[str, np.ndarray]) -> None:
        """No size that follows from others is below 0, and no sequence has no steps."""
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

    def _fitting(self, name: str, given, sizes: dict):
        """One array of the right number of axes, whose sizes are those of the others."""
        tensor = self._tensors.get(name) or self._tensors[name.removeprefix("d")]
        array = self._converted(name, given, tensor.integral)
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

    def _converted(self, name: str, given, integral: bool) -> np.ndarray:
        """What is given as an array of 64-bit integers, of float32 or of float64."""
        kind = np.dtype(np.int64 if integral else np.float64)
        dtype = getattr(given, "dtype", None)
        if not integral and isinstance(dtype, np.dtype) and dtype.kind in "biuf":
            kind = np.dtype(np.float32) if np.can_cast(dtype, np.float32) else kind
        try:
            return converted(name, given, kind)
        except Misfit as error:
            fact, remedy = error.args
            raise DeltaruleError(fact, self.name, remedy) from None

    def _refuse_strays(self, name: str, array: np.ndarray, sizes: dict) -> None:
        """Labels and positions must not lie beyond what they number."""
        tensor = self._tensors.get(name)
        below = None if tensor is None else tensor.integers_below
        if tensor is None or below is None:
            return
        limit = sizes.get(below, int(below) if below.is_Integer else None)
        outside = (array < 0) | (array >= limit) if limit is not None else array < 0
        holds = f"whole numbers from 0 to {below} − 1"
        if tensor.points is not None:
            axis, way = tensor.points
            along = np.moveaxis(array, axis, -1)
            ahead = np.moveaxis((along - np.arange(array.shape[axis])) * way, -1, axis)
            outside = (array != -1) & (outside | (ahead <= 0))
            holds = f"{'later' if way > 0 else 'earlier'} places than its own, or −1 for none"
        if outside.any():
            raise DeltaruleError(
                f"{name} holds {array[outside][0]}, which is out of range",
                self.name,
                f"{name} holds {holds}",
            )


def _imported(name: str, text: str, cache: str | Path | None) -> ModuleType:
    """The text as a module, from a file, so that tracebacks show its lines."""
    stem = f"{Path(name).stem}_{store.fingerprint(text)}"
    return imported(store.keep_kernel(store.folder(cache), stem, text))
