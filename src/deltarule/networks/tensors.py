"""Tensors: named arrays with sizes and a role."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr

from deltarule.errors import DeltaruleError

#: The roles whose values come from upstream; those that equations compute are state, intermediate,
#: output and loss.
GIVEN = ("input", "target", "parameter", "gradient", "memory")

#: What a number is noted as that is given and not learned: λ, τ.
CONSTANT = "constant"
#: What a vector is noted as along which something moves, and data that stay fixed meanwhile.
DIRECTION, FIXED = "direction", "fixed"
#: What is said of a tensor in place of its role, with the word for several.
NOTED = {CONSTANT: "constants", DIRECTION: "directions", FIXED: "fixed"}
#: What a tensor is noted as that the reader of a text took for a target.
TARGET = "target"


def checked_start(name: str, start: Any, axes: tuple[Expr, ...], place: str) -> Any:
    """What training starts from, as it was declared.

    Raises DeltaruleError for what is neither a number nor the identity of a square matrix.
    """
    square = len(axes) == 2 and axes[0] == axes[1]
    if start is None or (square and start == "identity"):
        return start
    if isinstance(start, str) or not isinstance(start, int | float | Fraction | Expr):
        raise DeltaruleError(
            f"{name} cannot start from {start!r}",
            place,
            'give a number, such as 0, or "identity" for a square matrix',
        )
    return start


@dataclass(frozen=True)
class Tensor:
    """A named array.

    `axes` are its extents (SymPy expressions over sizes), one an axis; none for a scalar.
    `outside` is the value of reads beyond its edges, None where there may be no such read.
    `sums_to_one` is the axis along which its entries are declared to sum to 1; if it is `one_hot`,
    one of them is 1 and the others are 0. If it is `symmetric`, its last two axes may be exchanged.
    `definite` says that it holds symmetric, positive definite matrices, as covariances are.
    `within` is the interval in which its entries must lie, such as (0, 1) for probabilities; its
    upper end is None for variances, which may be any positive number.
    `integers_below` is the extent below which an integer tensor's entries (labels, positions) lie.
    A `piece` of a long equation got a name and a line of its own; `note` says what it is.
    `points` are an axis and a direction, −1 or 1, of positions that lie earlier (or later) along
    that axis than they stand themselves, as a tree gives parents or children; −1 is no position.
    `start` is what a memory, which an update keeps, holds before the first step; for a parameter
    what training usually starts from, a number or "identity".
    A `shared` one was taken out with some of the layers that read it: others read it too.
    """

    name: str
    axes: tuple[Expr, ...]
    role: str
    outside: Expr | None = None
    sums_to_one: int | None = None
    integers_below: Expr | None = None
    within: tuple[int, int | None] | None = None
    start: Expr | str | None = None
    note: str = ""
    definite: bool = False
    one_hot: bool = False
    symmetric: bool = False
    piece: bool = False
    points: tuple[int, int] | None = None
    shared: bool = False

    @property
    def given(self) -> bool:
        """Whether its values come from upstream."""
        return self.role in GIVEN

    @property
    def called(self) -> str:
        """Its role as it is shown: a target that a typed text has as a constant is one."""
        return self.note if self.note in NOTED else self.role

    @property
    def drawn_within(self) -> tuple[int, int] | None:
        """The open interval from which random entries are taken; None for the usual one."""
        if self.within is None:
            return None
        low, high = self.within
        return low, low + 1 if high is None else high

    @property
    def integral(self) -> bool:
        """Whether its entries are integers, along which nothing is differentiated."""
        return self.integers_below is not None
