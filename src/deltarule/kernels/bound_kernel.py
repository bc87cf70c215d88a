"""A kernel with its arrays: passes that are called again and again without checks or new arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np

from deltarule.errors import DeltaruleError, not_positive
from deltarule.kernels import single_call
from deltarule.kernels.cache import second_process
from deltarule.kernels.cache.loading import entry
from deltarule.kernels.threads import in_threads, lost

#: With more bytes than this the time of a call does not count, and a compiled entry is not worth
#: its compiling.
SMALL = 1 << 18


class Bound:
    """A kernel with its arrays: what it fills is the same at every call. A call writes over what
    the last one gave, so that threads of Python need one each.

    Change the arrays that were given in place, then call `forward` and `backward`, or `both`.
    Arrays that had to be copied when they were bound, as they were not contiguous or labels of
    few bits, are copied anew at each call. Labels are held against their extent at each call, and
    determinants against 0; other declared properties were when the arrays were bound.
    """

    def __init__(
        self,
        module: ModuleType,
        threads: int | None,
        alone: Callable | None,
        progress: Callable | None,
        given: Given,
        forward: tuple,
        backward: tuple | None = None,
    ):
        self.values: dict = forward[2]
        self.gradients: dict = {} if backward is None else backward[2]
        self._given = given
        #: What the forward pass fills, where that holds logarithms of determinants.
        self._filled: tuple = forward[1] if module.DETERMINANTS else ()
        self._backward = _missing
        one = (module.forward_at, forward, threads, alone, progress)
        if backward is None:
            self._forward = _call(*one)
        else:
            other = (module.backward_at, backward, threads, alone, progress)
            made, given_to = _compiled(*other[:2], alone)
            of_addresses = None if made is backward[0] else backward[1]
            second_process.ask(made, given_to, progress, of_addresses)
            self._forward, self._backward = _call(*one), _call(*other)
        # Machine code tells of a bad label; passes in stages do not, so it is looked for first.
        runs = [one[0] for one in (forward, backward) if one is not None]
        watched = given.whole and not all(hasattr(run, "overloads") for run in runs)
        self._before = given.made_anew if given.copied or watched else None
        #: Whether a call has nothing to look after; for the smallest kernels that would count.
        self._plain = self._before is None and not self._filled and not given.whole
        #: Whether there is what the backward pass reads of the forward pass.
        self._begun = False
        made = self._single_calls(Path(str(module.__file__)).parent) if self._plain else {}
        if "backward" in made:
            self.forward()  # C's function does not ask whether it was called
        vars(self).update(made)

    def _single_calls(self, folder: Path) -> dict[str, Callable]:
        """The methods that machine code alone can be, for the smallest kernels."""
        runs = [run for run in (self._forward, self._backward) if run is not _missing]
        if any(not isinstance(run, _AtAddress) or run.code is None for run in runs):
            return {}
        if sum(a.nbytes for run in runs for a in run.arrays) > single_call.SHORT:
            return {}
        wanted = {
            "forward": (runs[:1], self.values),
            "backward": (runs[1:], self.gradients),
            "both": (runs if len(runs) == 2 else [], (self.values, self.gradients)),
        }
        made = {}
        for name, (called, result) in wanted.items():
            passes = [(run.code, run.place) for run in called]
            doc = getattr(Bound, name).__doc__
            found = single_call.method(name, doc, folder, passes, (called,), result)
            if called and found is not None:
                made[name] = found
        return made

    def __reduce__(self):
        """Its machine code knows arrays by their place in the memory of this process."""
        raise DeltaruleError(
            "a bound kernel cannot be pickled or copied",
            self._given.place,
            "pickle the kernel, and bind it again where it is used",
        )

    def forward(self) -> dict:
        """The outputs, and what the backward pass uses, by name."""
        if self._before is not None:
            self._before()
        if self._forward():
            self._given.made_anew()
        self._begun = True
        if self._filled:
            given = self._given
            check_determinants(given.module, given.place, given.arrays.values(), self._filled)
        return self.values

    def backward(self) -> dict:
        """The gradients by tensor name, of what `forward` gave last; if it was never called, of the
        arrays as they are, or were when they were bound."""
        if not self._begun and self._backward is not _missing:
            self.forward()
        if self._before is not None:
            self._before()
        if self._backward():
            self._given.made_anew()
        return self.gradients

    def both(self) -> tuple[dict, dict]:
        """What `forward` and `backward` give."""
        if self._plain:
            self._forward()
            self._begun = True
            self._backward()
        else:
            self.forward()
            self.backward()
        return self.values, self.gradients


class Given:
    """The arrays that a bound kernel reads, and those that they were copied from.

    `sources` are as somebody gave them, by name. Raises DeltaruleError for what does not fit.
    """

    def __init__(self, module: ModuleType, place: str, sources: Mapping):
        self.module, self.place, self.sources = module, place, dict(sources)
        with misfits(module, place):
            self._inputs = module.inputs(*sources.values())
        self.arrays = dict(zip(sources, self._inputs, strict=False))
        #: Whether there are labels: they are tested here, and again at every call.
        self.whole = any(a.dtype.kind == "i" for a in self.arrays.values())
        if self.whole:
            with misfits(module, place):
                module.entries(*self._inputs)
        self.copied = [n for n, a in self.arrays.items() if not _same(a, sources[n])]

    def shaped(self) -> list[np.ndarray]:
        """The arrays, with the axes that they were given with."""
        return [a.reshape(np.shape(self.sources[n])) for n, a in self.arrays.items()]

    def made_anew(self) -> None:
        """Copy again what was copied, and check entries that subscripts are made of."""
        with misfits(self.module, self.place):
            for name in self.copied:
                array = self.arrays[name]
                axes = np.ndim(self.sources[name])
                now = self.module.fitting(name, self.sources[name], array.dtype, axes, "as before")
                if now.size != array.size:
                    raise self.module.misshapen(name, now, array.shape)
                array[...] = now.reshape(array.shape)
            if self.whole:
                self.module.entries(*self._inputs)


def _same(array: np.ndarray, source) -> bool:
    """Whether an array is the one that was given, or another view of it."""
    return isinstance(source, np.ndarray) and (
        array is source or (array.size == source.size and np.shares_memory(array, source))
    )


@contextmanager
def misfits(module: ModuleType, place: str) -> Iterator[None]:
    """What a kernel's module refuses, in our words."""
    try:
        yield
    except module.Misfit as error:
        raise DeltaruleError(error.args[0], place, error.args[1]) from None
    except (MemoryError, ValueError) as error:
        raise DeltaruleError(
            f"there is no room for the arrays: {error}", place, "give smaller ones"
        ) from None


def check_determinants(
    module: ModuleType, place: str, given: Iterable[np.ndarray], taken: Sequence
) -> None:
    """Refuse determinants that are not above 0; NaN and ∞ that were given are handed on."""
    if not all(np.isfinite(a).all() for a in given):
        return
    for tensor, where in module.DETERMINANTS.items():
        if not np.isfinite(taken[where]).all():
            raise not_positive(tensor, place)


def _missing() -> None:
    raise DeltaruleError("the gradients of the outputs are missing", None, "bind dy=… too")


def _call(
    by_address: Callable,
    ready: tuple,
    threads: int | None,
    alone: Callable | None,
    progress: Callable | None,
) -> Callable[[], None]:
    """A pass without arguments; of small arrays it hands over one address."""
    run, taken, _ = ready
    if alone is not None:
        return _InThreads(threads, alone, run, taken, progress)
    made, given = _compiled(by_address, ready, alone)
    second_process.ask_instead(made, given, progress, None if made is run else taken)
    if made is run:
        return partial(entry(run, taken, progress), *taken)
    called = entry(made, given, progress)
    code = single_call.address(made, given)
    return _AtAddress(called, code, *table_of(taken))


def table_of(taken: Sequence) -> tuple[np.ndarray, list[np.ndarray]]:
    """Where the arrays lie that a pass takes, then the integers; and these arrays."""
    arrays = [a for a in taken if isinstance(a, np.ndarray)]
    numbers = [*(a.ctypes.data for a in arrays), *taken[len(arrays) :]]
    return np.array(numbers, np.int64), arrays


def _compiled(by_address: Callable, ready: tuple, alone: Callable | None) -> tuple:
    """What is compiled for a pass, and what it is called with."""
    run, taken, _ = ready
    large = sum(a.nbytes for a in taken if isinstance(a, np.ndarray)) > SMALL
    if alone is not None or large or not hasattr(run, "overloads"):
        return run, taken
    return by_address, (0,)


class _AtAddress(partial):
    """A call that takes the address of a table; it keeps the table and what is listed there.

    `code` is where its machine code lies, if that is known.
    """

    code: int | None
    place: int
    arrays: list[np.ndarray]

    def __new__(cls, entry: Callable, code: int | None, table: np.ndarray, arrays: list):
        made = super().__new__(cls, entry, int(table.ctypes.data))
        made.code, made.place, made.arrays, made.table = code, int(table.ctypes.data), arrays, table
        return made


class _InThreads:
    """A pass with its arrays in so many threads; without any in a child that has none."""

    def __init__(
        self,
        threads: int | None,
        alone: Callable | None,
        run: Callable,
        taken: tuple,
        progress: Callable | None,
    ):
        self.threads, self.alone, self.run, self.taken = threads, alone, run, taken
        self.progress, self.entry = progress, entry(run, taken, progress)

    def __call__(self) -> int | None:
        if self.alone is not None and lost():
            same = getattr(self.alone(), self.run.__name__)
            return entry(same, self.taken, self.progress)(*self.taken)
        if self.threads is None:
            return self.entry(*self.taken)
        with in_threads(self.threads):
            return self.entry(*self.taken)
