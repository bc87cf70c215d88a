"""Products of matrices, and sums over windows, that stand inside of something else, as working
arrays.

In y[n, m] = tanh(Σ_d x[n, d]·w[d, m] + b[m]) the sum becomes t[n, m], a product of matrices, and
tanh is taken entry by entry. In ∂L/∂w[d, m] = Σ_n x[n, d]·∂L/∂y[n, m]·(1 − y[n, m]²) what stands
beside x becomes one array, which ∂L/∂x reads too; so it is in convolutions. Recurrences have a
pass of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Add, Expr, Mul

from deltarule.expressions.nodes import (
    Choose,
    Condition,
    Equal,
    Read,
    Reduction,
    Selection,
    Sum,
    free_indices,
    read,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.symbols import Index
from deltarule.kernels.passes.arrays_of_products import ArraysOfProducts, two_sided
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.masked_reads import (
    Masked,
    by_masks,
    masked_factors,
    vanishes,
    with_conditions_of_terms,
)
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.networks.tensors import Tensor


def products_apart(draft: Draft) -> Draft:
    """The equations outside of recurrences with products of matrices that stand alone."""
    made = draft.room()
    parts = blocks(draft.equations)
    recurrent = {e for b in parts if isinstance(b, Recurrence) for e in b.equations}
    for equation in draft.equations:
        plain = all(isinstance(s, Index) for s in equation.subscripts)
        if plain and equation not in recurrent and not isinstance(equation.rhs, Selection):
            equation = replace(equation, rhs=_Apart(equation, made, draft.tensors).rhs())
        made.equations.append(equation)
    return draft.rewritten(made.equations, made)


class _Apart(ArraysOfProducts):
    """One equation; what is taken out of it goes into `made`."""

    def rhs(self) -> Expr:
        """A sum of products of two arrays, and of what is made of such sums entry by entry."""
        return Add(*map(self._term, Add.make_args(self.equation.rhs)))

    def _term(self, term: Expr) -> Expr:
        found, loops = scaled_sum(term), dict(self.equation.ranges)
        if found is None:
            return self._inside(term, loops)
        scale, total = found
        return scale * self._of_two(total, loops)

    def _inside(self, node: Expr, loops: Mapping[Index, Expr]) -> Expr:
        """The expression with reads of arrays that hold its products."""
        if isinstance(node, Read | Selection):
            return node
        if isinstance(node, Sum) and self._is_product(node, loops):
            return self._array(node, loops)
        if not isinstance(node, Reduction):
            few = isinstance(node, Mul) and any(map(_picks, node.args))
            return rebuild(
                node, lambda part: part if few and _deep(part) else self._inside(part, loops)
            )
        if any(isinstance(n, Equal) for n in (walk(node) if node.ranges else node.conditions)):
            return node  # few of the terms count
        if type(node) is not Sum or not node.ranges:
            return with_body(node, self._inside(node.body, {**loops, **dict(node.ranges)}))
        found = self._of_two(node, loops)
        return self._array(found, loops) if self._stands_alone(found, loops) else found

    def _stands_alone(self, node: Expr, loops: Mapping[Index, Expr]) -> bool:
        """Whether a sum is a product of two arrays."""
        if type(node) is not Sum or not node.ranges:
            return False
        return masked_factors(node) is not None or self._is_product(node, loops)

    def _of_two(self, total: Sum, loops: Mapping[Index, Expr]) -> Expr:
        """A sum over products of more factors as one over products of two arrays.

        Where data say which terms count, one of the arrays or both are 0 at the others.
        """
        extents = {**loops, **dict(total.ranges)}
        if not any(isinstance(n, Equal) for n in walk(total)):  # else few of the terms count
            total = with_body(total, self._inside(total.body, extents))
        factors, tests = Mul.make_args(total.body), total.conditions
        if total.ranges and len(factors) > 1 and not any(map(reads, tests)):
            windows = self._windows_of_two(total, extents)
            if windows is not None:
                return windows
        if not total.ranges or len(factors) < 2 or any(_by_index(c) for c in tests):
            return self._masked(total, loops)
        for one in filter(self._array_like, factors):
            rest = Mul(*(f for f in factors if f is not one))
            if not two_sided(one, rest, total) or not self._entrywise(rest, tests, extents):
                continue
            if tests:
                both = free_indices(one) & free_indices(rest)
                if self._lie_inside(one, extents) and all(free_indices(c) <= both for c in tests):
                    arrays = (self._array(Sum(f, (), tests), extents) for f in (one, rest))
                    return Sum(Mul(*arrays), total.ranges)
            elif not self._array_like(rest):
                return Sum(one * self._array(rest, extents), total.ranges)
        return self._masked(total, loops) if tests else self._of_groups(total, extents)

    def _of_groups(self, total: Sum, extents: Mapping[Index, Expr]) -> Expr:
        """A sum over a·b·c, of which b depends on what a does, as one over (a·b)·c; or itself."""
        factors = Mul.make_args(total.body)
        for one in factors:
            own = Mul(*(f for f in factors if free_indices(f) <= free_indices(one)))
            rest = total.body / own
            if rest == 1 or not two_sided(own, rest, total):
                continue
            if all(self._entrywise(part, (), extents) for part in (own, rest)):
                arrays = (
                    part if self._array_like(part) else self._array(part, extents)
                    for part in (own, rest)
                )
                return Sum(Mul(*arrays), total.ranges)
        return total

    # ---- masks of data ----------------------------------------------------------------------
    def _masked(self, total: Sum, loops: Mapping[Index, Expr]) -> Expr:
        """A sum under masks of data as one over products with a masked array; or itself."""
        whole = with_conditions_of_terms(total)
        found = by_masks(whole.conditions) if type(whole) is Sum and whole.ranges else None
        if found is None:
            return total
        masks, others = found
        outer = [c for c in masks if not free_indices(c) & {*whole.indices}]
        if outer:
            kept = [c for c in whole.conditions if c not in outer]
            inner = self._of_two(Sum(whole.body, whole.ranges, kept), loops)
            alone = self._stands_alone(inner, loops) and all(
                self._lie_inside(c, loops) for c in outer
            )
            return Sum(self._array(inner, loops), (), outer) if alone else total
        for one in filter(self._array_like, Mul.make_args(whole.body)):
            rest = whole.body / one
            for covered, other in ((rest, one), (one, rest)):
                if rest != 1 and self._may_cover(covered, other, whole, masks, others, loops):
                    extents = {**loops, **dict(whole.ranges)}
                    plain = other if self._array_like(other) else self._array(other, extents)
                    body = plain * self._covered(covered, masks, extents)
                    return Sum(body, whole.ranges, whole.conditions)
        return total

    def _may_cover(
        self, covered: Expr, other: Expr, total: Sum, masks: list, others: list, loops: Mapping
    ) -> bool:
        """Whether masks stand beside one factor alone, and its product with the rest is one of
        matrices, or over windows."""
        extents = {**loops, **dict(total.ranges)}
        asked, data = frozenset().union(*map(free_indices, masks)), tuple(filter(reads, masks))
        if not asked <= free_indices(covered) or not self._entrywise(covered, data, extents):
            return False
        if not data and not self._vanishes(covered, masks):
            return False  # an array that is there costs nothing; loops take half of its terms
        if not self._array_like(other) and not self._entrywise(other, (), extents):
            return False
        if not others and two_sided(covered, other, total) and self._lie_inside(other, extents):
            return True
        factors, more = [], {}
        for name, factor in (("covered", covered), ("other", other)):
            if name == "other" and self._array_like(factor):
                factors.append(factor)
                continue
            own = [(i, n) for i, n in extents.items() if i in free_indices(factor)]
            factors.append(read(name, *(i for i, _ in own)))
            more[name] = Tensor(name, tuple(n for _, n in own), "intermediate")
        around = {i: n for i, n in extents.items() if i not in total.indices}
        tried = Sum(Mul(*factors), total.ranges, others)
        return len(data) == len(masks) and self._over_windows(tried, around, more)

    def _covered(self, factor: Expr, masks: list, extents: Mapping[Index, Expr]) -> Expr:
        """A read of the array that is a factor where masks hold and 0 elsewhere."""
        known = self._vanishes(factor, masks)
        held = factor if known else self._array(Sum(factor, (), masks), extents)
        return Masked(held.base, *held.indices)

    def _vanishes(self, factor: Expr, masks: list) -> bool:
        """Whether a factor is a read of an array that is 0 where one of the masks fails."""
        if not isinstance(factor, Read):
            return False
        lines = [e for e in self.made.equations if e.name == tensor_name(factor)]
        return len(lines) == 1 and vanishes(factor, masks, lines[0])

    # ---- windows ----------------------------------------------------------------------------
    def _windows_of_two(self, total: Sum, extents: Mapping[Index, Expr]) -> Sum | None:
        """A sum over windows of one array with the rest as another; None where it is none.

        The indices say which terms count, and still do: the rest is computed at all places.
        """
        for one in filter(self._array_like, Mul.make_args(total.body)):
            rest = total.body / one
            if self._array_like(rest) or not self._entrywise(rest, (), extents):
                continue
            own = tuple((i, n) for i, n in extents.items() if i in free_indices(rest))
            placeholder = read("rest", *(i for i, _ in own))
            tried = with_body(total, one * placeholder)
            loops = {i: n for i, n in extents.items() if i not in total.indices}
            if self._over_windows(
                tried, loops, {"rest": Tensor("rest", tuple(n for _, n in own), "intermediate")}
            ):
                return with_body(total, one * self._array(rest, extents))
        return None


def scaled_sum(term: Expr) -> tuple[Expr, Sum] | None:
    """A sum, behind what it is multiplied by: a number, or what has no indices and reads nothing.

    None where a term is something else.
    """
    sums = [f for f in Mul.make_args(term) if isinstance(f, Sum) and f.ranges]
    if len(sums) != 1:
        return None
    scale = Mul(*(f for f in Mul.make_args(term) if f is not sums[0]))
    return None if reads(scale) or free_indices(scale) else (scale, sums[0])


def _picks(factor: Expr) -> bool:
    """Whether a factor is 0 but for the entry that a number tells, as [k = chosen[n]]."""
    return isinstance(factor, Choose) and isinstance(factor.args[0], Equal)


def _deep(node: Expr) -> bool:
    """Whether reductions stand within a reduction."""
    return isinstance(node, Reduction) and any(isinstance(n, Reduction) for n in walk(node.body))


def _by_index(test: Condition) -> bool:
    """Whether a test says by indices alone which terms count, or to which entry data point."""
    return isinstance(test, Equal) or not reads(test)
