"""Where float64 rounds or ends, the exact values that it is nearest to, or that are shown."""

from __future__ import annotations

import flint
import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.tracing.format_numbers import LEAST_NORMAL, known_not_zero


def take_exact(values: Values, exact: Values) -> None:
    """The floats nearest to the exact values, for those that rounding leaves on the way.

    Where terms cancel, as in the softmax of a single entry, floats give 2·10⁻¹⁶ for 0.
    """
    for name, balls in exact.arrays.items():
        floats = values.arrays.get(name)
        if floats is not None and np.asarray(floats).dtype == float and np.asarray(balls).size:
            values.arrays[name] = np.asarray(_NEAREST(balls, floats), dtype=float)


def beyond_floats(floats: np.ndarray, exact) -> np.ndarray:
    """The floats, with the exact values in place of those that float64 has no digits for."""
    with np.errstate(all="ignore"):
        ended = ~((np.abs(floats) >= LEAST_NORMAL) & np.isfinite(floats))
    entries = map(tuple, np.argwhere(ended))
    places = [entry for entry in entries if known_not_zero(exact[entry])]
    if not places:
        return floats
    found = floats.astype(object)
    for entry in places:
        found[entry] = exact[entry]
    return found


def _nearest(ball, computed: float) -> float:
    if not isinstance(ball, flint.arb):
        return computed
    if not ball.is_finite():
        return computed
    return 0.0 if ball.contains(0) else float(ball.mid())


_NEAREST = np.frompyfunc(_nearest, 2, 1)
