"""What a tensor may hold, drawn at random: what it is declared to be decides, whoever draws.

    labels, positions             integers below an extent
    covariances                   a·aᵀ + 1, symmetric and positive definite
    targets that sum to 1         parts of 1 along their axis
    one-hot ones                  a 1 somewhere along it
    symmetric matrices            a + aᵀ
    what an update keeps          numbers from 0 to 1, as a mean of squares is not negative
    matrices in a determinant     with a large diagonal: the determinant is above 0
    anything else                 numbers from the declared interval, or from the usual one

What numbers are made of is for subclasses to say: fractions with one digit to follow by hand,
generic ones to try equalities on, float64 for kernels, Python text for an emitted self-check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
from sympy import Expr

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.exact import Rational
from deltarule.arithmetic.modular import PRIME, Modular
from deltarule.expressions.matrices import in_determinants
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor

#: An open interval; None stands for the usual one of a sampler.
Interval = tuple[int, int] | None
Shape = tuple[int, ...]


class Sampler:
    """Draws entries for the tensors of a network; `extent` gives an axis its number."""

    #: What is put on the diagonal of a matrix in a determinant, times its extent.
    diagonal = 1

    def __init__(self, network: Network, extent: Callable[[Expr], int]):
        self.extent = extent
        self._determinants = in_determinants(e.rhs for e in network.equations)
        for e in network.equations[::-1]:
            if e.name in self._determinants and len(e.subscripts) > 1:  # S = K + σ²·I
                at = e.subscripts[-2:]
                same = {tensor_name(r) for r in reads(e.rhs) if r.indices[-2:] == at}
                self._determinants |= same

    def shape(self, axes: Iterable[Expr]) -> Shape:
        """The extents of some axes, as numbers."""
        return tuple(self.extent(a) for a in axes)

    def draw(self, tensor: Tensor, place: Any = None) -> Any:
        """Entries with the properties that the tensor is declared to have.

        `place` is an interval for entries of which nothing is declared, or the least of whole
        numbers.
        """
        shape = self.shape(tensor.axes)
        if tensor.points is not None:
            return self.pointers(shape, *tensor.points)
        if tensor.integers_below is not None:
            return self.integers(shape, place or 0, self.extent(tensor.integers_below))
        within = tensor.drawn_within or place or ((0, 1) if tensor.role == "memory" else None)
        if tensor.definite:
            drawn = self.definite(shape, within)
        elif tensor.one_hot and tensor.sums_to_one is not None:
            drawn = self.one_hot(shape, tensor.sums_to_one)
        elif tensor.sums_to_one is not None:
            drawn = self.parts_of_one(shape, tensor.sums_to_one, within)
        else:
            drawn = self.numbers(tensor, shape, within)
        drawn = self.symmetric(drawn) if tensor.symmetric else drawn
        return self.dominated(drawn, shape) if tensor.name in self._determinants else drawn

    def numbers(self, tensor: Tensor, shape: Shape, within: Interval) -> Any:
        """Entries of which no more than an interval is declared."""
        return self.between(shape, within)

    def between(self, shape: Shape, within: Interval) -> Any:
        """Numbers from an open interval."""
        raise NotImplementedError

    def integers(self, shape: Shape, least: int, below: int) -> Any:
        """Integers from `least` on."""
        raise NotImplementedError

    def pointers(self, shape: Shape, axis: int, way: int) -> Any:
        """Positions before (or behind) their own along an axis, or −1 at a place without any."""
        found = np.full(shape, -1, dtype=np.int64)
        along, last = np.moveaxis(found, axis, 0), shape[axis] - 1
        for place in range(last + 1):
            room = place if way < 0 else last - place
            away = np.asarray(self.integers(along.shape[1:], 0, room + 1)).astype(np.int64)
            along[place] = np.where(away, place + way * away, -1)
        return found

    def parts_of_one(self, shape: Shape, axis: int, within: Interval) -> Any:
        """Numbers that sum to 1 along an axis."""
        raise NotImplementedError

    def one_hot(self, shape: Shape, axis: int) -> Any:
        """A 1 somewhere along an axis, and zeros."""
        rest = tuple(np.delete(shape, axis))
        chosen = np.eye(shape[axis], dtype=int)[self.integers(rest, 0, shape[axis])]
        return np.moveaxis(chosen, -1, axis)

    def symmetric(self, drawn: Any) -> Any:
        """Matrices that are their own transpose."""
        return (drawn + drawn.swapaxes(-1, -2)) / 2

    def definite(self, shape: Shape, within: Interval) -> Any:
        """Symmetric, positive definite matrices."""
        root = self.between(shape, within)
        return np.matmul(root, root.swapaxes(-1, -2)) + np.eye(shape[-1], dtype=int)

    def dominated(self, drawn: Any, shape: Shape) -> Any:
        """Matrices with a large diagonal, whose determinant is above 0."""
        return drawn + self.diagonal * shape[-1] * np.eye(*shape[-2:], dtype=int)


#: What fractions are drawn from: few values, so that maxima tie.
_WITH_TIES = tuple(Fraction(sign * k, 2) for k in (1, 2, 3, 4, 5) for sign in (1, -1))


class Generic(Sampler):
    """Fractions to try equalities on, of the kind that an arithmetic finds most in."""

    diagonal = 2

    def __init__(self, network: Network, extent: Callable, arithmetic: Arithmetic, random: Random):
        super().__init__(network, extent)
        self.arithmetic, self.random = arithmetic, random

    def between(self, shape: Shape, within: Interval) -> np.ndarray:
        low, high = within or (-1, 1)
        steps = 10**6
        if isinstance(self.arithmetic, Modular) and within is None:
            return filled(shape, lambda: Fraction(self.random.randrange(1, PRIME)))
        if isinstance(self.arithmetic, Rational) and within is None:
            return filled(shape, lambda: self.random.choice(_WITH_TIES))
        return filled(
            shape, lambda: low + (high - low) * Fraction(self.random.randrange(1, steps), steps)
        )

    def integers(self, shape: Shape, least: int, below: int) -> np.ndarray:
        least = min(least, below - 1)
        drawn = [self.random.randrange(least, below) for _ in range(int(np.prod(shape)))]
        return np.array(drawn, dtype=np.int64).reshape(shape)

    def parts_of_one(self, shape: Shape, axis: int, within: Interval) -> np.ndarray:
        numbers = self.between(shape, within)
        rest = np.take(numbers, range(shape[axis] - 1), axis=axis) / shape[axis]
        return np.concatenate([rest, 1 - rest.sum(axis=axis, keepdims=True)], axis=axis)


class Floats(Sampler):
    """Float64 (integers in int64) of any size, away from the ends of declared intervals."""

    def __init__(self, network: Network, extent: Callable, random: np.random.Generator):
        super().__init__(network, extent)
        self.random = random

    def between(self, shape: Shape, within: Interval) -> np.ndarray:
        low, high = within or (-1, 1)
        room = 0.01 * (high - low) if within else 0.0
        return self.random.uniform(low + room, high - room, shape)

    def integers(self, shape: Shape, least: int, below: int) -> np.ndarray:
        return self.random.integers(least, below, shape)

    def parts_of_one(self, shape: Shape, axis: int, within: Interval) -> np.ndarray:
        rest = tuple(np.delete(shape, axis))
        return np.moveaxis(self.random.dirichlet(np.ones(shape[axis]), rest), -1, axis)


def filled(shape: Shape, number: Callable[[], Any]) -> np.ndarray:
    """An array of Python's numbers, asked for one by one."""
    result = np.empty(int(np.prod(shape, dtype=np.int64)), dtype=object)
    result[:] = [number() for _ in range(len(result))]
    return result.reshape(shape)
