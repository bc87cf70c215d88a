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

STEP = 1e-5
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
        self.passes = 1 + 2 * max(
            (self.computation.floats.extent(b.extent) for b in self._recurrences), default=0
        )

    @property
    def _recurrences(self) -> list[Recurrence]:
        return [b for b in blocks(self.equations) if isinstance(b, Recurrence)]

    @property
    def carried(self) -> set[str]:
        """The tensors that recurrences compute."""
        return {n for b in self._recurrences for n in b.names}

    def reading(self, name: str) -> list[Edge]:
        """The parts through which the gradient of a tensor comes."""
        return [edge for edge in self.right if edge[1] == name]

    def output(self, edge: Edge) -> np.ndarray:
        """The values of the equation of a part."""
        return self.arrays[self.equations[edge[0]].name]

    def matrix(
        self, edge: Edge, at: Mapping[str, np.ndarray] | None = None, sizes: dict | None = None
    ) -> np.ndarray:
        """∂(outputs)/∂(entries): a row for each output; `at` has other values of what is read."""
        equation, name = self.equations[edge[0]], edge[1]
        arrays = {n: self.arrays[n] for n in equation.read_names()} | dict(at or {})
        centre, size = np.asarray(arrays[name], float), np.size(arrays[name])
        moves = STEP * np.eye(size).reshape(size, *np.shape(centre))
        both = np.concatenate([centre + moves, centre - moves])
        floats = self.computation.floats
        known = Values({}, {**floats.sizes, **(sizes or {})}, floats.scalars, floats.tensors)
        found = self._values(equation, name, arrays, both, known)
        found = found.reshape(2, size, -1)
        slopes = (found[0] - found[1]) / (2 * STEP)
        return self._placed(equation, slopes.T)

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

    def gradients(self, wrong: Mapping[Edge, np.ndarray] | None = None) -> dict[str, np.ndarray]:
        """The gradient of every tensor, with some matrices in the place of the right ones."""
        used = {**self.right, **(wrong or {})}
        of = self.computation.derivation.of
        start = {
            n: np.ravel(np.asarray(self.arrays[f"d{of}/d{n}"], float))
            for n in self.computation.derivation.upstream
        }
        if self.network.loss is not None:
            start[of] = np.ones(1)
        found: dict[str, np.ndarray] = {}
        names = list(dict.fromkeys(name for _, name in used))
        order = [e.name for e in self.equations]
        names.sort(key=lambda n: order.index(n) if n in order else -1, reverse=True)
        for _ in range(self.passes):
            for name in names:
                total = start.get(name, np.zeros(self.arrays[name].size))
                for edge in self.reading(name):
                    behind = self.equations[edge[0]].name
                    upstream = found.get(behind, start.get(behind))
                    if upstream is not None:
                        total = total + upstream @ used[edge]
                found[name] = total
        return {n: g.reshape(self.arrays[n].shape) for n, g in found.items()}
