"""A line of a network as a layer: with a symbol for every extent that its formula leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sympy import Expr

from deltarule.expressions.nodes import Reduction, free_indices, read, reads, tensor_name, walk
from deltarule.expressions.rebuild import with_extents
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation
from deltarule.networks.network import LayerUse, Network
from deltarule.networks.tensors import Tensor

#: An axis of a tensor, or an index.
_Place = tuple[str, int] | Index


def as_layer(lines: Sequence[Equation], network: Network) -> LayerUse:
    """The equations of one tensor as a use of a layer.

    Where an axis is only ever read at indices alone, as in y[n, m] = tanh(x[n, m]), how far it
    goes does not matter: a number there gets a symbol. The others stay as they are.
    """
    places = _Places()
    for line in lines:
        for access in (read(line.name, *line.subscripts), *reads(line.rhs)):
            for axis, subscript in enumerate(access.indices):
                places.meet((tensor_name(access), axis), subscript)
    names = dict.fromkeys(
        name for e in lines for name in (*(tensor_name(r) for r in reads(e.rhs)), e.name)
    )
    tensors = {n: network.tensors[n] for n in names}
    open_sizes = places.open_sizes(tensors, lines)
    part = Network(
        network.name,
        "",
        "",
        {n: _with_sizes(t, open_sizes) for n, t in tensors.items()},
        tuple(_line_with_sizes(e, open_sizes) for e in lines),
        _definitions(network, names.keys() - {e.name for e in lines}),
        dict(network.attributes),
        dict(network.scalars),
        ranges=dict(network.ranges),
    )
    sizes: dict[Any, Expr] = dict(open_sizes.values())
    own = _symbols_in(part) - set(sizes)
    return LayerUse(part, {n: n for n in names}, {**sizes, **{s: s for s in sorted(own, key=str)}})


def _definitions(network: Network, given: Iterable[str]) -> dict[Size, Expr]:
    """What sizes follow from, but for those that tensors from elsewhere tell."""
    known = {
        symbol
        for name in given
        for axis in network.tensors[name].axes
        for symbol in axis.free_symbols
    }
    return {s: d for s, d in network.definitions.items() if s not in known}


class _Places:
    """Which axes and indices have one extent, and which of them a formula does arithmetic with."""

    def __init__(self) -> None:
        self._like: dict[_Place, _Place] = {}
        self._closed: set[_Place] = set()

    def meet(self, place: tuple[str, int], subscript: Expr) -> None:
        """An axis is read at a subscript."""
        if isinstance(subscript, Index):
            self._like[self._first(place)] = self._first(subscript)
            return
        self._closed.add(place)
        self._closed.update(free_indices(subscript))

    def _first(self, place: _Place) -> _Place:
        while place in self._like and self._like[place] != place:
            place = self._like[place]
        return place

    def open_sizes(
        self, tensors: dict[str, Tensor], lines: Sequence[Equation]
    ) -> dict[_Place, tuple[Size, Expr]]:
        """For each axis and index that may be of any extent, its size and what it is there."""
        closed = {self._first(p) for p in self._closed}
        firsts: dict[_Place, _Place] = {}
        extents: dict[_Place, dict[Expr, None]] = {}
        for place, extent in _extents(tensors, lines):
            firsts[place] = self._first(place)
            extents.setdefault(firsts[place], {})[extent] = None
        sizes = {
            first: (Size(f"size{k}"), next(iter(found)))
            for k, (first, found) in enumerate(extents.items())
            if first not in closed and len(found) == 1 and all(n.is_Integer for n in found)
        }
        return {place: sizes[first] for place, first in firsts.items() if first in sizes}


def _extents(
    tensors: dict[str, Tensor], lines: Sequence[Equation]
) -> Iterator[tuple[_Place, Expr]]:
    for name, tensor in tensors.items():
        for axis, extent in enumerate(tensor.axes):
            yield (name, axis), extent
    for line in lines:
        yield from line.ranges
        for node in walk(line.rhs):
            if isinstance(node, Reduction):
                yield from node.ranges


def _with_sizes(tensor: Tensor, sizes: dict) -> Tensor:
    axes = tuple(
        sizes[tensor.name, k][0] if (tensor.name, k) in sizes else a
        for k, a in enumerate(tensor.axes)
    )
    return replace(tensor, axes=axes)


def _line_with_sizes(line: Equation, sizes: dict) -> Equation:
    extents = {i: size for i, (size, _) in sizes.items() if isinstance(i, Index)}
    ranges = tuple((i, extents.get(i, n)) for i, n in line.ranges)
    return replace(line, rhs=with_extents(line.rhs, extents), ranges=ranges)


def _symbols_in(part: Network) -> set[Any]:
    found = {s for t in part.tensors.values() for a in t.axes for s in a.free_symbols}
    for line in part.equations:
        for formula in (line.rhs, *line.subscripts, *(n for _, n in line.ranges)):
            found |= formula.free_symbols
    known = {*part.definitions, *part.attributes, *part.scalars}
    return {s for s in found if isinstance(s, Size) or s in known}
