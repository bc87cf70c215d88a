"""Texts of arrays with an index for each axis, and how they are laid along each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deltarule.expressions.symbols import Index
from deltarule.frameworks.dialect import Dialect
from deltarule.kernels.python_text.integer_text import ATOM


@dataclass(frozen=True)
class Labelled:
    """A text, the index of each of its axes, and how tightly it binds.

    `number` says that it is a number of Python's own, which has no type.
    """

    text: str
    labels: tuple[Index, ...] = ()
    binding: int = ATOM
    number: bool = False

    def bound(self, binding: int) -> str:
        """The text, in brackets where it binds less than that."""
        return self.text if self.binding >= binding else f"({self.text})"


def laid_along(array: Labelled, labels: Sequence[Index], dialect: Dialect) -> Labelled:
    """The array with axes in the order of `labels`, and new ones of length 1 for those it lacks.

    Axes that it lacks in front are left to broadcasting.
    """
    if not array.labels:
        return array
    own = tuple(i for i in labels if i in array.labels)
    if own != array.labels:
        axes = ", ".join(str(array.labels.index(i)) for i in own)
        array = Labelled(dialect.permuted.format(array=array.bound(ATOM), axes=axes), own)
    first = next(k for k, i in enumerate(labels) if i in own)
    places = [":" if i in own else "None" for i in labels[first:]]
    if "None" not in places:
        return array
    while places and places[-1] == ":":
        places.pop()
    rest = tuple(labels[first:])
    tail = "" if len(places) == len(rest) else ", ..." if len(places) < len(rest) - 1 else ""
    return Labelled(f"{array.bound(ATOM)}[{', '.join(places)}{tail}]", own)


def joined(parts: Iterable[Labelled], order: Sequence[Index]) -> tuple[Index, ...]:
    """All the indices of some arrays, in an order."""
    present = {i for p in parts for i in p.labels}
    return tuple(i for i in order if i in present)


def tupled(parts: Sequence[str]) -> str:
    """Texts as a tuple."""
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
