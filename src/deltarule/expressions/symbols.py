"""Sizes, attributes and indices: the integer symbols of an equation.

A size is an extent (N examples, D features), an attribute an integer that a layer is built
with (stride, padding), an index runs from 0 to its extent minus one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from sympy import Expr, Symbol
from sympy.polys.polyerrors import PolynomialError

from deltarule.expressions.quotients import Remainder


class Countable(Symbol):
    """An integer symbol. It unpacks as itself, so that `N, = sizes("N")` and `N = sizes("N")` are
    one; to SymPy it is one symbol all the same."""

    __slots__ = ()
    _iterable = False

    def __iter__(self) -> Iterator[Self]:
        yield self

    def __len__(self) -> int:
        # SymPy's gcd takes what can be iterated over for a list; this sort of error it forgives.
        raise PolynomialError(f"object of type '{type(self).__name__}' has no len()")

    def __bool__(self) -> bool:
        return True

    def _eval_Mod(self, divisor: Expr) -> Expr:
        return Remainder(self, divisor)


class Size(Countable):
    """A symbolic extent, an integer of at least 0 (an empty batch has N = 0)."""

    __slots__ = ()

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


class Index(Countable):
    """An integer symbol that ranges over 0 … extent − 1."""

    __slots__ = ()

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


def suffixed(symbol: Size | Scalar, suffix: str) -> Size | Scalar:
    """A symbol of the same sort whose name goes on."""
    if isinstance(symbol, Attribute):
        return Attribute(symbol.name + suffix, bool(symbol.is_positive))
    return type(symbol)(symbol.name + suffix)


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
