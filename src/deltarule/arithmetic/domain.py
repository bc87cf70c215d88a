"""Values inside the domain of a network: none that makes a root, a logarithm or 0/0 undefined.

Where values drawn anywhere are undefined somewhere, each tensor is drawn from other ranges, one
after another, as long as fewer entries are undefined for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import flint
import numpy as np

from deltarule.arithmetic.base import DivisionByZero
from deltarule.networks.tensors import Tensor

#: Draws what is given, some tensors from the places that are named, and gives all arrays.
Fill = Callable[[Mapping[str, Any]], Mapping[str, np.ndarray]]
#: Where the entries of a tensor may lie that declares nothing: above 0, above 1, below 0 …
RANGES = ((0, 1), (1, 2), (-1, 0), (2, 4), (-2, -1))
#: The least integer to draw: a mask without a 0 closes nothing.
LEAST = (1,)


def undefined(array) -> int:
    """How many entries are no numbers: NaN, or +∞; the largest of nothing is −∞."""
    array = np.asarray(array)
    if array.dtype == float:
        return int((np.isnan(array) | (array == np.inf)).sum())
    if array.dtype != object:
        return 0
    return sum(1 for v in array.ravel() if isinstance(v, flint.arb) and not _number(v))


def _number(value: flint.arb) -> bool:
    return value.is_finite() or (value.rad() == 0 and value < 0)


def draw_inside(tensors: Iterable[Tensor], fill: Fill) -> None:
    """Draw the given tensors anew until the network is defined at them, as far as that is found.

    Raises DivisionByZero where fractions are divided by 0 wherever they come from, as by Σ_{k≠l} of
    a single entry.
    """
    given = [t for t in tensors if t.given]
    free = [
        t
        for t in given
        if not t.integral and t.within is None and not t.definite and t.sums_to_one is None
    ]
    shares = {t.name: RANGES[0] for t in given if _shares(t)}
    best, chosen = _tried(fill, {}), {}
    ways = [{**shares, **{t.name: place for t in free}} for place in RANGES[:2]]
    if not best or any(_tried(fill, way) == 0 for way in ways):
        return
    for tensor in given:
        for place in _places(tensor, free):
            count = _tried(fill, {**chosen, tensor.name: place})
            if count < best:
                best, chosen = count, {**chosen, tensor.name: place}
            if not best:
                return
    fill(chosen)


def _shares(tensor: Tensor) -> bool:
    """Whether entries sum to 1 along an axis: nothing says that none is below 0."""
    return tensor.sums_to_one is not None and not tensor.one_hot and tensor.within is None


def _places(tensor: Tensor, free: list[Tensor]) -> tuple:
    if _shares(tensor):
        return RANGES[:1]
    return LEAST if tensor.integral else RANGES if tensor in free else ()


def _tried(fill: Fill, places: dict) -> float:
    """How many entries are undefined where tensors are drawn from some places."""
    try:
        return sum(undefined(a) for a in fill(places).values())
    except DivisionByZero:
        return np.inf
