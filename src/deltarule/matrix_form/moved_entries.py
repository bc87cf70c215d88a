"""Phrases of entries that lie elsewhere than in the tensor that they are from."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from deltarule.expressions.conditions import Condition
from deltarule.expressions.symbols import Index
from deltarule.matrix_form.tree import Phrase


@dataclass(frozen=True)
class Placed(Phrase):
    """The entries of a tensor at computed places: `places` has one for each of its axes, in labels.

    A part of it, or all of it rearranged, regrouped or repeated; `whole` labels run along all of
    an axis, others over their own extent. `shape` is that of the tensor.
    """

    name: str
    places: tuple[Expr, ...]
    shape: tuple[Expr, ...]
    whole: tuple[Index, ...] = ()


@dataclass(frozen=True)
class Scattered(Phrase):
    """Every entry of `signal` added to the entry of the result at its place.

    `places` gives the labels of the result that `signal` lacks, each with its place in labels of
    `signal` and in data.
    """

    signal: Phrase
    places: tuple[tuple[Index, Expr], ...]


@dataclass(frozen=True)
class Weighted(Phrase):
    """The entries of `signal` added up where `conditions` hold, with `weights`: a formula in labels
    that knows no gradient; without a signal, that formula. `ranges` are those of all labels.
    """

    signal: Placed | None
    weights: Expr
    ranges: tuple[tuple[Index, Expr], ...]
    conditions: tuple[Condition, ...] = ()

    @property
    def over(self) -> tuple[tuple[Index, Expr], ...]:
        """The labels that are summed over, with their extents."""
        return tuple((i, n) for i, n in self.ranges if i not in self.labels)

    @property
    def spreads(self) -> bool:
        """Whether an entry goes to several of the result."""
        return self.signal is not None and not set(self.labels) <= set(self.signal.labels)
