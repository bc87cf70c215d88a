"""Positions of largest entries in the equations of a file: `best = ArgMax[k](p[n, k])`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, cast

from sympy import Expr

from deltarule.expressions.largest_position import maxima, summed
from deltarule.expressions.nodes import Max, Read, free_indices, read
from deltarule.expressions.rebuild import with_body
from deltarule.expressions.symbols import Index
from deltarule.networks.argmax_equations import selection_equation, unused_name
from deltarule.networks.equations import Equation, bind
from deltarule.networks.index_extents import extents
from deltarule.networks.tensors import Tensor

EMPTY: Mapping[Index, Expr] = MappingProxyType({})


class Lines(Protocol):
    """The page of a file, as far as equations are added to it."""

    tensors: dict[str, Tensor]
    equations: list[Equation]
    extents: dict[Index, Expr]

    def place(self) -> str: ...


class Selections:
    """The selections that positions stand for, each maximum's once."""

    def __init__(self):
        self._known: dict[Max, tuple[str, tuple[Index, ...]]] = {}

    def taken(self, rhs: Expr, page: Lines, name: str, left: Mapping[Index, Expr]) -> Expr:
        """A right-hand side with the selections of its maxima in place of their positions.

        The equations of those maxima are added to the page. `name` is what the equation gives, and
        `left` how far the indices run that stand alone on its left.
        """
        for maximum in maxima(rhs):
            inner = self.taken(maximum.body, page, name, left)
            known = cast(Max, with_body(maximum, inner))
            chosen, free = self.chosen(known, page, name, left)
            rhs = summed(rhs, maximum, lambda *k, chosen=chosen, free=free: read(chosen, *free, *k))
        return rhs

    def chosen(
        self, maximum: Max, page: Lines, name: str, left: Mapping[Index, Expr] = EMPTY
    ) -> tuple[str, tuple[Index, ...]]:
        """The name of the selection that a maximum makes, and the indices before its own."""
        if maximum not in self._known:
            self._known[maximum] = _written(maximum, page, name, left)
        return self._known[maximum]


def _written(
    maximum: Max, page: Lines, name: str, left: Mapping[Index, Expr]
) -> tuple[str, tuple[Index, ...]]:
    """The name of the selection that a maximum makes, and the indices before its own."""
    equation = _computed(maximum, page) or _equation(maximum, page, name, left)
    chosen = selection_equation(equation, maximum, page.tensors)
    page.equations.append(chosen)
    return chosen.name, equation.indices


def _computed(maximum: Max, page: Lines) -> Equation | None:
    """The equation that gives the maximum already, y[n, i] = Max[k](x[n, S*i + k])."""
    found = (e for e in page.equations if e.rhs == maximum)
    return next((e for e in found if e.subscripts == e.indices), None)


def _equation(maximum: Max, page: Lines, name: str, left: Mapping[Index, Expr]) -> Equation:
    """An equation of the maximum's own, which is added to the page."""
    free = sorted(free_indices(maximum), key=lambda i: (i not in left, [*left, i].index(i), str(i)))
    # x[S·i + k] says nothing of how far i runs; what the equation writes does.
    known = {
        **left,
        **extents(maximum, page.tensors, page.place(), known=page.extents),
        **page.extents,
    }
    base = maximum.body.base.name if isinstance(maximum.body, Read) else name
    largest = unused_name(f"{base}_max", page.tensors)
    tensor = Tensor(largest, tuple(known[i] for i in free), "intermediate")
    page.tensors[largest] = tensor
    equation = bind(tuple(free), maximum, tensor, page.tensors, page.place(), page.extents)
    page.equations.append(equation)
    return equation
