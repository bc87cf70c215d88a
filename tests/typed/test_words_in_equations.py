"""Every word of the language goes through an equation: functions, constants, positions, statements.

Each is read as its table says, and its values are those of Python's own formulas (3 s in all).
"""

import math

import mpmath
import numpy as np
import pytest

import deltarule
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.expressions.functions import FUNCTIONS
from deltarule.formulas.no_functions import NO_FUNCTIONS
from deltarule.formulas.several_numbers import OF_TWO, WITH_CONSTANTS
from deltarule.formulas.spelled import ALIASES, LOSSES, SPELLED, known_functions
from deltarule.gradcheck.choose import check_derivation
from deltarule.kernels.passes.program import loaded
from deltarule.language import words
from deltarule.typed.slips.slip_parts import SUGGESTED


def values(text: str, **sizes: int) -> dict[str, np.ndarray]:
    """All arrays of a text, from random ones; some sizes may be given."""
    probe = Probe(loaded(deltarule.layer(text), sizes)[0], Float64(), seed=1)
    assert not probe.undefined
    arrays = probe.values.arrays
    whole = {n for n, t in probe.network.tensors.items() if t.integral}
    return {n: np.asarray(a, dtype=int if n in whole else float) for n, a in arrays.items()}


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


ONE = {
    "exp": math.exp, "log": math.log, "ln": math.log, "tanh": math.tanh, "erf": math.erf,
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "atan": math.atan, "asin": math.asin,
    "acos": math.acos, "sinh": math.sinh, "cosh": math.cosh, "asinh": math.asinh,
    "acosh": math.acosh, "atanh": math.atanh, "floor": math.floor, "round": round,
    "expm1": math.expm1, "log1p": math.log1p, "erfc": math.erfc, "sigmoid": sigmoid,
    "logsigmoid": lambda z: math.log(sigmoid(z)),
    "softplus": lambda z: math.log1p(math.exp(z)), "relu": lambda z: max(z, 0),
    "relu_one": lambda z: max(z, 0), "relu_half": lambda z: max(z, 0),
    "sign": lambda z: int(z > 0) - int(z < 0), "absolute": abs, "abs": abs,
    "gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2, "silu": lambda z: z * sigmoid(z),
    "swish": lambda z: z * sigmoid(z), "sqrt": math.sqrt, "rsqrt": lambda z: 1 / math.sqrt(z),
    "square": lambda z: z * z, "log10": math.log10, "log2": math.log2,
    "sech": lambda z: 1 / math.cosh(z), "csch": lambda z: 1 / math.sinh(z),
    "coth": lambda z: 1 / math.tanh(z), "step": lambda z: z > 0, "negative": lambda z: -z,
    "reciprocal": lambda z: 1 / z, "arctan": math.atan, "arcsin": math.asin,
    "selu": lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * math.expm1(z)),
    "mish": lambda z: z * math.tanh(math.log1p(math.exp(z))),
    "logit": lambda z: math.log(z / (1 - z)),
    "softsign": lambda z: z / (1 + abs(z)), "tanhshrink": lambda z: z - math.tanh(z),
    "relu6": lambda z: min(max(z, 0), 6), "hardtanh": lambda z: min(max(z, -1), 1),
    "hardsigmoid": lambda z: min(max(z + 3, 0), 6) / 6,
    "hardswish": lambda z: z * min(max(z + 3, 0), 6) / 6,
    "leaky_relu": lambda z: z if z > 0 else z / 100, "elu": lambda z: z if z > 0 else math.expm1(z),
    "lgamma": math.lgamma, "digamma": lambda z: float(mpmath.digamma(z)),
    "Γ": math.gamma, "factorial": lambda z: math.gamma(z + 1),
    "arccos": math.acos, "identity": lambda z: z, "stop_gradient": lambda z: z,
    "exp2": lambda z: 2**z, "ceil": math.ceil, "trunc": math.trunc, "cbrt": np.cbrt,
    "normcdf": lambda z: math.erfc(-z / math.sqrt(2)) / 2,
    "celu": lambda z: z if z > 0 else math.expm1(z),
    "softshrink": lambda z: math.copysign(max(abs(z) - 0.5, 0), z),
    "hardshrink": lambda z: z * (abs(z) > 0.5),
}  # fmt: skip
beta = np.vectorize(lambda a, b: math.gamma(a) * math.gamma(b) / math.gamma(a + b))
SEVERAL = {
    "maximum(x[n], z[n])": np.maximum, "minimum(x[n], z[n])": np.minimum,
    "max(x[n], z[n])": np.maximum, "min(x[n], z[n])": np.minimum,
    "clip(x[n], -1/2, z[n]^2)": lambda x, z: np.minimum(np.maximum(x, -0.5), z**2),
    "clip(3*x[n]-z[n],-1,1)": lambda x, z: np.clip(3 * x - z, -1, 1),
    "leaky_relu(x[n], z[n])": lambda x, z: np.where(x > 0, x, z * x),
    "elu(x[n], z[n])": lambda x, z: np.where(x > 0, x, z * np.expm1(x)),
    "celu(x[n], exp(z[n]))": lambda x, z: np.where(x > 0, x, np.exp(z) * np.expm1(x / np.exp(z))),
    "prelu(x[n], z[n])": lambda x, z: np.where(x > 0, x, z * x),
    "softshrink(x[n], z[n]^2)": lambda x, z: np.sign(x) * np.maximum(abs(x) - z**2, 0),
    "threshold(x[n], z[n], 2)": lambda x, z: np.where(x > z, x, 2),
    "logaddexp(1000*x[n], z[n])": lambda x, z: np.logaddexp(1000 * x, z),
    "hypot(x[n], z[n])": np.hypot, "power(x[n], 2) + z[n]": lambda x, z: x**2 + z,
    "heaviside(x[n] - z[n], 1)": lambda x, z: np.heaviside(x - z, 1),
    "straight_through(floor(x[n]), z[n])": lambda x, z: np.floor(x),
    "log B(exp(x[n]), exp(z[n]))": lambda x, z: np.log(beta(np.exp(x), np.exp(z))),
    "x[n]**z[n]": lambda x, z: x**z,
    "where(x[n] > z[n], x[n], 2)": lambda x, z: np.where(x > z, x, 2),
}  # fmt: skip
#: Words of files that take no number and give one: they declare, or are of whole matrices.
OF_FILES = {
    "activation", "aliases", "along_axes", "attribute", "behind_stamps", "concatenate", "cases",
    "elementwise",
    "fits", "gradient", "index", "indices", "initially", "input", "intermediate", "layer",
    "layout", "loss", "memory", "new", "number_or_name", "option", "output", "parameter", "rate",
    "scalar", "size", "sizes", "state", "takes", "target", "weights", "windows",
}  # fmt: skip
#: Words that are tried below, or in the tests of losses.
ELSEWHERE = {
    "delta", "differ", "equal", "indicator", "oo", "pi", "softmax", "where", "max", "min",
    "maximum", "minimum", "clip", "elu", "leaky_relu", "straight_through", "trigamma",
}  # fmt: skip


def test_each_word_of_the_table_is_tried():
    arity = {n for n, f in FUNCTIONS.items() if f.row.arity == 1} | set(SPELLED)
    # ψ₁ has no derivative here, and so stands in what is derived alone.
    assert arity - {"trigamma"} <= set(ONE)
    lower = {w for w in words.__all__ if w[0].islower()}
    assert lower - set(ONE) - OF_FILES - ELSEWHERE == set()
    assert {ALIASES.get(w, w) for w in known_functions()} - set(ONE) <= {
        *LOSSES,
        *WITH_CONSTANTS,
        *OF_TWO,
        "softmax",
        "max",
        "min",
        "sum",
        "mean",
        "norm",
        "clip",
        "transpose",
        "outer",
        "inner",
        "vdot",
        "dot",
        "matmul",
    }


@pytest.mark.slow
def test_each_word_that_is_suggested_is_read():
    """Whatever did-you-mean says, in one way of typing it."""

    def is_read(text: str) -> bool:
        try:
            return bool(deltarule.layer(text))
        except deltarule.DeltaruleError:
            return False

    arguments = ("(x[n])", "(x[n], z[n])", "(x[n], 1, 2)", "(x[n] > 0, 1, 2)")
    for word in {*SUGGESTED, *known_functions()}:
        texts = [f"y[n] = {word}{of}" for of in arguments]
        texts += [f"y = {word}{of}" for of in ("(x)", "(x, z)", "(A)")]
        assert any(map(is_read, texts)), word
        assert word not in NO_FUNCTIONS


@pytest.mark.parametrize("word", ONE)
def test_functions_of_one_number(word):
    """At each entry, with indices and of a whole vector."""
    for text in (f"y[n] = {word}(x[n]/3 + a)", f"y = {word}(x/3 + α)"):
        found = values(text)
        at = found["x"] / 3 + found.get("a", found.get("alpha"))
        assert np.allclose(found["y"], [float(ONE[word](z)) for z in at], rtol=1e-9), text


@pytest.mark.parametrize("text", SEVERAL)
def test_functions_of_several_numbers(text):
    found = values(f"y[n] = {text}")
    assert np.allclose(found["y"], SEVERAL[text](found["x"], found["z"]))


def test_constants_are_numbers_alone_and_tensors_with_subscripts():
    for name in ("pi", "e"):
        value = getattr(math, name)
        power = "e^(x[n])" if name == "e" else "pi*x[n]"
        found = values(f"y[n] = {power}")
        assert np.allclose(found["y"], value ** found["x"] if name == "e" else value * found["x"])
        found = values(f"y[n] = {name}[n]*{power}")
        assert np.allclose(
            found["y"], found[name] * (value ** found["x"] if name == "e" else value * found["x"])
        )


POSITIONS = {
    "x[n+1]": lambda x, y: x[1:],
    "x[n-1]": lambda x, y: np.r_[0, x[:-1]],
    "x[2*n]": lambda x, y: x[::2],
    "x[2*n+1]": lambda x, y: x[1::2],
    "x[N-1-n]": lambda x, y: x[::-1],
    "x[n//2]": lambda x, y: np.repeat(x, 2),
    "x[⌊n/3⌋]": lambda x, y: np.repeat(x, 3),
    "x[(n+1) mod N]": lambda x, y: np.roll(x, -1),
    "x[n]*x[(n+1) mod N]": lambda x, y: x * np.roll(x, -1),
    "x[n]*x[(n+1) % N]": lambda x, y: x * np.roll(x, -1),
    "x[n] - x[n mod 2]": lambda x, y: x - x[np.arange(len(x)) % 2],
    "x[0]*x[n]": lambda x, y: x[0] * x,
    "x[n+1] - x[n]": lambda x, y: np.diff(x),
    "x[n+2] - 2*x[n+1] + x[n]": lambda x, y: np.diff(x, 2),
    "x[n+1] - 2*x[n] + x[n-1]": lambda x, y: np.r_[x[1:], 0] - 2 * x + np.r_[0, x[:-1]],
    "Sum[k](x[k]*(n-k))": lambda x, y: np.subtract.outer(*[np.arange(len(x))] * 2) @ x,
    "x[n]*n + 2**n": lambda x, y: x * np.arange(len(x)) + 2.0 ** np.arange(len(x)),
    "Sum[k<n](x[k])*x[n]": lambda x, y: (np.cumsum(x) - x) * x,
    "Sum[k](delta(k, n)*x[k])": lambda x, y: x,
    "Sum[k](δ_{kn}*x[k]) + 0*x[n]": lambda x, y: x,
    "Var[k](x[k]) + Std[k](x[k])*x[n]": lambda x, y: x.var() + x.std() * x,
}  # fmt: skip


@pytest.mark.parametrize("text", POSITIONS)
def test_positions(text):
    found = values(f"y[n] = {text}")
    assert np.allclose(found["y"], POSITIONS[text](found["x"], found["y"]))


#: Windows of K = 2, a number that no tensor says.
WINDOWS = {
    "Sum[k](x[n+k])": lambda x: x[1:] + x[:-1],
    "Max[k](x[n+k])": lambda x: np.maximum(x[1:], x[:-1]),
    "Mean[k](x[n-k])": lambda x: (x + np.r_[0, x[:-1]]) / 2,
    "Min[k](x[2*n+k])": lambda x: np.minimum(x[:-1:2], x[1::2]),
}  # fmt: skip


@pytest.mark.parametrize("text", WINDOWS)
def test_windows(text):
    found = values(f"y[n] = {text}", K=2)
    assert np.allclose(found["y"], WINDOWS[text](found["x"]))


#: A sum inside a sum that compares its index with that of the sum around.
NESTED = {
    "Sum[i](x[i]*Sum[j!=i](a[i,j]))": lambda a, x: x @ (a.sum(1) - np.diag(a)),
    "Sum[i](x[i]*Sum[j<=i](a[i,j]))": lambda a, x: x @ np.tril(a).sum(1),
    "Sum[i](x[i]*Sum[i<j](a[i,j]))": lambda a, x: x @ np.triu(a, 1).sum(1),
    "Mean[i](x[i]*Max[j>=i](a[i,j]))": lambda a, x: np.mean(
        [v * row[k:].max() for k, (v, row) in enumerate(zip(x, a, strict=True))]
    ),
    "Sum[i](log(Sum[j>=i](exp(x[j])))) + 0*Sum[i,j](a[i,j])": lambda a, x: sum(
        np.log(np.exp(x[k:]).sum()) for k in range(len(x))
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", NESTED)
def test_a_sum_in_a_sum_knows_the_index_around_it(text):
    square = f"L = {text} + 0*Sum[i,j](a[i,j]*a[j,i])"
    found = values(square)
    assert np.allclose(found["L"], NESTED[text](found["a"], found["x"]))
    assert all(check.right for check in check_derivation(deltarule.layer(square)).checks)


def test_labels_are_positions():
    found = values("y[n] = p[n, t[n]]")
    assert np.allclose(found["y"], found["p"][np.arange(len(found["t"])), found["t"]])
    found = values("L = Sum[n,k]([k = t[n]]*p[n,k])")
    assert np.allclose(found["L"], found["p"][np.arange(len(found["t"])), found["t"]].sum())
    found = values("L = Sum[n,k](where(k != t[n], p[n,k], 0))")
    others = found["p"].sum() - found["p"][np.arange(len(found["t"])), found["t"]].sum()
    assert np.allclose(found["L"], others)


SIGNS = {
    "<": np.less, "<=": np.less_equal, "=": np.equal, "==": np.equal, "!=": np.not_equal,
    "≠": np.not_equal, ">=": np.greater_equal, "≥": np.greater_equal, ">": np.greater,
    "≤": np.less_equal,
}  # fmt: skip
ASKED = {
    "[{}]": lambda holds, x: holds * 1.0,
    "where({}, x[n], 3)": lambda holds, x: np.where(holds, x, 3),
    "x[n]·[{}]": lambda holds, x: x * holds,
    "x[n]·𝟙{{{}}}": lambda holds, x: x * holds,
    "(x[n] if {} else -x[n])": lambda holds, x: np.where(holds, x, -x),
    "where(not ({}), x[n], 3)": lambda holds, x: np.where(holds, 3, x),
    "where({} or x[n] > 1, x[n], 3)": lambda holds, x: np.where(holds | (x > 1), x, 3),
    "where(({}) & (x[n] > 0), x[n], 3)": lambda holds, x: np.where(holds & (x > 0), x, 3),
}
SIDES = {
    ("x[n]", "z[n]"): lambda v: (v["x"], v["z"]),
    ("x[n]", "0.5"): lambda v: (v["x"], 0.5),
    ("n", "2"): lambda v: (np.arange(len(v["x"])), 2),
    ("n", "N/2"): lambda v: (np.arange(len(v["x"])), len(v["x"]) / 2),
    ("n", "N - 1"): lambda v: (np.arange(len(v["x"])), len(v["x"]) - 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("sign", SIGNS)
def test_statements_about_values_indices_and_constants(sign):
    for (left, right), sides in SIDES.items():
        for asked, said in ASKED.items():
            text = f"y[n] = {asked.format(f'{left} {sign} {right}')} + 0·x[n]·z[n]"
            found = values(text)
            holds = SIGNS[sign](*sides(found))
            assert np.allclose(found["y"], said(holds, found["x"])), text
