"""What is known of indices at a place in a formula: their ranges, and the statements around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product

from sympy import Expr, Integer

from deltarule.expressions.affine import affine, never_negative
from deltarule.expressions.conditions import AtLeastZero, Condition, Equal, Unequal
from deltarule.expressions.nodes import free_indices
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.symbols import Index

#: More choices of bounds than this are not tried out: a "not known" is always allowed.
_MOST = 64


@dataclass(frozen=True)
class IndexFacts:
    """Bounds of indices, several each, and sums of indices that are at least 0.

    `lower` and `upper` are those of each index, both ends counted; `sums` are the statements e ≥ 0
    from which they came and which no bound of one index says. `axes` are extents that are at
    least 1.
    """

    lower: Mapping[Index, tuple[Expr, ...]]
    upper: Mapping[Index, tuple[Expr, ...]]
    sums: tuple[Expr, ...] = ()
    axes: tuple[Expr, ...] = ()

    @classmethod
    def of_ranges(
        cls, ranges: Iterable[tuple[Index, Expr]], axes: Iterable[Expr] = ()
    ) -> IndexFacts:
        """Each index runs from 0 to its extent − 1; an axis has at least one entry."""
        return cls({}, {}, axes=tuple(axes)).within(ranges)

    def within(self, ranges: Iterable[tuple[Index, Expr]]) -> IndexFacts:
        """The facts inside a reduction over some more indices.

        Of an index that has the name of one from outside nothing is known that was of that one.
        """
        ranges = tuple(ranges)
        own = {i for i, _ in ranges}
        lower, upper = (
            {i: tuple(e for e in bounds if not own & free_indices(e)) for i, bounds in side.items()}
            for side in (self.lower, self.upper)
        )
        return replace(
            self,
            lower={**lower, **{i: (Integer(0),) for i, _ in ranges}},
            upper={**upper, **{i: (n - 1,) for i, n in ranges}},
            sums=tuple(e for e in self.sums if not own & free_indices(e)),
        )

    def holds(self, condition: Condition) -> bool | None:
        """Whether a statement holds everywhere here (True) or nowhere (False); None if unknown."""
        if isinstance(condition, AtLeastZero):
            return self._at_least_zero(condition.args[0])
        pair = _pair(condition)
        if pair is None:
            return None
        gap = pair[0] - pair[1]
        if gap == 0:
            return isinstance(condition, Equal)
        if self._never_below(gap - 1) or self._never_below(-gap - 1):
            return isinstance(condition, Unequal)
        same = self._never_below(gap) and self._never_below(-gap)
        return isinstance(condition, Equal) if same else None

    def under(self, condition: Condition, holds: bool = True) -> IndexFacts:
        """The facts where a statement holds, or where it does not."""
        if isinstance(condition, AtLeastZero):
            gap = condition.args[0]
            return self._and(gap if holds else (-gap - 1).expand())
        pair = _pair(condition)
        if pair is None:
            return self
        gap = (pair[0] - pair[1]).expand()
        if isinstance(condition, Equal) == holds:
            return self._and(gap)._and(-gap)
        if self._never_below(gap):
            return self._and(gap - 1)
        return self._and((-gap - 1).expand()) if self._never_below(-gap) else self

    @property
    def contradictory(self) -> bool:
        """Whether the statements exclude each other, so that there is no such place."""
        bounds = (u - l for i in self.lower for l in self.lower[i] for u in self.upper[i])
        return any(self._never_below(-e - 1) for e in (*bounds, *self.sums))

    def _at_least_zero(self, expression: Expr) -> bool | None:
        if self._never_below(expression):
            return True
        return False if self._never_below((-expression - 1).expand()) else None

    def _and(self, statement: Expr) -> IndexFacts:
        """The facts with e ≥ 0, and what follows from the sums for single indices."""
        found = replace(self, sums=(*self.sums, statement.expand()))
        for _ in found.sums:
            found = found._sharpened()
        return found

    def _sharpened(self) -> IndexFacts:
        lower, upper = dict(self.lower), dict(self.upper)
        for statement in self.sums:
            for index in free_indices(statement) & set(lower):
                split = affine(statement, (index,))
                if split is None or abs(split[0].get(index, Integer(0))) != 1:
                    continue
                above = split[0][index] == 1
                for rest in islice(self._greatest(split[1]), _MOST):
                    bounds, bound = (lower, -rest) if above else (upper, rest)
                    if bound not in bounds[index]:
                        bounds[index] = (*bounds[index], bound)
        return replace(self, lower=lower, upper=upper)

    def _never_below(self, expression: Expr) -> bool:
        """Whether e ≥ 0 follows from some of the bounds, or from one of the statements and them."""
        rests = (expression, *(expression - e for e in self.sums))
        return any(self._not_below(rest.expand()) for rest in rests)

    def _not_below(self, expression: Expr) -> bool:
        """Whether e ≥ 0 follows from the bounds alone."""
        least = (-e for e in islice(self._greatest(-expression), _MOST))
        positive = {Index(f"axis {k}"): extent for k, extent in enumerate(self.axes)}
        return any(never_negative(e.expand(), positive) for e in least)

    def _greatest(self, expression: Expr) -> Iterator[Expr]:
        """What an expression is at most, by each choice of bounds; none if it is not known."""
        inside = tuple(sorted(free_indices(expression) & set(self.lower), key=str))
        split = affine(expression, inside)
        if split is None or not all(c.is_Integer for c in split[0].values()):
            return
        sides = [self.upper[i] if split[0].get(i, 0) > 0 else self.lower[i] for i in inside]
        for chosen in product(*sides):
            yield replaced(expression, dict(zip(inside, chosen, strict=True))).expand()


def _pair(condition: Condition) -> tuple[Expr, Expr] | None:
    """The two sides of a statement that integers are equal, or differ."""
    if isinstance(condition, Equal):
        return condition.args
    if isinstance(condition, Unequal) and len(condition.args[0].args) == 1:
        return condition.args[0].args[0], condition.args[1].args[0]
    return None
