"""One evaluator for every kind of number: an expression over a grid of its indices.

Each index in scope is an axis; a sum adds axes and removes them again. Reads beyond a tensor's
edge have the tensor's declared outside value, and where a sum's conditions fail nothing counts,
whatever lies there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import sympy
from sympy import Add, Dummy, Expr, Mul, Pow, Symbol

from deltarule.arithmetic.base import Arithmetic, DivisionByZero
from deltarule.arithmetic.contraction import contraction
from deltarule.arithmetic.elimination import inverse_over, log_determinant_over
from deltarule.arithmetic.fixed_rationals import as_fraction, constant
from deltarule.arithmetic.function_formulas import written_out
from deltarule.arithmetic.integers import Grid, beyond, grid_over, integers_over, laid_along, mask
from deltarule.arithmetic.lines_before import AS_WRITTEN, by_lines_before
from deltarule.arithmetic.narrowed_sums import FEW_POINTS, narrowed
from deltarule.arithmetic.reduce import filled, reduced, selected
from deltarule.arithmetic.stable import stable as stable_form
from deltarule.arithmetic.steps_of_one import STEPPED
from deltarule.arithmetic.tensor_values import Values as Values
from deltarule.arithmetic.zero_weights import with_zero_weights
from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.functions import Elementwise, peak, quotient, weighted
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.symbols import Index, Size

#: A sum over more points than this is taken in parts, to bound the memory.
MOST_POINTS = 1 << 22


def evaluate(
    expression: Expr,
    ranges: Sequence[tuple[Index, Expr]],
    values: Values,
    arithmetic: Arithmetic,
    at: Mapping[Index, int] | None = None,
    name: str = "",
):
    """The array of an expression over its free indices, in the order of `ranges`.

    Indices that `at` holds take that one value; their axes have length 1. `name` is what the
    expression computes: where a gradient would have no value, weights of 0 outweigh 1/0 too.
    """
    grid = grid_over(ranges, values, at)

    def numbers(e: Expr):
        return filled(_Walk(values, arithmetic).value(e, grid), grid.extents, arithmetic)

    with arithmetic.context():
        lecture = expression
        if arithmetic.stable:
            expression = stable_form(expression)
        try:
            found = numbers(expression)
            if AS_WRITTEN.get() or not arithmetic.lacks(found):
                return found
            found = by_lines_before(found, lecture, values, lambda e: numbers(stable_form(e)))
            if not arithmetic.lacks(found):
                return found
        except DivisionByZero:
            if AS_WRITTEN.get() or not is_gradient(name):
                raise
        expression = with_zero_weights(expression, is_gradient(name), values.infinite(expression))
        return filled(_AtZero(values, arithmetic).value(expression, grid), grid.extents, arithmetic)


class _Walk:
    """One evaluation: values of nodes over a grid, broadcast where a node lacks an index."""

    def __init__(self, values: Values, arithmetic: Arithmetic):
        self.values, self.arithmetic = values, arithmetic
        self.locals: dict[Dummy, object] = {}

    def value(self, node: Expr, grid: Grid):
        method = self._methods.get(type(node)) or self._inherited(node)
        return method(self, node, grid)

    def _inherited(self, node: Expr):
        """The method of the nearest class that has one, kept for all nodes of the node's class."""
        for kind in type(node).__mro__:
            method = self._methods.get(kind)
            if method is not None:
                return self._methods.setdefault(type(node), method)
        raise DeltaruleError(f"{node} ({type(node).__name__}) cannot be evaluated")

    def _number(self, node, grid):
        return self._broadcast(self.arithmetic.number(Fraction(int(node.p), int(node.q))))

    def _broadcast(self, number):
        """A single number as an array of no axes, so that operators broadcast."""
        if hasattr(number, "broadcast"):
            return number
        return np.array(number, dtype=self.arithmetic.dtype)

    def _pi(self, node, grid):
        return self._broadcast(self.arithmetic.pi())

    def _least(self, node, grid):
        return self._broadcast(self.arithmetic.least())

    def _integer(self, node, grid):
        return self.arithmetic.from_integers(integers_over(node, grid, self.values))

    def _symbol(self, node, grid):
        if node in self.locals:
            return self.locals[node]
        if node in self.values.scalars:
            return self._broadcast(self.arithmetic.number(as_fraction(self.values.scalars[node])))
        raise DeltaruleError(f"{node} has no value", None, f"give {node} a number")

    def _add(self, node, grid):
        result = self.value(node.args[0], grid)
        for term in node.args[1:]:
            result = self.arithmetic.add(result, self.value(term, grid))
        return result

    def _mul(self, node, grid):
        result = self.value(node.args[0], grid)
        for factor in node.args[1:]:
            result = self.arithmetic.multiply(result, self.value(factor, grid))
        return result

    def _pow(self, node, grid):
        base, exponent = node.args
        fixed = constant(exponent, self.values.scalars, self.values.sizes)
        inside = self.value(base, grid)
        if fixed is not None:
            return self.arithmetic.power(inside, as_fraction(fixed))
        if exponent.is_integer:
            whole = integers_over(exponent, grid, self.values)
            return self.arithmetic.raised_to_whole(inside, whole) if whole.size else inside
        return self.arithmetic.raised(inside, self.value(exponent, grid))

    def _function(self, node, grid):
        value = self._compared if node.row.name in STEPPED else self.value
        arguments = [value(a, grid) for a in node.args]
        if isinstance(node, peak) and all(isinstance(a, np.ndarray) for a in arguments):
            return self.arithmetic.maximum(np.stack(np.broadcast_arrays(*arguments)), (0,))
        if isinstance(node, weighted | quotient):
            return getattr(self.arithmetic, node.row.name)(*arguments)
        native = node.row.native and self.arithmetic.stable and len(arguments) == 1
        if node.row.leaf or native or node.row.name in self.arithmetic.natives:
            return self.arithmetic.apply(node.row.name, arguments[0])
        stable = self.arithmetic.stable or bool(self.arithmetic.natives)
        formula, dummies = written_out(type(node), len(arguments), stable)
        outer = self.locals
        self.locals = {**outer, **dict(zip(dummies, arguments, strict=True))}
        try:
            return self.value(formula, grid)
        finally:
            self.locals = outer

    def _frozen(self, node, grid):
        return self.arithmetic.frozen(self.value(node.args[0], grid))

    def _choose(self, node, grid):
        condition, then, otherwise = node.args
        chosen = self.holds(condition, grid)
        if isinstance(condition, nodes.Positive):
            return self.arithmetic.where(
                chosen, self.value(then, grid), self.value(otherwise, grid)
            )
        if chosen.all() or not chosen.any():
            return self.value(then if chosen.all() else otherwise, grid)
        one = self.value(then, grid.where(chosen))
        two = self.value(otherwise, grid.where(~chosen))
        return self.arithmetic.where(chosen, one, two)

    def holds(self, condition, grid) -> np.ndarray:
        if isinstance(condition, nodes.Positive):
            return self.arithmetic.positive(self._compared(condition.args[0], grid))
        return mask(condition, grid, self.values)

    def _compared(self, node, grid):
        """A value to compare; 1 where nothing counts, as of x − x no ball tells whether it is 0."""
        found = self.value(node, grid)
        if grid.counted.all():
            return found
        return self.arithmetic.where(grid.counted, found, self._number(sympy.S.One, grid))

    def _read(self, node, grid):
        found = self._entries(node, grid)
        if isinstance(found, np.ndarray) and found.dtype.kind in "iu":
            return self.arithmetic.from_integers(found)
        return found

    def _entries(self, node, grid):
        name = nodes.tensor_name(node)
        if name not in self.values.arrays:
            raise DeltaruleError(f"{name} has no value", None, f"give {name} its numbers")
        array = self.values.arrays[name]
        if not node.indices:
            return array
        plain = laid_along(grid, node.indices, array.shape)
        if plain is not None:
            cut, order, shape = plain
            return array[(*cut, ...)].transpose(order).reshape(shape)
        return self._gather(name, array, node.indices, grid)

    def _gather(self, name, array, subscripts, grid):
        where = [integers_over(s, grid, self.values) for s in subscripts]
        inside = np.array(True)
        for at, extent in zip(where, array.shape, strict=True):
            inside = inside & (at >= 0) & (at < extent)
        tensor = self.values.tensors.get(name)
        outside = tensor.outside if tensor is not None else None
        if inside.all():
            return array[tuple(where)]
        if outside is None and np.any(~inside & grid.counted):
            raise beyond(name, where, array.shape, ~inside & grid.counted)
        if not all(array.shape):
            return self._outside(outside, np.shape(inside))
        clipped = [np.clip(at, 0, n - 1) for at, n in zip(where, array.shape, strict=True)]
        found = array[tuple(clipped)]
        return self.arithmetic.where(inside, found, self._outside(outside, ()))

    def _outside(self, outside, shape):
        if outside in (None, 0):
            return self.arithmetic.zeros(shape)
        if outside is sympy.S.NegativeInfinity:
            return self._broadcast(self.arithmetic.least())
        return self._broadcast(self.arithmetic.number(Fraction(int(outside.p), int(outside.q))))

    def _reduction(self, node, grid):
        extents = [max(self.values.extent(n), 0) for _, n in node.ranges]
        if isinstance(node, nodes.Sum) and self.arithmetic.contracts:
            found = contraction(node, grid, extents, self.values.arrays)
            if found is not None:
                return found
        if isinstance(node, nodes.Sum) and math.prod((grid.points, *extents)) > FEW_POINTS:
            less = narrowed(node, self.values.extent)
            if less is not node:
                return self.value(less, grid)
        return self._in_parts(node, grid, [0] * len(extents), extents)

    def _in_parts(self, node, grid, starts, lengths):
        """The reduction over a block of its indices; sums over large blocks are halved."""
        inner = grid.extended(node.indices, lengths, starts)
        longest = max(range(len(lengths)), key=lengths.__getitem__, default=-1)
        small = inner.points <= MOST_POINTS or longest < 0 or lengths[longest] < 2
        if small or not isinstance(node, nodes.Sum):
            return self._over(node, inner, len(lengths))
        half = lengths[longest] // 2
        first, second, later = list(lengths), list(lengths), list(starts)
        first[longest], second[longest] = half, lengths[longest] - half
        later[longest] += half
        return self.arithmetic.add(
            self._in_parts(node, grid, starts, first), self._in_parts(node, grid, later, second)
        )

    def _selection(self, node, grid):
        """Which bodies are the largest: the indices of the maximum are axes of the grid."""
        maximum = node.maximum
        counted = grid
        for condition in maximum.conditions:
            counted = counted.where(self.holds(condition, grid))
        body = self.value(maximum.body, counted)
        return selected(maximum, body, counted, self.arithmetic)

    def _over(self, node, inner, count):
        for condition in node.conditions:
            inner = inner.where(self.holds(condition, inner))
        body = self.value(node.body, inner)
        return reduced(node, body, inner, count, self.arithmetic)

    _methods = {
        sympy.Rational: _number, Add: _add, Mul: _mul, Pow: _pow, nodes.Read: _read,
        Elementwise: _function, nodes.Choose: _choose, nodes.Reduction: _reduction,
        nodes.Frozen: _frozen, Inverse: lambda self, node, grid: inverse_over(node, grid, self),
        LogDet: lambda self, node, grid: log_determinant_over(node, grid, self),
        nodes.Selection: _selection, nodes.Remainder: _integer,
        Size: _integer, Index: _integer, nodes.FloorQuotient: _integer, nodes.Delta: _integer,
        Symbol: _symbol, type(sympy.pi): _pi, type(sympy.S.NegativeInfinity): _least,
    }  # fmt: skip


class _AtZero(_Walk):
    """An evaluation where something has no value, or an infinite one: 0 outweighs slopes too."""

    def _mul(self, node, grid):
        result = self.value(node.args[0], grid)
        for factor in node.args[1:]:
            result = self.arithmetic.multiply_slopes(result, self.value(factor, grid))
        return result

    _methods = {**_Walk._methods, Mul: _mul}
