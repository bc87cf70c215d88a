"""Rounding line by line in float64: quick, and right but for ties."""

from __future__ import annotations

import numpy as np

from deltarule.arithmetic.exact import Rounded
from deltarule.arithmetic.floats import Float64


class QuicklyRounded(Float64):
    """What `Rounded` does, in float64. A value that lies on a tie may go either way."""

    name = "quickly rounded"

    def __init__(self, like: Rounded):
        self.like = like

    def settle(self, a):
        """Each entry with the digits that are kept."""
        a = np.asarray(a, dtype=float)
        if self.like.decimals is not None:
            places = np.full(a.shape, float(self.like.decimals))
        elif self.like.significant is not None:
            with np.errstate(divide="ignore"):
                size = np.where(a == 0, 0.0, np.floor(np.log10(np.abs(a))))
            places = self.like.significant - 1 - size
        else:
            return a
        scaled = a * 10.0**places
        if self.like.rule == "truncate":
            return np.trunc(scaled) / 10.0**places
        if self.like.rule == "half-even":
            return np.round(scaled) / 10.0**places
        return np.copysign(np.floor(np.abs(scaled) + 0.5), scaled) / 10.0**places
