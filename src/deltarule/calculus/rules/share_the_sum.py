"""Sums over one range, put together where they share a factor or the ends of the range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import permutations

from sympy import Add, Expr, Mul, Rational

from deltarule.calculus.rules.everywhere import under_conditions
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.functions import log
from deltarule.expressions.nodes import Sum, free_symbols, read, size_of, walk
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size


def share_the_sum(expression: Expr, given: Given) -> Rewrite | None:
    """Σ_i f·g + Σ_i f·h = Σ_i f·(g + h), and Σ_{i ≤ e} f + Σ_{i ≤ e} g = Σ_{i ≤ e} (f + g).

    Plain sums of products, which are matrix products, are left as they are.
    """
    return changed(expression, _put_together(expression))


def _put_together(expression: Expr) -> Expr:
    if isinstance(expression, Mul) and any(isinstance(f, Add) for f in expression.args):
        return rebuild(expression, lambda f: _put_together(f) if isinstance(f, Add) else f)
    terms = list(Add.make_args(expression))
    for k, n in _pairs(terms):
        both = filter(None, (_shared(terms[k], terms[n]), _shared(terms[n], terms[k])))
        shared = min(both, key=_length, default=None)
        if shared is not None and _alone(shared, terms):
            rest = [t for m, t in enumerate(terms) if m not in (k, n)]
            return Add(*rest, shared)
    return under_conditions(expression, _put_together)


def _pairs(terms: list[Expr]) -> Iterator[tuple[int, int]]:
    """The pairs of terms that may share a sum: under conditions, or as the only two over a range.

    A gradient that comes by a thousand ways has half a million pairs, and most often none of them.
    """
    summed = [(k, s[0]) for k, t in enumerate(terms) if (s := _summed(t)) is not None]
    alike = Counter(_extents(s)[:m] for _, s in summed for m in range(1, len(s.ranges) + 1))
    wanted = [bool(s.conditions) or alike[_extents(s)] == 2 for _, s in summed]
    for position, (k, _) in enumerate(summed):
        for other in range(position + 1, len(summed)) if any(wanted) else ():
            if wanted[position] or wanted[other]:
                yield k, summed[other][0]


def _extents(total: Sum) -> tuple[Expr, ...]:
    return tuple(n for _, n in total.ranges)


def _length(formula: Expr) -> tuple[int, int]:
    """How many fractions a formula has, Σ f·(g + 1/2), and its size."""
    return sum(not n.is_Integer for n in walk(formula) if isinstance(n, Rational)), size_of(formula)


def _alone(shared: Expr, terms: list[Expr]) -> bool:
    """Whether no third sum runs over the same range, or their ends are what they share."""
    found = _summed(shared)
    if found is None or found[0].conditions:
        return found is not None
    extents = _extents(found[0])
    others = [_extents(s[0]) for t in terms if (s := _summed(t)) is not None]
    return sum(other[: len(extents)] == extents for other in others) == 2


def _shared(one: Expr, two: Expr) -> Expr | None:
    """The sum of two terms as one sum, over the indices of the first; None if that is no gain."""
    mine, theirs = _summed(one), _summed(two)
    if mine is None or theirs is None:
        return None
    (total, outside), (other, beside) = mine, theirs
    ratio = beside / outside
    if not ratio.is_number:
        return None
    best = None
    for body in _bodies(other, total):
        whole = _together(total.body, ratio * body, bool(total.conditions))
        if whole is not None and (best is None or size_of(whole) < size_of(best)):
            best = whole
    return None if best is None else outside * Sum(best, total.ranges, total.conditions)


def _summed(term: Expr) -> tuple[Sum, Expr] | None:
    """The one sum in a term, and what is multiplied by it."""
    sums = [f for f in Mul.make_args(term) if isinstance(f, Sum) and f.ranges]
    if len(sums) != 1:
        return None
    return sums[0], Mul(*(f for f in Mul.make_args(term) if f is not sums[0]))


def _bodies(other: Sum, total: Sum) -> Iterator[Expr]:
    """What another sum adds up over the indices of a sum; nothing where it runs over others."""
    wanted = list(total.ranges)
    if len(other.conditions) != len(total.conditions) or len(other.ranges) < len(wanted):
        return
    for chosen in permutations(other.ranges, len(wanted)):
        if [n for _, n in chosen] != [n for _, n in wanted]:
            continue
        left = tuple(r for r in other.ranges if r not in chosen)
        if other.conditions and left or {i for i, _ in left} & set(total.indices):
            continue
        table = {i: j for (i, _), (j, _) in zip(chosen, wanted, strict=True) if i != j}
        if {substitute(c, table) for c in other.conditions} == set(total.conditions):
            inner = {i for i, _ in left}
            factors = Mul.make_args(substitute(other.body, table))
            within = [f for f in factors if free_symbols(f) & inner]
            rest = Mul(*(f for f in factors if f not in within))
            yield rest * Sum(Mul(*within), left)


def _together(one: Expr, two: Expr, along: bool) -> Expr | None:
    """f·g + f·h as f·(g + h); two terms `along` the same ends may have no factor in common."""
    mine, theirs = list(Mul.make_args(one)), list(Mul.make_args(two))
    common: list[Expr] = []
    for factor in list(mine):
        if factor in theirs and not factor.is_number:
            common.append(factor)
            mine.remove(factor)
            theirs.remove(factor)
    if along and not common:
        return one + two
    alone = all(f.is_number for f in mine) or all(f.is_number for f in theirs)
    if not common or not alone and _is_product(one) and _is_product(two):
        return None  # of f and f·g one is in the other
    return Mul(*common, Mul(*mine) + Mul(*theirs))


def _is_product(body: Expr) -> bool:
    """Whether a body is a product of reads and numbers."""
    return all(f.is_number or f.is_Indexed for f in Mul.make_args(body))


def _example() -> Example:
    i, j, N = Index("i"), Index("j"), Size("N")
    g, w = read("g", i), read("w", j)
    one = Sum(g * log(read("v", i)), [(i, N)])
    two = Sum(g * w * log(read("v", j)), [(i, N), (j, N)])
    mean = Sum(w * log(read("v", j)), [(j, N)])
    return Example(one - two, Sum(g * (log(read("v", i)) - mean), [(i, N)]))


SHARE_THE_SUM = Rule(
    "share the sum",
    "Σ_i f(i)·g(i) + Σ_i f(i)·h(i) = Σ_i f(i)·(g(i) + h(i))",
    "Two sums over the same range are added up term by term.",
    share_the_sum,
    _example,
    seen="derive ntm_addressing --steps",
)
