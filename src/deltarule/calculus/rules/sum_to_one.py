"""Σ over the axis along which a tensor adds up to 1: by declaration, or by its own line.

Σ_c y[c] = 1, y one-hot, and Σ_c q[c] = 1 where q[c] = exp(z[c])/Σ_k exp(z[k]), or a mean of those
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Expr, Integer, Mul, Pow

from deltarule.calculus.rules.everywhere import everywhere
from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.expressions.nodes import Equal, Read, Reduction, Sum, free_symbols, read, tensor_name
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text


def sums_to_one(expression: Expr, given: Given) -> Rewrite | None:
    """Σ over an axis along which a tensor adds up to 1 is 1."""
    if not expression.has(Sum):
        return None
    used: list[str] = []

    def one(node: Reduction) -> Expr:
        if not isinstance(node, Sum) or len(node.ranges) != 1 or node.conditions:
            return node
        if isinstance(node.body, Read) and _adds_up(node.body, node.ranges[0], given.network):
            used.append(f"{text(node)} = 1")
            return Integer(1)
        return node

    after = everywhere(expression, one)
    return Rewrite(after, "", ", ".join(used)) if used else None


def _adds_up(access: Read, over: tuple[Index, Expr], network: Network) -> bool:
    """Whether the entries of a read add up to 1 over an index that is one of its subscripts."""
    tensor = network.tensors.get(tensor_name(access))
    places = [k for k, subscript in enumerate(access.indices) if subscript == over[0]]
    if tensor is None or len(places) != 1 or tensor.axes[places[0]] != over[1]:
        return False
    if tensor.sums_to_one is not None:
        return range(len(tensor.axes))[tensor.sums_to_one] == places[0]
    equations = network.equation_of(tensor.name)
    if len(equations) != 1 or equations[0].indices != equations[0].subscripts:
        return False
    index = equations[0].indices[places[0]]
    return _total(equations[0].rhs, (index, over[1]), network) == 1


def _total(formula: Expr, over: tuple[Index, Expr], network: Network) -> Expr | None:
    """What a formula adds up to over an index, where that is known without its values."""
    index, extent = over
    if isinstance(formula, Add):
        totals = [t for a in formula.args if (t := _total(a, over, network)) is not None]
        return Add(*totals).expand() if len(totals) == len(formula.args) else None
    inside = [f for f in Mul.make_args(formula) if index in free_symbols(f)]
    outside = formula / Mul(*inside)
    if not inside:
        return formula * extent
    (first,) = inside if len(inside) == 1 else (Mul(*inside),)
    if isinstance(first, Read) and _adds_up(first, over, network):
        return outside
    if isinstance(first, Sum) and first == Sum(Integer(1), (), first.conditions):
        return outside if _one_of_them(first.conditions, over, network) else None
    return Integer(1) if _is_share(inside, outside, over) else None


def _one_of_them(conditions: tuple, over: tuple[Index, Expr], network: Network) -> bool:
    """Whether [c = t], t an integer below the extent of c, is all that is asked."""
    if len(conditions) != 1 or not isinstance(conditions[0], Equal):
        return False
    index, other = (
        conditions[0].args if conditions[0].args[0] == over[0] else conditions[0].args[::-1]
    )
    if index != over[0] or not isinstance(other, Read):
        return False
    return network.tensors[tensor_name(other)].integers_below == over[1]


def _is_share(inside: list[Expr], outside: Expr, over: tuple[Index, Expr]) -> bool:
    """Whether f(i)·1/S is all there is, where S = Σ_i f(i)."""
    totals = [f.base for f in Mul.make_args(outside) if isinstance(f, Pow) and f.exp == -1]
    if len(totals) != 1 or outside != 1 / totals[0] or not isinstance(totals[0], Sum):
        return False
    total = totals[0]
    if [n for _, n in total.ranges] != [over[1]] or total.conditions:
        return False
    mine = substitute(Mul(*inside), {over[0]: total.indices[0]})
    return total.indices[0] not in free_symbols(Mul(*inside)) and mine == total.body


def _example() -> Example:
    c, k, C = Index("c"), Index("k"), Size("C")
    p, y = read("p", c), read("y", c)
    target = Tensor("y", (C,), "target", sums_to_one=0)
    given = Given(replace(EMPTY, tensors={"y": target}), {c: C})
    return Example(p * Sum(read("y", k), [(k, C)]) - y, p - y, given)


SUMS_TO_ONE = Rule(
    "sums to one",
    "Σ_c y[c] = 1",
    "It adds up to 1: it is declared to be one-hot or a distribution, or its line makes it one.",
    sums_to_one,
    _example,
    seen="derive softmax_cross_entropy --steps",
)
