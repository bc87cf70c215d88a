"""Conditions [c = t[n]] and [n = j], used where they hold: one side stands for the other.

Σ_c [c = t[n]]·f(c) = f(t[n])           t[n] is one of the values of c
p[c]·[c = t[n]]/p[t[n]] = [c = t[n]]
Σ_j [n = j]·f(j) = f(n)                 n runs over what j runs over
Σ_t [t = T − 1]·f(t) = f(T − 1)
Σ_{p,q} [a[n] = W·p + q]·f(p, q) = f(⌊a[n]/W⌋, a[n] mod W)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, Integer, Mul

from deltarule.calculus.guarded import guards_in, spread_guards, tied_by
from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.expressions import nodes
from deltarule.expressions.affine import never_negative
from deltarule.expressions.conditions import Condition
from deltarule.expressions.index_facts import IndexFacts
from deltarule.expressions.mixed_radix import position_of, taken_apart
from deltarule.expressions.nodes import (
    AtLeastZero,
    Equal,
    Read,
    Reduction,
    Sum,
    free_symbols,
    read,
    reads,
    size_of,
    tensor_name,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor


def use_condition(expression: Expr, given: Given) -> Rewrite | None:
    """The expression with what is known under its conditions put in, where that is shorter."""
    pointing = any(t.points for t in given.network.tensors.values())
    if not pointing and not any(isinstance(node, Equal) for node in nodes.walk(expression)):
        return None
    after = _used(expression, given.network, given.extents)
    after = min((after, _by_index(after)), key=size_of)
    return Rewrite(after) if _simpler(after, expression) else None


def _simpler(after: Expr, before: Expr) -> bool:
    """Whether it is shorter, or reads an entry instead of a search for it."""
    if size_of(after) < size_of(before):
        return True
    sums = [[n for n in nodes.walk(e) if isinstance(n, Sum)] for e in (after, before)]
    ranges, conditions = (
        [sum(len(getattr(n, kind)) for n in own) for own in sums]
        for kind in ("ranges", "conditions")
    )
    return ranges[0] < ranges[1] and conditions[0] < conditions[1]


def _used(node: Expr, network: Network, extents: Mapping[Index, Expr]) -> Expr:
    """Conditions used from the inside out; `extents` are those of the indices free here."""
    if isinstance(node, nodes.Condition):
        return node
    if isinstance(node, Reduction):
        within = {**extents, **dict(node.ranges)}
        node = rebuild(node, lambda part: _used(part, network, within))
        if not isinstance(node, Sum):
            return node
        said = _without_implied(_said_of_index(_merged(node), extents), extents)
        return _sifted(said, network, extents)
    node = rebuild(node, lambda part: _used(part, network, extents))
    return min((node, spread_guards(node)), key=size_of) if isinstance(node, Mul) else node


def _by_index(formula: Expr) -> Expr:
    """[i = t[n]]·f(t[n]) as [i = t[n]]·f(i), unless f(t[n]) stands elsewhere in the formula too."""
    gone: set[Read] = set()
    after = _at_indices(formula, gone)
    return formula if gone & set(reads(after)) else after


def _at_indices(node: Expr, gone: set[Read]) -> Expr:
    """The same wherever such a condition is; what was read by data goes into `gone`."""
    if not isinstance(node, Sum):
        return rebuild(node, lambda part: _at_indices(part, gone))
    body = _at_indices(node.body, gone)
    for condition in node.conditions:
        tied = tied_by(condition)
        if tied is not None and isinstance(tied[1], Read):
            body = _read_at(body, {tied[1]: tied[0]}, gone)
    return nodes.Sum(body, node.ranges, node.conditions)


def _read_at(node: Expr, table: Mapping[Expr, Index], gone: set[Read]) -> Expr:
    """The entries that are read beside sums, by other subscripts."""
    if isinstance(node, Read):
        after = node if node in table else substitute(node, table)
        gone.update(() if after == node else (node,))
        return after
    if isinstance(node, Reduction):
        return node
    return rebuild(node, lambda part: _read_at(part, table, gone))


def _merged(total: Sum) -> Expr:
    """Σ_i a·[c]·b = Σ_i [c] a·b: the condition goes to the sum."""
    factors = Mul.make_args(total.body)
    guards = guards_in(factors)
    if len(guards) != 1:
        return total
    rest = Mul(*(f for f in factors if f is not guards[0]))
    conditions = (*total.conditions, *guards[0].conditions)
    return Sum(rest * guards[0].body, total.ranges, conditions)


def _said_of_index(total: Expr, extents: Mapping[Index, Expr]) -> Expr:
    """Σ_t [u = p[t]]·[p[t] ≤ t − 1]·f = Σ_t [u = p[t]]·[u ≤ t − 1]·f, u being an index from
    outside: what bounds data bounds the index that they are equal to.
    """
    if not isinstance(total, Sum):
        return total
    kept = list(total.conditions)
    for condition in total.conditions:
        tied = tied_by(condition)
        if tied is None or not isinstance(tied[1], Read) or tied[0] not in extents:
            continue
        if tied[0] in total.indices:  # another one, of the same name
            continue
        table = {tied[1]: tied[0]}
        facts = IndexFacts.of_ranges(extents.items())
        kept = [replaced(c, table) if isinstance(c, AtLeastZero) else c for c in kept]
        kept = [c for c in kept if facts.holds(c) is not True]
    return with_body(total, total.body, kept)


def _without_implied(total: Expr, extents: Mapping[Index, Expr]) -> Expr:
    """A sum without the conditions about data that follow from its others: p ≤ t − 1 of p ≤ −1."""
    if not isinstance(total, Sum) or len(total.conditions) < 2:
        return total
    kept = list(total.conditions)
    for condition in total.conditions:
        facts = IndexFacts.of_ranges({**extents, **dict(total.ranges)}.items())
        for other in kept:
            facts = facts if other == condition else facts.under(other)
        if any(isinstance(n, Read) for n in nodes.walk(condition)) and facts.holds(condition):
            kept.remove(condition)
    return with_body(total, total.body, kept)


def _sifted(total: Expr, network: Network, extents: Mapping[Index, Expr]) -> Expr:
    """Σ_i [i = a]·f(i) = f(a), for each index that a condition ties to data or to another one."""
    if not isinstance(total, Sum):
        return total
    own = dict(total.ranges)
    for condition in total.conditions:
        tied = tied_by(condition, own)
        if tied is None:
            known = {**extents, **own}
            table = _at_place(condition, own, known) or _digits(condition, own, network)
            inside = ()
        else:
            index, value = tied
            if own.get(index) is None or _below(value, network, {**extents, **own}) != own[index]:
                continue
            table, inside = {index: value}, _inside(value, own[index], network)
        if not table:
            continue
        rest = Sum(
            substitute(total.body, table),
            tuple(r for r in total.ranges if r[0] not in table),
            (*(substitute(c, table) for c in total.conditions if c != condition), *inside),
        )
        return _sifted(rest, network, extents)
    return total


def _at_place(condition: Condition, own: Mapping[Index, Expr], known: Mapping) -> dict[Index, Expr]:
    """The index of [t = T − 1] at its one value, which is in its range; empty for others."""
    if not isinstance(condition, Equal) or reads(condition):
        return {}
    for index, value in (condition.args, condition.args[::-1]):
        if isinstance(index, Index) and index in own and not free_symbols(value) & {*own}:
            last = (own[index] - 1 - value).expand()
            if never_negative(value, known) and never_negative(last, known):
                return {index: value}
    return {}


def _digits(condition: Condition, own: Mapping[Index, Expr], network: Network) -> dict[Index, Expr]:
    """The indices of a position W·p + q that data is equal to, each by its digit of the data.

    Empty unless they reach every integer that the data may be, and each once.
    """
    if not isinstance(condition, Equal):
        return {}
    for data, position in (condition.args, condition.args[::-1]):
        tensor = network.tensors.get(tensor_name(data)) if isinstance(data, Read) else None
        below = tensor.integers_below if tensor is not None and tensor.points is None else None
        parts = position_of(position, own) if below is not None else None
        if parts is not None and (parts[0].coefficient * parts[0].extent - below).expand() == 0:
            return taken_apart(data, parts)
    return {}


def _inside(value: Expr, extent: Expr, network: Network) -> tuple[Condition, ...]:
    """That a position of data is one of an axis, where data may say that there is none, by −1 or
    by the extent."""
    points = network.tensors[tensor_name(value)].points if isinstance(value, Read) else None
    if points is None:
        return ()
    return (AtLeastZero(value if points[1] < 0 else extent - 1 - value),)


def _below(value: Expr, network: Network, extents: Mapping[Index, Expr]) -> Expr | None:
    """What the integers of data, or an index, are below; None if unknown."""
    if isinstance(value, Read):
        return network.tensors[tensor_name(value)].integers_below
    return extents.get(value) if isinstance(value, Index) else None


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
