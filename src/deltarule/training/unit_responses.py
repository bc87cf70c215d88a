"""What units respond to: of each unit of a layer the held-out samples that excite it most, and of a
unit that sees a part of the image alone, the window in which it was most excited.

A unit of a layer of maps is a map; its response to an image is the largest over all places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sympy import Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.counting.counts import count
from deltarule.counting.seen_entries import SeenEntries
from deltarule.expressions.nodes import Read
from deltarule.networks.network import Network

#: So many units of a layer are shown, those that tell most samples apart, and so many samples each.
UNITS, SAMPLES = 8, 5

#: Part of an image: top, left, bottom and right as shares of its height and width.
Window = tuple[float, float, float, float]


@dataclass(frozen=True)
class UnitResponse:
    """One unit, the samples that excite it most, how much they do, and where; () for all over."""

    layer: str
    unit: int
    samples: tuple[int, ...]
    strengths: tuple[float, ...]
    windows: tuple[Window, ...] = ()


def unit_responses(
    network: Network, image: str, sizes: Mapping[Symbol, int], values: Mapping[str, np.ndarray]
) -> tuple[UnitResponse, ...]:
    """The responses of the layers whose values are there, [n, unit, …] each, in their order.

    `image` is the tensor of the images, `sizes` are those of one image at a time.
    """
    seen = SeenEntries(network, Values({}, sizes, {}, network.tensors), statistics=False)
    # What lays entries out in another order, as flatten does, has no units of its own.
    moved = {e.name for e in network.equations if isinstance(e.rhs, Read)}
    layers = [line.name for line in count(network).layers if line.name not in moved]
    found: list[UnitResponse] = []
    for name in layers:
        array = values.get(name)
        if array is not None and array.ndim in (2, 4):
            found += _of_layer(name, array, _Windows(seen, name, image))
    return tuple(found)


class _Windows:
    """Where in the image the entries of a map look."""

    def __init__(self, seen: SeenEntries, layer: str, image: str):
        self._seen, self._layer, self._image = seen, layer, image
        self._known: dict[tuple[int, ...], Window] = {}

    def of(self, unit: int, place: tuple[int, ...]) -> Window:
        """The window of an entry of a map."""
        if place not in self._known:
            places = self._seen.seen_by(self._layer, (0, unit, *place))[self._image][-2:]
            edges = [(int(p.argmax()), len(p) - int(p[::-1].argmax())) for p in places]
            (top, below), (left, right) = edges
            high, wide = map(len, places)
            self._known[place] = (top / high, left / wide, below / high, right / wide)
        return self._known[place]


def _of_layer(name: str, array: np.ndarray, windows: _Windows) -> Iterator[UnitResponse]:
    """The units of a layer whose response differs most from sample to sample."""
    flat = array.reshape(*array.shape[:2], -1)
    strength = flat.max(axis=2).astype(float)
    spread = strength.std(axis=0) / (np.abs(strength).mean(axis=0) + 1e-9)
    for unit in sorted(np.argsort(-spread, kind="stable")[:UNITS].tolist()):
        best = np.argsort(-strength[:, unit], kind="stable")[:SAMPLES].tolist()
        where: Sequence[Window] = ()
        if array.ndim == 4:
            peaks = (np.unravel_index(flat[n, unit].argmax(), array.shape[2:]) for n in best)
            where = [windows.of(unit, tuple(map(int, peak))) for peak in peaks]
        strengths = tuple(float(strength[n, unit]) for n in best)
        yield UnitResponse(name, unit, tuple(best), strengths, tuple(where))
