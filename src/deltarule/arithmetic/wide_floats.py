"""Floating-point numbers with exponents of any length, for what float64 has only 0 or ∞ for."""

from __future__ import annotations

import flint
import numpy as np

from deltarule.arithmetic.base import entrywise
from deltarule.arithmetic.beyond_fractions import middle
from deltarule.arithmetic.exact import Ball


class WideFloats(Ball):
    """Numbers of so many bits, a few more than float64 has; each line is rounded to its middle.

    So nothing is left undecided, and nothing is enclosed either. What a function gives is NaN where
    no digit of it is known, as of exp(−10^5000).
    """

    name = "wide floats"

    def __init__(self, bits: int = 96):
        super().__init__(bits)

    def apply(self, leaf: str, a):
        if leaf == "finite":
            return entrywise(lambda v: v if v.is_finite() else flint.arb(0), a)
        return entrywise(_known, super().apply(leaf, a))

    def settle(self, a):
        return entrywise(middle, a)

    def positive(self, a) -> np.ndarray:
        return super().positive(self.settle(a))

    def same(self, a, b) -> np.ndarray:
        return super().same(self.settle(a), self.settle(b))

    def maximum(self, a, axes, ties="first"):
        return super().maximum(self.settle(a), axes, ties)


def _known(value: flint.arb) -> flint.arb:
    """A ball of which a digit is known; NaN for another."""
    return value if value.is_exact() or value.rel_accuracy_bits() > 0 else flint.arb("nan")
