"""Phrases: what words say, as a tree. Every phrase is an array whose axes carry labels.

    xᵀ · ∂E/∂s        MatMul(Transpose(Leaf("x")), Leaf("dE/ds"))      labels (d, m)

A label is the index that the formula has on that axis; two axes with one label run together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from sympy import Expr

from deltarule.expressions.conditions import Condition
from deltarule.expressions.symbols import Index


@dataclass(frozen=True)
class Phrase:
    """An array with labelled axes."""

    labels: tuple[Index, ...]

    def parts(self) -> Iterator[Phrase]:
        """The phrases that it is made of."""
        for field in fields(self):
            value = getattr(self, field.name)
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, Phrase):
                    yield part

    def walk(self) -> Iterator[Phrase]:
        """Itself and all that it is made of."""
        yield self
        for part in self.parts():
            yield from part.walk()


@dataclass(frozen=True)
class Leaf(Phrase):
    """A tensor, or a slice of it: `subscripts` holds None for each axis that is kept whole.

    If it is `symmetric`, it is its own transpose.
    """

    name: str
    subscripts: tuple[Expr | None, ...]
    symmetric: bool = False


@dataclass(frozen=True)
class Edge(Phrase):
    """A state read at another time: `inside` where the condition holds, `beyond` elsewhere."""

    condition: Condition
    inside: Phrase
    beyond: Phrase


@dataclass(frozen=True)
class Constant(Phrase):
    """A number, size or constant of the network."""

    value: Expr


@dataclass(frozen=True)
class Transpose(Phrase):
    """Rows and columns exchanged."""

    of: Phrase


@dataclass(frozen=True)
class MatMul(Phrase):
    """Matrix times matrix or vector, or the inner product of two vectors, over `index`."""

    left: Phrase
    right: Phrase
    index: Index


@dataclass(frozen=True)
class Outer(Phrase):
    """Every entry of one vector times every entry of the next."""

    factors: tuple[Phrase, ...]


@dataclass(frozen=True)
class Dyad(Phrase):
    """A column times a row: every entry of one vector times every entry of another."""

    left: Phrase
    right: Phrase


@dataclass(frozen=True)
class Diagonal(Phrase):
    """The matrix with a vector on its diagonal, and 0 elsewhere."""

    of: Phrase


@dataclass(frozen=True)
class Identity(Phrase):
    """1 on the diagonal, 0 elsewhere."""


@dataclass(frozen=True)
class Hadamard(Phrase):
    """Products entry by entry, of `top` and of the reciprocals of `bottom`."""

    top: tuple[Phrase, ...]
    bottom: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class Scaled(Phrase):
    """`factor` times an array; the factor is the same for all entries."""

    factor: Expr
    of: Phrase


@dataclass(frozen=True)
class Plus(Phrase):
    """A sum, entry by entry."""

    terms: tuple[Phrase, ...]


@dataclass(frozen=True)
class Power(Phrase):
    """A power, entry by entry."""

    base: Phrase
    exponent: Expr


@dataclass(frozen=True)
class Apply(Phrase):
    """An elementwise function of some arrays; `function` is its SymPy class."""

    function: type
    arguments: tuple[Phrase, ...]


@dataclass(frozen=True)
class Slope(Phrase):
    """σ′(s): the derivative of an equation h = σ(s), which is `formula`."""

    symbol: str
    argument: Phrase
    formula: Phrase


@dataclass(frozen=True)
class Where(Phrase):
    """`then` where two sides compare by a sign such as >, `otherwise` elsewhere."""

    left: Phrase
    sign: str
    right: Phrase
    then: Phrase
    otherwise: Phrase


@dataclass(frozen=True)
class OneHot(Phrase):
    """1 where the last label is the integer that `of` holds, 0 elsewhere."""

    of: Phrase


@dataclass(frozen=True)
class SumOver(Phrase):
    """The sum over some labels of an array."""

    of: Phrase
    over: tuple[Index, ...]


@dataclass(frozen=True)
class SumOfSlices(Phrase):
    """The sum of a phrase over the values of slice indices, where the conditions hold."""

    of: Phrase
    ranges: tuple[tuple[Index, Expr], ...]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Guarded(Phrase):
    """A phrase where the conditions on slice indices hold, and 0 elsewhere."""

    of: Phrase
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class ForEvery(Phrase):
    """A phrase for every value of some slice indices, put together."""

    of: Phrase
    slices: tuple[Index, ...]


@dataclass(frozen=True)
class Along:
    """One axis of a correlation or convolution: the result's label, and the label summed over.

    For a correlation, the signal is padded by `pad`, the kernel dilated by `spread`, and every
    `step`-th value is kept; for a convolution, the signal is spread by `spread`, the kernel
    dilated by `step`, and `pad` is cropped off.
    """

    label: Index
    over: Index
    spread: Expr
    step: Expr
    pad: Expr


@dataclass(frozen=True)
class Correlation(Phrase):
    """Valid cross-correlation, along some axes, of a padded signal with a kernel.

    Along other labels that both share and the result lacks, products are added up. `turned`
    says that the result is turned by 180°.
    """

    signal: Phrase
    kernel: Phrase
    along: tuple[Along, ...]
    turned: bool


@dataclass(frozen=True)
class Convolution(Phrase):
    """Full convolution of a spread signal with a kernel, cropped; `turned`: the kernel is."""

    signal: Phrase
    kernel: Phrase
    along: tuple[Along, ...]
    turned: bool


@dataclass(frozen=True)
class Ones(Phrase):
    """A window full of ones."""

    extents: tuple[Expr, ...]


@dataclass(frozen=True)
class SentBack(Phrase):
    """Every entry of `signal` goes to the entry of its window that `selection` chose."""

    signal: Leaf
    selection: str
    along: tuple[Along, ...]


class NoWords(Exception):
    """No pattern is known; it ends the search and is never shown."""
