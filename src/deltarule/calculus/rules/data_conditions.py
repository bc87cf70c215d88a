"""Conditions that depend on data, [c = t[n]], used where they hold: one side stands for the other.

Σ_c [c = t[n]]·f(c) = f(t[n])           t[n] is one of the values of c
p[c]·[c = t[n]]/p[t[n]] = [c = t[n]]
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sympy import Add, Expr, Integer, Mul

from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.expressions import nodes
from deltarule.expressions.conditions import Condition
from deltarule.expressions.nodes import (
    Equal,
    Read,
    Reduction,
    Sum,
    free_indices,
    read,
    reads,
    size_of,
    tensor_name,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor


def use_condition(expression: Expr, given: Given) -> Rewrite | None:
    """The expression with what is known under its conditions put in, where that is shorter."""
    if not any(isinstance(node, Equal) for node in nodes.walk(expression)):
        return None
    after = _used(expression, given.network)
    return Rewrite(after) if size_of(after) < size_of(expression) else None


def _used(node: Expr, network: Network) -> Expr:
    """Conditions used from the inside out."""
    if isinstance(node, nodes.Condition):
        return node
    reduction = isinstance(node, Reduction)
    node = rebuild(node, lambda part: _used(part, network))
    if reduction:
        return _sifted(_merged(node), network) if isinstance(node, Sum) else node
    return min((node, _spread(node)), key=size_of) if isinstance(node, Mul) else node


def _merged(total: Sum) -> Expr:
    """Σ_i a·[c]·b = Σ_i [c] a·b: the condition goes to the sum."""
    factors = Mul.make_args(total.body)
    guards = _guards(factors)
    if len(guards) != 1:
        return total
    rest = Mul(*(f for f in factors if f is not guards[0]))
    conditions = (*total.conditions, *guards[0].conditions)
    return Sum(rest * guards[0].body, total.ranges, conditions)


def _sifted(total: Expr, network: Network) -> Expr:
    """Σ_i [i = a]·f(i) = f(a), for each index that a condition ties to data."""
    if not isinstance(total, Sum):
        return total
    for condition in total.conditions:
        tied = _tied(condition)
        if tied is None:
            continue
        index, data = tied
        extent = dict(total.ranges).get(index)
        if extent is None or network.tensors[tensor_name(data)].integers_below != extent:
            continue
        table = {index: data}
        rest = Sum(
            substitute(total.body, table),
            tuple(r for r in total.ranges if r[0] != index),
            tuple(substitute(c, table) for c in total.conditions if c != condition),
        )
        return _sifted(rest, network)
    return total


def _spread(product: Mul) -> Expr:
    """a·([c]·b + d) = [c]·a·b + a·d, with c used in the first term."""
    sums = [f for f in product.args if isinstance(f, Add) and any(map(_is_guarded, f.args))]
    if len(sums) != 1:
        return _guarded(product)
    rest = Mul(*(f for f in product.args if f is not sums[0]))
    return Add(*(_guarded(rest * term) for term in sums[0].args))


def _guarded(term: Expr) -> Expr:
    """[i = a]·f(i) = [i = a]·f(a)."""
    guards = _guards(Mul.make_args(term))
    tied = _tied(guards[0].conditions[0]) if len(guards) == 1 else None
    if tied is None:
        return term
    inner, (index, data) = guards[0], tied
    rest = Mul(*(f for f in Mul.make_args(term) if f is not inner))
    factors = Mul.make_args(substitute(rest * inner.body, {index: data}))
    constant = [f for f in factors if not reads(f) and not free_indices(f)]
    body = Mul(*(f for f in factors if f not in constant))
    return Mul(*constant) * Sum(body, (), inner.conditions)


def _is_guarded(term: Expr) -> bool:
    """Whether a term is [i = a]·(something)."""
    sums = [f for f in Mul.make_args(term) if isinstance(f, Sum)]
    return len(sums) == 1 and len(_guards(sums)) == 1


def _guards(factors: Iterable[Expr]) -> list[Sum]:
    """The factors [i = a]·(something): a sum over nothing, under the one condition."""
    return [
        f
        for f in factors
        if isinstance(f, Sum)
        and not f.ranges
        and len(f.conditions) == 1
        and _tied(f.conditions[0]) is not None
    ]


def _tied(condition: Condition) -> tuple[Index, Read] | None:
    """The index and the integer of data in i = a; None for any other condition."""
    if isinstance(condition, Equal):
        for index, data in (condition.args, condition.args[::-1]):
            if isinstance(index, Index) and isinstance(data, Read):
                return index, data
    return None


def _example() -> Example:
    c, C, t = Index("c"), Size("C"), read("t")
    label = Tensor("t", (), "target", integers_below=C)
    given = Given(replace(EMPTY, tensors={"t": label}), {c: C})
    here = [Equal(c, t)]
    return Example(Sum(read("p", c), (), here) / read("p", t), Sum(Integer(1), (), here), given)


USE_THE_CONDITION = Rule(
    "use the condition",
    "[i = a]·f(i) = [i = a]·f(a), and Σ_i [i = a]·f(i) = f(a), where a is in the range of i",
    "Where the condition holds, one side of it may stand for the other.",
    use_condition,
    _example,
    seen="derive label_cross_entropy --steps",
)
