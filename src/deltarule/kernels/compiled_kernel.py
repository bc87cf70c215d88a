"""A tuned kernel: the compiled forward and backward pass of one derivation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.kernels.bound_kernel import Bound, Given, check_determinants, misfits
from deltarule.kernels.cache import second_process
from deltarule.kernels.cache.loading import entry
from deltarule.kernels.given_results import filling, refuse_overlaps
from deltarule.kernels.requests import not_taken
from deltarule.kernels.squeezed_arrays import FEW, Squeezed, axes_of, short_rows_of, unit_sizes
from deltarule.kernels.threads import in_threads, lost
from deltarule.represented import Represented

#: Up to so many bytes of inputs a single thread is done sooner than several have begun.
TINY = 1 << 16
#: From so many on several are woken, unasked how long one thread takes.
LARGE = 1 << 24
#: Waking threads for a loop, and waiting for the last, takes a good part of so many nanoseconds.
SHORT = 12_000


class Kernel(Represented):
    """The compiled forward and backward pass of one derivation.

    `inputs` are the names of the arrays that it needs; shapes are found from these. `outputs` are
    those that it gives, states of a recurrence among them; `upstream` are the gradients that its
    backward pass takes: ("dy",) for ∂L/∂y, where nothing but y is handed on, none with a loss.
    Arrays of the wrong type or shape raise DeltaruleError. Inputs are never changed.
    """

    def __init__(
        self,
        name: str,
        module: ModuleType,
        dtype: str,
        threads: int | None = None,
        progress: Callable[[str], None] | None = None,
        text: Callable[[], str] | None = None,
    ):
        self.name, self.module, self.dtype, self.threads = name, module, dtype, threads
        self._progress, self._entries, self._text = progress, {}, text
        #: Gives the module without threads, for small arrays; None where this one has none.
        self.alone: Callable[[], ModuleType] | None = None
        self._serial: ModuleType | None = None
        #: Gives the module for arrays with axes of one entry, or of few; None where nothing does.
        self.formed: Callable[..., ModuleType] | None = None
        self._squeezed: dict[tuple, Squeezed] = {}
        #: The names of the modules that may run in threads.
        self._threaded = {module.__name__}
        #: What makes it again, and what that is given.
        self.recipe: tuple[Callable, tuple] | None = None
        self.inputs: tuple[str, ...] = tuple(module.GIVEN)
        self.upstream: tuple[str, ...] = tuple(module.UPSTREAM)
        self.kept: tuple[str, ...] = tuple(module.KEPT)
        self.outputs: tuple[str, ...] = tuple(module.OUTPUTS)
        self._inputs, self._kept = frozenset(self.inputs), frozenset(self.kept)
        self._needed = self._inputs.union(self.upstream)
        self._taken = self._needed.union(self.kept, self.outputs)

    def __reduce__(self):
        """Pickled as what it was asked for; whoever loads it derives it, or has it in a cache."""
        if self.recipe is None:
            raise DeltaruleError(
                "a kernel that was made of a module cannot be pickled",
                self.name,
                "make it with deltarule.kernel",
            )
        return self.recipe

    def __repr__(self) -> str:
        return f"<kernel {self.name} {self.dtype}: {', '.join(self.inputs)}>"

    @property
    def source(self) -> str:
        """The kernel's text, which needs NumPy and Numba alone."""
        if self._text is not None:
            return self._text()
        return Path(inspect.getfile(self.module)).read_text(encoding="utf-8")

    def forward(self, **arrays) -> np.ndarray | dict[str, np.ndarray]:
        """The output, or a dict of outputs by name where there are several.

        `arrays` are those of the `inputs`, by name, each of its tensor's shape; their sizes are
        read off them. Raises DeltaruleError for a name or a shape that does not fit.
        """
        values = self.values(**arrays)
        if len(self.outputs) == 1:
            return values[self.outputs[0]]
        return {name: values[name] for name in self.outputs}

    def values(self, **arrays) -> dict:
        """The outputs, and whatever else the backward pass can use, by name."""
        if arrays.keys() != self._inputs:
            raise self._wrong(arrays, self.inputs, ())
        return self._run("forward", [arrays[name] for name in self.inputs])

    def backward(self, **arrays) -> dict:
        """The gradients by tensor name: {"x": …, "w": …}.

        Takes the inputs, the gradient `dy` of each output `y` of a network without a loss, and
        what `values` gave if that is at hand; else the forward pass is run again. These `arrays`
        are given by name, and a gradient has the shape of its tensor.
        Raises DeltaruleError for a name or a shape that does not fit.
        """
        if not arrays.keys() >= self._needed or not arrays.keys() <= self._taken:
            more = (*self.kept, *self.outputs)
            raise self._wrong(arrays, (*self.inputs, *self.upstream), more)
        if not arrays.keys() >= self._kept:
            if second_process.running() is not None:
                self._ask(*([arrays[n] for n in names] for names in (self.inputs, self.upstream)))
            arrays = {**self.values(**{n: arrays[n] for n in self.inputs}), **arrays}
        names = (*self.inputs, *self.kept, *self.upstream)
        return self._run("backward", [arrays[name] for name in names])

    def both(self, **arrays) -> tuple[dict, dict]:
        """What `values` and `backward` give, in one go.

        `arrays` are the inputs and the gradients of the outputs, by name.
        Raises DeltaruleError for a name or a shape that does not fit.
        """
        if arrays.keys() != self._needed:
            raise self._wrong(arrays, (*self.inputs, *self.upstream), ())
        given = [arrays[name] for name in self.inputs]
        upstream = [arrays[name] for name in self.upstream]
        if second_process.running() is not None:
            self._ask(given, upstream)
        values = self._run("forward", given)
        given += [values[name] for name in self.kept]
        return values, self._run("backward", [*given, *upstream])

    def bind(self, **arrays) -> Bound:
        """Both passes made ready for these very `arrays`, without further checks or new arrays.

        They are the inputs by name, with the gradients of the outputs if the backward pass is
        wanted. Raises DeltaruleError for a name or a shape that does not fit.
        """
        return self.bind_filling({}, {}, arrays)

    def bind_filling(
        self,
        values: Mapping[str, np.ndarray],
        gradients: Mapping[str, np.ndarray],
        arrays: Mapping[str, np.ndarray],
    ) -> Bound:
        """As `bind`; the outputs `values` and the `gradients` of tensors, by name, are filled
        instead of new arrays.

        They hold zeros at first. Raises DeltaruleError for one that has not the shape and type of
        what it takes the place of, does not lie in one piece, or shares memory with another.
        """
        if not arrays.keys() >= self._inputs or not arrays.keys() <= self._needed:
            raise self._wrong(arrays, self.inputs, self.upstream)
        named = {**values, **{f"the gradient by {n}": a for n, a in gradients.items()}}
        refuse_overlaps(named, self.name)
        own = self._module([arrays[name] for name in self.inputs])
        given = Given(own, self.name, {name: arrays[name] for name in self.inputs})
        taken = given.shaped()
        form = self._form(own, arrays)
        passes = [filling(self._ready("forward", taken, form), values, self.name)]
        if arrays.keys() >= self._needed:
            taken += [passes[0][2][name] for name in self.kept]
            taken += [arrays[name] for name in self.upstream]
            backward = self._ready("backward", taken, form)
            passes.append(filling(backward, gradients, self.name))
        return Bound(form.module, self.threads, form.alone, self._progress, given, *passes)

    def _form(self, module: ModuleType, arrays: Mapping[str, np.ndarray]) -> Squeezed:
        """The module to use for these arrays, which may be made for axes of few entries."""
        alone = self.alone if module is self.module else None
        sizes = unit_sizes(module, arrays)
        size = sum(getattr(arrays[n], "nbytes", 0) for n in self.inputs)
        short = short_rows_of(module, arrays) if not sizes else ()
        if self.formed is None or not (sizes or short) or size < FEW:
            return Squeezed(module, alone)
        key = (module.PARALLEL, sizes, short)
        if key not in self._squeezed:
            made = self.formed(module.PARALLEL, unit=sizes, short=short)
            serial = (
                partial(self.formed, False, unit=sizes, short=short) if alone is not None else None
            )
            self._threaded |= {made.__name__} if alone is not None else set()
            self._squeezed[key] = Squeezed(made, serial, axes_of(module, sizes))
        return self._squeezed[key]

    def _module(self, given: list) -> ModuleType:
        """The module to use: small problems must not pay for threads, and a fork loses them."""
        if self.alone is None or not lost() and self._pays(given[: len(self.inputs)]):
            return self.module
        if self._serial is None:
            self._serial = self.alone()
        return self._serial

    def _pays(self, inputs: list) -> bool:
        """Whether several threads are done sooner than one."""
        size = sum(getattr(a, "nbytes", 0) for a in inputs)
        if not TINY < size < LARGE:
            return size >= LARGE
        with misfits(self.module, self.name):
            return self.module.one_thread(*self.module.inputs(*inputs)) > SHORT

    def _ready(self, name: str, given: list, form: Squeezed | None = None) -> tuple:
        """What runs, what it takes and what it fills; the module's complaints in our words."""
        names = (*self.inputs, *self.kept, *self.upstream)
        arrays = dict(zip(names, given, strict=False))
        if form is None:
            module = self.module if self.alone is None else self._module(given)
            form = self._form(module, arrays)
        if form.axes:
            try:
                return form.ready(name, arrays)
            except (form.module.Misfit, ValueError):  # what does not fit is said with all axes
                form = Squeezed(self.module)
        with misfits(form.module, self.name):
            return form.ready(name, arrays)

    def _run(self, name: str, given: list) -> dict:
        """What a pass fills."""
        run, taken, filled = self._ready(name, given)
        call = self._entries.get(run)
        if call is None:
            second_process.ask_instead(run, taken, self._progress)
            call = self._entries[run] = entry(run, taken, self._progress)
        if self.threads is None or run.__module__ not in self._threaded:
            strayed = call(*taken)
        else:
            with in_threads(self.threads):
                strayed = call(*taken)
        if strayed:
            with misfits(self.module, self.name):
                inputs = self.module.inputs(*given[: len(self.inputs)])
                self.module.entries(*inputs)
        if name == "forward" and self.module.DETERMINANTS:
            check_determinants(self.module, self.name, given, taken)
        return filled

    def _ask(self, given: list, upstream: list) -> None:
        """Have the backward pass compiled in a second process while the forward pass is here."""
        filled = self._ready("forward", given)[2]
        given = [*given, *(filled[name] for name in self.kept), *upstream]
        run, taken, _ = self._ready("backward", given)
        second_process.ask(run, taken, self._progress)

    def _wrong(self, arrays: dict, needed: Sequence[str], more: Sequence[str]) -> DeltaruleError:
        """What is wrong with the names of some arrays: one is not known, or one is missing."""
        stray = next((n for n in arrays if n not in needed and n not in more), None)
        if stray is not None:
            return not_taken(stray, needed, (*more, *self.outputs), self.name)
        missing = next(n for n in needed if n not in arrays)
        wanted = ", ".join((*self.inputs, *self.upstream))
        return DeltaruleError(
            f"{missing} is missing", self.name, f"give {missing}=…; needed: {wanted}"
        )
