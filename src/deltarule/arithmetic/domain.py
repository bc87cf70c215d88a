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


def draw_inside(tensors: Iterable[Tensor], fill: Fill) -> Mapping[str, Any]:
    """Draw the given tensors anew until the network is defined at them, as far as that is found;
    from where those come that are not drawn from the usual place.

    Raises DivisionByZero where fractions are divided by 0 wherever they come from, as by Σ_{k≠l} of
    a single entry.
    """
    given = [t for t in tensors if t.given]
    free = free_to_draw(given)
    shares = {t.name: RANGES[0] for t in given if _shares(t)}
    best, chosen = undefined_in(fill, {}), {}
    if not best:
        return {}
    for place in RANGES[:2]:
        way = {**shares, **{t.name: place for t in free}}
        if undefined_in(fill, way) == 0:
            return way
    for tensor in given:
        for place in _places(tensor, free):
            count = undefined_in(fill, {**chosen, tensor.name: place})
            if count < best:
                best, chosen = count, {**chosen, tensor.name: place}
            if not best:
                return chosen
    fill(chosen)
    return chosen


def free_to_draw(tensors: Iterable[Tensor]) -> list[Tensor]:
    """The given tensors of whose entries nothing is declared."""
    return [
        t
        for t in tensors
        if t.given
        and not t.integral
        and t.within is None
        and not t.definite
        and t.sums_to_one is None
    ]


def _shares(tensor: Tensor) -> bool:
    """Whether entries sum to 1 along an axis: nothing says that none is below 0."""
    return tensor.sums_to_one is not None and not tensor.one_hot and tensor.within is None


def _places(tensor: Tensor, free: list[Tensor]) -> tuple:
    if _shares(tensor):
        return RANGES[:1]
    return LEAST if tensor.integral else RANGES if tensor in free else ()


def undefined_in(fill: Fill, places: Mapping[str, Any]) -> float:
    """How many entries are undefined where tensors are drawn from some places."""
    try:
        return sum(undefined(a) for a in fill(places).values())
    except DivisionByZero:
        return np.inf
