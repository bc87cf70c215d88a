"""Sizes while a small copy of a network is read: fewer maps and units, smaller images.

Windows, strides and paddings stay, and so does every layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import log2

from sympy import Expr, Integer

from deltarule.expressions.nodes import FloorQuotient, free_symbols
from deltarule.networks.network import Network

#: Up to so many maps, units or pixels stay, such as the three colours.
FEW = 6
#: Others become 2 … 6: the same number for the same, mostly another for another.
_KINDS = 5

#: The sides of an image, high and wide.
Sides = tuple[int, int]

_SIDES: ContextVar[Sides | None] = ContextVar("sides", default=None)


@contextmanager
def scaled_to(sides: Sides) -> Iterator[None]:
    """What is read inside has few maps and units, and images of at most these sides."""
    token = _SIDES.set(sides)
    try:
        yield
    finally:
        _SIDES.reset(token)


def sides() -> Sides | None:
    """The sides of the copy that is read; None where the network itself is."""
    return _SIDES.get()


def scaled_axes(axes: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The axes of an input: two equal large ones in succession are the sides of an image, another
    is of maps or units.
    """
    most = _SIDES.get()
    if most is None:
        return axes
    found = list(map(_fewer, axes))
    for k, (one, two) in enumerate(zip(axes, axes[1:])):
        if one == two and one.is_Integer and one > FEW:
            found[k : k + 2] = (min(one, Integer(side)) for side in most)
    return tuple(found)


def scaled_size(part: Network, name: str, value: Expr) -> Expr:
    """A size that a layer is given: that of a window stays, maps and units become few."""
    if _SIDES.get() is None:
        return value
    windows = {
        s.name
        for definition in part.definitions.values()
        if definition.has(FloorQuotient)
        for s in free_symbols(definition)
    }
    return value if name in windows else _fewer(value)


def _fewer(extent: Expr) -> Expr:
    if not extent.is_Integer or extent <= FEW:
        return extent
    return Integer(2 + round(2 * log2(int(extent))) % _KINDS)
