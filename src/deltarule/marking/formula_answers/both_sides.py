"""Formulas with kinks, compared on both sides of each: max(0, s − 1000) is not 0 everywhere.

Generic values are of the size of 1. Where no condition z > 0 of either formula changes its answer
among them, givens of other sizes are tried, in balls that no size of number upsets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from sympy import Basic, Expr

from deltarule.arithmetic.base import Arithmetic, Undecided
from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.probe import Probe
from deltarule.calculus.kinks import opened
from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Positive, Read, Reduction, free_indices, reads, walk
from deltarule.expressions.symbols import Index

#: Sizes of givens that are tried beside those that the numbers in the conditions suggest.
_SIZES = (1000.0, 0.001)
_MOST_SIZES, _SEEDS, _BITS = 8, (6, 7), 192

Ranges = tuple[tuple[Index, Expr], ...]
#: What changes its sign at a kink, with the ranges of its indices.
Kink = tuple[Expr, Ranges]
#: A probe of everything at givens of some size: arithmetic, seed, size.
Filled = Callable[[Arithmetic, int, float], Probe]


def apart_beyond_kinks(
    one: Expr, two: Expr, ranges: Ranges, usual: Probe, filled: Filled
) -> Probe | None:
    """Where two formulas, alike at usual values, differ because a kink of either is crossed."""
    kinks = list(dict.fromkeys([*_kinks(one, ranges), *_kinks(two, ranges)]))
    signs = {kink: _signs(kink, usual) for kink in kinks}
    for size in _sizes(kinks):
        for seed in _SEEDS:
            if all(len(s) > 1 for s in signs.values()):
                return None
            try:
                probe = filled(Ball(_BITS), seed, size)
                if certainly_apart(one, two, ranges, probe):
                    return probe
                for kink, seen in signs.items():
                    seen |= _signs(kink, probe)
            except (Undecided, ZeroDivisionError, OverflowError):
                continue
    return None


def _kinks(formula: Basic, ranges: Ranges) -> Iterator[Kink]:
    if isinstance(formula, Read) or not formula.args:
        return
    if isinstance(formula, Reduction):
        yield from _kinks(formula.body, (*ranges, *formula.ranges))
        return
    cases = opened(formula) if isinstance(formula, Elementwise) else formula
    found = walk(cases) if cases is not formula else (formula,)
    for node in found:
        if isinstance(node, Positive) and reads(node.args[0]):
            z = node.args[0]
            yield z, tuple(r for r in ranges if r[0] in free_indices(z))
    for part in formula.args:
        yield from _kinks(part, ranges)


def _signs(kink: Kink, probe: Probe) -> set[int]:
    """The signs that z has at the values of a probe."""
    z, ranges = kink
    try:
        values = np.ravel(evaluate(z, ranges, probe.values, probe.arithmetic))
    except DeltaruleError:
        return set()
    return {sign for v in values for sign in (1, -1) if sign * v > 0}


def _sizes(kinks: Iterable[Kink]) -> list[float]:
    """Sizes of givens at which conditions may be of another sign."""
    numbers = {abs(float(n)) for z, _ in kinks for n in z.atoms() if n.is_Rational} - {0.0, 1.0}
    near = [size for n in sorted(numbers) for size in (2 * n**0.5, 8 * n, n / 8)]
    return list(dict.fromkeys([*near, *_SIZES]))[:_MOST_SIZES]


def certainly_apart(one: Expr, two: Expr, ranges: Ranges, probe: Probe) -> bool:
    """Whether two formulas differ somewhere at the values of a probe."""
    with probe.arithmetic.context():
        first, second = (
            np.ravel(evaluate(f, ranges, probe.values, probe.arithmetic)) for f in (one, two)
        )
        return any(a - b > 0 or a - b < 0 for a, b in zip(first, second, strict=True))
