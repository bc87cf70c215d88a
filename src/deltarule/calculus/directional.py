"""The change of a formula when one tensor moves: d/dε e(X + ε·V) at ε = 0, by the sum rule, the
product rule and the chain rule, without a delta. Local derivatives are proved by it.
"""

from __future__ import annotations

from sympy import Add, Expr, Integer, Mul, Pow

from deltarule.expressions.choices import Choose
from deltarule.expressions.conditions import AtLeastZero
from deltarule.expressions.functions import Elementwise, exp, log
from deltarule.expressions.nodes import Frozen, LogSumExp, Read, Sum, read, reads, tensor_name
from deltarule.networks.network import Network


class NoDirection(Exception):
    """A formula whose change this file does not say: of a maximum, an inverse."""


def change(node: Expr, name: str, direction: str, network: Network) -> Expr:
    """How much a formula changes when tensor `name` moves along the tensor `direction`.

    Raises NoDirection where that is not said here.
    """
    if isinstance(node, Frozen) or not _moves(node, name):
        return Integer(0)
    if isinstance(node, Read):
        return _of_read(node, name, direction, network)

    def of(part: Expr) -> Expr:
        return change(part, name, direction, network)

    if isinstance(node, Add):
        return Add(*map(of, node.args))
    if isinstance(node, Mul):
        parts = node.args
        return Add(*(Mul(*parts[:k], of(p), *parts[k + 1 :]) for k, p in enumerate(parts)))
    if isinstance(node, Pow):
        base, exponent = node.args
        grown = of(base) * exponent * base ** (exponent - 1)
        return grown + (of(exponent) * log(base) * node if _moves(exponent, name) else 0)
    if isinstance(node, Elementwise):
        parts = enumerate(node.args, start=1)
        return Add(*(node.fdiff(k) * of(p) for k, p in parts if _moves(p, name)))
    if type(node) is Sum:
        return Sum(of(node.body), node.ranges, node.conditions)
    if isinstance(node, LogSumExp):
        return Sum(exp(node.body - node) * of(node.body), node.ranges, node.conditions)
    if isinstance(node, Choose):  # beside the places where the condition turns
        condition, then, otherwise = node.args
        return Choose(condition, of(then), of(otherwise))
    raise NoDirection(type(node).__name__)


def _moves(node: Expr, name: str) -> bool:
    return any(tensor_name(r) == name for r in reads(node))


def _of_read(access: Read, name: str, direction: str, network: Network) -> Expr:
    """The direction's entry, where the tensor has one: what lies outside does not move."""
    if tensor_name(access) != name or any(_moves(s, name) for s in access.indices):
        raise NoDirection("a subscript")
    found: Expr = read(direction, *access.indices)
    for subscript, axis in zip(access.indices, network.tensors[name].axes, strict=True):
        for bound in (subscript, axis - 1 - subscript):
            found = Choose(AtLeastZero(bound.expand()), found, Integer(0))
    return found
