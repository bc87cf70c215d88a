"""The taps of a sampling: how many places of a few differ from 0, and which factors are weights.

y[n, c, i] = Σ_p x[n, c, p]·max(0, 1 − |u[n, i] − p|) reads x at up to two places, the taps, which
depend on n and i: the points. Where they lie and what they weigh is the same for all c.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

from sympy import Expr, Mul, ceiling, floor

from deltarule.expressions.bounds import Span, tight
from deltarule.expressions.nodes import Reduction, Sum, free_indices, reads, walk
from deltarule.expressions.support import FirstFrom, LastTo
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.supported_spans import Ranges, Supports, narrowed
from deltarule.networks.equations import Equation

#: More taps than these are gone through by loops.
MOST = 16


@dataclass(frozen=True)
class Axis:
    """An index that data set: its range, and how many taps there are at most."""

    span: Span
    count: int

    @property
    def index(self) -> Index:
        return self.span.index


@dataclass(frozen=True)
class Taps:
    """A sum as taps: loops over `outer`, over points in blocks, and over `free` and `summed`.

    The sum's body is weight·plain·tapped: `weight` depends on points and taps alone, `plain` on
    no tap. If it is `scattered`, taps are places of the equation's left-hand side.
    """

    equation: Equation
    total: Sum
    axes: tuple[Axis, ...]
    outer: tuple[tuple[Index, Expr], ...]
    point: tuple[Index, Expr]
    free: tuple[tuple[Index, Expr], ...]
    summed: tuple[tuple[Index, Expr], ...]
    weight: Expr
    plain: Expr
    tapped: Expr
    scattered: bool

    @property
    def added(self) -> bool:
        """Whether a point's result is a sum over more than its taps."""
        return bool(self.summed) and not self.scattered

    @property
    def same_for_all(self) -> bool:
        """Whether places and weights depend on no loop around, so that one table does for all."""
        ends = (e for axis in self.axes for e in (*axis.span.lower, *axis.span.upper))
        needed = frozenset().union(*map(free_indices, (self.weight, *ends)))
        return bool(self.outer) and not self.added and not needed & {i for i, _ in self.outer}

    @property
    def shared(self) -> bool:
        """Whether the outermost loop writes what no other turn of it writes."""
        return (self.outer or (self.point,))[0][0] in self.equation.indices


def taps(
    equation: Equation, total: Sum, waiting: Sequence[tuple[Index, Expr]], found: Supports
) -> Taps | None:
    """A sum as taps along the indices found, which it sums over or which all are free.

    None where the taps are too many, or of a number that is not known beforehand.
    """
    points = frozenset().union(*(interval.indices for interval in found.values()))
    scattered = not set(found) <= set(total.indices)
    free = [r for r in waiting if r[0] not in found]
    summed = [r for r in total.ranges if r[0] not in found]
    if total.conditions or any(isinstance(n, Reduction) for n in walk(total.body)):
        return None
    possible = [*free, *summed] if scattered else free
    if not points or not points <= {i for i, _ in possible}:
        return None
    axes = _axes([r for r in (*waiting, *total.ranges) if r[0] in found], found, points)
    if axes is None:
        return None
    at = [r for r in possible if r[0] in points]
    outer = tuple(dict.fromkeys((*free[:1], *at)))
    outer = tuple(r for r in outer if r != at[-1])
    done = {*outer, at[-1]}
    weight, plain, tapped = _factors(total.body, {i for i, _ in done}, set(found))
    return Taps(
        equation,
        total,
        axes,
        outer,
        at[-1],
        tuple(r for r in free if r not in done),
        tuple(r for r in summed if r not in done),
        weight,
        plain,
        tapped,
        scattered,
    )


def _axes(ranges: Ranges, found: Supports, points: Iterable[Index]) -> tuple[Axis, ...] | None:
    spans = narrowed(tight(tuple(ranges), ())[0], found, points)
    counts = [_count(found[s.index].lower, found[s.index].upper) for s in spans]
    if not 0 < prod(counts) <= MOST:
        return None
    return tuple(Axis(span, count) for span, count in zip(spans, counts, strict=True))


def _count(lower: Sequence[Expr], upper: Sequence[Expr]) -> int:
    """How many integers there are at most between two ends; 0 where nobody knows."""
    if len(lower) != 1 or len(upper) != 1:
        return 0
    length = (upper[0].args[0] - lower[0].args[0]).expand()
    if not length.is_Rational or length < 0:
        return 0
    closed = isinstance(lower[0], FirstFrom) and isinstance(upper[0], LastTo)
    return int(floor(length)) + 1 if closed else int(ceiling(length))


def _factors(body: Expr, around: set[Index], tapped: set[Index]) -> tuple[Expr, Expr, Expr]:
    """A body as weight·plain·tapped; `around` are the indices of the loops around."""
    weights, plain, rest = [], [], []
    for factor in Mul.make_args(body):
        own = free_indices(factor)
        if not own & tapped:
            plain.append(factor)
        elif own <= around | tapped and not any(
            tapped & free_indices(s) for r in reads(factor) for s in r.indices
        ):
            weights.append(factor)
        else:
            rest.append(factor)
    return Mul(*weights), Mul(*plain), Mul(*rest)
