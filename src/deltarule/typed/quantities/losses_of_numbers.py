"""Losses of numbers: L = (y − ŷ)² without a sum, where no matrix has their size."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from sympy import Expr, Integer

from deltarule.expressions.symbols import Index
from deltarule.typed.equation_texts import TypedEquation
from deltarule.typed.quantities.usual_letters import COUNTS
from deltarule.typed.sizes.unified_sizes import UnifiedSizes

#: What a last equation is called that gives a number.
_LOSSES = ("L", "E", "J", "C", "l", "loss", "cost", "log", "KL", "ELBO", "NLL")
#: Entries of tables and of probabilities, at labels.
_ENTRIES = re.compile(r"\w\s*\[")
Axes = Mapping[str, tuple[Expr, ...]]


def made_a_number(
    last: TypedEquation,
    ranges: Sequence[tuple[Index, Expr]],
    axes: Axes,
    sizes: UnifiedSizes,
    said: Collection[str],
) -> set[str] | None:
    """What is of numbers in a loss that would be a vector, once its sizes are 1: the capitals that
    say how many. None where it is no such loss."""
    left = {n for _, n in ranges}
    if (
        last.name.removeprefix("neg_").partition("_")[0] not in _LOSSES
        or not left
        or "⊗" in last.formula
    ):
        return None  # ⊗ is a matrix of all products
    of_numbers = _counting(left, axes, sizes, said, bool(_ENTRIES.search(last.formula)))
    of_matrices = {
        sizes.of(n)
        for name, own in axes.items()
        if 1 not in own and name not in of_numbers
        for n in own
    }
    if left & of_matrices:
        return None
    joined = [sizes.join(n, Integer(1)) for n in left]
    return of_numbers if all(joined) else None


def _counting(
    left: set[Expr], axes: Axes, sizes: UnifiedSizes, said: Collection[str], entries: bool
) -> set[str]:
    """Capitals that are factors of numbers alone: those that say how many, N of L = −N log σ − …,
    and beside `entries` at labels all, A of L = −A log π(a|s)."""
    of = {name: {sizes.of(n) for n in own} for name, own in axes.items()}
    return {
        name
        for name, own in of.items()
        if (name in COUNTS or entries) and name.isupper() and name not in said and own <= left
        if not any(own & other for n, other in of.items() if n != name)
    }
