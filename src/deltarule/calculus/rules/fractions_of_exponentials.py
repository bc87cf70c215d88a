"""Exponentials of logarithms, and the sigmoid or tanh that a fraction of exponentials is.

exp(a − log S) = exp(a)/S;  exp(u)/(exp(u) + 1) = σ(u), 1/(exp(u) + 1) = σ(−u)
sinh(u)/cosh(u) = (exp(u) − exp(−u))/(exp(u) + exp(−u)) = tanh(u)
"""

from __future__ import annotations

from typing import cast

from sympy import Add, Expr, Mul, Pow

from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule, changed
from deltarule.expressions.functions import cosh, exp, log, sigmoid, sinh, tanh
from deltarule.expressions.nodes import LogSumExp, Sum, read
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.symbols import Index, Size
from deltarule.expressions.written_out import with_tangents


def without_logs(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with exp(a)/S for each exp(a − log S)."""
    return changed(expression, _quotients(expression)) if expression.has(exp) else None


def _quotients(node: Expr) -> Expr:
    node = rebuild(node, _quotients)
    if not isinstance(node, exp):
        return node
    (power,) = node.args
    divisor = [t for t in Add.make_args(power) if isinstance(-t, log | LogSumExp)]
    if not divisor:
        return node
    return exp(power - Add(*divisor)) / Mul(*(_argument(-t) for t in divisor))


def _argument(node: Expr) -> Expr:
    """What a logarithm is taken of."""
    if isinstance(node, LogSumExp):
        return Sum(exp(node.body), node.ranges, node.conditions)
    return cast("Expr", node.args[0])


def sigmoids(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with the sigmoid where a fraction of exponentials is one."""
    return changed(expression, _sigmoids(expression)) if expression.has(exp) else None


def _sigmoids(node: Expr) -> Expr:
    factors = list(Mul.make_args(node))
    for k, factor in enumerate(factors):
        power = _in_the_divisor(factor)
        if power is None:
            continue
        rest = factors[:k] + factors[k + 1 :]
        if exp(power) in rest:
            rest.remove(exp(power))
            return _sigmoids(Mul(*rest, sigmoid(power)))
        return _sigmoids(Mul(*rest, sigmoid(-power)))
    return rebuild(node, _sigmoids)


def _in_the_divisor(factor: Expr) -> Expr | None:
    """The u of 1/(exp(u) + 1); None for anything else."""
    if not (isinstance(factor, Pow) and factor.exp == -1):
        return None
    one, other = factor.base.as_coeff_Add()
    return cast("Expr", other.args[0]) if one == 1 and isinstance(other, exp) else None


def tangents(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with tanh where a fraction of exponentials, or of sinh and cosh, is one."""
    return changed(expression, _tangents(expression)) if expression.has(exp, cosh) else None


def _tangents(node: Expr) -> Expr:
    node = rebuild(node, _tangents)
    return with_tangents(node) if isinstance(node, Mul) else node


def _share() -> Example:
    c, k, C, g = Index("c"), Index("k"), Size("C"), read("g")
    z, others = read("z", c), [(k, C)]
    total = Sum(exp(read("z", k)), others)
    return Example(g * exp(z - LogSumExp(read("z", k), others)), g * exp(z) / total)


def _sigmoid() -> Example:
    g, u = read("g"), read("u")
    return Example(g * exp(u) / (1 + exp(u)), g * sigmoid(u))


def _tangent() -> Example:
    g, u = read("g"), read("u")
    return Example(g * sinh(u) / cosh(u), g * tanh(u))


EXP_OF_A_LOG = Rule(
    "exponential of a logarithm",
    "exp(a − log S) = exp(a)/S",
    "The exponential and the logarithm undo each other.",
    without_logs,
    _share,
)
SIGMOID = Rule(
    "sigmoid",
    "exp(u)/(exp(u) + 1) = σ(u), 1/(exp(u) + 1) = σ(−u)",
    "That is how the sigmoid is defined.",
    sigmoids,
    _sigmoid,
)
TANH = Rule(
    "tanh",
    "sinh(u)/cosh(u) = (exp(u) − exp(−u))/(exp(u) + exp(−u)) = tanh(u)",
    "That is how the hyperbolic tangent is defined.",
    tangents,
    _tangent,
)
