"""Elementwise functions, each stated once by its formula; derivatives are SymPy's.

A function is a row: its name, its formula in terms of exp, log, tanh and powers, the formula to
use in floating point where that is not found by rule, and at a kink the branch that owns it.
`exp`, `log`, `tanh`, `erf`, `sin` … are the leaves; they do not rearrange themselves as SymPy's do.
"""

from __future__ import annotations

import sympy
from sympy import Basic, Expr, Rational

from deltarule.expressions.elementwise import FUNCTIONS, elementwise
from deltarule.expressions.elementwise import Elementwise as Elementwise
from deltarule.expressions.elementwise import derivative as derivative
from deltarule.expressions.gamma import Digamma, LogGamma, Trigamma
from deltarule.expressions.nodes import Choose, Positive
from deltarule.expressions.operands import Operand


def choose(condition: Basic, then: Expr | int, otherwise: Expr | int) -> Expr:
    """`then` where the condition holds, `otherwise` elsewhere."""
    return Choose(condition, then, otherwise)


exp = elementwise("exp", sympy.exp, "exponential", leaf=True)
log = elementwise("log", sympy.log, "natural logarithm", leaf=True)
tanh = elementwise("tanh", sympy.tanh, "hyperbolic tangent", leaf=True)
erf = elementwise("erf", sympy.erf, "error function", leaf=True)
sin = elementwise("sin", sympy.sin, "sine", leaf=True)
cos = elementwise("cos", sympy.cos, "cosine", leaf=True)
tan = elementwise("tan", sympy.tan, "tangent", leaf=True)
atan = elementwise("atan", sympy.atan, "inverse tangent", leaf=True, symbol="arctan")
asin = elementwise("asin", sympy.asin, "inverse sine", leaf=True, symbol="arcsin")
acos = elementwise("acos", sympy.acos, "inverse cosine", leaf=True, symbol="arccos")
sinh = elementwise("sinh", sympy.sinh, "hyperbolic sine", leaf=True)
cosh = elementwise("cosh", sympy.cosh, "hyperbolic cosine", leaf=True)
asinh = elementwise("asinh", sympy.asinh, "inverse hyperbolic sine", leaf=True, symbol="arsinh")
acosh = elementwise("acosh", sympy.acosh, "inverse hyperbolic cosine", leaf=True, symbol="arcosh")
atanh = elementwise("atanh", sympy.atanh, "inverse hyperbolic tangent", leaf=True, symbol="artanh")
lgamma = elementwise(
    "lgamma", LogGamma, "logarithm of the gamma function", leaf=True, symbol="log Γ"
)
digamma = elementwise("digamma", Digamma, "derivative of log Γ", leaf=True, symbol="ψ")
trigamma = elementwise("trigamma", Trigamma, "second derivative of log Γ", leaf=True, symbol="ψ₁")
floor = elementwise(
    "floor",
    sympy.floor,
    "largest integer that is not above",
    kink="its derivative is 0, at its jumps too",
    leaf=True,
    stepped=True,
)
nearest = elementwise(
    "round",
    sympy.Function("round"),
    "nearest integer, of two the even one",
    kink="its derivative is 0, at its jumps too",
    leaf=True,
    stepped=True,
)
expm1 = elementwise("expm1", lambda z: exp(z) - 1, "exponential minus 1", native=True)
log1p = elementwise("log1p", lambda z: log(1 + z), "logarithm of 1 + z", native=True)
erfc = elementwise("erfc", lambda z: 1 - erf(z), "complementary error function", native=True)
difference = elementwise(
    "difference", lambda a, b: a - b, "difference that is taken before all else"
)
finite = elementwise("finite", lambda z: z, "the number itself; 0 for ±∞ and NaN", native=True)
peak = elementwise(
    "peak",
    lambda a, b: choose(Positive(b - a), b, a),
    "larger one of two numbers, of which both may be −∞",
    native=True,
    symbol="max",
)
weighted = elementwise(
    "weighted",
    lambda w, a: w * a,
    "product with a weight; 0 where that is 0 and the other factor infinite",
    native=True,
)
quotient = elementwise(
    "quotient", lambda a, b: a / b, "quotient; 0 where both numbers are 0", native=True
)
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
    magnitude=True,
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
gelu_tanh = elementwise(
    "gelu_tanh",
    lambda z, k: z * (1 + tanh(sympy.sqrt(2 / sympy.pi) * (z + k * z**3))) / 2,
    "Gaussian error linear unit by tanh",
    symbol="GELU",
)
silu = elementwise(
    "silu", lambda z: z * sigmoid(z), "sigmoid linear unit, which is swish too", symbol="SiLU"
)
larger = elementwise(
    "maximum",
    lambda a, b: choose(Positive(b - a), b, a),
    "larger one of two numbers",
    kink="of two equal ones the first passes the gradient",
    symbol="max",
)
smaller = elementwise(
    "minimum",
    lambda a, b: choose(Positive(a - b), b, a),
    "smaller one of two numbers",
    kink="of two equal ones the first passes the gradient",
    symbol="min",
)
clipped = elementwise(
    "clip",
    lambda z, low, high: choose(Positive(z - low), choose(Positive(high - z), z, high), low),
    "number, cut off below and above",
    kink="at both bounds the derivative is 0",
)
#: From here on the tail of erfc is its continued fraction of so many levels, right to all digits.
_TAIL, _LEVELS = 5, 12


def _tail_of_erfc(z: Expr) -> Expr:
    """√π·exp(z²)·erfc(z) as 1/(z + ½/(z + 1/(z + 1½/(z + …)))): Abramowitz and Stegun, 7.1.14."""
    below = z
    for level in range(_LEVELS, 0, -1):
        below = z + Rational(level, 2) / below
    return 1 / below


scaled_erfc = elementwise(
    "scaled_erfc",
    lambda z: exp(z**2) * erfc(z),
    "exp(z²) times the complementary error function",
    stable=lambda z: choose(
        Positive(z - _TAIL), _tail_of_erfc(z) / sympy.sqrt(sympy.pi), exp(z**2) * erfc(z)
    ),
)
log_erfc = elementwise(
    "log_erfc",
    lambda z: log(erfc(z)),
    "logarithm of the complementary error function",
    stable=lambda z: choose(
        Positive(z - _TAIL), log(_tail_of_erfc(z) / sympy.sqrt(sympy.pi)) - z**2, log(erfc(z))
    ),
)
over_softplus = elementwise(
    "over_softplus",
    lambda z: sigmoid(z) / softplus(z),
    "σ(z) over softplus(z), which is 1 far below 0",
    stable=lambda z: choose(Positive(-z - 40), 1, sigmoid(z) / softplus(z)),
)
# What kernels alone use is no word that a person can type.
OF_KERNELS = {
    word: FUNCTIONS.pop(word)
    for word in (
        *("difference", "finite", "peak", "weighted", "quotient"),
        *("scaled_erfc", "log_erfc", "over_softplus"),
    )
}
#: Of these a text says the operation alone; what they do at the edges is for the code to say.
OPERATIONS = (difference, finite, weighted, quotient)


#: ReLU by what its derivative at 0 is declared to be.
RELU_AT_ZERO = {"0": relu, "half": relu_half, "1": relu_one}


def sqrt(value: Expr | Operand) -> Expr:
    """The square root."""
    return value ** Rational(1, 2)


def rsqrt(value: Expr | Operand) -> Expr:
    """1 over the square root."""
    return value ** Rational(-1, 2)


def square(value: Expr | Operand) -> Expr:
    """value²."""
    return value**2
