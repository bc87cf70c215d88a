"""What stands behind a name written out: a tensor by its equation, a maximum or function by cases.

Proofs do so; a derivation keeps the names.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Expr, Integer

from deltarule.calculus.rules.everywhere import outermost_reductions
from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule, changed
from deltarule.expressions.functions import Elementwise, relu
from deltarule.expressions.nodes import (
    Choose,
    Max,
    Positive,
    Read,
    Reduction,
    Sum,
    read,
    tensor_name,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import plainly_named, replace_reads, substitute
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation

#: A maximum of at most so many terms is written out.
_FEW = 4


def write_out(expression: Expr, given: Given) -> Rewrite | None:
    """Each tensor by its equation, but not those of which a sum is known."""
    network = given.network

    def formula(access: Read) -> Expr:
        name = tensor_name(access)
        if name in network.tensors and network.tensors[name].sums_to_one is not None:
            return access
        found = network.equation_of(name)
        if len(found) != 1 or not all(isinstance(s, Index) for s in found[0].subscripts):
            return access
        return found[0].at(access.indices)

    return changed(expression, plainly_named(replace_reads(expression, formula)))


def _hidden_layer() -> Example:
    m, d, M, D = Index("m"), Index("d"), Size("M"), Size("D")
    weighted = Sum(read("W", d, m) * read("x", d), [(d, D)])
    given = Given(replace(EMPTY, equations=(Equation("s", (m,), weighted, ((m, M),)),)), {m: M})
    return Example(2 * read("s", m), 2 * weighted, given)


WRITE_OUT = Rule(
    "write out",
    "X[u] is replaced by the right-hand side of its equation",
    "By its own equation.",
    write_out,
    _hidden_layer,
    seen="derive --prove maxout",
)


def by_cases(expression: Expr, given: Given) -> Rewrite | None:
    """A maximum of a few terms as cases: the first of the largest."""

    def cases(node: Reduction) -> Expr:
        if not isinstance(node, Max) or len(node.ranges) != 1 or node.conditions:
            return node
        ((index, extent),) = node.ranges
        if not extent.is_Integer or not 1 <= extent <= _FEW:
            return node
        largest, *others = (substitute(node.body, {index: Integer(k)}) for k in range(int(extent)))
        for other in others:
            largest = Choose(Positive(other - largest), other, largest)
        return largest

    return changed(expression, outermost_reductions(expression, cases))


def _maxout() -> Example:
    k = Index("k")
    a, b = read("s", Integer(0)), read("s", Integer(1))
    return Example(Max(read("s", k), [(k, Integer(2))]), Choose(Positive(b - a), b, a))


BY_CASES = Rule(
    "take cases",
    "max(a, b) = b if b > a, else a",
    "A maximum of a few terms: a later one if it is larger.",
    by_cases,
    _maxout,
    seen="derive --prove maxout",
)


def by_definition(expression: Expr, given: Given) -> Rewrite | None:
    """Functions with cases, such as ReLU, by their cases."""
    return changed(expression, _defined(expression))


def _defined(node: Expr) -> Expr:
    if isinstance(node, Elementwise) and not node.row.leaf and node.formula().has(Choose):
        return node.formula()
    return rebuild(node, _defined)


def _rectifier() -> Example:
    s = read("s")
    return Example(relu(s), Choose(Positive(s), s, Integer(0)))


BY_DEFINITION = Rule(
    "use the definition",
    "a function with cases is replaced by its cases",
    "The function by its definition.",
    by_definition,
    _rectifier,
    seen="derive --prove maxout",
)


def term_by_term(expression: Expr, given: Given) -> Rewrite | None:
    """Σ (a + b) = Σ a + Σ b."""

    def split(node: Reduction) -> Expr:
        if not isinstance(node, Sum):
            return node
        terms = Add.make_args(node.body.expand())
        return Add(*(Sum(t, node.ranges, node.conditions) for t in terms))

    return changed(expression, outermost_reductions(expression, split))


def _two_terms() -> Example:
    c, C = Index("c"), Size("C")
    a, b = read("a", c), read("b", c)
    return Example(Sum(a + b, [(c, C)]), Sum(a, [(c, C)]) + Sum(b, [(c, C)]))


TERM_BY_TERM = Rule(
    "term by term",
    "Σ_i (f(i) + g(i)) = Σ_i f(i) + Σ_i g(i)",
    "A sum of terms is summed term by term.",
    term_by_term,
    _two_terms,
    seen="derive --prove softmax",
)
