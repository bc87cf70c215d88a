"""The entries of a Jacobian, read off a gradient that is linear in the upstream one."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr

from deltarule.calculus.partial_derivatives import partials
from deltarule.calculus.rules.cut_ranges import never
from deltarule.calculus.rules.delta_elimination import eliminate
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule
from deltarule.calculus.terms import Term, pinned
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Reduction, Sum, free_indices, read, reads, tensor_name
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.substitution import plainly_named, rename_bound
from deltarule.expressions.symbols import Index, Size

Ranges = tuple[tuple[Index, Expr], ...]


def entries_of(
    whole: Expr, upstream: str, rows: Ranges, columns: Ranges, facts: Sequence = ()
) -> Expr:
    """What each entry of the upstream gradient, at `rows`, is multiplied by at `columns`.

    It is the local derivative of the gradient by the upstream one, its deltas eliminated. No index
    that is bound in `whole` has the name of one of the rows.
    """
    free = dict(rows + columns)
    whole = _apart(whole, {i.name for i in free})
    total: list[Expr] = []
    for partial in partials(whole, upstream):
        deltas = tuple(zip(partial.subscripts, (i for i, _ in rows), strict=True))
        term = Term(partial.factor, deltas, partial.ranges, partial.conditions, tuple(facts))
        term = pinned(term, free)
        while (found := eliminate(term, free)) is not None:
            term = pinned(found.term, free)
        if not never(term, free):
            total.append(term.expression())
    return plainly_named(Add(*total), frozenset(i.name for i in free))


def _apart(node: Expr, taken: set[str]) -> Expr:
    """The formula with every bound index named apart from all others."""
    if isinstance(node, Reduction):
        node = rename_bound(node, taken)
        taken |= {i.name for i in node.indices}
        body = _apart(node.body, taken)
        return with_body(node, body, node.conditions)
    return rebuild(node, lambda part: _apart(part, taken)) if node.args else node


def read_off(expression: Expr, given: Given) -> Rewrite | None:
    """The entries at those of the given indices that do not stand in the formula."""
    names = {tensor_name(r) for r in reads(expression) if is_gradient(tensor_name(r))}
    free = free_indices(expression)
    rows = tuple((i, n) for i, n in given.extents.items() if i not in free)
    if len(names) != 1 or not rows:
        return None
    columns = tuple((i, n) for i, n in given.extents.items() if i in free)
    return Rewrite(entries_of(expression, names.pop(), rows, columns))


def _example() -> Example:
    d, m, k = Index("d"), Index("m"), Index("k")
    before = Sum(read("dL/dy", m) * read("W", d, m), [(m, Size("M"))])
    given = Given(extents={k: Size("M"), d: Size("D")})
    return Example(before, read("W", d, k), given, "The entries of ∂y[k]/∂x[d] for y = Wᵀ x.")


READ_OFF = Rule(
    "read off the entries",
    "∂L/∂x[u] = Σ_a ∂L/∂y[a]·J[a, u] for every ∂L/∂y, so J[a, u] = ∂y[a]/∂x[u]",
    "A gradient is linear in the upstream one; what an entry of that is multiplied by is J.",
    read_off,
    _example,
)
