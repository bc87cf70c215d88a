"""Where values bend: upwards along some directions, downwards along others."""

from __future__ import annotations

import numpy as np

from deltarule.gradcheck.user_code.black_box import Sides

#: A bend below this share of the steepest slope is rounding.
BEND = 1e-5


def uneven_values(found: list[Sides]) -> np.ndarray:
    """Values that bend upwards along one direction and downwards along another."""
    with np.errstate(all="ignore"):
        bends = [np.where(s.kinks, s.right - s.left, 0.0) for s in found]
        steepest = max(_steepest(s) for s in found)
        up = np.any([b > BEND * steepest for b in bends], axis=0)
        down = np.any([b < -BEND * steepest for b in bends], axis=0)
    return up & down


def _steepest(sides: Sides) -> float:
    slopes = np.abs(np.stack([sides.right, sides.left]))
    return float(np.max(slopes, initial=0.0, where=np.isfinite(slopes)))
