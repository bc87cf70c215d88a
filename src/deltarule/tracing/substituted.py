"""Formulas with the numbers put in: 1.2·1 + (−0.3)·(−0.5)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice, product

import numpy as np
from sympy import Expr, Integer

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.integers import Grid, integers_over, mask
from deltarule.expressions import nodes
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Scalar
from deltarule.networks.equations import Equation
from deltarule.spelling.text import ATOM, PRODUCT, SUM, Writer

#: A sum is written out up to this many terms; then come dots and the last term.
MOST_TERMS = 6


def inserted(
    equation: Equation,
    point: tuple[int, ...],
    values: Values,
    shown: Callable[[object], str],
    writer: type[NumberWriter] | None = None,
) -> str:
    """The right-hand side at one point of its indices, each read replaced by its number.

    `shown` turns a number of the arithmetic at hand into text; `writer` has another alphabet.
    """
    at = {i: Integer(k) for i, k in zip(equation.indices, point, strict=True)}
    write = (writer or NumberWriter)(values, shown)
    if isinstance(equation.rhs, nodes.Selection):
        return write.selected(equation.rhs, at)
    return write(substitute(equation.rhs, at))


def points(equation: Equation, values: Values) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The values of an equation's indices, each with the entry that is written there."""
    extents = [range(values.extent(n)) for _, n in equation.ranges]
    if equation.subscripts == equation.indices:
        return [(point, point) for point in product(*extents)]
    found = []
    for point in product(*extents):
        at = {i: Integer(k) for i, k in zip(equation.indices, point, strict=True)}
        found.append(
            (
                point,
                tuple(
                    int(integers_over(substitute(s, at), Grid((), (), ()), values))
                    for s in equation.subscripts
                ),
            )
        )
    return found


class NumberWriter(Writer):
    """Writes reads as numbers and sums term by term, of up to `most_terms` terms."""

    most_terms = MOST_TERMS

    def __init__(self, values: Values, shown: Callable[[object], str]):
        self._values, self._shown = values, shown

    def _whole(self, node: Expr) -> int:
        return int(integers_over(node, Grid((), (), ()), self._values))

    def _read(self, node: nodes.Read):
        array = self._values.arrays.get(nodes.tensor_name(node))
        if array is None:
            return super().write(node)
        at = tuple(self._whole(i) for i in node.indices)
        if any(not 0 <= k < n for k, n in zip(at, np.shape(array), strict=True)):
            tensor = self._values.tensors.get(nodes.tensor_name(node))
            outside = tensor.outside if tensor is not None else None
            return self(Integer(0) if outside is None else outside), ATOM
        text = self._shown(np.asarray(array)[at])
        return text, SUM if text.startswith(("-", self.minus)) else ATOM

    def _reduction(self, node: nodes.Reduction):
        terms = list(islice(self._points(node), self.most_terms + 1))
        if isinstance(node, nodes.Max):
            inside = [self(t) for t in self._shortened(node, terms)]
            return self.function("max", inside), ATOM
        if not terms:
            return self.number(Integer(0)), ATOM
        sign = f" {self.plus} " if isinstance(node, nodes.Sum) else self.dot
        level = PRODUCT if isinstance(node, nodes.Sum) else ATOM
        parts = [
            t if isinstance(t, str) else self.inside(t, level) for t in self._shortened(node, terms)
        ]
        return sign.join(parts), (level if len(parts) == 1 else SUM)

    def selected(self, node: nodes.Selection, at: dict) -> str:
        """An entry of a window set beside the largest: `[−1 = 3]` is not chosen."""
        entry, largest = substitute(node.maximum.body, at), substitute(node.args[1], at)
        text = self.relation(self(entry), "=", self(largest))
        if node.maximum.ties == "first":
            text = self.comma.join((text, self.words("the first")))
        return self.bracket([text])

    def _shortened(self, node, terms: list) -> list:
        if len(terms) <= self.most_terms:
            return terms
        last = next(self._points(node, -1))
        return [*terms[: self.most_terms - 2], self.dots, last]

    def _points(self, node: nodes.Reduction, step: int = 1):
        """The bodies at the points that count, in order; from the last one on for a step of −1."""
        extents = [self._values.extent(n) for _, n in node.ranges]
        for point in product(*(range(n)[::step] for n in extents)):
            at = {i: Integer(k) for i, k in zip(node.indices, point, strict=True)}
            if all(self._holds(substitute(c, at)) for c in node.conditions):
                yield substitute(node.body, at)

    def _holds(self, condition) -> bool:
        return bool(mask(condition, Grid((), (), ()), self._values))

    def _size(self, node):
        return str(self._values.sizes[node]), ATOM

    def _symbol(self, node):
        if isinstance(node, Scalar) and node in self._values.scalars:
            return self._shown(self._values.scalars[node]), ATOM
        if node in self._values.sizes:
            return self._size(node)
        return super()._symbol(node)

    _methods = {
        **Writer._methods,
        nodes.Read: _read,
        nodes.Reduction: _reduction,
        nodes.Symbol: _symbol,
    }
