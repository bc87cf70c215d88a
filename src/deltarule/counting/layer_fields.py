"""What the middle entry of each layer sees, along the axes of the input on which windows move: the
table of counts says how many rows, this says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sympy import Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.small_sizes import free_sizes, with_definitions
from deltarule.counting.counts import Count, LayerCount
from deltarule.counting.seen_entries import SeenEntries
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import free_symbols, reads, tensor_name
from deltarule.expressions.symbols import Attribute
from deltarule.expressions.window_axis import window_axis
from deltarule.networks.network import Network

#: Sizes without a number of their own in a picture: of a window, of an axis on which it moves.
WINDOW, ALONG = 3, 16
#: All others but the batch, which is 1.
OTHERS = 2
#: At most so many layers are looked at; of more, some between the first and the last.
MOST_LAYERS = 40


@dataclass(frozen=True)
class LayerField:
    """One layer: the shape that it puts out, and of the input's axes the places that its middle
    entry sees; `at` is that entry, `step` how far its neighbour's lie from there, None where that
    is not known.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    at: tuple[int, ...]
    places: tuple[np.ndarray, ...]
    step: tuple[int | None, ...]

    @property
    def whole(self) -> bool:
        """Whether it sees all."""
        return all(map(np.all, self.places))

    @property
    def spans(self) -> tuple[int, ...]:
        """From the first to the last place of each axis."""
        return tuple(int(np.ptp(np.nonzero(p)[0])) + 1 for p in self.places)


@dataclass(frozen=True)
class LayerFields:
    """The layers of a network over one input, along some `axes` of it, `extents` long.

    `assumed` are the sizes that had no number, with those that were taken.
    """

    title: str
    input: str
    axes: tuple[int, ...]
    extents: tuple[int, ...]
    layers: tuple[LayerField, ...]
    assumed: Mapping[Symbol, int]


def layer_fields(counted: Count) -> LayerFields:
    """The fields of all layers that a window moved for, or that see what one made.

    Raises DeltaruleError for a network in which no window moves.
    """
    network = counted.network
    sizes, assumed = _sizes(network)
    values = Values({}, sizes, {}, network.tensors)
    seen = SeenEntries(network, values, statistics=False)
    for given in network.with_role("input"):
        if given.integral:
            continue
        found = [*_seen(counted, seen, given.name)]
        extents = seen.shape(given.name)
        axes = tuple(
            axis
            for axis, extent in enumerate(extents)
            if any(1 < int(places[axis].sum()) < extent for _, _, places in found)
        )
        if axes:
            layers = tuple(_layer(*one, axes, values) for one in found)
            along = tuple(extents[axis] for axis in axes)
            return LayerFields(network.title, given.name, axes, along, layers, assumed)
    raise DeltaruleError(
        "no window moves over an input", network.name, "leave --svg out, or take a network with one"
    )


def _seen(
    counted: Count, seen: SeenEntries, name: str
) -> Iterator[tuple[LayerCount, tuple[int, ...], tuple[np.ndarray, ...]]]:
    """The layers that see anything of an input, the middle entry of each, and what it sees.

    A layer that only lays entries out in another order, such as flatten, is none of them.
    """
    for line in _looked_at(counted.layers):
        at = tuple(n // 2 for n in seen.shape(line.name))
        places = seen.seen_by(line.name, at).get(name)
        whole = places is not None and all(map(np.all, places[1:]))
        if places is not None and line.shape and (line.field or whole):
            yield line, at, places


def _looked_at(layers: Sequence[LayerCount]) -> list[LayerCount]:
    """The layers behind which the field is another one, by the table of counts."""
    found: list[LayerCount] = []
    for line in layers:
        same = found and line.field and line.field == found[-1].field
        found = [*found[:-1], line] if same and line.shape == found[-1].shape else [*found, line]
    every = -(-len(found) // MOST_LAYERS)
    return [line for k, line in enumerate(found) if k % every == 0 or line is found[-1]]


def _layer(
    line: LayerCount,
    at: tuple[int, ...],
    places: tuple[np.ndarray, ...],
    axes: tuple[int, ...],
    values: Values,
) -> LayerField:
    steps = {f.axis: f.step for f in line.field if f.rows is not None}
    return LayerField(
        line.name,
        line.kind,
        tuple(values.extent(n) for n in line.shape),
        at,
        tuple(places[axis] for axis in axes),
        tuple(values.extent(steps[a]) if a in steps else None for a in axes),
    )


def _sizes(network: Network) -> tuple[dict[Symbol, int], dict[Symbol, int]]:
    """A number for every size, and those of them that had none of their own."""
    windows, along = _of_windows(network)
    assumed = {}
    known = dict(network.attributes)
    for symbol in free_sizes(network):
        if isinstance(symbol, Attribute) and symbol in network.attributes:
            continue
        if symbol in windows:
            assumed[symbol] = WINDOW
        elif symbol in along:
            assumed[symbol] = ALONG
        else:
            assumed[symbol] = 1 if symbol.name == "N" else OTHERS
    sizes = with_definitions(network, {**known, **assumed})
    return sizes, {s: n for s, n in assumed.items() if s in windows | along}


def _of_windows(network: Network) -> tuple[set, set]:
    """The symbols of the sizes of windows, and of the axes that they move on."""
    windows: set = set()
    along: set = set()
    for equation in network.equations:
        inner = dict(equation.inner_ranges)
        for access in reads(equation.rhs):
            tensor = network.tensors[tensor_name(access)]
            for subscript, extent in zip(access.indices, tensor.axes, strict=True):
                window = window_axis(subscript, equation.indices, inner)
                if window is not None and window.moving and window.within:
                    windows.update(*(free_symbols(inner[k]) for k in window.within))
                    along.update(free_symbols(extent))
    return windows, along - windows
