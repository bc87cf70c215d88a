"""In which precision a function works, said from its values alone.

Along a line, the fourth difference of a smooth function over steps of 10⁻⁵ is nothing but what its
values are rounded by; this also shows rounding inside, where the results are float64.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

STEP = 1e-5
#: A step that values of half precision follow.
_COARSE = 0.05
_FOURTH = (1, -4, 6, -4, 1)


@dataclass(frozen=True)
class Precision:
    """How values are rounded (relative), and how differences are taken of them."""

    name: str
    unit: float
    width: float
    tolerance: float

    @property
    def description(self) -> str:
        """single precision, and is measured to 1e−4"""
        return f"{self.name}, and is measured to {self.tolerance:.0e}".replace("e-0", "e−")


DOUBLE = Precision("", 2.2e-16, 1e-4, 1e-9)
SINGLE = Precision("single precision", 6e-8, 3e-2, 1e-4)
HALF = Precision("half precision", 5e-4, 0.2, 5e-2)
#: Noise above these, relative to the largest value, is none of double and single precision.
_DOUBLE_NOISE, _SINGLE_NOISE = 1e-10, 1e-5


def precision_of(*lines: Callable[[float], np.ndarray]) -> Precision:
    """The precision of values along some lines, of which each gives those at a distance.

    A kink between two steps looks like rounding, but hardly on every line.
    """
    return min((_along(line) for line in lines), key=lambda p: p.unit)


def _along(line: Callable[[float], np.ndarray]) -> Precision:
    at = [np.asarray(line(k * STEP)) for k in range(len(_FOURTH))]
    if any(a.dtype == np.float16 for a in at) or _is_flat(at, np.asarray(line(_COARSE))):
        return HALF
    noise = _noise([np.asarray(a, dtype=float) for a in at])
    if noise > _SINGLE_NOISE:
        return HALF
    return SINGLE if noise > _DOUBLE_NOISE or any(a.dtype == np.float32 for a in at) else DOUBLE


def _noise(at: list[np.ndarray]) -> float:
    with np.errstate(all="ignore"):
        bent = np.abs(np.asarray(sum(k * a for k, a in zip(_FOURTH, at))))
        size = np.max(np.abs(at[0]), initial=0.0, where=np.isfinite(at[0]))
    noise = np.max(bent, initial=0.0, where=np.isfinite(bent))
    return float(noise / size) if size else 0.0


def _is_flat(at: list[np.ndarray], far: np.ndarray) -> bool:
    """Whether most values follow no small steps, but a larger one."""
    still = np.all([a == at[0] for a in at], axis=0)
    return bool(far.size and np.mean(still & (far != at[0])) > 0.5)
