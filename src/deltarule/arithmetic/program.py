"""Programs: equations prepared once for many runs in float64, as thousands of updates need.

Only what networks with plain subscripts use is prepared; other equations are evaluated as ever.
A recurrence is prepared time by time: what depends on the time alone is decided beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce

import numpy as np
from sympy import Add, Dummy, Expr, Mul, Pow, Rational, Symbol

from deltarule.arithmetic.evaluate import Values, evaluate, written_out
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.integers import Grid, mask, whole
from deltarule.arithmetic.stable import stable
from deltarule.notation import nodes
from deltarule.notation.equations import Equation
from deltarule.notation.functions import Elementwise
from deltarule.notation.symbols import Index, Size

#: A prepared formula: from arrays by name to an array over the grid.
Prepared = Callable[[dict], np.ndarray]


class _Unprepared(Exception):
    """The formula holds something that is evaluated as ever."""


def program(equations: Iterable[Equation], values: Values) -> Callable[[], None]:
    """A function that runs the equations once more on `values.arrays`, in float64."""
    arithmetic = Float64()
    lines: list[tuple[str, Prepared]] = []
    for equation in equations:
        try:
            if equation.subscripts != equation.indices:
                raise _Unprepared
            lines.append((equation.name, _line(equation, values)))
        except _Unprepared:
            lines.append((equation.name, _evaluated(equation, values, arithmetic)))
    arrays = values.arrays

    def run_once() -> None:
        for name, prepared in lines:
            arrays[name] = prepared(arrays)

    return run_once


def _evaluated(equation: Equation, values: Values, arithmetic: Float64) -> Prepared:
    return lambda arrays: evaluate(equation.rhs, equation.ranges, values, arithmetic)


def _line(equation: Equation, values: Values) -> Prepared:
    shape = tuple(values.extent(n) for _, n in equation.ranges)
    formula = _Preparation(values).prepare(stable(equation.rhs), equation.indices, shape)

    def line(arrays: dict) -> np.ndarray:
        found = np.asarray(formula(arrays))
        return found if found.shape == shape else np.broadcast_to(found, shape)

    return line


def at_time(
    equation: Equation, values: Values, fixed: Mapping[Index, int]
) -> Callable[[dict, Float64], None] | None:
    """A function that writes the equation's value at some fixed indices into its array.

    None where the equation has to be evaluated as ever. An arithmetic settles the value.
    """
    indices = tuple(i for i, _ in equation.ranges if i not in fixed)
    shape = tuple(values.extent(n) for i, n in equation.ranges if i not in fixed)
    preparation = _Preparation(values, None, fixed)
    name = equation.name
    try:
        formula = preparation.prepare(stable(equation.rhs), indices, shape)
        where = preparation.places(name, equation.subscripts, indices)
    except _Unprepared:
        return None
    if tuple(s for s in equation.subscripts if s in indices) != indices:
        return None

    def write(arrays: dict, arithmetic: Float64) -> None:
        arrays[name][where] = arithmetic.settle(formula(arrays))

    return write


class _Preparation:
    """Turns formulas into closures over NumPy; indices that are `fixed` have no axis."""

    def __init__(
        self, values: Values, letters: Mapping[Dummy, Prepared] | None = None,
        fixed: Mapping[Index, int] | None = None,
    ):
        self.values, self.letters, self.fixed = values, letters or {}, fixed or {}
        self._here = Grid(tuple(self.fixed), (1,) * len(self.fixed), tuple(self.fixed.values()))

    def places(self, name: str, subscripts: tuple, indices: tuple[Index, ...]) -> tuple:
        """What to take along each axis of an array: all of it, or the one place that is fixed."""
        return tuple(slice(None) if s in indices else self._place(s) for s in subscripts)

    def _place(self, subscript: Expr) -> int:
        if not subscript.free_symbols - self.values.sizes.keys() <= self.fixed.keys():
            raise _Unprepared
        found = int(whole(subscript, self._here, self.values).item())
        if found < 0:
            raise _Unprepared
        return found

    def _decided(self, conditions: Iterable) -> bool:
        """Whether conditions that depend on nothing but fixed indices hold."""
        for condition in conditions:
            known = self.fixed.keys() | self.values.sizes.keys()
            if isinstance(condition, nodes.Positive) or not condition.free_symbols <= known:
                raise _Unprepared
            if not mask(condition, self._here, self.values).all():
                return False
        return True

    def prepare(self, node: Expr, indices: tuple[Index, ...], shape: tuple) -> Prepared:
        for kind in type(node).__mro__:
            method = self._methods.get(kind)
            if method is not None:
                return method(self, node, indices, shape)
        raise _Unprepared

    def _constant(self, node, indices, shape) -> Prepared:
        value = float(node) if isinstance(node, Rational) else float(self.values.extent(node))
        return lambda arrays: value

    def _symbol(self, node, indices, shape) -> Prepared:
        if node in self.letters:
            return self.letters[node]
        if node not in self.values.scalars:
            raise _Unprepared
        value = float(self.values.scalars[node])
        return lambda arrays: value

    def _read(self, node, indices, shape) -> Prepared:
        name, subscripts = nodes.tensor_name(node), node.indices
        free = [s for s in subscripts if s in indices]
        if len(set(free)) < len(free):
            raise _Unprepared
        where = self.places(name, subscripts, indices)
        axes = [indices.index(s) for s in free]
        order = sorted(range(len(axes)), key=axes.__getitem__)
        spread = tuple(n if k in axes else 1 for k, n in enumerate(shape))
        if len(free) == len(subscripts):
            where = ()
        if axes == list(range(len(shape))):
            return lambda arrays: arrays[name][where]
        if order == list(range(len(axes))):
            return lambda arrays: arrays[name][where].reshape(spread)
        return lambda arrays: arrays[name][where].transpose(order).reshape(spread)

    def _choose(self, node, indices, shape) -> Prepared:
        condition, then, otherwise = node.args
        chosen = then if self._decided([condition]) else otherwise
        return self.prepare(chosen, indices, shape)

    def _add(self, node, indices, shape) -> Prepared:
        parts = [self.prepare(a, indices, shape) for a in node.args]
        return lambda arrays: reduce(np.add, [p(arrays) for p in parts])

    def _mul(self, node, indices, shape) -> Prepared:
        parts = [self.prepare(a, indices, shape) for a in node.args]
        return lambda arrays: reduce(np.multiply, [p(arrays) for p in parts])

    def _pow(self, node, indices, shape) -> Prepared:
        base, exponent = self.prepare(node.base, indices, shape), node.exp
        if not exponent.is_Rational:
            raise _Unprepared
        power = float(exponent)
        if power == -1:
            return lambda arrays: 1.0 / base(arrays)
        return lambda arrays: base(arrays) ** power

    def _function(self, node, indices, shape) -> Prepared:
        inside = [self.prepare(a, indices, shape) for a in node.args]
        if node.row.leaf or node.row.native:
            apply, name = Float64().apply, node.row.name
            return lambda arrays: apply(name, inside[0](arrays))
        formula, letters = written_out(type(node), len(inside), stable=True)
        inner = _Preparation(self.values, dict(zip(letters, inside, strict=True)), self.fixed)
        return inner.prepare(formula, indices, shape)

    def _sum(self, node, indices, shape) -> Prepared:
        if not self._decided(node.conditions):
            return lambda arrays: 0.0
        extents = tuple(self.values.extent(n) for _, n in node.ranges)
        body = self.prepare(node.body, indices + node.indices, shape + extents)
        axes = tuple(range(len(shape), len(shape) + len(extents)))
        full = shape + extents

        def total(arrays: dict) -> np.ndarray:
            found = np.asarray(body(arrays))
            if found.shape != full:
                found = np.broadcast_to(found, full)
            return np.add.reduce(found, axis=axes)

        return total

    def _max(self, node, indices, shape) -> Prepared:
        """The largest, which `stable` takes out of powers; over nothing it is −∞."""
        extents = tuple(self.values.extent(n) for _, n in node.ranges)
        if not self._decided(node.conditions) or 0 in extents:
            return lambda arrays: -np.inf
        body = self.prepare(node.body, indices + node.indices, shape + extents)
        axes = tuple(range(len(shape), len(shape) + len(extents)))

        def largest(arrays: dict) -> np.ndarray:
            found = np.asarray(body(arrays))
            wide = np.broadcast_to(found, found.shape or (1,) * (len(shape) + len(extents)))
            return np.maximum.reduce(wide, axis=axes, initial=-np.inf)

        return largest

    def _frozen(self, node, indices, shape) -> Prepared:
        return self.prepare(node.args[0], indices, shape)

    _methods = {
        Rational: _constant, Size: _constant, Symbol: _symbol, nodes.Read: _read, Add: _add,
        Mul: _mul, Pow: _pow, Elementwise: _function, nodes.Sum: _sum, nodes.Choose: _choose,
        nodes.Max: _max, nodes.Frozen: _frozen,
    }
