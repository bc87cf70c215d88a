"""Lines as lectures write them, one after another, far out: values and gradients that are known.

A line that rounds to 0 or overflows keeps neither the next one's logarithm nor a gradient from its
value. Kernels, files for NumPy, and the evaluator.
"""

import math

import numpy as np
import pytest
from laid_out import as_python

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.frameworks.dialect import DIALECTS
from deltarule.frameworks.file_text import FrameworkFile
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.typed.typed_layer import layer

P = "p[n] = sigmoid(z[n]); "
Q = P + "q[n] = t[n]*p[n] + (1-t[n])*(1-p[n]); "
PHI = "p[n] = (1 + erf(z[n]/sqrt(2)))/2; "
CROSS = "y[n] = -t[n]*log(p[n]) - (1-t[n])*log(1-p[n])"
SOFTMAX = "e[n] = exp(z[n]); s = Sum[n](e[n]); "
#: Lines, what they are given, and y (or L), and its gradient by z.
LINES = [
    (Q + "y[n] = -log(q[n])", {"z": [-1e3, 1e3, 0], "t": [1, 0, 0.25]}, [1e3, 1e3, math.log(2)],
     [-1, 1, 0.25]),
    (Q + "y[n] = -(1-q[n])**2*log(q[n])", {"z": [-1e3, 1e3, 1e3], "t": [1, 0, 1]}, [1e3, 1e3, 0],
     [-1, 1, 0]),
    ("y[n] = -log(t[n]*sigmoid(z[n]) + (1-t[n])*(1-sigmoid(z[n])))",
     {"z": [-1e3, 1e3], "t": [1, 0]}, [1e3, 1e3], [-1, 1]),
    (P + "c[n] = 1 - p[n]; y[n] = -log(c[n])", {"z": [1e3, -1e3]}, [1e3, 0], [1, 0]),
    (PHI + CROSS, {"z": [-40, 40, 0], "t": [1, 0, 1]}, [804.60844201375, 804.60844201375,
     math.log(2)], [-40.024968847207, 40.024968847207, -math.sqrt(2 / math.pi)]),
    ("y[n] = log((1 + erf(z[n]/sqrt(2)))/2)", {"z": [-1e3, -40]}, [-500007.82669481,
     -804.60844201375], [1000.000999998, 40.024968847207]),
    ("p[n] = (1 + tanh(z[n]))/2; " + CROSS, {"z": [-1e3, 1e3], "t": [1, 0]}, [2e3, 2e3], [-2, 2]),
    ("a[n] = tanh(z[n]); y[n] = log(1 - a[n]**2)", {"z": [1e3, -1e3]},
     [math.log(4) - 2e3] * 2, [-2, 2]),
    ("y[n] = log(softplus(z[n]))", {"z": [-1e3]}, [-1e3], [1]),
    ("s[n] = softplus(z[n]); y[n] = s[n] - t[n]*log(s[n])", {"z": [-1e3, -50], "t": [1, 2]},
     [1e3, 100], [-1, -2]),
    ("h[n] = exp(z[n]); f[n] = 1 - exp(-h[n]); y[n] = -t[n]*log(f[n]) + (1-t[n])*h[n]",
     {"z": [-1e3, -50], "t": [1, 1]}, [1e3, 50], [-1, -1]),
    ("e[n] = exp(-z[n]); y[n] = 1/(1 + e[n])", {"z": [-1e3, 1e3, 0]}, [0, 1, 0.5], [0, 0, 0.25]),
    ("l[n] = exp(z[n]); y[n] = l[n] - t[n]*log(l[n])", {"z": [-1e3], "t": [2]}, [2e3], [-2]),
    ("s[n] = exp(z[n]); y[n] = log(s[n]) + t[n]**2/(2*s[n]**2)", {"z": [1e3], "t": [3]},
     [1e3], [1]),
    ("y[n] = t[n]*exp(-z[n]) + z[n]", {"z": [-1e3], "t": [0]}, [-1e3], [1]),
    (SOFTMAX + "y[n] = e[n]/s", {"z": [1e3, 1e3, -1e3]}, [0.5, 0.5, 0], [0, 0, 0]),
    ("l[n] = log(z[n]); y[n] = t[n]*l[n]", {"z": [0, 1], "t": [0, 2]}, [0, 0], [0, 2]),
    ("l[n] = log(1-z[n]); y[n] = t[n]*l[n]", {"z": [1, 0], "t": [0, 2]}, [0, 0], [0, -2]),
    ("r[n] = 1/z[n]; y[n] = t[n]*r[n]", {"z": [0, 2], "t": [0, 2]}, [0, 1], [0, -0.5]),
    # Products of sums of exponentials, and sums that they are in: each may overflow by itself.
    ("L = log(1 + Sum[j](exp(z[j]))*Sum[i](exp(t[i])))", {"z": [500, 500, -500],
     "t": [500, 0]}, 1000 + math.log(2), [0.5, 0.5, 0]),
    ("a = Sum[j](exp(z[j])); b = Sum[i](exp(t[i])); L = log(1 + a*b)", {"z": [1e4, -1e4],
     "t": [-1e4, -1e4]}, math.log(3), [2/3, 0]),
    ("y[n] = log(1 + exp(z[n])*(1 + exp(t[n])))", {"z": [1e3, -1e3], "t": [1e3, 1e3]},
     [2e3, math.log(2)], [1, 0.5]),
    ("L = -log(Sum[i](exp(t[i]))/(Sum[i](exp(t[i])) + Sum[j](exp(z[j]))))", {"z": [-1e3, -1e3],
     "t": [-1e3, -1e3]}, math.log(2), [0.25, 0.25]),
    ("L = Sum[i](log(Sum[j>=i](exp(z[j]))) - z[i])", {"z": [1e3, 1e3, -1e3]}, math.log(2),
     [-0.5, 0.5, 0]),
    # Differences and roots of what vanishes.
    ("y[n] = log(sigmoid(z[n]) - sigmoid(t[n]))", {"z": [-999, 1e3], "t": [-1e3, 999]},
     [math.log(1 - 1/math.e) - 999] * 2, [math.e/(math.e - 1), 1/(math.e - 1)]),
    ("p[n] = sigmoid(z[n]); q[n] = sigmoid(t[n]); y[n] = log(p[n] - q[n])",
     {"z": [-999, 1e3], "t": [-1e3, 999]}, [math.log(1 - 1/math.e) - 999] * 2,
     [math.e/(math.e - 1), 1/(math.e - 1)]),
    ("y[n] = log(tanh(z[n]) - tanh(t[n]))", {"z": [-99], "t": [-100]},
     [math.log(2 - 2*math.exp(-2)) - 198], [2/(1 - math.exp(-2))]),
]  # fmt: skip

#: Lines of which a slope rounds to 0 next to a large one: kernels and files write them out first.
#: The evaluator looks at the lines before only where a value is infinite or none.
QUIETLY_LOST = [
    (SOFTMAX + "p[n] = e[n]/s; L = -Sum[n](t[n]*log(p[n]))", {"z": [1e3, 0], "t": [0, 1]},
     1e3, [1, -1]),
    (P + "y[n] = (t[n] - p[n])/sqrt(p[n]*(1-p[n]))", {"z": [-200, 200], "t": [1, 0]},
     [math.exp(100), -math.exp(100)], [-math.exp(100)/2] * 2),
]  # fmt: skip


def by_kernel(made, arrays: dict, folder, monkeypatch) -> tuple:
    module = as_python(Module(made, "float64").text(), folder, monkeypatch)
    with np.errstate(all="ignore"):
        values = module.forward(*(arrays[n] for n in module.GIVEN))
        upstream = [np.ones_like(values[y]) for y in made.upstream]
        given = [arrays[n] for n in module.GIVEN]
        gradients = module.backward(*given, *(values[n] for n in module.KEPT), *upstream)
    return values[made.forward.results[0]], gradients["z"]


def by_numpy_file(made, arrays: dict, folder, monkeypatch) -> tuple:
    file = FrameworkFile(made, DIALECTS["numpy"])
    module, called = as_python(file.text(), folder, monkeypatch), file.called()
    found = dict(arrays)
    for function, one in ((module.forward, called.forward), (module.backward, called.backward)):
        with np.errstate(all="ignore"):
            results = function(*(found[n] for n in one.takes))
        found |= dict(zip(one.returns, results if len(one.returns) > 1 else (results,)))
        found |= {g: np.ones_like(found[y]) for y, g in made.upstream.items() if y in found}
    return found[made.forward.results[0]], found[made.gradients["z"]]


def by_evaluator(made, arrays: dict, folder, monkeypatch) -> tuple:
    sizes = {
        s: n
        for name, array in arrays.items()
        for s, n in zip(made.network.tensors[name].axes, array.shape, strict=True)
    }
    values = Values(dict(arrays), sizes, {}, dict(made.network.tensors))
    with np.errstate(all="ignore"):
        run(made.network.equations, values, Float64())
        for y, gradient in made.upstream.items():
            values.arrays[gradient] = np.ones_like(values.arrays[y])
        run(made.derivation.lines(), values, Float64())
    return values.arrays[made.forward.results[0]], values.arrays[made.gradients["z"]]


CASES = [(way, *case) for way in (by_kernel, by_numpy_file, by_evaluator) for case in LINES]
CASES += [(way, *case) for way in (by_kernel, by_numpy_file) for case in QUIETLY_LOST]


@pytest.mark.parametrize(("way", "text", "given", "value", "slope"), CASES)
def test_values_and_gradients(way, text, given, value, slope, tmp_path, monkeypatch):
    made = program(layer(text), {})
    arrays = {n: np.array(a, dtype=float) for n, a in given.items()}
    found, gradient = way(made, arrays, tmp_path, monkeypatch)
    np.testing.assert_allclose(found, value, 1e-12, 1e-15)
    np.testing.assert_allclose(gradient, slope, 1e-12, 1e-15)
