"""Functions as engineers write them out, in one line and in several, where exp overflows: values
and gradients of kernels, and of closed forms as the evaluator takes them, against dual numbers.
"""

import numpy as np
import pytest
from extremes import Extreme, numbers
from laid_out import as_python

from deltarule.arithmetic.dual import Dual, DualArray
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.expressions.symbols import Size
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.spelling.text import equation_text
from deltarule.typed.typed_layer import layer

Z = np.array([1e-3, -1e-3, 1, -1, 40, -40, 709, -709, 1000, -1000, 1e5, -1e5])
T = np.where(np.arange(len(Z)) % 4 < 2, 1.0, 0.0)
#: One line each: what a kernel and a closed form both get right.
LINES = """
y[n] = 1/(1+exp(-z[n]))
y[n] = z[n]/(1+exp(-z[n]))
y[n] = exp(z[n])/(1+exp(z[n]))**2
y[n] = log(1+exp(-t[n]*z[n]))
y[n] = log(1/(1+exp(-z[n])))
y[n] = log(1-1/(1+exp(-z[n])))
y[n] = -t[n]*log(1/(1+exp(-z[n]))) - (1-t[n])*log(1-1/(1+exp(-z[n])))
y[n] = (exp(z[n])-exp(-z[n]))/(exp(z[n])+exp(-z[n]))
y[n] = (exp(2*z[n])-1)/(exp(2*z[n])+1)
y[n] = log((exp(z[n])+exp(-z[n]))/2)
y[n] = 2/(exp(z[n])+exp(-z[n]))
y[n] = 1/cosh(z[n])
y[n] = log((1+tanh(z[n]))/2)
y[n] = log(exp(z[n]**2)-1)
y[n] = 1-exp(-exp(z[n]))
y[n] = z[n]*exp(z[n])*exp(-z[n])
y[n] = z[n]*(exp(z[n])/(1+exp(z[n])))**2
y[n] = (exp(z[n])/(1+exp(z[n])))**3
y[n] = z[n]*exp(z[n])**2*exp(-2*z[n])
""".strip().splitlines()
#: Several lines each, which kernels alone see through.
SEVERAL = """
e[n] = exp(z[n]); y[n] = e[n]/(1+e[n])
e[n] = exp(z[n]); y[n] = log(1+e[n])
s[n] = 1+exp(-z[n]); y[n] = 1/s[n]
a[n] = exp(z[n]); b[n] = exp(-z[n]); y[n] = (a[n]-b[n])/(a[n]+b[n])
p[n] = 1/(1+exp(-z[n])); y[n] = -t[n]*log(p[n])-(1-t[n])*log(1-p[n])
p[n] = sigmoid(z[n]); y[n] = log(p[n]/(1-p[n]))
""".strip().splitlines()


def truth(network, arrays: dict, by: str) -> tuple[np.ndarray, np.ndarray]:
    """y, and its derivative by an input of the same shape entry by entry, of very many digits."""
    ball = Extreme()
    ball.bits = 3200
    dual = Dual(ball)
    with ball.context():
        held = {n: dual.array(a) for n, a in arrays.items()}
        held[by] = DualArray(held[by].value, ball.array(np.ones(len(arrays[by]))))
        values = Values(held, {Size("N"): len(Z)}, {}, dict(network.tensors))
        run(network.equations, values, dual)
        return numbers(held["y"].value), numbers(held["y"].tangent)


def kernel(made, arrays: dict, folder, monkeypatch) -> tuple[np.ndarray, np.ndarray]:
    module = as_python(Module(made, "float64").text(), folder, monkeypatch)
    given = [arrays[n] for n in module.GIVEN]
    with np.errstate(all="ignore"):
        values = module.forward(*given)
        ones = np.ones(len(Z))
        return values["y"], module.backward(*given, *(values[n] for n in module.KEPT), ones)["z"]


def evaluated(made, arrays: dict) -> tuple[np.ndarray, np.ndarray]:
    held = {**arrays, "dL/dy": np.ones(len(Z))}
    values = Values(held, {Size("N"): len(Z)}, {}, dict(made.network.tensors))
    with np.errstate(all="ignore"):
        for equations in (made.network.equations, made.derivation.equations()):
            run(equations, values, Float64())
    return held["y"], held[made.derivation.gradients["z"].name]


def agree(found, right) -> None:
    for one, other in zip(found, right, strict=True):
        near = np.abs(one - other) <= 1e-12 * np.abs(other) + 3e-16 * min(np.abs(other).max(), 1)
        assert near.all(), (one[~near], other[~near], Z[~near])


@pytest.mark.parametrize("text", [*LINES, *SEVERAL])
def test_values_and_gradients_where_exponentials_overflow(text, tmp_path, monkeypatch):
    made = program(layer(text), {})
    within = np.abs(Z) <= (709 if "z[n]**2" in text else 1000)  # of so many digits the truth is
    arrays = {"z": np.where(within, Z, 1.0), **({"t": T} if "t[" in text else {})}
    right = truth(made.network, arrays, "z")
    agree(kernel(made, arrays, tmp_path, monkeypatch), right)
    if text in LINES:
        agree(evaluated(made, arrays), right)


def test_beyond_all_digits(tmp_path, monkeypatch):
    made = program(layer("y[n] = log(1+exp(-t[n]*z[n]))"), {})
    found = kernel(made, {"z": Z, "t": np.ones(len(Z))}, tmp_path, monkeypatch)
    assert found[0][-2:].tolist() == [0, 1e5] and found[1][-2:].tolist() == [0, -1]


def test_no_name_hides_the_stable_form(tmp_path, monkeypatch):
    """A margin of −709 and beyond, as of a logistic regression: σ is the slope, s the line."""
    network = layer("L = Sum[n](log(1+exp(-t[n]*(Sum[d](w[d]*x[n,d])+b))))")
    made = program(network, {})
    lines = [equation_text(e.lhs, e.rhs) for e in made.derivation.equations()]
    assert "∂L/∂s_L[n] = −t[n]·σ(−s_L[n]·t[n])" in lines
    module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    arrays = {
        "t": np.ones(3),
        "w": np.array([1.0, 0.5]),
        "x": np.array([[-709.5, 0], [-1e5, 0], [709.5, 0]]),
        "b": np.array(0.0),
    }
    given = [arrays[n] for n in module.GIVEN]
    values = module.forward(*given)
    gradients = module.backward(*given, *(values[n] for n in module.KEPT))
    assert float(values["L"]) == 709.5 + 1e5
    assert gradients["w"].tolist() == [709.5 + 1e5, 0] and float(gradients["b"]) == -2
