"""Elementwise functions, each stated once by its formula; derivatives are SymPy's.

A function is a row: its name, its formula in terms of exp, log, tanh and powers, the formula to
use in floating point where that is not found by rule, and at a kink the branch that owns it.
`exp`, `log`, `tanh` and `erf` are the leaves; they do not rearrange themselves as SymPy's do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING, cast

import sympy
from sympy import Basic, Dummy, Expr, Function, Rational

from deltarule.expressions.nodes import Choose, Positive
from deltarule.expressions.operands import Operand
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

    def fdiff(self, argindex: int = 1) -> Expr:
        return derivative(type(self), argindex)(*self.args)

    def formula(self) -> Expr:
        """The value, written out."""
        return self.row.formula(*self.args)


FUNCTIONS: dict[str, type[Elementwise]] = {}


def elementwise(
    name: str,
    formula: Callable[..., Expr],
    title: str = "",
    stable: Callable[..., Expr] | None = None,
    kink: str = "",
    leaf: bool = False,
    symbol: str = "",
    native: bool = False,
) -> type[Elementwise]:
    """Declare an elementwise function by its formula. Its derivative is derived from it.

    A `native` one is computed in floating point by a function of its own, since its formula
    cancels there.
    """
    row = Row(name, title or name, formula, stable, kink, leaf, symbol, native)
    taken = 1 if leaf else len(signature(formula).parameters)
    FUNCTIONS[name] = type(name, (Elementwise,), {"row": row, "nargs": taken})
    return FUNCTIONS[name]


def choose(condition: Basic, then: Expr | int, otherwise: Expr | int) -> Expr:
    """`then` where the condition holds, `otherwise` elsewhere."""
    return Choose(condition, then, otherwise)


exp = elementwise("exp", sympy.exp, "exponential", leaf=True)
log = elementwise("log", sympy.log, "natural logarithm", leaf=True)
tanh = elementwise("tanh", sympy.tanh, "hyperbolic tangent", leaf=True)
erf = elementwise("erf", sympy.erf, "error function", leaf=True)
expm1 = elementwise("expm1", lambda z: exp(z) - 1, "exponential minus 1", native=True)
log1p = elementwise("log1p", lambda z: log(1 + z), "logarithm of 1 + z", native=True)
erfc = elementwise("erfc", lambda z: 1 - erf(z), "complementary error function", native=True)
difference = elementwise(
    "difference", lambda a, b: a - b, "difference that is taken before all else"
)
finite = elementwise("finite", lambda z: z, "the number itself; 0 for ±∞ and NaN", native=True)
# What kernels alone use is no word that a person can type.
del FUNCTIONS["difference"], FUNCTIONS["finite"]
sigmoid = elementwise(
    "sigmoid",
    lambda z: 1 / (1 + exp(-z)),
    "logistic sigmoid",
    stable=lambda z: 1 / (1 + exp(-z)),
    symbol="σ",
)
softplus = elementwise(
    "softplus",
    lambda z: log(1 + exp(z)),
    "softplus",
    stable=lambda z: relu(z) + log1p(exp(-absolute(z))),
)
relu = elementwise(
    "relu",
    lambda z: choose(Positive(z), z, 0),
    "rectified linear unit",
    kink="the derivative at 0 is 0",
    symbol="ReLU",
)
relu_one = elementwise(
    "relu_one",
    lambda z: choose(Positive(-z), 0, z),
    "rectified linear unit",
    kink="the derivative at 0 is 1",
    symbol="ReLU",
)
relu_half = elementwise(
    "relu_half",
    lambda z: choose(Positive(z), z, choose(Positive(-z), 0, z / 2)),
    "rectified linear unit",
    kink="the derivative at 0 is 1/2",
    symbol="ReLU",
)
sign = elementwise(
    "sign",
    lambda z: choose(Positive(z), 1, choose(Positive(-z), -1, 0)),
    "sign",
    kink="at 0 it is 0, and so is its derivative everywhere",
)
absolute = elementwise(
    "absolute",
    lambda z: choose(Positive(z), z, choose(Positive(-z), -z, 0)),
    "absolute value",
    kink="the derivative at 0 is 0",
    symbol="abs",
)
leaky_relu = elementwise(
    "leaky_relu",
    lambda z, slope: choose(Positive(z), z, slope * z),
    "leaky ReLU",
    kink="the derivative at 0 is the slope",
    symbol="LeakyReLU",
)
elu = elementwise(
    "elu",
    lambda z, a: choose(Positive(z), z, a * (exp(z) - 1)),
    "exponential linear unit",
    kink="the derivative at 0 is a",
    symbol="ELU",
)
gelu = elementwise(
    "gelu",
    lambda z: z * (1 + erf(z / sympy.sqrt(2))) / 2,
    "Gaussian error linear unit",
    symbol="GELU",
)


#: ReLU by what its derivative at 0 is declared to be.
RELU_AT_ZERO = {"0": relu, "half": relu_half, "1": relu_one}


def sqrt(value: Expr | Operand) -> Expr:
    """The square root."""
    return value ** Rational(1, 2)


def square(value: Expr | Operand) -> Expr:
    """value²."""
    return value**2


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
    arity = row.formula.__code__.co_argcount if not row.leaf else 1
    arguments = [Dummy(f"z{k}", real=True) for k in range(arity)]
    z = arguments[argument - 1]
    if row.leaf:
        slope = _with_own_leaves(sympy.diff(row.formula(z), z))
    else:
        slope = row.formula(*arguments).diff(z)
    slope = min(_forms(function, arguments, slope), key=_length)

    def rule(*values: Expr) -> Expr:
        return replaced(slope, dict(zip(arguments, values, strict=True)))

    return rule


def _length(expression: Expr) -> int:
    return sum(1 for _ in sympy.preorder_traversal(expression))


def _with_own_leaves(expression: Expr) -> Expr:
    for theirs, ours in ((sympy.exp, exp), (sympy.log, log), (sympy.tanh, tanh), (sympy.erf, erf)):
        # SymPy's annotation says less: that some node comes out.
        expression = cast(Expr, expression.replace(theirs, ours))
    return expression


def _forms(function: type[Elementwise], arguments: list[Dummy], slope: Expr) -> list[Expr]:
    """The derivative as it came, in terms of the output, and as another known function."""
    if len(arguments) != 1 or function.row.leaf:
        return [slope]
    z = arguments[0]
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
        return replaced(slope, {u: exp(Dummy())})
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
