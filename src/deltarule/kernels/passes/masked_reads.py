"""Arrays that are 0 where a mask fails: what is multiplied by them need not be tested.

In ∂L/∂w[d, m] = Σ_n [g[n, m] ≥ 1]·x[n, d]·∂L/∂y[n, m] the mask stands beside ∂L/∂y alone. Where an
array t[n, m] is ∂L/∂y where the mask holds and 0 elsewhere, the sum is a product of matrices,
Σ_n x[n, d]·t[n, m], unless x is NaN or ∞ somewhere: what does not count is no 0·∞. So the
conditions stay, and who lowers the sum looks whether all of x is finite.
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Basic, Expr, Mul

from deltarule.expressions.nodes import (
    AtLeastZero,
    Choose,
    Condition,
    Equal,
    Read,
    Sum,
    free_indices,
    reads,
)
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation


class Masked(Read):
    """A read of an array that is 0 where conditions of the sum around fail, those that read."""


def masked_factors(total: Sum) -> list[Read] | None:
    """The two arrays of a sum of products of which one is masked; None for another sum."""
    factors = Mul.make_args(total.body)
    both = len(factors) == 2 and all(isinstance(f, Read) for f in factors)
    return list(factors) if both and any(isinstance(f, Masked) for f in factors) else None


def without_mask(total: Sum) -> Sum:
    """The same sum of a masked array as one of all terms, which is the same for finite numbers."""
    plain = Mul(*(Read(f.base, *f.indices) for f in masked_factors(total) or ()))
    return Sum(plain, total.ranges, tuple(c for c in total.conditions if not is_mask(c)))


def is_mask(condition: Basic) -> bool:
    """Whether a condition asks data which terms count, rather than which place a term goes to."""
    return isinstance(condition, AtLeastZero) and bool(reads(condition))


def half(condition: Basic) -> bool:
    """Whether a condition lets by a triangle, as i ≥ j: about half of all terms."""
    if not isinstance(condition, AtLeastZero) or reads(condition):
        return False
    slopes = [condition.args[0].coeff(i) for i in free_indices(condition)]
    return sorted(slopes) == [-1, 1]


def with_conditions_of_terms(total: Expr) -> Expr:
    """Σ_d where(c, a·b, 0) as the sum of the terms that count."""
    while type(total) is Sum and type(total.body) is Choose and total.body.args[2] == 0:
        condition, body, _ = total.body.args
        if not is_mask(condition):
            break
        total = Sum(body, total.ranges, (*total.conditions, condition))
    return total


def vanishes(access: Read, mask: Iterable[Condition], line: Equation) -> bool:
    """Whether what is read is 0 wherever one of some conditions fails, as its line says."""
    plain = all(isinstance(s, Index) for s in line.subscripts)
    return plain and set(mask) <= _kept_by(line.rhs_at(access))


def _kept_by(value: Expr) -> set[Basic]:
    """The conditions of which each must hold for a value that is not 0."""
    if type(value) is Sum and not value.ranges:
        return {*value.conditions, *_kept_by(value.body)}
    if type(value) is Choose and value.args[2] == 0:
        return {value.args[0], *_kept_by(value.args[1])}
    return set()


def by_masks(conditions: Iterable[Basic]) -> tuple[list[Condition], list[Condition]] | None:
    """The masks of data among some conditions, with one triangle, and the others; None for no
    masks, or where data say which place a term goes to."""
    every = list(conditions)
    halves = [c for c in every if half(c)]
    masks = [c for c in every if is_mask(c) or halves == [c]]
    if not masks or any(isinstance(c, Equal) for c in every):
        return None
    return masks, [c for c in every if c not in masks]
