"""Known values inside formulas: exp(z[c])/Σ_k exp(z[k]) is p[c], once p is an equation."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Mul

from deltarule.notation import nodes
from deltarule.notation.equations import Equation
from deltarule.notation.networks import Network
from deltarule.notation.nodes import Read, Reduction, reads, tensor_name
from deltarule.notation.substitution import substitute
from deltarule.notation.symbols import Index
from deltarule.notation.text import text


def use_values(expression: Expr, network: Network):
    """The expression with the right-hand sides of equations replaced by their tensors."""
    from deltarule.calculus.simplify import Rewrite

    for equation in _candidates(expression, network):
        after = _use(expression, equation)
        if after != expression:
            return Rewrite(after, f"{text(equation.rhs)} is {text(equation.lhs)}.")
    return None


def _candidates(expression: Expr, network: Network) -> Iterator[Equation]:
    """Equations whose right-hand side could occur: all its tensors are read."""
    present = {tensor_name(r) for r in reads(expression)}
    for equation in reversed(network.equations):
        rhs = equation.rhs
        if isinstance(rhs, Read) or not reads(rhs):
            continue
        if equation.read_names() <= present and _plain(equation):
            yield equation


def _plain(equation: Equation) -> bool:
    return all(isinstance(s, Index) for s in equation.subscripts)


def _use(node: Expr, equation: Equation) -> Expr:
    """Replace the equation's value in a node and below it, products factor by factor."""
    if isinstance(node, Read) or not node.args:
        return node
    if isinstance(node, Reduction):
        inner = _use(node.body, equation)
        return node if inner == node.body else node.func(inner, node.ranges, node.conditions)
    if not isinstance(node, nodes.Condition):
        found = _in_product(node, equation)
        if found is not None:
            return _use(found, equation)
    args = tuple(_use(a, equation) for a in node.args)
    return node if args == node.args else node.func(*args)


def _in_product(node: Expr, equation: Equation) -> Expr | None:
    """node = rhs·rest with known rhs: lhs·rest; None if rhs is no factor of node."""
    have = powers(node)
    for table in _index_maps(node, equation):
        pattern = substitute(equation.rhs, table)
        rest = divided(have, powers(pattern))
        if rest is not None:
            return substitute(equation.lhs, table) * rest
    return None


def powers(product: Expr) -> dict[Expr, Expr]:
    result: dict[Expr, Expr] = {}
    for factor in Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        result[base] = result.get(base, 0) + exponent
    return result


def divided(have: dict, wanted: dict) -> Expr | None:
    """The product `have` without the factors `wanted`; None if they are not all there."""
    rest = dict(have)
    for base, exponent in wanted.items():
        if base.is_number:
            rest[base] = rest.get(base, 0) - exponent
            continue
        there = rest.get(base, 0)
        if there == 0 or not exponent.is_number or not _covers(there, exponent):
            return None
        rest[base] = there - exponent
    return Mul(*(base**exponent for base, exponent in rest.items()))


def _covers(there: Expr, wanted: Expr) -> bool:
    same_sign = there.is_number and bool(there * wanted > 0)
    return same_sign and bool(abs(there) >= abs(wanted))


def _index_maps(node: Expr, equation: Equation) -> Iterator[dict]:
    """Ways to name the equation's indices so that one of its reads occurs in the node."""
    anchors = [r for r in reads(equation.rhs)
               if set(equation.indices) <= {i for i in r.indices if isinstance(i, Index)}]
    if not anchors:
        if not equation.indices:
            yield {}
        return
    anchor = anchors[0]
    seen = set()
    for found in reads(node, tensor_name(anchor)):
        table = {a: b for a, b in zip(anchor.indices, found.indices, strict=True)
                 if a in equation.indices}
        consistent = all(
            table.get(a, b) == b or a not in equation.indices
            for a, b in zip(anchor.indices, found.indices, strict=True)
        )
        key = tuple(sorted(table.items(), key=str))
        if consistent and key not in seen:
            seen.add(key)
            yield table


