"""Slopes of activations: lost, taken at the wrong place, or of another function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sympy import Add, Expr, Mul

from deltarule.calculus.partial_derivatives import partials
from deltarule.expressions.factors import divided, powers
from deltarule.expressions.functions import FUNCTIONS, Elementwise, derivative
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Read, read, reads, tensor_name, walk
from deltarule.expressions.rebuild import with_part
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.marking.mistakes.powers import otherwise_squared
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text

#: Functions whose slope people know by heart, in terms of the function itself.
_REMEMBERED = ("sigmoid", "tanh")
#: What stands for a whole sum that a function is applied to.
_INSIDE = "the sum"


@dataclass(frozen=True)
class Slope:
    """The slope of a function as a factor of a product, beside the other factors.

    `inside` is what the function is applied to; `output` is the tensor with its value, or the
    function itself where it stands inside a formula, as in o·tanh(c). `within` is what is computed
    there.
    """

    function: Elementwise
    inside: Expr
    output: Expr
    local: Expr
    rest: Expr
    within: Expr

    @property
    def name(self) -> str:
        """σ′(s[n]), or in words where it is of a whole sum."""
        if self.owner and not isinstance(self.inside, Read):
            return f"the slope of {pretty(self.owner)}"
        return f"{self.symbol}′({text(self.inside)})"

    @property
    def symbol(self) -> str:
        """The function, as it is written."""
        return self.function.row.symbol or self.function.row.name

    @property
    def owner(self) -> str:
        """The name of the tensor with the output; of the function inside a formula, empty."""
        return tensor_name(self.output) if isinstance(self.output, Read) else ""


def slope(context: Context) -> Iterator[Wrong]:
    """σ′ lost, misremembered, at the wrong place, of the upstream gradient, of another function."""
    for site in sites(context.equation.rhs):
        if not isinstance(site.node, (Mul, Read)):
            continue
        for found in slopes_in(site.node, context):
            for kind, cost, formula, words in _wrong_slopes(found):
                yield Wrong(kind, cost, site.replaced(formula), words)


def slopes_in(product: Expr, context: Context) -> Iterator[Slope]:
    """The functions whose slope divides a product."""
    have = powers(product)
    read_here = reads(product)
    names_here = {tensor_name(access) for access in read_here}
    for equation in context.network.equations:
        for function, output, subscripts in _functions_of(equation):
            names = {tensor_name(a) for a in (function.args[0], output) if isinstance(a, Read)}
            names |= {tensor_name(a) for a in reads(output)}
            for access in read_here if names & names_here else ():
                if tensor_name(access) not in names:
                    continue
                table = dict(zip(subscripts, access.indices, strict=False))
                local = slope_of(function, output)
                placed = substitute(local, table)
                rest = divided(have, powers(placed))
                if placed != 1 and rest is not None:
                    taken, value = substitute(function, table), substitute(output, table)
                    whole = substitute(equation.lhs, table)
                    yield Slope(taken, taken.args[0], value, placed, rest, whole)
                    break


@lru_cache(maxsize=1024)
def _functions_of(equation: Equation) -> tuple[tuple[Elementwise, Expr, tuple], ...]:
    """The functions of one tensor in an equation: with what has their value, and its subscripts."""
    rhs = equation.rhs
    if isinstance(rhs, Elementwise):
        known = isinstance(rhs.args[0], Read) or rhs.row.name in _REMEMBERED
        return ((rhs, equation.lhs, equation.subscripts),) if known else ()
    return tuple(
        (node, node, node.args[0].indices)
        for node in dict.fromkeys(n for n in walk(rhs) if isinstance(n, Elementwise))
        if isinstance(node.args[0], Read) and node.row.name in _REMEMBERED
    )


@lru_cache(maxsize=1024)
def slope_of(activation: Expr, output: Expr) -> Expr:
    """The slope of an activation, in terms of its output."""
    if not isinstance(activation.args[0], Read):
        activation = with_part(activation, 0, read(_INSIDE))
    return partials(activation, tensor_name(activation.args[0]), output)[0].factor


def _wrong_slopes(found: Slope) -> Iterator[tuple[str, float, Expr, str]]:
    local, rest, output, name = found.local, found.rest, found.output, found.name
    yield "slope lost", 4.0, rest, f"{name} is missing"
    if local.has(output):
        yield from _elsewhere(found)
        for other in misremembered(local, output):
            yield (
                "slope misremembered",
                4.4 if other not in Mul.make_args(local) else 3.9,
                rest * other,
                f"{text(other)} stands for {name}, which is {text(local)}",
            )
    for foreign in _of_other_functions(found):
        yield (
            "slope of another function",
            5.0,
            rest * foreign[1],
            f"the slope of {foreign[0]}, {text(foreign[1])}, stands for {name}",
        )
    yield "slope twice", 5.0, rest * local * local, f"{name} is multiplied twice"
    yield "function for slope", 5.0, rest * output, f"{text(output)} stands for {name}"
    if local != 1:
        yield "slope inverted", 5.5, rest / local, f"divided by {name}"


def _elsewhere(found: Slope) -> Iterator[tuple[str, float, Expr, str]]:
    """The slope with the sum, the output of the output, or the upstream gradient in it."""
    local, rest, output, name = found.local, found.rest, found.output, found.name
    at_sum = _at(local, output, found.inside)
    if found.owner and isinstance(found.inside, Read):
        words = (
            f"the sum {pretty(tensor_name(found.inside))} stands "
            f"where the output {pretty(found.owner)} belongs"
        )
    else:
        words = f"{text(found.inside)} stands where {text(output)} belongs"
    kind = "slope at the wrong place"
    yield kind, 4.0, rest * at_sum, f"{text(at_sum)} stands for {name}: {words}"
    again = _at(local, output, with_part(found.function, 0, output))
    yield (
        kind,
        4.5,
        rest * again,
        f"{found.symbol}′({text(output)}) stands for {name}: "
        f"the output is put through {found.symbol} again",
    )
    if not found.owner and found.within.indices == found.inside.indices:
        at_whole = _at(local, output, found.within)
        words = f"{text(found.within)} stands where {text(output)} belongs"
        yield kind, 4.5, rest * at_whole, f"{text(at_whole)} stands for {name}: {words}"
    for upstream in [r for r in reads(rest) if is_gradient(tensor_name(r))]:
        yield (
            kind,
            5.0,
            rest * _at(local, output, upstream),
            f"the slope is taken of {text(upstream)}, not of {text(output)}",
        )


def _of_other_functions(found: Slope) -> Iterator[tuple[str, Expr]]:
    for other in ("sigmoid", "tanh"):
        if other != found.function.row.name:
            foreign = derivative(FUNCTIONS[other])(found.inside)
            yield other, foreign.xreplace({FUNCTIONS[other](found.inside): found.output})


@lru_cache(maxsize=1024)
def misremembered(local: Expr, output: Expr) -> tuple[Expr, ...]:
    """What people take for h(1 − h) or 1 − h²: another sign, a square too few or too many, one
    factor alone or for both."""
    found: dict[Expr, None] = {}
    for site in sites(local):
        node = site.node
        if isinstance(node, Add):
            found |= dict.fromkeys(site.replaced(node - 2 * term) for term in node.args)
        found |= dict.fromkeys(map(site.replaced, otherwise_squared(node)))
    factors = [f for f in Mul.make_args(local) if f.has(output)]
    if len(factors) == len(Mul.make_args(local)) == 2:
        found |= dict.fromkeys((*factors, *(f * f for f in factors)))
    return tuple(f for f in found if not f.is_number and f not in (local, -local))


def _at(local: Expr, output: Expr, place: Expr) -> Expr:
    if not isinstance(output, Read):
        return local.xreplace({output: place})
    return replace_reads(local, lambda a: place if a == output else a)


def activation(context: Context) -> Iterator[Wrong]:
    """An activation not applied, or another one applied."""
    for site in sites(context.equation.rhs):
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


ROWS = (slope, activation)
