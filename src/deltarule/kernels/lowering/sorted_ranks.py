"""Places in order by sorting: how many entries come before each, of equal ones those before it.

    rank[d] = Σ_{k>d} [a[k] < a[d]] + Σ_{k<d} [a[k] ≤ a[d]]

counts D entries for each of D; a stable sort gives the same numbers in D·log D comparisons. Where
an entry is NaN, nothing can be counted: it comes behind all others, as NumPy sorts it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr

from deltarule.expressions import nodes
from deltarule.expressions.nodes import AtLeastZero, Choose, Positive, free_indices
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_writer import LoopWriter
from deltarule.kernels.lowering.site import Site
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Ranks:
    """An equation of places along `index`, in the order of `key`, or of −key if the largest comes
    first."""

    equation: Equation
    index: Index
    extent: Expr
    key: Expr


def match(site: Site) -> Ranks | None:
    """The places that an equation counts; None where it counts something else."""
    equation = site.collapsed.equation
    terms = Add.make_args(equation.rhs)
    free = [i for i in equation.indices if i not in site.loop_indices]
    if site.code.complex or len(terms) != 2 or {*equation.subscripts} != {*equation.indices}:
        return None
    for one, two in (terms, terms[::-1]):
        for index in free:
            extent = dict(equation.ranges)[index]
            behind, before = _counted(one, index, extent), _counted(two, index, extent)
            if behind is None or before is None or _sides(behind, before) != (1, -1):
                continue
            key = _key(behind[0], index)
            if key is not None and behind[0] == -before[0] and behind[1:3] == (1, 0):
                return Ranks(equation, index, extent, key) if before[1:3] == (0, 1) else None
    return None


#: Of a sum of statements [p > 0]: p with the summed index written as `_OTHER`, what is counted
#: where p is positive and where it is not, and its condition.
_Counted = tuple[Expr, Expr, Expr, Expr]
_OTHER = Index("other")


def _counted(term: Expr, index: Index, extent: Expr) -> _Counted | None:
    """A sum over an axis of cases of which one value is positive, under one condition."""
    if type(term) is not nodes.Sum or len(term.ranges) != 1 or len(term.conditions) != 1:
        return None
    ((summed, n),), condition, body = term.ranges, term.conditions[0], term.body
    if n != extent or not isinstance(condition, AtLeastZero) or not isinstance(body, Choose):
        return None
    tested, then, otherwise = body.args
    if not isinstance(tested, Positive):
        return None
    value, limit = (substitute(e.args[0], {summed: _OTHER}) for e in (tested, condition))
    return value, then, otherwise, limit - _OTHER + index


def _sides(behind: _Counted, before: _Counted) -> tuple[int, int]:
    """Whether they count what stands behind an entry (1), before it (−1), or something else."""

    def side(counted: _Counted) -> int:
        limit = counted[3].expand()
        return 1 if limit == -1 else -1 if _twice(limit) else 0

    return side(behind), side(before)


def _twice(limit: Expr) -> bool:
    """Whether it is 2·index − 2·other − 1, which the condition index − other − 1 ≥ 0 leaves."""
    rest = (limit + 1 + 2 * _OTHER) / 2
    return isinstance(rest.expand(), Index)


def _key(value: Expr, index: Index) -> Expr | None:
    """f of f(index) − f(other), the order in which smaller ones come first; None for no such."""
    parts = Add.make_args(value)
    own = Add(*(p for p in parts if _OTHER not in free_indices(p)))
    others = Add(*(p for p in parts if _OTHER in free_indices(p)))
    return own if own != 0 and substitute(own, {index: _OTHER}) == -others else None


def emit(plan: Ranks, site: Site, out: Emitter) -> None:
    """The loops over all other axes, and in them a sort."""
    out.collapsed(site)
    Sorts(out, site.loop_indices).write(plan, site.waiting, list(site.loop_indices))


class Sorts(LoopWriter):
    """Writes the sorts of rows."""

    def write(self, ranks: Ranks, waiting: list, known: list[Index]) -> None:
        """Loops over all indices but the one of the axis, and inside them what is sorted."""
        outer = [r for r in waiting if r[0] != ranks.index]
        if outer:
            index, extent = outer[0]
            with self.loop(index, self.code.integer(extent), outermost=not known):
                self.write(ranks, [r for r in waiting if r[0] != index], [*known, index])
            return
        fresh, extent = self.code.spelling.fresh, self.code.integer(ranks.extent)
        keys, order, place = fresh("keys"), fresh("order"), fresh("place")
        at = self.code.spelling.symbol(ranks.index)
        self.lines.add(f"{keys} = np.empty({extent})")
        with self.loop(ranks.index, extent):
            self.lines.add(f"{keys}[{at}] = {self.code.real(ranks.key)}")
        self.lines.add(f'{order} = np.argsort({keys}, kind="mergesort")')
        with self.lines.block(f"for {place} in range({extent}):"):
            self.lines.add(f"{at} = {order}[{place}]")
            self.lines.add(f"{self.code.access(ranks.equation.lhs)} = {place}")
