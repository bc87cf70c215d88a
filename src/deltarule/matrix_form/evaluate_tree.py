"""What a phrase claims, computed with NumPy's own products and sums in float64.

Nothing here reads the formula that the phrase came from: that makes the comparison worth having.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product

import numpy as np
from sympy import Expr, Integer

from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.integers import Grid, integers_over, mask
from deltarule.expressions.conditions import Condition
from deltarule.expressions.nodes import Sum, read
from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.moved_entries import Placed, Scattered, Weighted
from deltarule.matrix_form.sliding_windows import convolved, correlated, sent_back
from deltarule.matrix_form.softmaxes import Softmax
from deltarule.matrix_form.tree import Phrase


@dataclass(frozen=True)
class World:
    """The arrays, the extent of every label, and where the slice indices stand."""

    values: Values
    extents: Mapping[Index, int]
    at: Mapping[Index, int]

    def number(self, expression: Expr) -> int:
        """An integer in sizes and slice indices."""
        return int(np.ravel(integers_over(expression, self._grid(), self.values))[0])

    def holds(self, condition: Condition) -> bool:
        """Whether a condition on slice indices holds here."""
        return bool(mask(condition, self._grid(), self.values).all())

    def moved(self, at: Mapping[Index, int]) -> World:
        """The same with slice indices elsewhere."""
        return replace(self, at={**self.at, **at})

    def _grid(self) -> Grid:
        indices = tuple(self.at)
        return Grid(indices, (1,) * len(indices), tuple(self.at[i] for i in indices))


def value(phrase: Phrase, world: World) -> np.ndarray:
    """The array that a phrase stands for, its axes in the order of its labels."""
    return _METHODS[type(phrase)](phrase, world)


def _leaf(p: ph.Leaf, w: World) -> np.ndarray:
    cut = tuple(slice(None) if s is None else w.number(s) for s in p.subscripts)
    array = np.asarray(w.values.arrays[p.name])
    places = [(at, n) for at, n in zip(cut, array.shape, strict=True) if isinstance(at, int)]
    if all(0 <= at < n for at, n in places):
        return array[cut]
    tensor = w.values.tensors.get(p.name)  # NaN where nothing is declared: no such words are true
    beyond = np.nan if tensor is None or tensor.outside is None else float(tensor.outside)
    return np.full(tuple(w.extents[i] for i in p.labels), beyond)


def _edge(p: ph.Edge, w: World) -> np.ndarray:
    if w.holds(p.condition):
        return value(p.inside, w)
    return laid(p.beyond, p.labels, w)


def _constant(p: ph.Constant, w: World) -> np.ndarray:
    return np.asarray(_scalar(p.value, w))


def _scalar(factor: Expr, w: World) -> float:
    return float(evaluate(factor, (), w.values, Float64()))


def laid(phrase: Phrase, labels: tuple[Index, ...], w: World) -> np.ndarray:
    """A phrase's array with the axes `labels`: transposed, and repeated along labels it lacks."""
    array = value(phrase, w)
    order = [phrase.labels.index(label) for label in labels if label in phrase.labels]
    array = np.transpose(array, order)
    for axis, label in enumerate(labels):
        if label not in phrase.labels:
            array = np.expand_dims(array, axis)
    return np.broadcast_to(array, tuple(w.extents[label] for label in labels))


def _transpose(p: ph.Transpose, w: World) -> np.ndarray:
    return value(p.of, w).T


def _matmul(p: ph.MatMul, w: World) -> np.ndarray:
    return np.matmul(value(p.left, w), value(p.right, w))


def _outer(p: ph.Outer, w: World) -> np.ndarray:
    return reduce(np.multiply.outer, (value(f, w) for f in p.factors))


def _dyad(p: ph.Dyad, w: World) -> np.ndarray:
    return np.multiply.outer(value(p.left, w), value(p.right, w))


def _diagonal(p: ph.Diagonal, w: World) -> np.ndarray:
    return np.diag(value(p.of, w))


def _identity(p: ph.Identity, w: World) -> np.ndarray:
    return np.eye(w.extents[p.labels[0]])


def _hadamard(p: ph.Hadamard, w: World) -> np.ndarray:
    top = reduce(np.multiply, (laid(f, p.labels, w) for f in p.top))
    return reduce(np.divide, (laid(f, p.labels, w) for f in p.bottom), top)


def _softmax(p: Softmax, w: World) -> np.ndarray:
    powers = np.exp(laid(p.of, p.labels, w))
    return powers / np.sum(powers, axis=p.labels.index(p.over), keepdims=True)


def _plus(p: ph.Plus, w: World) -> np.ndarray:
    return reduce(np.add, (laid(t, p.labels, w) for t in p.terms))


def _apply(p: ph.Apply, w: World) -> np.ndarray:
    formula = p.function.row.formula if not p.function.row.leaf else None
    arguments = [laid(a, p.labels, w) for a in p.arguments]
    if formula is None:
        return Float64().apply(p.function.row.name, arguments[0])
    return _elementwise(p.function, arguments, w)


def _elementwise(function: type, arguments: list[np.ndarray], w: World) -> np.ndarray:
    """A function of arrays that are not tensors: each goes in under a name of its own."""
    ranges = tuple((Index(f"axis{k}"), Integer(n)) for k, n in enumerate(arguments[0].shape))
    indices = tuple(i for i, _ in ranges)
    names = [f"argument{k}" for k in range(len(arguments))]
    inner = Values(dict(zip(names, arguments, strict=True)), {}, w.values.scalars, {})
    return evaluate(function(*(read(n, *indices) for n in names)), ranges, inner, Float64())


def _for_every(p: ph.ForEvery, w: World) -> np.ndarray:
    extents = [w.extents[i] for i in p.slices]
    inner = p.of.labels
    shape = (*extents, *(w.extents[i] for i in inner))
    result = np.zeros(shape)
    for point in product(*(range(n) for n in extents)):
        result[point] = laid(p.of, inner, w.moved(dict(zip(p.slices, point, strict=True))))
    return result


def _sum_of_slices(p: ph.SumOfSlices, w: World) -> np.ndarray:
    total = np.zeros(tuple(w.extents[i] for i in p.of.labels))
    extents = [w.values.extent(n) for _, n in p.ranges]
    for point in product(*(range(n) for n in extents)):
        here = w.moved({i: k for (i, _), k in zip(p.ranges, point, strict=True)})
        if all(here.holds(c) for c in p.conditions):
            total = total + value(p.of, here)
    return total


def _guarded(p: ph.Guarded, w: World) -> np.ndarray:
    if all(w.holds(c) for c in p.conditions):
        return value(p.of, w)
    return np.zeros(tuple(w.extents[i] for i in p.labels))


#: What the signs of comparisons ask.
_COMPARED = {
    ">": np.greater, "<": np.less, "≥": np.greater_equal, "≤": np.less_equal,
    "=": np.equal, "≠": np.not_equal,
}  # fmt: skip


def _where(p: ph.Where, w: World) -> np.ndarray:
    left, right, *branches = (laid(q, p.labels, w) for q in (p.left, p.right, p.then, p.otherwise))
    return np.where(_COMPARED[p.sign](left, right), *branches)


def _one_hot(p: ph.OneHot, w: World) -> np.ndarray:
    *rest, last = p.labels
    right = laid(p.of, tuple(rest), w)
    return np.asarray(np.expand_dims(right, -1) == np.arange(w.extents[last]), dtype=float)


def _sum_over(p: ph.SumOver, w: World) -> np.ndarray:
    axes = tuple(p.of.labels.index(i) for i in p.over)
    return np.sum(value(p.of, w), axis=axes)


def _correlation(p: ph.Correlation, w: World) -> np.ndarray:
    return correlated(p, (value(p.signal, w), value(p.kernel, w)), w.number, w.extents)


def _convolution(p: ph.Convolution, w: World) -> np.ndarray:
    return convolved(p, (value(p.signal, w), value(p.kernel, w)), w.number, w.extents)


def _sent_back(p: ph.SentBack, w: World) -> np.ndarray:
    chosen = np.asarray(w.values.arrays[p.selection])
    return sent_back(p, (value(p.signal, w), chosen), w.number, w.extents)


def _placed(p: Placed, w: World) -> np.ndarray:
    array = np.asarray(w.values.arrays[p.name], dtype=float)
    own = {i: array.shape[p.places.index(i)] for i in p.whole}
    extents = tuple(own.get(i, w.extents[i]) for i in p.labels)
    grid = Grid(p.labels, extents, (0,) * len(p.labels))
    where = [np.broadcast_to(integers_over(s, grid, w.values), grid.extents) for s in p.places]
    inside = [(at >= 0) & (at < n) for at, n in zip(where, array.shape, strict=True)]
    # Nothing comes from beyond an edge.
    found = array[tuple(np.clip(at, 0, n - 1) for at, n in zip(where, array.shape, strict=True))]
    return np.where(reduce(np.logical_and, inside, np.True_), found, 0.0)


def _scattered(p: Scattered, w: World) -> np.ndarray:
    signal, places = value(p.signal, w), dict(p.places)
    result = np.zeros(tuple(w.extents[i] for i in p.labels))
    for entry in np.ndindex(signal.shape):
        at = dict(zip(p.signal.labels, entry, strict=True))
        here = w.moved(at)
        place = tuple(here.number(places[i]) if i in places else at[i] for i in p.labels)
        if all(0 <= k < n for k, n in zip(place, result.shape, strict=True)):
            result[place] += signal[entry]
    return result


def _weighted(p: Weighted, w: World) -> np.ndarray:
    every = tuple(i for i, _ in p.ranges)
    weights = Sum(p.weights, (), p.conditions) if p.conditions else p.weights
    product = np.asarray(evaluate(weights, p.ranges, w.values, Float64()))
    if p.signal is not None:
        product = laid(p.signal, every, w) * product
    return np.sum(product, axis=tuple(k for k, i in enumerate(every) if i not in p.labels))


_METHODS: dict[type, Callable] = {
    ph.Leaf: _leaf, ph.Edge: _edge, ph.Constant: _constant, ph.Transpose: _transpose,
    ph.MatMul: _matmul, ph.Outer: _outer, ph.Hadamard: _hadamard, ph.Plus: _plus,
    ph.Scaled: lambda p, w: _scalar(p.factor, w) * value(p.of, w),
    ph.Power: lambda p, w: value(p.base, w) ** _scalar(p.exponent, w),
    ph.Apply: _apply, ph.Slope: lambda p, w: value(p.formula, w), ph.Where: _where,
    ph.OneHot: _one_hot, ph.SumOver: _sum_over, ph.SumOfSlices: _sum_of_slices,
    ph.Guarded: _guarded, ph.ForEvery: _for_every, ph.Correlation: _correlation,
    ph.Convolution: _convolution, ph.SentBack: _sent_back, ph.Dyad: _dyad,
    ph.Diagonal: _diagonal, ph.Identity: _identity, Placed: _placed, Softmax: _softmax,
    Scattered: _scattered, Weighted: _weighted,
    ph.Ones: lambda p, w: np.ones(tuple(w.values.extent(n) for n in p.extents)),
}  # fmt: skip
