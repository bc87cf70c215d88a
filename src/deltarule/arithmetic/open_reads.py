"""Formulas in which some reads are left open, so that many things may be read in their place.

A hundred wrong versions of a line differ in one read alone. Its formula is prepared once, with
openings where the read stands; what stands there instead is evaluated for each version, and the
rest of the formula once for all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from sympy import Basic, Dummy, Expr

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.function_formulas import line_of
from deltarule.arithmetic.prepared import Preparation, Unprepared
from deltarule.arithmetic.prepared_sums import Prepared
from deltarule.expressions.nodes import Read, reads, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Opening:
    """One place where a read is left open: over which indices, and how it is prepared there."""

    access: Read
    indices: tuple[Index, ...]
    shape: tuple[int, ...]
    around: Preparation

    def filled(self, by: Expr) -> Prepared:
        """What is read there instead. Raises Unprepared where that cannot be prepared."""
        return self.around.prepare(by, self.indices, self.shape)


class OpenPreparation(Preparation):
    """Prepares formulas with openings; the n-th of them is read as the array of the name n."""

    def __init__(
        self,
        opened: frozenset[Read],
        openings: list[Opening],
        values: Values,
        letters: Mapping[Dummy, Prepared] | None = None,
        fixed: Mapping[Index, int] | None = None,
        counted: np.ndarray | None = None,
        known: dict | None = None,
    ):
        super().__init__(values, letters, fixed, counted)
        self.opened, self.openings = opened, openings
        self.names = frozenset(map(tensor_name, opened))
        self.closed = Preparation(values, letters, fixed, counted, known)

    def prepare(self, node: Expr, indices: tuple[Index, ...], shape: tuple) -> Prepared:
        """As ever; what has no opening in it is shared with other formulas."""
        if not self._has_opening(node):
            return self.closed.prepare(node, indices, shape)
        if not isinstance(node, Read):
            return self._prepared(node, indices, shape)
        if node not in self.opened:
            raise Unprepared
        self.openings.append(Opening(node, indices, shape, self.closed))
        place = len(self.openings) - 1
        return lambda arrays: arrays[place]

    def _has_opening(self, node: Basic) -> bool:
        return any(tensor_name(r) in self.names for r in reads(node))

    def _over(self, function: Callable, node, indices: tuple, shape: tuple) -> np.ndarray:
        if self._has_opening(node):
            raise Unprepared
        return super()._over(function, node, indices, shape)

    def _like(self, letters: Mapping[Dummy, Prepared], counted: np.ndarray | None) -> Preparation:
        known = self.closed.known
        return OpenPreparation(
            self.opened, self.openings, self.values, letters, self.fixed, counted, known
        )


@dataclass(frozen=True)
class OpenLine:
    """An equation with openings, over its indices but for those that are fixed.

    `formula` reads the n-th opening as the array n; `where` is where its value belongs.
    """

    formula: Prepared
    openings: tuple[Opening, ...]
    shape: tuple[int, ...]
    where: tuple


def open_line(
    equation: Equation,
    opened: frozenset[Read],
    values: Values,
    fixed: Mapping[Index, int],
    known: dict | None = None,
) -> OpenLine | None:
    """The equation with all reads of some tensors left open; None where it cannot be prepared.

    `opened` are all reads of these tensors in the formula.
    """
    indices = tuple(i for i, _ in equation.ranges if i not in fixed)
    shape = tuple(values.extent(n) for i, n in equation.ranges if i not in fixed)
    if tuple(s for s in equation.subscripts if s in indices) != indices:
        return None
    openings: list[Opening] = []
    preparation = OpenPreparation(opened, openings, values, None, fixed, known=known)
    try:
        formula = preparation.prepare(line_of(equation), indices, shape)
        where = preparation.places(equation.name, equation.subscripts, indices)
    except Unprepared:
        return None
    return OpenLine(formula, tuple(openings), shape, (..., *where))
