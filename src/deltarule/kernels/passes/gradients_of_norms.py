"""The gradient of a norm at 0: s/‖s‖ is at most 1 in size, and where s is 0 it is declared 0.

As PyTorch has it, and as every function that goes on smoothly from a norm wants it: of the squash
s·‖s‖/(1 + ‖s‖²) the gradient at 0 is 0, and by ∂L/∂‖s‖·s/‖s‖ it would be 0·0/0. It is looked for in
gradients alone; a forward line that divides 0 by 0 has no value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sympy import Expr, Integer, Mul, Rational

from deltarule.expressions.nodes import Choose, Positive, Read, Sum, tensor_name
from deltarule.expressions.rebuild import rebuild
from deltarule.kernels.passes.draft import Draft
from deltarule.networks.equations import Equation


def gradients_of_norms(draft: Draft) -> Draft:
    """Gradients in which s/‖s‖ is 0 where ‖s‖ is, a tensor of its own or the root of one."""
    forward = {e.name for e in draft.network}
    norms = _norms(draft.network)
    if not norms:
        return draft
    equations = tuple(
        e if e.name in forward or not e.read_names() & norms.keys() else _guarded(e, norms)
        for e in draft.equations
    )
    return replace(draft, equations=equations)


def _norms(equations: Iterable[Equation]) -> dict[str, tuple[str, Rational]]:
    """By the tensors that are ‖s‖ to some power: the name of s, and the power."""
    found = {}
    for equation in equations:
        total, power = equation.rhs.as_base_exp()
        if isinstance(total, Sum) and not total.conditions:
            base, two = total.body.as_base_exp()
            if isinstance(base, Read) and two == 2 and power.is_Rational and power > 0:
                found[equation.name] = (tensor_name(base), 2 * power)
    return found


def _guarded(equation: Equation, norms: Mapping[str, tuple[str, Rational]]) -> Equation:
    def guarded(node: Expr) -> Expr:
        node = rebuild(node, guarded)
        if not isinstance(node, Mul):
            return node
        for norm in _at_most_one(node, norms):
            node = Choose(Positive(norm), node, Integer(0))
        return node

    return replace(equation, rhs=guarded(equation.rhs))


def _at_most_one(product: Mul, norms: Mapping[str, tuple[str, Rational]]) -> list[Read]:
    """The norms that a product is divided by no more often than it has entries of theirs."""
    above: dict[str, Expr] = defaultdict(lambda: Integer(0))
    below: dict[Read, Expr] = {}
    for base, power in (factor.as_base_exp() for factor in product.args):
        if not isinstance(base, Read) or not power.is_Rational:
            continue
        name = tensor_name(base)
        if power > 0:
            above[name] += power
        elif name in norms:
            below[base] = -power * norms[name][1]
    return [n for n, power in below.items() if above[norms[tensor_name(n)][0]] >= power]
