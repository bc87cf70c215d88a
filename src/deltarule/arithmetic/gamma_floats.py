"""log Γ(x), ψ(x) and ψ′(x) in float64, for x > 0; elsewhere NaN.

ψ(x) = ψ(x + 1) − 1/x and ψ′(x) = ψ′(x + 1) + 1/x² lead to x ≥ 12, where the asymptotic series
(DLMF 5.11.2 and its derivative; Abramowitz, Stegun 1964, 6.3.18 and 6.4.12) are exact to the last
place.
"""

from __future__ import annotations

import math

#: The series' coefficients: B₂ₖ/(2k) for ψ, B₂ₖ for ψ′, by Bernoulli's numbers.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_FAR = 12.0


def lgamma(x: float) -> float:
    """log Γ(x); NaN where x is not above 0, ∞ where it is beyond float64."""
    if not x > 0:
        return math.nan
    try:
        return math.lgamma(x)
    except OverflowError:
        return math.inf


def digamma(x: float) -> float:
    """ψ(x), the derivative of log Γ(x); NaN where x is not above 0."""
    if not x > 0:
        return math.nan
    below = 0.0
    while x < _FAR:
        below += 1 / x
        x += 1
    y, tail = 1 / x / x, 0.0
    for k in range(len(_BERNOULLI), 0, -1):
        tail = y * (_BERNOULLI[k - 1] / (2 * k) + tail)
    return math.log(x) - 0.5 / x - tail - below


def trigamma(x: float) -> float:
    """ψ′(x), the second derivative of log Γ(x); NaN where x is not above 0."""
    if not x > 0:
        return math.nan
    below = 0.0
    while x < _FAR:
        below += 1 / x / x
        x += 1
    y, tail = 1 / x / x, 0.0
    for number in reversed(_BERNOULLI):
        tail = y * (number + tail)
    return below + (1 + 0.5 / x + tail) / x
