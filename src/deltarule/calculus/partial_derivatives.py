"""Local derivatives: how one equation's value changes with one entry of a tensor it reads.

SymPy differentiates scalar formulas, always with respect to fresh Dummies that stand for reads
and reductions; what happens under a reduction sign is ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeGuard

from sympy import Basic, Dummy, Expr, Tuple

from deltarule.calculus.matrix_derivatives import through_inverse
from deltarule.calculus.scalar_derivatives import derivative
from deltarule.expressions import nodes
from deltarule.expressions.conditions import Condition, opposite
from deltarule.expressions.functions import Elementwise, exp
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import Read, Reduction, reads, tensor_name
from deltarule.expressions.rebuild import outermost
from deltarule.expressions.substitution import rename_bound, substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.expressions.written_out import recognised


@dataclass(frozen=True)
class Partial:
    """One occurrence of a tensor: Σ over `ranges` of `factor`·∂X[subscripts]."""

    factor: Expr
    subscripts: tuple[Expr, ...]
    ranges: tuple[tuple[Index, Expr], ...]
    conditions: tuple[Condition, ...]

    def apart_from(self, taken: set[str]) -> Partial:
        """The same, summed over indices outside `taken`: what it is multiplied by has these."""
        clashing = [i for i, _ in self.ranges if i.name in taken]
        if not clashing:
            return self
        names = taken | {i.name for i, _ in self.ranges}
        names |= nodes.index_names(self.factor, *self.subscripts, *self.conditions)
        table: dict[Index, Index] = {}
        for index in clashing:
            table[index] = fresh(index.name, names)
            names.add(table[index].name)
        return Partial(
            substitute(self.factor, table),
            tuple(substitute(s, table) for s in self.subscripts),
            tuple((table.get(i, i), n) for i, n in self.ranges),
            tuple(substitute(c, table) for c in self.conditions),
        )


@lru_cache(maxsize=1024)
def partials(
    expression: Expr, name: str, value: Expr | None = None, selected: Expr | None = None
) -> tuple[Partial, ...]:
    """Every way in which `expression` depends on the tensor `name`.

    `value` is what the whole expression is known as: derivatives are put in terms of it where
    that is natural (σ′(s) = h(1 − h)). For a maximum, `selected` says which entry is chosen, for
    a log-determinant the entry of the inverse.
    """
    return tuple(_partials(expression, name, value, selected))


def _partials(
    expression: Expr, name: str, value: Expr | None, selected: Expr | None
) -> Iterator[Partial]:
    if isinstance(expression, nodes.Max | LogDet) and selected is not None:
        yield from _through(expression, selected, name, set())
        return
    if isinstance(expression, Inverse) and value is not None:
        entry, factor, ranges = through_inverse(expression, value)
        for inner in partials(entry, name):
            yield Partial(
                factor * inner.factor, inner.subscripts, ranges + inner.ranges, inner.conditions
            )
        return
    expression = recognised(expression)
    atoms = _top_atoms(expression)
    stand_ins = {atom: Dummy("r", real=True) for atom in atoms}
    back = {dummy: atom for atom, dummy in stand_ins.items()}
    scalar = outermost(expression, stand_ins.get)
    if value is not None and isinstance(expression, Elementwise):
        back = {scalar: value, **back}
    for atom in atoms:
        if isinstance(atom, nodes.Frozen) or not reads(atom, name):
            continue
        slope = outermost(derivative(scalar, stand_ins[atom]), back.get)
        if slope == 0:
            continue
        if isinstance(atom, Read):
            if tensor_name(atom) == name:
                yield Partial(slope, atom.indices, (), ())
        elif isinstance(atom, nodes.Choose):
            yield from _by_cases(atom, slope, name, value if atom == expression else None)
        else:
            known = value if atom == expression else None
            yield from _through(atom, slope, name, nodes.index_names(expression), known)


def _through(
    atom: Reduction, slope: Expr, name: str, taken: set[str], value: Expr | None = None
) -> Iterator[Partial]:
    """Partials of a reduction, under its sign; `value` is what the reduction is known as."""
    if nodes.index_names(slope) & {i.name for i in atom.indices} and taken:
        atom = rename_bound(atom, taken)
    if isinstance(atom, nodes.Product):
        slope = slope * _others(atom, taken)
    if isinstance(atom, nodes.LogSumExp):
        whole = rename_bound(atom, taken | nodes.index_names(atom)) if value is None else value
        slope = slope * exp(atom.body - whole)
    # Where a maximum's own conditions fail, nothing is selected.
    own = () if isinstance(atom, nodes.Max) else atom.conditions
    around = nodes.index_names(slope) | {i.name for i in atom.indices}
    for inner in (p.apart_from(around) for p in partials(atom.body, name)):
        yield Partial(
            slope * inner.factor,
            inner.subscripts,
            atom.ranges + inner.ranges,
            own + inner.conditions,
        )


def _others(product: nodes.Product, taken: set[str]) -> Expr:
    """The product of all factors but the one at the product's own indices."""
    names = taken | nodes.index_names(product)
    renamed = rename_bound(product, names)
    apart = nodes.Unequal(Tuple(*renamed.indices), Tuple(*product.indices))
    return nodes.Product(renamed.body, renamed.ranges, (*renamed.conditions, apart))


def _by_cases(atom: nodes.Choose, slope: Expr, name: str, value: Expr | None) -> Iterator[Partial]:
    """Partials of either case, each under the condition that it holds under."""
    condition, then, otherwise = atom.args
    fails = opposite(condition)
    if fails is None:
        raise TypeError(f"{condition} is not about integers alone")
    taken = nodes.index_names(slope)
    for case, holds in ((then, condition), (otherwise, fails)):
        if isinstance(case, Reduction) and taken & {i.name for i in case.indices}:
            case = rename_bound(case, taken)
        for inner in (p.apart_from(taken) for p in partials(case, name, value)):
            yield Partial(
                slope * inner.factor, inner.subscripts, inner.ranges, (holds, *inner.conditions)
            )


#: What the chain rule takes apart itself, instead of SymPy.
_Atom = Read | Reduction | nodes.Frozen | nodes.Choose


def _top_atoms(expression: Basic) -> list[_Atom]:
    """The outermost reads, reductions and choices between times, in order of appearance."""
    found: dict[_Atom, None] = {}
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, (Read, Reduction, nodes.Frozen)) or _between_times(node):
            found[node] = None
        else:
            stack.extend(reversed(node.args))
    return list(found)


def _between_times(node: Basic) -> TypeGuard[nodes.Choose]:
    """Whether a choice depends on integers alone, such as h[t − 1] if t ≥ 1, else h0."""
    return isinstance(node, nodes.Choose) and opposite(node.args[0]) is not None
