"""The tight range of each index of a sum, read off the conditions that the sum holds under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sympy import Add, Basic, Expr, Integer, Mul

from deltarule.expressions.affine import affine, line, never_negative
from deltarule.expressions.conditions import Bound, Unequal
from deltarule.expressions.nodes import (
    AtLeastZero,
    CeilingQuotient,
    Condition,
    FloorQuotient,
    Reduction,
    free_symbols,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.rewrites import rewrite
from deltarule.expressions.symbols import Index, Size


@dataclass(frozen=True)
class Span:
    """An index from the greatest of `lower` to the least of `upper`, both ends included."""

    index: Index
    extent: Expr
    lower: tuple[Expr, ...]
    upper: tuple[Expr, ...]
    on_axis: bool = True
    #: Whether a limit names it, so that Π_{j ≠ i} says all.
    named: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is simply 0 … extent − 1, and stands alone on an axis that tells so."""
        return self.on_axis and not self.cut

    @property
    def cut(self) -> bool:
        """Whether conditions leave less of it than 0 … extent − 1."""
        return self.lower != (0,) or self.upper != (self.extent - 1,)


def tight(ranges: tuple, conditions: tuple) -> tuple[list[Span], list[Condition]]:
    """A span for each index, and the conditions that no span expresses.

    An inequality goes to the last of its indices (in the order of `ranges`), so that the spans
    can be run as nested loops, outermost first.
    """
    order = [i for i, _ in ranges]
    rest: list[Condition] = []
    mine: dict[Index, list[AtLeastZero]] = {i: [] for i in order}
    for condition in conditions:
        inside = [i for i in order if i in free_symbols(condition)]
        if isinstance(condition, AtLeastZero) and inside:
            split = affine(condition.args[0], (inside[-1],))
            if split is not None:
                mine[inside[-1]].append(condition)
                continue
        rest.append(condition)
    known = dict(ranges)
    return [_span(i, n, mine[i], known) for i, n in ranges], rest


def limited(spans: list[Span], conditions: Iterable[Condition]) -> list[Span]:
    """The spans, those marked whose indices a condition names that stands among the limits."""
    whole = {s.index for s in spans if s.whole}
    named: set[Basic] = set()
    for condition in conditions:
        if isinstance(condition, Unequal) and set(condition.args[0].args) <= whole:
            named |= set(condition.args[0].args)
    return [replace(s, named=s.index in named) for s in spans]


def _span(index: Index, extent: Expr, statements: list[AtLeastZero], known: dict) -> Span:
    lower: list[Expr] = []
    upper: list[Expr] = []
    first, last = [Integer(0)], [extent - 1]
    for statement in statements:
        coefficient, rest = line(statement.args[0], index)
        said = isinstance(statement, Bound)  # all about that end of the axis
        if never_negative(coefficient, known):
            first = [] if said else first
            lower.append(CeilingQuotient(tidy(-rest), coefficient))
        else:
            last = [] if said else last
            upper.append(FloorQuotient(tidy(rest), -coefficient))
    lower, upper = first + lower, last + upper
    others = {i: n for i, n in known.items() if i != index}
    lower = _strongest(lower, others, +1)
    upper = _strongest(upper, others, -1)
    return Span(index, extent, tuple(lower), tuple(upper))


@rewrite
def bounded(node: Basic, known: Mapping[Index, Expr]) -> Basic:
    """The expression with conditions marked that say all about an end of a range: j ≤ i < N.

    `known` are the extents of the indices around.
    """
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: bounded(part, known))
    ranges = dict(node.ranges)
    order = [i for i, _ in node.ranges]
    body = bounded(node.body, {**known, **ranges})
    conditions = tuple(_marked(c, order, {**known, **ranges}) for c in node.conditions)
    return with_body(node, body, conditions)


def _marked(condition: Condition, order: list[Index], known: Mapping[Index, Expr]) -> Condition:
    inside = [i for i in order if i in free_symbols(condition)]
    if type(condition) is not AtLeastZero or not inside:
        return condition
    split = affine(condition.args[0], (inside[-1],))
    if split is None or split[0][inside[-1]] not in (1, -1):
        return condition
    rest, top = split[1], known[inside[-1]] - 1
    lower = split[0][inside[-1]] == 1
    certain = never_negative(-rest if lower else top - rest, known)
    return Bound(condition.args[0]) if certain else condition


def _strongest(bounds: list[Expr], known: dict, sign: int) -> list[Expr]:
    """The bounds without those that another one implies."""
    kept: list[Expr] = []
    for k, bound in enumerate(bounds):
        rivals = kept + bounds[k + 1 :]
        if not any(
            _plain(r) and _plain(bound) and never_negative(sign * (r - bound), known)
            for r in rivals
        ):
            kept.append(bound)
    return kept


def spread(value: Expr) -> Expr:
    """A value as a sum of terms: what is in its functions, powers and sums stays as written."""
    return Add(*(t.expand(deep=False) for t in Add.make_args(value.expand(deep=False))))


def tidy(expression: Expr) -> Expr:
    """A sum of products of sizes as one would write it: p + P − D·(K − 1)."""
    terms = list(Add.make_args(expression.expand()))
    for size in sorted(_sizes_in(expression), key=str):
        mine = [t for t in terms if size in t.free_symbols]
        rests = [t / size for t in mine]
        if (
            len(mine) == 2
            and any(r.is_Integer for r in rests)
            and not any(size in r.free_symbols for r in rests)
        ):
            inner = Add(*rests)
            sign = -1 if next(r for r in rests if not r.is_Integer).as_coeff_Mul()[0] < 0 else 1
            terms = [t for t in terms if t not in mine]
            terms.append(
                Mul(sign, size, Add(*(sign * r for r in rests)), evaluate=False)
                if inner != 0
                else inner
            )
    return Add(*terms)


def _sizes_in(expression: Expr) -> set[Size]:
    return {s for s in free_symbols(expression) if isinstance(s, Size)}


def _plain(bound: Expr) -> bool:
    return not bound.has(FloorQuotient)
