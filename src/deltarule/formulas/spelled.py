"""Functions that formulas name besides those that networks are made of: cosh, sqrt, max(a, b)…"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Abs, Expr, Integer, Rational

from deltarule.expressions import functions
from deltarule.expressions.functions import absolute, exp, log, square, tanh
from deltarule.expressions.nodes import Choose, Positive, reads
from deltarule.formulas.gammas import factorial, gamma
from deltarule.formulas.several_numbers import OF_TWO, WITH_CONSTANTS

#: λ and α of SELU (Klambauer et al. 2017, "Self-Normalizing Neural Networks", eq. 14), as
#: PyTorch's nn.SELU has them.
_SELU = (
    Rational("1.0507009873554804934193349852946"),
    Rational("1.6732632423543772848170429916717"),
)
#: Functions of one number, by their formulas.
SPELLED: dict[str, Callable[[Expr], Expr]] = {
    "cosh": lambda z: (exp(z) + exp(-z)) / 2,
    "sinh": lambda z: (exp(z) - exp(-z)) / 2,
    "sech": lambda z: 2 / (exp(z) + exp(-z)),
    "csch": lambda z: 2 / (exp(z) - exp(-z)),
    "coth": lambda z: 1 / tanh(z),
    "sqrt": lambda z: power(z, Rational(1, 2)),
    "log10": lambda z: log(z) / log(Integer(10)),
    "log2": lambda z: log(z) / log(Integer(2)),
    "step": lambda z: Choose(Positive(z), Integer(1), Integer(0)),
    "rsqrt": lambda z: power(z, Rational(-1, 2)),
    "square": square,
    "log1p": lambda z: log(1 + z),
    "logsigmoid": lambda z: log(functions.sigmoid(z)),
    "expm1": lambda z: exp(z) - 1,
    "negative": lambda z: -z,
    "reciprocal": lambda z: 1 / z,
    "exp2": lambda z: exp(z * log(Integer(2))),
    "ceil": lambda z: -functions.floor(-z),
    "trunc": lambda z: functions.sign(z) * functions.floor(absolute(z)),
    "cbrt": lambda z: functions.sign(z) * absolute(z) ** Rational(1, 3),
    "normcdf": lambda z: functions.erfc(-z / Integer(2) ** Rational(1, 2)) / 2,
    "identity": lambda z: z,
    "selu": lambda z: _SELU[0] * functions.elu(z, _SELU[1]),
    "mish": lambda z: z * tanh(functions.softplus(z)),
    "softsign": lambda z: z / (1 + absolute(z)),
    "tanhshrink": lambda z: z - tanh(z),
    "logit": lambda z: log(z / (1 - z)),
    "relu6": lambda z: functions.clipped(z, Integer(0), Integer(6)),
    "hardtanh": lambda z: functions.clipped(z, Integer(-1), Integer(1)),
    "hardsigmoid": lambda z: functions.clipped(z + 3, Integer(0), Integer(6)) / 6,
    "hardswish": lambda z: z * functions.clipped(z + 3, Integer(0), Integer(6)) / 6,
    "Γ": gamma,
    "factorial": factorial,
}
#: What a function is given where only its argument is written: as PyTorch's nn.ELU, nn.LeakyReLU.
LEFT_OUT = {
    **dict.fromkeys(("elu", "ELU"), (Integer(1),)),
    **dict.fromkeys(("leaky_relu", "LeakyReLU", "lrelu", "leakyrelu"), (Rational(1, 100),)),
    **{name: left_out for name, (_, _, left_out) in WITH_CONSTANTS.items() if left_out},
}
#: Losses of a target and a prediction: what is summed, and whether it is the mean. The names that
#: lectures give them (Goodfellow et al., "Deep Learning", 3.13 and 5.1).
LOSSES: dict[str, tuple[Callable[[Expr, Expr], Expr], str]] = {
    "CE": (lambda t, p: -t * log(p), "sum"),
    "BCE": (lambda t, p: -t * log(p) - (1 - t) * log(1 - p), "sum"),
    "KL": (lambda p, q: p * (log(p) - log(q)), "sum"),
    "SSE": (lambda t, p: square(t - p), "sum"),
    "MSE": (lambda t, p: square(t - p), "mean"),
    "MAE": (lambda t, p: absolute(t - p), "mean"),
}
#: Normalisations by the words of lectures and libraries: over the features, or the examples.
NORMS = {
    **dict.fromkeys(("LayerNorm", "layer_norm", "layernorm", "LN"), "layer"),
    **dict.fromkeys(("RMSNorm", "rms_norm", "rmsnorm"), "rms"),
    **dict.fromkeys(("BatchNorm", "batch_norm", "batchnorm", "BN"), "batch"),
}
#: Words with parentheses behind them that are about whole vectors.
REDUCED = ("sum", "Σ", "∑", "mean", "norm")
TURNED = ("transpose", "t")
#: What libraries of arrays call these, and what is read of a whole array along an axis.
ALIASES = {
    "amax": "max", "amin": "min", "average": "mean", "maximum": "max", "minimum": "min",
    "absolute": "abs", "fabs": "abs", "mm": "matmul", "mv": "matmul", "bmm": "matmul",
    "mul": "multiply", "sub": "subtract", "div": "divide",
    "true_divide": "divide", "pow": "power", "clamp": "clip", "clip_by_value": "clip",
    "log_10": "log10", "log_2": "log2", "lg": "log10", "unit_step": "step",
    "logσ": "logsigmoid", "lnσ": "logsigmoid", "log_sigmoid": "logsigmoid",
    "swish": "silu", "lrelu": "leaky_relu", "leakyrelu": "leaky_relu",
    **dict.fromkeys(("gammaln", "loggamma", "logΓ", "lnΓ", "log_gamma", "lnGamma"), "lgamma"),
    "Gamma": "Γ", "psi": "digamma", "arctan": "atan", "arcsin": "asin", "arccos": "acos",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "arsinh": "asinh",
    "arcosh": "acosh", "artanh": "atanh", "prelu": "leaky_relu", "PReLU": "leaky_relu",
    **{f"reduce_{word}": word for word in ("sum", "mean", "max", "min", "prod", "logsumexp")},
    "ceiling": "ceil", "fix": "trunc", "ndtr": "normcdf", "norm_cdf": "normcdf",
    "log_sum_exp": "logsumexp", "hard_tanh": "hardtanh",
    "hard_sigmoid": "hardsigmoid", "hard_swish": "hardswish", "soft_plus": "softplus",
    "soft_sign": "softsign",
}  # fmt: skip
ALONG = ("sum", "mean", "max", "min", "var", "std", "norm", "prod", "logsumexp")
SOFTMAX = ("softmax", "log_softmax", "logsoftmax")
RESHAPED = ("reshape", "view", "flatten", "ravel")
PRODUCTS = ("outer", "dot", "matmul", "inner", "vdot")
#: Arithmetic of two arrays, entry by entry.
ARITHMETIC = ("multiply", "divide", "add", "subtract")
#: What changes nothing of an array's numbers.
SAME = ("astype", "copy", "clone", "detach", "float", "double", "array", "asarray", "contiguous")


def larger(one: Expr, two: Expr) -> Expr:
    """max(a, b)."""
    return Choose(Positive(one - two), one, two)


def smaller(one: Expr, two: Expr) -> Expr:
    """min(a, b)."""
    return Choose(Positive(one - two), two, one)


def largest(one: Expr, two: Expr) -> Expr:
    """max(a, b) as a function of a layer; of two equal ones a constant passes the gradient."""
    return functions.larger(*_constant_first(one, two))


def smallest(one: Expr, two: Expr) -> Expr:
    """min(a, b) as a function of a layer."""
    return functions.smaller(*_constant_first(one, two))


def _constant_first(one: Expr, two: Expr) -> tuple[Expr, Expr]:
    return (two, one) if reads(one) and not reads(two) else (one, two)


#: What picks one of two numbers: in an answer, and in a layer's own equations.
EXTREMES = {"max": (larger, largest), "min": (smaller, smallest)}


def power(base: Expr, exponent: Expr) -> Expr:
    """A power; √(x²) is |x|, in a form that has values and slopes."""
    found = base**exponent
    return found.replace(Abs, absolute) if found.has(Abs) else found


def known_functions() -> list[str]:
    """The words that may stand before parentheses."""
    own = ["exp", "ln", "sigmoid", "tanh", "relu", "softplus", "erf", "abs", "lgamma", "digamma"]
    return [
        *own,
        *(word for word in SPELLED if word not in ("identity", "logsigmoid")),
        "softmax",
        "max",
        "min",
        "sum",
        "mean",
        "norm",
        "clip",
        *(word for word in WITH_CONSTANTS if word.islower()),
        *OF_TWO,
        *LOSSES,
        *TURNED[:1],
        *PRODUCTS,
    ]
