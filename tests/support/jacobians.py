"""Gradients of any derivation in NumPy, from Jacobians of its forward equations by differences.

Nothing here comes from the calculus: every forward equation is evaluated with one entry of one
tensor moved up and down, and the chain rule is products of matrices. A wrong backward pass is one
of these matrices worked out otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sympy import Integer

from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.prepared_program import whole_line
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.tracing.computation import Computation

#: Four values around a place give slopes to twelve digits.
STEP = 1e-4
#: Of a small number no step is larger than this part of it, as far as float64 goes.
NEAR, SMALLEST = 5e-3, 2e-6
#: Each part of the chain rule: an equation by its place in the network, and what it reads.
Edge = tuple[int, str]


class Jacobians:
    """A course at numbers: `arrays`, the right matrices, and gradients by the chain rule."""

    def __init__(self, computation: Computation):
        self.computation, self.network = computation, computation.network
        self.arrays = {n: np.asarray(a) for n, a in computation.floats.arrays.items()}
        self.equations = self.network.equations
        self.right = {
            (k, name): self.matrix((k, name))
            for k, e in enumerate(self.equations)
            for name in sorted(e.read_names())
            if self.arrays[name].dtype.kind == "f"
        }
        self._reading: dict[str, list[Edge]] = {}
        for edge in self.right:
            self._reading.setdefault(edge[1], []).append(edge)
        self.passes = 1 + 2 * max(
            (self.computation.floats.extent(b.extent) for b in self.recurrences), default=0
        )

    @property
    def recurrences(self) -> list[Recurrence]:
        """The blocks of equations that are computed time by time."""
        return [b for b in blocks(self.equations) if isinstance(b, Recurrence)]

    @property
    def carried(self) -> set[str]:
        """The tensors that recurrences compute."""
        return {n for b in self.recurrences for n in b.names}

    def reading(self, name: str) -> list[Edge]:
        """The parts through which the gradient of a tensor comes."""
        return self._reading.get(name, [])

    def line(self, name: str) -> str:
        """The line with the gradient of a tensor, such as dL/dx."""
        return f"d{self.computation.derivation.of}/d{name}"

    def output(self, edge: Edge) -> np.ndarray:
        """The values of the equation of a part."""
        return self.arrays[self.equations[edge[0]].name]

    def matrix(
        self,
        edge: Edge,
        at: Mapping[str, np.ndarray] | None = None,
        sizes: Mapping | None = None,
        scalars: Mapping | None = None,
    ) -> np.ndarray:
        """∂(outputs)/∂(entries): a row for each output; `at` has other values of what is read."""
        equation, name = self.equations[edge[0]], edge[1]
        arrays = {n: self.arrays[n] for n in equation.read_names()} | dict(at or {})
        centre = np.asarray(arrays[name], float)
        known = self._known(sizes or {}, scalars)
        step = STEP * max(1.0, np.abs(centre).max(initial=0)) ** 0.5
        near = np.clip(NEAR * np.abs(np.ravel(centre)), SMALLEST, step)  # log(p) of a small p
        steps = np.where(np.ravel(centre) == 0, step, near)
        slopes = self._slopes(equation, name, arrays, known, steps)
        lost = ~np.isfinite(slopes).all(axis=1)
        if lost.any():  # log(p) of a p that is smaller than the step
            steps = np.where(lost & (np.ravel(centre) != 0), STEP * np.abs(np.ravel(centre)), steps)
            slopes = self._slopes(equation, name, arrays, known, steps)
        return self._placed(equation, slopes.T)

    def _slopes(
        self, equation: Equation, name: str, arrays: Mapping, known: Values, steps: np.ndarray
    ) -> np.ndarray:
        """∂(outputs)/∂(entry), a row for each entry, by a step for each."""
        centre = np.asarray(arrays[name], float)
        moves = np.diag(steps).reshape(centre.size, *centre.shape)
        around = np.concatenate([centre + k * moves for k in (1, -1, 2, -2)])
        found = self._values(equation, name, arrays, around, known)
        up, down, far_up, far_down = found.reshape(4, centre.size, -1)
        return (8 * (up - down) - (far_up - far_down)) / (12 * steps[:, None])

    def value(self, position: int, at: Mapping[str, np.ndarray]) -> np.ndarray:
        """An equation with other values of some of what it reads."""
        e, known = self.equations[position], self._known({})
        arrays = {n: self.arrays[n] for n in e.read_names()} | dict(at)
        here = Values(arrays, known.sizes, known.scalars, known.tensors)
        found = np.array(evaluate(e.rhs, e.ranges, here, Float64()), float)
        if e.subscripts == e.indices:
            return found
        return self._placed(e, found.reshape(-1, 1)).reshape(self.arrays[e.name].shape)

    def _known(self, sizes: Mapping, scalars: Mapping | None = None) -> Values:
        floats = self.computation.floats
        known = {**floats.scalars, **(scalars or {})}
        return Values({}, {**floats.sizes, **sizes}, known, floats.tensors)

    def raised(self, edge: Edge, by: float) -> np.ndarray:
        """How much every output grows if an entry is so much larger: a row for each output."""
        equation, array = self.equations[edge[0]], np.asarray(self.arrays[edge[1]], float)
        arrays = {n: self.arrays[n] for n in equation.read_names()}
        moved = array + by * np.eye(array.size).reshape(array.size, *array.shape)
        found = self._values(equation, edge[1], arrays, moved, self._known({}))
        return (found.reshape(array.size, -1) - np.ravel(self.output(edge))).T

    def _values(self, equation: Equation, name: str, arrays, moved, known: Values) -> np.ndarray:
        prepared = whole_line(equation, known, {}) if known.sizes == self.sizes else None
        shape = tuple(known.extent(n) for _, n in equation.ranges)
        found = None if prepared is None else np.asarray(prepared({**arrays, name: moved}))
        if found is not None and found.shape[1:] in (shape, ()):
            return np.broadcast_to(found, (len(moved), *shape))
        rows = []
        for one in moved:
            here = Values({**arrays, name: one}, known.sizes, known.scalars, known.tensors)
            rows.append(evaluate(equation.rhs, equation.ranges, here, Float64()))
        return np.array(rows, float)

    @property
    def sizes(self) -> dict:
        """The sizes of the course."""
        return self.computation.floats.sizes

    def _placed(self, equation: Equation, rows: np.ndarray) -> np.ndarray:
        """The rows at the entries that an equation writes, where it does not write all."""
        extent, whole = self.computation.floats.extent, self.arrays[equation.name]
        if equation.subscripts == equation.indices and len(rows) == whole.size:
            return rows
        found = np.zeros((whole.size, rows.shape[1]))
        shape = [extent(n) for _, n in equation.ranges]
        for row, at in zip(rows, np.ndindex(*shape), strict=True):
            table = dict(zip(equation.indices, map(Integer, at), strict=True))
            subscripts = [s.xreplace(table) for s in equation.subscripts]
            place = tuple(int(s) if s.is_Integer else extent(s) for s in subscripts)
            found[np.ravel_multi_index(place, whole.shape)] = row
        return found

    def start(self) -> dict[str, np.ndarray]:
        """Where gradients begin: what a layer is given, or 1 at a loss."""
        found = {
            n: np.ravel(np.asarray(self.arrays[self.line(n)], float))
            for n in self.computation.derivation.upstream
        }
        if self.network.loss is not None:
            found[self.computation.derivation.of] = np.ones(1)
        return found

    def backwards(self) -> list[str]:
        """All that is read, the last first; a recurrence takes several passes."""
        order = {e.name: k for k, e in enumerate(self.equations)}
        names = dict.fromkeys(name for _, name in self.right)
        return sorted(names, key=lambda n: order.get(n, -1), reverse=True) * self.passes

    def gradients(self, wrong: Mapping[Edge, np.ndarray] | None = None) -> dict[str, np.ndarray]:
        """The gradient of every tensor, with some matrices in the place of the right ones."""
        used, start = {**self.right, **(wrong or {})}, self.start()
        found: dict[str, np.ndarray] = {}
        for name in self.backwards():
            total = start.get(name, np.zeros(self.arrays[name].size))
            for edge in self.reading(name):
                behind = self.equations[edge[0]].name
                upstream = found.get(behind, start.get(behind))
                if upstream is not None:
                    total = total + upstream @ used[edge]
            found[name] = total
        return {n: g.reshape(self.arrays[n].shape) for n, g in found.items()}
