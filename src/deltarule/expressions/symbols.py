"""Sizes, attributes and indices: the integer symbols of an equation.

A size is an extent (N examples, D features), an attribute an integer that a layer is built
with (stride, padding), an index runs from 0 to its extent minus one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from sympy import Symbol


class Size(Symbol):
    """A symbolic extent, an integer of at least 0 (an empty batch has N = 0)."""

    __slots__ = ()
    #: To SymPy it is one symbol all the same.
    _iterable = False

    def __iter__(self) -> Iterator[Self]:
        """It unpacks as itself, so that `N, = sizes("N")` and `N = sizes("N")` are one."""
        yield self

    def __new__(cls, name: str) -> Self:
        return Symbol.__new__(cls, name, integer=True, nonnegative=True)

    def __getnewargs_ex__(self) -> tuple[tuple, dict]:
        return ((self.name,), {})


class Attribute(Size):
    """An integer that a layer is built with: a stride S of at least 1, a padding P ≥ 0."""

    __slots__ = ()

    def __new__(cls, name: str, positive: bool = True) -> Self:
        least = {"positive": True} if positive else {"nonnegative": True}
        return Symbol.__new__(cls, name, integer=True, **least)

    def __getnewargs_ex__(self) -> tuple[tuple, dict]:
        return ((self.name, bool(self.is_positive)), {})


class Index(Symbol):
    """An integer symbol that ranges over 0 … extent − 1."""

    __slots__ = ()
    #: To SymPy it is one symbol all the same.
    _iterable = False

    def __iter__(self) -> Iterator[Self]:
        """It unpacks as itself, as a size does."""
        yield self

    def __new__(cls, name: str) -> Self:
        return Symbol.__new__(cls, name, integer=True)

    def __getnewargs_ex__(self) -> tuple[tuple, dict]:
        return ((self.name,), {})


class Scalar(Symbol):
    """A real number that a network is built with, such as the slope of a leaky ReLU."""

    __slots__ = ()

    def __new__(cls, name: str) -> Self:
        return Symbol.__new__(cls, name, real=True)

    def __getnewargs_ex__(self) -> tuple[tuple, dict]:
        return ((self.name,), {})


class Rate(Scalar):
    """The learning rate of an update."""

    __slots__ = ()


#: All axes of a tensor of any shape, and the index that stands for the indices on them.
ANY_SIZE, ANY_INDEX = Size("…"), Index("…")

_SPARE = "npqrsuvabcdefghijklmotwxyz"


def fresh(wanted: str, taken: set[str]) -> Index:
    """An index named like `wanted`, with primes until no name in `taken` is met."""
    name = wanted
    while name in taken:
        name += "′"
    return Index(name)


def spare(taken: set[str], preferred: str = "pq") -> Index:
    """An index with a letter of its own, for an axis that no equation names."""
    for letter in preferred + _SPARE:
        if letter not in taken:
            return Index(letter)
    return fresh("p", taken)
