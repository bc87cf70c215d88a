"""Formulas prepared once for many runs in float64: closures over NumPy instead of walks.

Arrays may carry further axes in front, such as one of several hypotheses: all formulas act on the
last axes alone, and what has no axis in front serves every entry of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce

import numpy as np
import sympy
from sympy import Add, Dummy, Expr, Mul, Pow, Rational, Symbol

from deltarule.arithmetic.evaluate import MOST_POINTS, Values
from deltarule.arithmetic.fixed_rationals import constant
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.function_formulas import written_out
from deltarule.arithmetic.integers import Grid, integers_over, mask
from deltarule.arithmetic.prepared_sums import Prepared, highest, log_sum, selection, summed
from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.symbols import Index, Size

_FLOAT = Float64()
_OF_TWO = {"peak": np.maximum, "weighted": _FLOAT.weighted, "quotient": _FLOAT.quotient}


class Unprepared(Exception):
    """The formula holds something that is evaluated as ever."""


class Preparation:
    """Turns formulas into closures over NumPy; indices that are `fixed` have no axis.

    `counted` is where values count, over the grid or None for everywhere: what is read beyond a
    tensor's edge elsewhere is nobody's concern. `known` keeps what was prepared, for formulas
    that have parts in common.
    """

    def __init__(
        self,
        values: Values,
        letters: Mapping[Dummy, Prepared] | None = None,
        fixed: Mapping[Index, int] | None = None,
        counted: np.ndarray | None = None,
        known: dict | None = None,
    ):
        self.known = known
        where = None if counted is None else (counted.shape, counted.tobytes())
        self._here_and_now = (where, *(fixed or {}).items())
        self.values, self.letters, self.fixed = values, letters or {}, fixed or {}
        self.counted = counted
        self._here = Grid(tuple(self.fixed), (1,) * len(self.fixed), tuple(self.fixed.values()))

    def places(self, name: str, subscripts: tuple, indices: tuple[Index, ...]) -> tuple:
        """What to take along each axis of an array: all of it, or the one place that is fixed."""
        return tuple(slice(None) if s in indices else self._place(s) for s in subscripts)

    def _place(self, subscript: Expr) -> int:
        if not subscript.free_symbols - self.values.sizes.keys() <= self.fixed.keys():
            raise Unprepared
        found = int(integers_over(subscript, self._here, self.values).item())
        if found < 0:
            raise Unprepared
        return found

    def _grid(self, indices: tuple[Index, ...], shape: tuple) -> Grid:
        """The grid of the indices, those that are fixed behind them."""
        own = tuple(i for i in self.fixed if i not in indices)
        return Grid(
            (*indices, *own),
            (*shape, *(1 for _ in own)),
            (*(0 for _ in indices), *(self.fixed[i] for i in own)),
        )

    def _over(self, function: Callable, node, indices: tuple, shape: tuple) -> np.ndarray:
        """The integers, or the truths, of a node over the grid."""
        try:
            found = np.asarray(function(node, self._grid(indices, shape), self.values))
        except DeltaruleError:
            raise Unprepared from None
        extra = found.ndim - len(shape)
        return found.reshape(found.shape[: len(shape)]) if extra > 0 else found

    def prepare(self, node: Expr, indices: tuple[Index, ...], shape: tuple) -> Prepared:
        """The formula over the grid of some indices. Raises Unprepared where it cannot be."""
        if self.known is None or self.letters:
            return self._prepared(node, indices, shape)
        key = (node, indices, shape, self._here_and_now)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._prepared(node, indices, shape)
        return found

    def _prepared(self, node: Expr, indices: tuple[Index, ...], shape: tuple) -> Prepared:
        for kind in type(node).__mro__:
            method = self._methods.get(kind)
            if method is not None:
                return method(self, node, indices, shape)
        raise Unprepared

    def _constant(self, node, indices, shape) -> Prepared:
        value = float(self.values.extent(node) if isinstance(node, Size) else node)
        return lambda arrays: value

    def _integer(self, node, indices, shape) -> Prepared:
        value = self._over(integers_over, node, indices, shape).astype(float)
        return lambda arrays: value

    def _symbol(self, node, indices, shape) -> Prepared:
        if node in self.letters:
            return self.letters[node]
        if node not in self.values.scalars:
            raise Unprepared
        value = float(self.values.scalars[node])
        return lambda arrays: value

    def _read(self, node, indices, shape) -> Prepared:
        name, subscripts = nodes.tensor_name(node), node.indices
        free = [s for s in subscripts if s in indices]
        known = self.fixed.keys() | self.values.sizes.keys()
        plain = len(set(free)) == len(free) and all(
            s in indices or s.free_symbols <= known for s in subscripts
        )
        if not plain or not self._covers(name, subscripts, indices, shape):
            return self._gather(name, subscripts, indices, shape)
        where = (..., *self.places(name, subscripts, indices))
        axes = [indices.index(s) for s in free]
        order = sorted(range(len(axes)), key=axes.__getitem__)
        spread = tuple(n if k in axes else 1 for k, n in enumerate(shape))
        cut, count = len(free) < len(subscripts), len(free)
        in_place, in_order = axes == list(range(len(shape))), order == list(range(count))

        def entries(arrays: dict) -> np.ndarray:
            found = arrays[name][where] if cut else arrays[name]
            if in_place:
                return found
            ahead = found.ndim - count
            if not in_order:
                found = found.transpose((*range(ahead), *(ahead + k for k in order)))
            return found.reshape(found.shape[:ahead] + spread)

        return entries

    def _covers(self, name: str, subscripts, indices, shape) -> bool:
        """Whether the indices run over all of a tensor's own axes, and no further."""
        known = self.values.arrays.get(name)
        if known is None:
            return True
        own = np.shape(known)[-len(subscripts) :] if subscripts else ()
        return all(
            own[k] == shape[indices.index(s)] if s in indices else self._inside(s, own[k])
            for k, s in enumerate(subscripts)
        )

    def _inside(self, subscript: Expr, extent: int) -> bool:
        return 0 <= int(integers_over(subscript, self._here, self.values).item()) < extent

    def _gather(self, name: str, subscripts, indices, shape) -> Prepared:
        """Entries at subscripts that are reckoned beforehand; beyond the edge, what lies there."""
        known = self.values.arrays.get(name)
        if known is None or not np.size(known):
            raise Unprepared
        extents = np.shape(known)[-len(subscripts) :]
        where = [self._over(integers_over, s, indices, shape) for s in subscripts]
        inside = np.array(True)
        for at, extent in zip(where, extents, strict=True):
            inside = inside & (at >= 0) & (at < extent)
        tensor = self.values.tensors.get(name)
        outside = tensor.outside if tensor is not None else None
        counted = np.array(True) if self.counted is None else self.counted
        if outside is None and np.any(~inside & counted):
            raise Unprepared
        clipped = [np.clip(at, 0, n - 1) for at, n in zip(where, extents, strict=True)]
        # Each subscript lies along all axes of the grid, so that none is taken for one in front.
        full = np.broadcast_shapes(*(c.shape for c in clipped), (1,) * len(shape))
        at = (..., *(np.broadcast_to(c, full) for c in clipped))
        if inside.all():
            return lambda arrays: arrays[name][at]
        beyond = float(outside) if outside is not None else 0.0
        return lambda arrays: np.where(inside, arrays[name][at], beyond)

    def _holds(self, condition, indices, shape) -> np.ndarray | Prepared:
        """Where a condition holds: known beforehand, or a closure if that depends on values."""
        if isinstance(condition, nodes.Positive):
            inside = self.prepare(condition.args[0], indices, shape)
            return lambda arrays: np.asarray(inside(arrays) > 0)
        return self._over(mask, condition, indices, shape)

    def _where(self, more: np.ndarray, axes: int = 0) -> Preparation:
        """The same where fewer places count, behind so many new axes."""
        counted = np.array(True) if self.counted is None else self.counted
        if axes and counted.ndim:
            counted = counted.reshape(counted.shape + (1,) * axes)
        return self._like(self.letters, counted & more)

    def _like(self, letters: Mapping[Dummy, Prepared], counted: np.ndarray | None) -> Preparation:
        """The same for other letters, or where other places count."""
        return Preparation(self.values, letters, self.fixed, counted, self.known)

    def _choose(self, node, indices, shape) -> Prepared:
        condition, then, otherwise = node.args
        holds = self._holds(condition, indices, shape)
        if not isinstance(holds, np.ndarray):
            one, two = (self.prepare(n, indices, shape) for n in (then, otherwise))
            return lambda arrays: np.where(holds(arrays), one(arrays), two(arrays))
        if holds.all() or not holds.any():
            return self.prepare(then if holds.all() else otherwise, indices, shape)
        one = self._where(holds).prepare(then, indices, shape)
        two = self._where(~holds).prepare(otherwise, indices, shape)
        return lambda arrays: np.where(holds, one(arrays), two(arrays))

    def _add(self, node, indices, shape) -> Prepared:
        parts = [self.prepare(a, indices, shape) for a in node.args]
        return lambda arrays: reduce(np.add, [p(arrays) for p in parts])

    def _mul(self, node, indices, shape) -> Prepared:
        parts = [self.prepare(a, indices, shape) for a in node.args]
        return lambda arrays: reduce(np.multiply, [p(arrays) for p in parts])

    def _pow(self, node, indices, shape) -> Prepared:
        base = self.prepare(node.base, indices, shape)
        exponent = constant(node.exp, self.values.scalars, self.values.sizes)
        if exponent is None:
            moving = self.prepare(node.exp, indices, shape)
            return lambda arrays: np.power(base(arrays), moving(arrays))
        if (power := float(exponent)) == -1:
            return lambda arrays: np.divide(1.0, base(arrays))
        if power == 2:
            return lambda arrays: np.square(base(arrays))
        return lambda arrays: np.power(base(arrays), power)

    def _function(self, node, indices, shape) -> Prepared:
        inside = [self.prepare(a, indices, shape) for a in node.args]
        if (both := _OF_TWO.get(node.row.name)) is not None:
            return lambda arrays: both(inside[0](arrays), inside[1](arrays))
        if node.row.leaf or node.row.native:
            return lambda arrays: _FLOAT.apply(node.row.name, inside[0](arrays))
        formula, letters = written_out(type(node), len(inside), stable=True)
        inner = self._like(dict(zip(letters, inside, strict=True)), self.counted)
        return inner.prepare(formula, indices, shape)

    def _reduction(self, node, indices, shape) -> Prepared:
        extents = tuple(max(self.values.extent(n), 0) for _, n in node.ranges)
        full = shape + extents
        if np.prod(full, dtype=float) > MOST_POINTS:
            raise Unprepared
        within = indices + node.indices
        inner, known, moving = self._conditions(node.conditions, within, full, len(extents))
        if not known.any() and isinstance(node, nodes.Sum):
            return lambda arrays: 0.0
        body = inner.prepare(node.body, within, full)
        always = not moving and bool(known.all())

        def counted(arrays: dict) -> np.ndarray | None:
            return None if always else reduce(np.logical_and, [m(arrays) for m in moving], known)

        of = {nodes.Sum: summed, nodes.Max: highest, nodes.LogSumExp: log_sum}
        for kind, make in of.items():
            if isinstance(node, kind):
                return make(body, counted, full, len(extents))
        raise Unprepared

    def _conditions(self, conditions: Iterable, indices, shape, axes: int):
        """The preparation where conditions hold, the truths known beforehand, and the others."""
        inner, known, moving = self, np.array(True), []
        if self.counted is not None:
            inner = self._where(np.array(True), axes)
        for condition in conditions:
            holds = inner._holds(condition, indices, shape)
            if isinstance(holds, np.ndarray):
                known = known & holds
                inner = inner if holds.all() else inner._where(holds)
            else:
                moving.append(holds)
        return inner, known, moving

    def _selection(self, node, indices, shape) -> Prepared:
        maximum = node.maximum
        inner, known, moving = self._conditions(maximum.conditions, indices, shape, 0)
        if moving:
            raise Unprepared
        body = inner.prepare(maximum.body, indices, shape)
        grid = Grid(indices, shape, (0,) * len(indices))
        axes = tuple(grid.axis(i) for i in maximum.indices)
        return selection(body, np.broadcast_to(known, shape), axes, maximum.ties)

    def _frozen(self, node, indices, shape) -> Prepared:
        return self.prepare(node.args[0], indices, shape)

    _methods = {
        Rational: _constant, Size: _constant, Symbol: _symbol, nodes.Read: _read, Add: _add,
        Mul: _mul, Pow: _pow, Elementwise: _function, nodes.Reduction: _reduction,
        nodes.Choose: _choose, nodes.Frozen: _frozen, nodes.Selection: _selection,
        Index: _integer, nodes.FloorQuotient: _integer, nodes.Remainder: _integer,
        nodes.Delta: _integer, type(sympy.S.NegativeInfinity): _constant,
    }  # fmt: skip
