"""Subscripts of moving windows, S·i + D·k − P, and of what is solved for them, (p + P − S·i)/D.

One reader for all: which indices move the window, which run within it, and by how much. Where
numbers are wanted they are the coefficients; that a stride is positive is for the caller to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sympy import Expr, Integer

from deltarule.expressions.affine import affine
from deltarule.expressions.nodes import FloorQuotient, free_indices, free_symbols
from deltarule.expressions.symbols import Index


@dataclass(frozen=True)
class WindowAxis:
    """The subscript ⌊(Σ a·i + Σ b·k + rest)/divisor⌋, with the coefficients by index.

    `moving` are the indices i that say where the window lies, `within` the k that run inside it.
    In S·i + D·k − P the rest is −P.
    """

    subscript: Expr
    moving: Mapping[Index, Expr]
    within: Mapping[Index, Expr]
    rest: Expr
    divisor: Expr

    @property
    def one_of_each(self) -> bool:
        """Whether one index moves the window, one runs within it, and there is no other."""
        return len(self.moving) == len(self.within) == 1 and not free_indices(self.rest)

    @property
    def i(self) -> Index:
        """The first index that moves the window."""
        return next(iter(self.moving))

    @property
    def k(self) -> Index:
        """The first index within the window."""
        return next(iter(self.within))

    @property
    def a(self) -> Expr:
        """The coefficient of `i`, the stride S of S·i + D·k − P."""
        return self.moving[self.i]

    @property
    def b(self) -> Expr:
        """The coefficient of `k`, the dilation D of S·i + D·k − P."""
        return self.within[self.k]

    def span(self, extents: Mapping[Index, Expr]) -> Expr:
        """The distance from the first to the last entry of the window, D·(K − 1)."""
        return sum((b * (extents[k] - 1) for k, b in self.within.items()), Integer(0))


def window_axis(
    subscript: Expr, moving: Iterable[Index], within: Iterable[Index]
) -> WindowAxis | None:
    """A subscript as a window's, for the indices that may move it and may run within it.

    An index that is in both moves it; others stay in `rest`. None where the subscript, or what is
    divided in it, is not affine in these indices.
    """
    top, divisor = subscript, Integer(1)
    if type(subscript) is FloorQuotient:
        top, divisor = subscript.args
    present = free_symbols(top)
    movers = [i for i in moving if i in present]
    others = [k for k in within if k in present and k not in movers]
    split = affine(top, (*movers, *others))
    if split is None:
        return None
    coefficients, rest = split
    return WindowAxis(
        subscript,
        {i: c for i, c in coefficients.items() if i in movers},
        {k: c for k, c in coefficients.items() if k in others},
        rest,
        divisor,
    )


def shift_of(subscript: Expr) -> tuple[Index, int] | None:
    """(t, −1) of t − 1, (t, 0) of t; None of anything but an index and an integer."""
    shift, index = subscript.as_coeff_Add()
    return (index, int(shift)) if isinstance(index, Index) and shift.is_Integer else None
