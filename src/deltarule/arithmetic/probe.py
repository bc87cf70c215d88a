"""Probes: a network at small random sizes and values, to try equalities on.

Sizes are small, different from each other where that is possible and mostly coprime; strides
differ from kernels; values are generic. The forward equations are run once, so that whatever
reads an intermediate tensor finds a consistent value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from deltarule.arithmetic.base import Arithmetic, DivisionByZero
from deltarule.arithmetic.domain import draw_inside, undefined
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Rational
from deltarule.arithmetic.modular import PRIME, Modular
from deltarule.arithmetic.run import run
from deltarule.errors import DeltaruleError
from deltarule.expressions.matrices import in_determinants
from deltarule.expressions.nodes import Reduction, free_symbols, walk
from deltarule.expressions.symbols import Attribute, Size
from deltarule.networks.network import Network
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.networks.tensors import Tensor

_SIZES = (2, 3, 5, 4, 7)

#: A network with a larger tensor is not tried out.
MOST_ENTRIES = 300_000

#: Sizes are made smaller until one equation has no more points times entries than this.
MOST_TRIED = 60_000

#: So many draws are made before sizes are made to fit that leave a single entry.
TRIED_AS_DRAWN = 60

#: What fractions are drawn from: few values, so that maxima tie.
_WITH_TIES = tuple(Fraction(sign * k, 2) for k in (1, 2, 3, 4, 5) for sign in (1, -1))


class Probe:
    """A network at sizes and values drawn from a seed, in one arithmetic.

    `values.arrays` holds every tensor of the network, computed from the givens.
    """

    def __init__(self, network: Network, arithmetic: Arithmetic, seed: int = 0, **fixed: int):
        self.network, self.arithmetic = network, arithmetic
        self.random = Random(seed)
        self.sizes = choose_sizes(network, self.random, fixed, varied=seed > 0)
        self.values = Values({}, self.sizes, dict(network.scalars), dict(network.tensors))
        self._refuse_what_is_too_large()
        self._places: Mapping[str, Any] = {}
        try:
            self.fill({})
            inside = not self.undefined
        except DivisionByZero:
            inside = False
        if not inside:
            draw_inside(self.network.tensors.values(), self.fill)

    def fill(self, places: Mapping[str, Any]) -> Mapping[str, np.ndarray]:
        """Draw what is given, and run the network: all arrays; `places` says from where some come.

        Raises DivisionByZero for a division by 0 among the fractions.
        """
        self._places = places
        self.values.arrays.clear()
        for tensor in self.network.tensors.values():
            if tensor.given:
                self.values.arrays[tensor.name] = self.draw(tensor)
        run(self.network.equations, self.values, self.arithmetic)
        return self.values.arrays

    def _refuse_what_is_too_large(self) -> None:
        for tensor in self.network.tensors.values():
            entries = math.prod(self.shape(tensor.axes))
            if entries > MOST_ENTRIES:
                raise DeltaruleError(
                    f"{self.network.name} is too large to be tried out: {tensor.name} has "
                    f"{entries} entries",
                    self.network.path,
                    f"work with its layers, or count them: derive {self.network.name} --count",
                )

    def shape(self, axes: Iterable[Expr]) -> tuple[int, ...]:
        """The extents of some axes, as numbers."""
        return tuple(self.values.extent(a) for a in axes)

    def draw(self, tensor: Tensor) -> np.ndarray:
        """Random entries that have the properties that the tensor is declared to have."""
        shape = self.shape(tensor.axes)
        place = self._places.get(tensor.name)
        if tensor.whole:
            below = self.values.extent(tensor.whole_below)
            least = min(place or 0, below - 1)
            count = int(np.prod(shape))
            drawn = [self.random.randrange(least, below) for _ in range(count)]
            return np.array(drawn, dtype=np.int64).reshape(shape)
        # What an update keeps may be a mean of squares, which is not negative.
        within = tensor.drawn_within or place or ((0, 1) if tensor.role == "memory" else None)
        numbers = self._fractions(shape, within)
        if tensor.definite:
            numbers = np.matmul(numbers, numbers.swapaxes(-1, -2)) + np.eye(shape[-1], dtype=int)
        if tensor.name in in_determinants(e.rhs for e in self.network.equations):
            # A large diagonal: the determinant is above 0.
            numbers = numbers + 2 * shape[-1] * np.eye(*shape[-2:], dtype=int)
        if tensor.sums_to_one is not None:
            axis = tensor.sums_to_one
            rest = np.take(numbers, range(shape[axis] - 1), axis=axis) / shape[axis]
            last = 1 - rest.sum(axis=axis, keepdims=True)
            numbers = np.concatenate([rest, last], axis=axis)
        return self.arithmetic.array(numbers)

    def noise(self, axes: Iterable[Expr]) -> np.ndarray:
        """Generic entries for an upstream gradient or a direction."""
        return self.arithmetic.array(self._fractions(self.shape(axes), None))

    def _fractions(self, shape: tuple[int, ...], within) -> np.ndarray:
        count = int(np.prod(shape, dtype=np.int64))
        result = np.empty(count, dtype=object)
        low, high = within or (-1, 1)
        if isinstance(self.arithmetic, Modular) and within is None:
            result[:] = [Fraction(self.random.randrange(1, PRIME)) for _ in range(count)]
        elif isinstance(self.arithmetic, Rational) and within is None:
            result[:] = [self.random.choice(_WITH_TIES) for _ in range(count)]
        else:
            steps = 10**6
            result[:] = [
                low + (high - low) * Fraction(self.random.randrange(1, steps), steps)
                for _ in range(count)
            ]
        return result.reshape(shape)

    @property
    def undefined(self) -> list[str]:
        """The tensors that hold something that is no number (0/0, or a logarithm of 0)."""
        return [name for name, array in self.values.arrays.items() if undefined(array)]


def choose_sizes(
    network: Network, random: Random, fixed: dict[str, int], varied: bool = False
) -> dict[Symbol, int]:
    """Small values for all sizes and attributes, such that every defined size is at least 1.

    `fixed` holds some of them by name; `varied` draws the others at random from the start.
    Raises DeltaruleError if nothing small fits.
    """
    free = [s for s in free_sizes(network) if s.name not in fixed]
    held = {s: fixed[s.name] for s in free_sizes(network) if s.name in fixed}
    if not free:
        filled = with_definitions(network, held)
        if not _fits(filled, held, 1):
            raise _nothing_fits(network)
        return filled
    times = {b.extent for b in blocks(network.equations) if isinstance(b, Recurrence)}
    free.sort(key=lambda s: s in times)
    for attempt in range(1 if varied else 0, 2 * TRIED_AS_DRAWN):
        chosen = dict(held)
        for k, symbol in enumerate(free):
            # Three times at least, so that the first, the last and one between them differ.
            least = 3 if symbol in times else 1
            chosen[symbol] = max(least, _pick(symbol, k, attempt, random))
        chosen = _grown(network, chosen, {*held, *times})
        if attempt >= TRIED_AS_DRAWN:
            chosen = _shrunk(network, chosen, {*held, *times})
        filled = with_definitions(network, chosen)
        least = 2 if attempt < TRIED_AS_DRAWN else 1
        if _fits(filled, chosen, least):
            return _lightened(network, filled, chosen, [s for s in free if s not in held], least)
    raise _nothing_fits(network)


def _nothing_fits(network: Network) -> DeltaruleError:
    return DeltaruleError(
        f"no small sizes fit the network {network.name}",
        network.path,
        "check the definitions of its sizes; give some sizes with --set",
    )


def _grown(network: Network, chosen: dict, held: set) -> dict:
    """The sizes, those of which too little is left (an image behind its windows) made larger."""
    for symbol, definition in network.definitions.items():
        for _ in range(24):
            left = with_definitions(network, chosen)[symbol]
            grow = [s for s in chosen if s not in held and not isinstance(s, Attribute)
                    and s in free_symbols(definition)
                    and with_definitions(network, {**chosen, s: chosen[s] + 6})[symbol] > left]
            if left >= 2 or not grow:
                break
            chosen = {**chosen, grow[0]: chosen[grow[0]] + 1}
    return chosen


def _shrunk(network: Network, chosen: dict, held: set) -> dict:
    """The sizes, those made smaller that leave nothing: the window over an image of one column."""
    for symbol in network.definitions:
        while (left := with_definitions(network, chosen)[symbol]) < 1:
            shrink = [s for s in chosen if s not in held and chosen[s] > 1
                      and with_definitions(network, {**chosen, s: chosen[s] - 1})[symbol] > left]
            if not shrink:
                break
            largest = max(shrink, key=chosen.__getitem__)
            chosen = {**chosen, largest: chosen[largest] - 1}
    return chosen


def _fits(filled: dict, chosen: dict, least: int) -> bool:
    return all(n >= least for s, n in filled.items() if s not in chosen)


def _lightened(
    network: Network, filled: dict, chosen: dict, free: list, least: int
) -> dict[Symbol, int]:
    """The sizes, the largest made smaller until no equation has too many points to try.

    A derivative is tried at every entry of a tensor and every point of an equation together.
    """
    plain = [s for s in free if not isinstance(s, Attribute)]
    stuck: set[Symbol] = set()
    while _points(network, filled) > MOST_TRIED:
        largest = max((s for s in plain if s not in stuck and chosen[s] > 2),
                      key=chosen.__getitem__, default=None)
        if largest is None:
            break
        smaller = {**chosen, largest: chosen[largest] - 1}
        refilled = with_definitions(network, smaller)
        if _fits(refilled, smaller, least):
            chosen, filled = smaller, refilled
        else:
            stuck.add(largest)
    return filled


def _points(network: Network, filled: dict[Symbol, int]) -> int:
    values = Values({}, filled, {}, {})

    def product(extents) -> int:
        return int(np.prod([values.extent(n) for n in extents], dtype=np.int64))

    most = 0
    for equation in network.equations:
        inner = [r for node in walk(equation.rhs) if isinstance(node, Reduction)
                 for r in node.ranges]
        if inner:
            entries = [product(network.tensors[n].axes) for n in equation.read_names()]
            grid = product(n for _, n in (*equation.ranges, *inner))
            most = max(most, grid * max(entries, default=1))
    return most


def _pick(symbol: Symbol, position: int, attempt: int, random: Random) -> int:
    if isinstance(symbol, Attribute):
        return random.randint(1, 3) if symbol.is_positive else random.randint(0, 2)
    if attempt == 0:
        return _SIZES[position % len(_SIZES)]
    return random.choice(_SIZES) + random.randint(0, attempt // 20)


def free_sizes(network: Network) -> list[Symbol]:
    """The sizes and attributes that have to be given, in order of appearance."""
    found: dict[Symbol, None] = {}
    for tensor in network.tensors.values():
        for axis in tensor.axes:
            found.update(dict.fromkeys(sorted(_sizes_in(axis), key=str)))
    for definition in network.definitions.values():
        found.update(dict.fromkeys(sorted(_sizes_in(definition), key=str)))
    for equation in network.equations:
        found.update(dict.fromkeys(sorted(_sizes_in(equation.rhs), key=str)))
    return [s for s in found if s not in network.definitions]


def _sizes_in(expression: Expr) -> set[Size]:
    return {s for s in free_symbols(expression) if isinstance(s, Size)}


def with_definitions(network: Network, sizes: dict[Symbol, int]) -> dict[Symbol, int]:
    """The sizes with those added that follow from them."""
    filled = dict(sizes)
    values = Values({}, filled, {}, {})
    for symbol, definition in network.definitions.items():
        filled[symbol] = values.extent(definition)
    return filled
