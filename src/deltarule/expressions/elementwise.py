"""What an elementwise function is: a row of the table in `functions`, and its derivatives.

Derivatives are SymPy's, taken of the formula and put in terms of the function's own value where
that is shorter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING, cast

import sympy
from sympy import Dummy, Expr, Function, Integer

from deltarule.expressions.choices import Choose
from deltarule.expressions.rewrites import replaced


@dataclass(frozen=True)
class Row:
    """What is stated about one elementwise function."""

    name: str
    title: str
    formula: Callable[..., Expr]
    stable: Callable[..., Expr] | None = None
    kink: str = ""
    leaf: bool = False
    symbol: str = ""
    native: bool = False
    stepped: bool = False
    magnitude: bool = False

    @property
    def arity(self) -> int:
        """How many numbers it takes."""
        return 1 if self.leaf else len(signature(self.formula).parameters)


class Elementwise(Function):
    """A function of real numbers, applied entry by entry."""

    row: Row
    is_real = True

    if TYPE_CHECKING:

        def __new__(cls, *args: Expr | complex) -> Expr: ...

        @property
        def args(self) -> tuple[Expr, ...]: ...

    @classmethod
    def eval(cls, *args: Expr) -> None:
        return None

    def _eval_power(self, exponent: Expr) -> Expr | None:
        """|z|² is z²."""
        even = self.row.magnitude and exponent.is_integer and exponent.is_even
        return self.args[0] ** exponent if even else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return derivative(type(self), argindex)(*self.args)

    def formula(self) -> Expr:
        """The value, written out."""
        return self.row.formula(*self.args)


FUNCTIONS: dict[str, type[Elementwise]] = {}
#: Those that are computed as they are; all others are made of them.
LEAVES: list[type[Elementwise]] = []


def elementwise(
    name: str,
    formula: Callable[..., Expr],
    title: str = "",
    stable: Callable[..., Expr] | None = None,
    kink: str = "",
    leaf: bool = False,
    symbol: str = "",
    native: bool = False,
    stepped: bool = False,
    magnitude: bool = False,
) -> type[Elementwise]:
    """Declare an elementwise function by its formula. Its derivative is derived from it.

    A `native` one is computed in floating point by a function of its own, since its formula
    cancels there. A `stepped` one is constant between its jumps: its derivative is declared 0. Even
    powers of a `magnitude` are those of what it is taken of.
    """
    row = Row(name, title or name, formula, stable, kink, leaf, symbol, native, stepped, magnitude)
    FUNCTIONS[name] = _of_row(row)
    if leaf:
        LEAVES.append(FUNCTIONS[name])
    return FUNCTIONS[name]


def of_one_file(name: str, formula: Callable[..., Expr], title: str = "") -> type[Elementwise]:
    """The same for a function that one file has; the table, which all files share, stays."""
    return _of_row(Row(name, title or name, formula))


def _of_row(row: Row) -> type[Elementwise]:
    return type(row.name, (Elementwise,), {"row": row, "nargs": row.arity})


_derivatives: dict[tuple, Callable[..., Expr]] = {}


def derivative(function: type[Elementwise], argument: int = 1) -> Callable[..., Expr]:
    """∂f/∂(the argument), in terms of the function's own value where that is shorter.

    SymPy differentiates the formula with respect to a fresh Dummy; the result is then
    rewritten: σ′(z) = σ(z)(1 − σ(z)), tanh′(z) = 1 − tanh²(z), softplus′ = σ.
    """
    key = (function, argument)
    if key not in _derivatives:
        _derivatives[key] = _derive(function, argument)
    return _derivatives[key]


def _derive(function: type[Elementwise], argument: int) -> Callable[..., Expr]:
    row = function.row
    arguments = [Dummy(f"z{k}", real=True) for k in range(row.arity)]
    z = arguments[argument - 1]
    if row.stepped:
        slope = Integer(0)
    elif row.leaf:
        # 1/(√(z − 1)·√(z + 1)) is 1/√(z² − 1) wherever arcosh has a value.
        slope = with_own_leaves(_one_root(sympy.diff(row.formula(z), z)))
    else:
        slope = row.formula(*arguments).diff(z)
    slope = min(_forms(function, arguments, slope), key=_length)

    def rule(*values: Expr) -> Expr:
        return replaced(slope, dict(zip(arguments, values, strict=True)))

    return rule


def _one_root(slope: Expr) -> Expr:
    """A derivative with the product of its square roots under one."""
    joined = cast(Expr, sympy.powsimp(slope, force=True))
    return cast(
        Expr,
        joined.replace(
            lambda n: n.is_Pow and n.exp.is_Rational and not n.exp.is_Integer,
            lambda n: n.base.expand() ** n.exp,
        ),
    )


def _length(expression: Expr) -> int:
    return sum(1 for _ in sympy.preorder_traversal(expression))


def with_own_leaves(expression: Expr) -> Expr:
    """The expression with our own functions for SymPy's exp, log, sin …"""
    for function in LEAVES:
        # SymPy's annotation says less: that some node comes out.
        expression = cast(Expr, expression.replace(function.row.formula, function))
    return expression


def _forms(function: type[Elementwise], arguments: list[Dummy], slope: Expr) -> list[Expr]:
    """The derivative as it came, in terms of the output, and as another known function."""
    if len(arguments) != 1 or function.row.leaf:
        return [slope]
    z = arguments[0]
    exp, sigmoid, sign = (FUNCTIONS[name] for name in ("exp", "sigmoid", "sign"))
    if slope.has(Choose):
        return [slope, sign(z)] if slope == sign.row.formula(z) else [slope]
    u = Dummy("u", positive=True)
    in_exp = {exp(z): u, exp(-z): 1 / u}
    forms = [slope]
    slope = replaced(slope, in_exp)
    value = replaced(function.row.formula(z), in_exp)
    if slope.has(z) or not slope.is_rational_function(u):
        return forms
    if value.is_rational_function(u):
        form = _in_terms_of_output(value, slope, u)
        forms.append(replaced(form, {_OUTPUT: function(z)}))
    known = replaced(sigmoid.row.formula(z), in_exp)
    if sympy.numer(sympy.together(slope - known)).expand() == 0:
        forms.append(sigmoid(z))
    return forms


_OUTPUT = Dummy("y", real=True)


def _in_terms_of_output(value: Expr, slope: Expr, u: Dummy) -> Expr:
    """Eliminate u = exp(z) between y = value(u), a Möbius map, and the slope."""
    equation = sympy.numer(sympy.together(value - _OUTPUT)).expand()
    rest: Expr = equation.subs(u, 0)
    linear: Expr = equation.diff(u)
    if linear.has(u):
        return replaced(slope, {u: FUNCTIONS["exp"](Dummy())})
    form = sympy.factor_terms(sympy.cancel(slope.xreplace({u: -rest / linear})))
    return sympy.Mul(*_signed_factors(form))


def _signed_factors(product: Expr) -> list[Expr]:
    """The factors of a product, −y·(y − 1) taken as y·(1 − y)."""
    factors = list(sympy.Mul.make_args(product))
    if factors[0] == -1:
        for k, factor in enumerate(factors):
            if factor.is_Add:
                return [*factors[1:k], -factor, *factors[k + 1 :]]
    return factors
