"""Values in balls, with as many bits as their digits need.

In balls of 160 bits 1 − tanh²(60) is 0 within 10⁻⁴⁸, and so is what cancels. Lines with such values
are computed again: in rationals where they are rational, else with more bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import flint
import numpy as np

from deltarule.arithmetic.base import Arithmetic, Undecided
from deltarule.arithmetic.beyond_fractions import as_ball
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball, Rational
from deltarule.arithmetic.run import run, run_block
from deltarule.arithmetic.wide_floats import WideFloats
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import blocks, equations_of

#: How many bits are carried, and those that are tried where they do not tell.
BITS, MORE_BITS = 160, (640, 4000)
#: So many are tried at most where a value is known to be so small.
MOST_BITS = 60_000
#: A value of which fewer bits are known is computed again.
KNOWN = 70

#: What a computation starts from, in an arithmetic.
Start = Callable[[Arithmetic], Values]


def poor(value: Any) -> bool:
    """Whether too little of a value is known: 0 may lie in its ball, or it has few digits."""
    ball = isinstance(value, flint.arb) and value.is_finite() and not value.is_exact()
    return ball and value.rel_accuracy_bits() < KNOWN


def poor_lines(values: Values, names: Iterable[str]) -> set[str]:
    """The lines of some in which a value is poor."""
    return {n for n in names if any(map(poor, _entries(values, n).flat))}


def sharpen(values: Values, start: Start, equations: Sequence[Equation], rational: bool) -> None:
    """Put better balls for poor ones into `values`.

    `equations` are those of the poor lines, and of all that these need from the start on, which is
    of fractions alone if `rational`.
    """
    names = dict.fromkeys(e.name for e in equations)
    if rational:
        _replace(values, _rational(start, equations), names)
    for bits in MORE_BITS:
        if poor_lines(values, names):
            _replace(values, in_balls(start, equations, bits), names)
    smallest = _smallest(values, start, equations) if poor_lines(values, names) else 0
    if MORE_BITS[-1] < smallest <= MOST_BITS:
        _replace(values, in_balls(start, equations, smallest), names)


def in_balls(start: Start, equations: Sequence[Equation], bits: int) -> Values:
    """What equations give in balls of so many bits."""
    ball = Ball(bits)
    values = start(ball)
    run(equations, values, ball)
    return values


def _rational(start: Start, equations: Sequence[Equation]) -> Values:
    """The lines that are rational; those that need a function or a root are left out."""
    rational = Rational()
    values = start(rational)
    for block in blocks(tuple(equations)):
        made = {e.name for e in equations_of(block)}
        read = {name for e in equations_of(block) for name in e.read_names()}
        try:
            if read - made <= values.arrays.keys():
                run_block(block, values, rational, {})
        except (Undecided, OverflowError):
            for name in made:
                values.arrays.pop(name, None)
    return values


def _smallest(values: Values, start: Start, equations: Sequence[Equation]) -> int:
    """How many bits tell the smallest value of which nothing is known yet; 0 where it may be 0."""
    wide = _Stable()
    near = start(wide)
    try:
        run(equations, near, wide)
    except Undecided:
        return 0
    bits = 0
    for name in poor_lines(values, {e.name for e in equations}):
        for ball, size in zip(_entries(values, name).flat, _entries(near, name).flat, strict=True):
            if poor(ball) and size.is_finite() and size != 0 and abs(size) < ball.upper():
                mantissa, exponent = map(int, size.man_exp())
                bits = max(bits, 2 * KNOWN - exponent - mantissa.bit_length())
    return bits


class _Stable(WideFloats):
    """Wide floats by the formulas that lose no digits, as float64 has them."""

    stable = True


def _replace(values: Values, better: Values, names: Iterable[str]) -> None:
    """Put better balls for poor ones, in as many bits as the others have."""
    for name in poor_lines(values, names) & better.arrays.keys():
        with Ball(BITS).context():
            found = _entries(values, name).copy()
            for entry, ball in np.ndenumerate(_entries(better, name)):
                if poor(found[entry]):
                    found[entry] = +as_ball(ball)
        values.arrays[name] = found


def _entries(values: Values, name: str) -> np.ndarray:
    return np.asarray(values.arrays[name], dtype=object)
