"""Positions of largest entries in the equations of a file: `best = ArgMax[k](p[n, k])`."""

from __future__ import annotations

from typing import Protocol

from sympy import Expr

from deltarule.expressions.largest_position import ArgMax, positions, summed
from deltarule.expressions.nodes import Max, Read, free_indices, read
from deltarule.expressions.symbols import Index
from deltarule.networks.argmax_equations import selection_equation, unused_name
from deltarule.networks.equations import Equation, bind, extents
from deltarule.networks.tensors import Tensor


class Lines(Protocol):
    """The page of a file, as far as equations are added to it."""

    tensors: dict[str, Tensor]
    equations: list[Equation]
    extents: dict[Index, Expr]

    def place(self) -> str: ...


class Selections:
    """The selections that positions stand for, each maximum's once."""

    def __init__(self):
        self._known: dict[ArgMax, tuple[str, tuple[Index, ...]]] = {}

    def taken(self, rhs: Expr, page: Lines, name: str) -> Expr:
        """A right-hand side with the selections of its maxima in place of their positions.

        The equations of those maxima are added to the page. `name` is what the equation gives.
        """
        for position in positions(rhs):
            maximum = position.maximum
            inner = self.taken(maximum.body, page, name)
            known = ArgMax(Max(inner, maximum.ranges, maximum.conditions))
            chosen, free = self.chosen(known, page, name)
            rhs = summed(rhs, position, lambda k, chosen=chosen, free=free: read(chosen, *free, k))
        return rhs

    def chosen(self, position: ArgMax, page: Lines, name: str) -> tuple[str, tuple[Index, ...]]:
        """The name of the selection that is 1 at a position, and the indices before its own."""
        if position not in self._known:
            self._known[position] = _written(position.maximum, page, name)
        return self._known[position]


def _written(maximum: Max, page: Lines, name: str) -> tuple[str, tuple[Index, ...]]:
    """The name of the selection that a maximum makes, and the indices before its own."""
    free = tuple(sorted(free_indices(maximum), key=str))
    known = {**extents(maximum, page.tensors, page.place(), known=page.extents), **page.extents}
    base = maximum.body.base.name if isinstance(maximum.body, Read) else name
    largest = unused_name(f"{base}_max", page.tensors)
    tensor = Tensor(largest, tuple(known[i] for i in free), "intermediate")
    page.tensors[largest] = tensor
    equation = bind(free, maximum, tensor, page.tensors, page.place(), page.extents)
    chosen = selection_equation(equation, maximum, page.tensors)
    page.equations += [equation, chosen]
    return chosen.name, free
