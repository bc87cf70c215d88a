"""Slopes of activations: lost, taken at the wrong place, or of another function."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sympy import Expr, Mul

from deltarule.calculus.partial_derivatives import partials
from deltarule.expressions.factors import divided, powers
from deltarule.expressions.functions import FUNCTIONS, Elementwise, derivative
from deltarule.expressions.nodes import Read, reads, tensor_name
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.marking.mistakes.context import Scene, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text


def slope(scene: Scene) -> Iterator[Wrong]:
    """σ′ lost, at the output again, at the sum, of the upstream gradient, of another function."""
    for site in sites(scene.equation.rhs):
        if not isinstance(site.node, (Mul, Read)):
            continue
        for equation, local, rest in slopes_in(site.node, scene):
            for kind, cost, formula, words in _wrong_slopes(equation, local, rest):
                yield Wrong(kind, cost, site.replaced(formula), words)


def slopes_in(product: Expr, scene: Scene) -> Iterator[tuple[Equation, Expr, Expr]]:
    """The activations whose slope divides a product: equation, slope, and the other factors."""
    have = powers(product)
    read_here = reads(product)
    for equation in scene.network.equations:
        if not isinstance(equation.rhs, Elementwise) or not isinstance(equation.rhs.args[0], Read):
            continue
        names = (equation.name, tensor_name(equation.rhs.args[0]))
        for access in read_here:
            if tensor_name(access) not in names:
                continue
            local = slope_of(equation.rhs, equation.lhs)
            table = dict(zip(equation.subscripts, access.indices, strict=False))
            placed = substitute(local, table)
            rest = divided(have, powers(placed))
            if placed != 1 and rest is not None:
                at = Equation(
                    equation.name, access.indices, substitute(equation.rhs, table), (), ""
                )
                yield at, placed, rest
                break


@lru_cache(maxsize=1024)
def slope_of(activation: Expr, output: Expr) -> Expr:
    """The slope of an activation of one read, in terms of its output."""
    return next(partials(activation, tensor_name(activation.args[0]), output)).factor


def _wrong_slopes(equation: Equation, local: Expr, rest: Expr):
    function = type(equation.rhs)
    symbol = function.row.symbol or function.row.name
    inside, output = equation.rhs.args[0], equation.lhs
    name = f"{symbol}′({text(inside)})"
    yield "slope lost", 4.0, rest, f"{name} is missing"
    if local.has(output):
        at_sum = _at(local, output, inside)
        yield (
            "slope at the wrong place",
            4.0,
            rest * at_sum,
            f"{text(at_sum)} stands for {name}: the sum {pretty(tensor_name(inside))} stands "
            f"where the output {pretty(equation.name)} belongs",
        )
        again = _at(local, output, function(output))
        yield (
            "slope at the wrong place",
            4.5,
            rest * again,
            f"{symbol}′({text(output)}) stands for {name}: "
            f"the output is put through {symbol} again",
        )
        for upstream in [r for r in reads(rest) if "/d" in tensor_name(r)]:
            yield (
                "slope at the wrong place",
                5.0,
                rest * _at(local, output, upstream),
                f"the slope is taken of {text(upstream)}, not of {text(output)}",
            )
    for other in ("sigmoid", "tanh"):
        if other != function.row.name:
            foreign = derivative(FUNCTIONS[other])(inside)
            foreign = _put(foreign, FUNCTIONS[other](inside), output)
            yield (
                "slope of another function",
                5.0,
                rest * foreign,
                f"the slope of {other}, {text(foreign)}, stands for {name}",
            )
    yield ("slope twice", 5.0, rest * local * local, f"{name} is multiplied twice")
    yield "function for slope", 5.0, rest * output, f"{text(output)} stands for {name}"
    if local != 1:
        yield "slope inverted", 5.5, rest / local, f"divided by {name}"


def _at(local: Expr, output: Expr, place: Expr) -> Expr:
    return replace_reads(local, lambda a: place if a == output else a)


def _put(expression: Expr, old: Expr, new: Expr) -> Expr:
    return expression.xreplace({old: new})


def activation(scene: Scene) -> Iterator[Wrong]:
    """An activation not applied, or another one applied."""
    for site in sites(scene.equation.rhs):
        if not isinstance(site.node, Elementwise):
            continue
        inside = site.node.args[0]
        symbol = site.node.row.symbol or site.node.row.name
        yield Wrong("activation lost", 4.0, site.replaced(inside), f"{symbol} is not applied")
        for other in ("sigmoid", "tanh", "relu"):
            if other != site.node.row.name:
                yield Wrong(
                    "another activation",
                    5.0,
                    site.replaced(FUNCTIONS[other](inside)),
                    f"{other} is applied, not {symbol}",
                )
