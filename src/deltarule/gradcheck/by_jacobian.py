"""Full Jacobians measured with compiled kernels, and derived gradients held against them.

Where an output is affine in a tensor, the difference of two values at a step of 1 is exact up to
rounding; where it is analytic, the complex step is; else differences to both sides are taken, at
steps of two widths. Entries that no output sees together are moved in one pass (see boxes.py).
The derived gradient for an upstream y̅ must be Jᵀy̅: that is compared for several random y̅,
entry by entry, so that any wrong entry of the Jacobian shows. Where that takes too many passes,
some are made, and all entries are moved along random directions (see along_directions.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from time import perf_counter

import numpy as np
from sympy import Symbol

from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import gradient_name
from deltarule.gradcheck.along_directions import STRAIGHT, off_along
from deltarule.gradcheck.decompress import Scatter
from deltarule.gradcheck.difference_steps import METHODS, Moved, slopes
from deltarule.gradcheck.result import GradientCheck, compared
from deltarule.gradcheck.sparsity import Box, boxes
from deltarule.kernels.api import Kernel, kernel
from deltarule.kernels.passes.program import known_sizes, loaded
from deltarule.kernels.read_sizes import sizes_of
from deltarule.language.load import load_with
from deltarule.networks.network import Network

#: How many upstream gradients are tried.
TRIED = 3
#: With more passes than this, only so many random ones are made; fewer where steps along all
#: entries at once lead over no kink, and are taken as well.
MOST_PASSES, MOST_STRAIGHT = 1024, 256
#: Settings of a kernel that are none of its derivation's.
_OF_KERNELS = {"wrt", "dtype", "parallel", "threads", "cache"}


def check_jacobians(
    name: Network | str | Path,
    arrays: Mapping[str, np.ndarray],
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
    **settings,
) -> list[GradientCheck]:
    """The Jacobian of a derivation's outputs with respect to each of its real inputs.

    `arrays` are its inputs in float64, of any size. `seconds` of a check is the time that it
    took, compilation apart. Raises DeltaruleError for arrays that do not fit.
    """
    return Jacobians(name, progress, **settings).check(arrays, seed)


class Jacobians:
    """The kernels of a derivation, ready to be checked with arrays of any sizes.

    `settings` are as in `deltarule.kernel`. Raises DeltaruleError where nothing has a gradient.
    """

    def __init__(
        self, name: Network | str | Path, progress: Callable[[str], None] | None = None, **settings
    ):
        own = {k: v for k, v in settings.items() if k not in _OF_KERNELS}
        self.source, own = load_with(name, own)
        self.settings = own | {k: v for k, v in settings.items() if k in _OF_KERNELS}
        self.progress = progress or (lambda known_sizes: None)
        self.made = kernel(self.source, progress=progress, **self.settings)
        self.network = loaded(self.source, own)[0]
        self.known_sizes = known_sizes(self.network)[0]
        self.methods: dict[str, str] = {
            t: how for t, how in self.made.module.STEPS.items() if t in self.made.inputs
        }
        if not self.methods:
            whose = self.network.name
            raise DeltaruleError(f"{whose} has no gradient", whose, "check a layer or a loss")
        self._boxes: dict[tuple, dict[str, Box]] = {}

    @cached_property
    def twin(self) -> Kernel:
        """The same kernel in complex numbers."""
        settings = {**self.settings, "dtype": "complex128"}
        return kernel(self.source, **settings, progress=self.progress)

    def boxes(self, tensor: str, sizes: Mapping[Symbol, int]) -> dict[str, Box]:
        """What the outputs see of a tensor; remembered for every set of sizes."""
        key = tensor, *sizes.values()
        if key not in self._boxes:
            self._boxes[key] = boxes(self.network, tensor, sizes)
        return self._boxes[key]

    def check(self, arrays: Mapping[str, np.ndarray], seed: int = 0) -> list[GradientCheck]:
        """Measure all Jacobians at these arrays, and compare."""
        measurement = Measurement(self, arrays, seed)
        return [measurement.check(tensor) for tensor in self.methods]


class Measurement:
    """One set of arrays, with random gradients of the outputs; all is compiled once it is made."""

    def __init__(self, owner: Jacobians, arrays: Mapping[str, np.ndarray], seed: int):
        self.made, self.network, self.methods = owner.made, owner.network, owner.methods
        self.owner, self.progress = owner, owner.progress
        self.arrays = {n: np.asarray(arrays[n]) for n in self.made.inputs if n in arrays}
        self.sizes = sizes_of(self.network, self.arrays, owner.known_sizes)
        self.random = np.random.default_rng(seed)
        self.progress("compiling")
        values = self.made.values(**self.arrays)
        loss = self.network.loss
        self.roots = [u[1:] for u in self.made.upstream] or [loss.name if loss else ""]
        self.upstream = {
            root: self.random.normal(size=(TRIED, *np.shape(values[root])))
            if self.made.upstream
            else np.ones((1,))
            for root in self.roots
        }
        self.outputs = sum(int(np.size(values[root])) for root in self.roots)
        self.back = [self._bound_backward(k) for k in range(len(self.upstream[self.roots[0]]))]
        if "analytic" in self.methods.values():
            owner.twin.bind(**_complex(self.arrays)).forward()

    def _bound_backward(self, tried: int):
        """A kernel that is given one of the upstream gradients, run once to compile it."""
        ups = {f"d{r}": self.upstream[r][tried] for r in self.roots} if self.made.upstream else {}
        bound = self.made.bind(**self.arrays, **ups)
        bound.forward()
        bound.backward()
        return bound

    def check(self, tensor: str) -> GradientCheck:
        """Measure all derivatives by one tensor, and compare."""
        self.progress(f"measuring the Jacobian of {tensor}")
        began = perf_counter()
        scatter, passes, reached, note = self._measured(tensor)
        measured, doubt = scatter.totals
        derived = self._derived(tensor)
        wrong = reached is not None and self._off_along(tensor, derived)
        if reached is not None:
            measured, derived = np.where(reached, measured, 0.0), np.where(reached, derived, 0.0)
        method, tolerance = METHODS[self.methods[tensor]]
        if not scatter.stray <= tolerance:
            note = "outputs move that read none of the entries moved"
            measured = measured + np.nan
        elif wrong:
            note = "some entry is wrong: all of them together differ along random directions"
            measured = measured + np.nan
        root = self.network.loss.name if self.network.loss else "L"
        return compared(
            tensor,
            gradient_name(root, tensor),
            method,
            derived,
            measured,
            tolerance,
            doubt,
            tensor_axes=self.arrays[tensor].ndim,
            outputs=self.outputs,
            passes=passes,
            edges=scatter.edges,
            note=note,
            seconds=perf_counter() - began,
            settings={s.name: int(n) for s, n in self.sizes.items()},
        )

    def _off_along(self, tensor: str, derived: np.ndarray) -> bool:
        """Whether the gradients by a tensor differ along directions, where these can be tried."""
        method = self.methods[tensor]
        if method not in STRAIGHT:
            return False
        seen = self._seen(tensor)
        moved = self._moved(tensor, method, seen)
        return off_along(method, moved, seen, self.upstream, derived, self.random)

    def _seen(self, tensor: str) -> tuple[str, ...]:
        """The outputs that see a tensor."""
        boxes = self.owner.boxes(tensor, self.sizes)
        return tuple(root for root in self.roots if root in boxes)

    def _derived(self, tensor: str) -> np.ndarray:
        found = []
        for bound in self.back:
            bound.forward()
            found.append(bound.backward()[tensor].copy())
        return np.array(found)

    def _measured(self, tensor: str) -> tuple[Scatter, int, np.ndarray | None, str]:
        """Jᵀy̅, the passes that it took, the entries that were moved (None for all), a note."""
        boxes = self.owner.boxes(tensor, self.sizes)
        seen = {root: boxes[root] for root in self._seen(tensor)}
        shape, method = self.arrays[tensor].shape, self.methods[tensor]
        reach = tuple(
            max((b[k].reach for b in seen.values()), default=1) for k in range(len(shape))
        )
        colours, note = self._colours(reach, method in STRAIGHT)
        moved = self._moved(tensor, method, tuple(seen))
        scatter = Scatter(shape, reach, seen, self.upstream)
        passes = 0
        for part in _parts(colours, scatter.room):
            found = slopes(method, moved, part, reach)
            scatter.add(part, found)
            passes += found.passes
        return scatter, passes, scatter.reached(colours) if note else None, note

    def _colours(self, reach: tuple[int, ...], straight: bool) -> tuple[np.ndarray, str]:
        """The passes to be made, as what is moved in each; said where it is not all of them."""
        count = int(np.prod(reach, dtype=np.int64))
        numbers = np.arange(count)
        note = ""
        if count > MOST_PASSES:
            made = MOST_STRAIGHT if straight else MOST_PASSES
            numbers = np.sort(self.random.choice(count, made, replace=False))
            note = f"{made} of {count} passes, chosen at random"
            note += ", and all along random directions" if straight else ""
        found = np.array(np.unravel_index(numbers, reach)) if reach else np.zeros((0, 1), int)
        return found.T, note

    def _moved(self, tensor: str, method: str, roots: tuple[str, ...]) -> Moved:
        """A kernel bound to copies of the arrays, one of which is moved."""
        made, arrays = self.made, self.arrays
        if method == "analytic":
            made, arrays = self.owner.twin, _complex(arrays)
        own = {n: np.array(a, order="C") for n, a in arrays.items()}
        bound = made.bind(**own)
        return Moved(bound, own[tensor], [bound.values[root] for root in roots])


def _complex(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {n: a if a.dtype.kind in "iu" else a.astype(complex) for n, a in arrays.items()}


def _parts(colours: np.ndarray, room: int) -> Iterator[np.ndarray]:
    for first in range(0, len(colours), room):
        yield colours[first : first + room]
