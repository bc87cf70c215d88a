"""Kernels at extreme numbers against balls: what must hold of every derivation.

Entries are drawn from numbers that overflow, vanish and cancel. A result must be the true value,
but for what roundings of the inputs and of the program's own lines do to it. Where the true value
of a result is beyond the type's range, ±∞ is right there; of no other is NaN or ±∞ excused.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import flint
import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.expressions.matrices import in_determinants
from deltarule.expressions.nodes import Selection
from deltarule.kernels.passes.program import Program
from deltarule.networks.tensors import Tensor

POOL = (0.0, 1e-30, -1e-30, 0.5, -0.75, 1.0, 17.0, -17.5, 100.0, -100.0, 745.0, -745.0, 1e4, -1e4)
WITHIN = (1e-30, 1e-10, 0.25, 0.5, 1 - 2.0**-20)
#: So many times the effect of roundings is allowed: it is measured in a few tries only.
TIMES, TRIES = 64, 2
BITS = 600


class Extreme(Ball):
    """Balls of which the largest is told by their middles, which is enough for a shift."""

    def __init__(self, eps: float = 0.0, seed: int = 0):
        super().__init__(BITS)
        self._eps, self._random = eps, Random(seed)

    def maximum(self, a, axes, ties="first"):
        for axis in sorted(axes, reverse=True):
            a = (
                np.apply_along_axis(_by_middle, axis, a)
                if a.shape[axis]
                else super().maximum(a, (axis,))
            )
        return a

    def settle(self, a):
        """Every entry of a line off by at most one rounding of a type."""
        if not self._eps:
            return a
        off = np.frompyfunc(lambda v: v + v * (self._random.uniform(-1, 1) * self._eps), 1, 1)
        with self.context():
            return np.asarray(off(a), dtype=object).reshape(np.shape(a))


def _by_middle(row: np.ndarray):
    best = row[0]
    for value in row[1:]:
        best = value if value.mid() > best.mid() else best
    return best


def extreme(tensor: Tensor, usual: np.ndarray, random: Random) -> np.ndarray:
    """Extreme entries with the properties that a tensor is declared to have."""
    if tensor.integral or tensor.definite or tensor.sums_to_one is not None:
        return usual
    low, high = tensor.within or (None, None)
    if low is not None and high is not None:
        pool = [low + (high - low) * v for v in WITHIN]
    elif low is not None:
        pool = [low + abs(v) for v in POOL if v]
    else:
        pool = POOL
    return np.array([random.choice(pool) for _ in range(usual.size)]).reshape(usual.shape)


def givens(made: Program, seed: int, dtype: str) -> tuple[dict, dict]:
    """Numbers of a type for all that a kernel takes, and the sizes."""
    probe, random = Probe(made.network, Float64(), seed), Random(seed)
    fixed = in_determinants(e.rhs for e in made.network.equations)
    found = {}
    for tensor in made.network.tensors.values():
        if tensor.given:
            usual = probe.values.arrays[tensor.name]
            kept = usual if tensor.name in fixed else extreme(tensor, usual, random)
            found[tensor.name] = kept if tensor.integral else kept.astype(dtype)
    for name, gradient in made.upstream.items():
        found[gradient] = np.asarray(probe.noise(made.network.tensors[name].axes)).astype(dtype)
    return found, probe.values.sizes


def in_balls(passes: Iterable, made: Program, arrays: dict, sizes: dict, ball: Extreme) -> dict:
    """All tensors and gradients by the equations of two passes; the inputs are rounded too."""
    held = {
        n: a if a.dtype.kind in "iu" else ball.settle(ball.array(a.astype(object)))
        for n, a in arrays.items()
    }
    with ball.context():
        for equations, one in zip(passes, (made.forward, made.backward), strict=True):
            for name in made.forward.working:  # both passes may use a name
                held.pop(name, None)
            tensors = {**one.tensors, **made.network.tensors}
            run(equations, Values(held, sizes, made.scalars, tensors), ball)
    return held


def numbers(balls: np.ndarray) -> np.ndarray:
    """The middles of balls as the nearest of float64's numbers, ±∞ beyond; NaN where unknown."""

    def middle(v) -> float:
        known = isinstance(v, flint.arb) and v.is_finite() and v.rad() <= abs(v.mid()) * 1e-9
        return float(v.mid()) if known or v == 0 else np.nan

    return np.array([middle(v) for v in np.ravel(balls)], dtype=float).reshape(np.shape(balls))


def wrong(made: Program, found: dict, arrays: dict, sizes: dict, dtype: str) -> list[str]:
    """What a kernel gave that is further from the truth than rounding can bring it."""
    lecture = (made.network.equations, made.derivation.equations())
    own = (made.forward.equations, made.backward.equations)
    if any(isinstance(e.rhs, Selection) for e in made.network.equations):
        own = lecture  # the kernel keeps selections as numbers, which the evaluator does not
    types = np.finfo(dtype)
    exact = in_balls(lecture, made, arrays, sizes, Extreme())
    same = in_balls(own, made, arrays, sizes, Extreme())
    rounded = [
        in_balls(own, made, arrays, sizes, Extreme(float(types.eps), seed)) for seed in range(TRIES)
    ]
    told = []
    for name, value in found.items():
        if exact[name].dtype != object:
            continue
        truth, again = numbers(exact[name]), numbers(same[name])
        with np.errstate(all="ignore"):
            apart = np.abs(again - truth) > 1e-9 * np.abs(truth) + types.tiny
            truth = np.where(np.isnan(truth), again, truth)
            effect = np.max([np.abs(numbers(r[name]) - truth) for r in rounded], axis=0)
            allowed = TIMES * (effect + types.eps * np.abs(truth)) + 1e3 * types.tiny
            far = ~(np.abs(value - truth) <= allowed) & np.isfinite(truth)
            far &= ~((np.abs(truth) > types.max) & (value == np.sign(truth) * np.inf))
        far &= ~np.isnan(effect)
        if apart.any():
            told.append(f"{name}: the program's own lines do not give the formula's value")
        if far.any():
            told.append(f"{name}: {value[far][0]} where {truth[far][0]} is right")
    return told
