"""σ′(s) inside products: recognised because an equation of the network is h = σ(s)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Dummy, Expr, Mul

from deltarule.expressions.factors import divided, powers
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Read, reads, tensor_name
from deltarule.expressions.rebuild import read_at, with_part
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network


@dataclass(frozen=True)
class Found:
    """A derivative: the function's sign, its argument s[i], and the formula h[i]·(1 − h[i])."""

    symbol: str
    argument: Read
    formula: Expr


class Slopes:
    """The derivatives of a network's elementwise equations."""

    def __init__(self, network: Network):
        self._by_name: dict[str, list[tuple[Equation, Found]]] = {}
        for equation in network.equations:
            found = _slope(equation)
            if found is not None:
                self._by_name.setdefault(equation.name, []).append((equation, found))
                name = tensor_name(found.argument)
                self._by_name.setdefault(name, []).append((equation, found))

    def taken_from(self, product: Expr) -> tuple[Expr, list[Found]]:
        """What is left of a product, and the derivatives that were factors of it."""
        taken: list[Found] = []
        while (step := self._one(product)) is not None:
            product, found = step
            taken.append(found)
        return product, taken

    def _one(self, product: Expr) -> tuple[Expr, Found] | None:
        have = powers(product)
        for access in _factors_read(product):
            for equation, found in self._by_name.get(tensor_name(access), ()):
                table = dict(zip(equation.subscripts, access.indices, strict=True))
                formula = substitute(found.formula, table)
                rest = divided(have, powers(formula))
                if rest is not None:
                    argument = found.argument
                    at = (substitute(i, table) for i in argument.indices)
                    return rest, Found(found.symbol, read_at(argument, at), formula)
        return None


def _factors_read(product: Expr) -> Iterator[Read]:
    """The reads in the factors of a product that are not under a sum."""
    seen: dict[Read, None] = {}
    for factor in Mul.make_args(product):
        if isinstance(factor, Read) or not factor.has(Read):
            seen.update(dict.fromkeys([factor] if isinstance(factor, Read) else []))
        else:
            seen.update(dict.fromkeys(r for r in reads(factor) if isinstance(r, Read)))
    yield from seen


def _slope(equation: Equation) -> Found | None:
    """∂h[i]/∂s[i] of an equation h[i] = f(s[i]); None for any other equation."""
    rhs = equation.rhs
    if not isinstance(rhs, Elementwise) or not isinstance(rhs.args[0], Read):
        return None
    argument = rhs.args[0]
    plain = all(isinstance(i, Index) for i in equation.subscripts)
    if argument.indices != equation.subscripts or not plain or any(map(reads, rhs.args[1:])):
        return None
    free = Dummy("r", real=True)
    scalar = with_part(rhs, 0, free)
    formula = replaced(scalar.diff(free), {scalar: equation.lhs, free: argument})
    if isinstance(formula, Read) or not reads(formula):
        return None
    return Found(rhs.row.symbol or rhs.row.name, argument, formula)
