"""Positions cut off or folded: padding by the edge and by reflection, clipped distances."""

import numpy as np
import pytest
from agreement import agree, evaluated
from laid_out import as_python

from deltarule.calculus import derive
from deltarule.gradcheck.choose import check_derivation
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.language.load import load
from deltarule.spelling.text import text

HEAD = '''"""A layer."""
from deltarule.language import *
N, M = sizes("N M")
i, j, k, l = index("i", N), index("j", M), index("k", 3), index("l", 2)
'''
READ = {
    "x": 'x = input("x", N, M)',
    "w": 'w = parameter("w", 3, 2)',
    "r": 'r = parameter("r", 5)',
    "t": 't = input("t", N, below=9)',
}


def windows(x, w, mode, after):
    padded = np.pad(x, ((1, 1), (0, 1)), mode) if after else np.pad(x, ((1, 1), (0, 0)), mode)
    n, m = x.shape
    own = [(k, l if after else 0) for k in range(3) for l in range(2)]
    return sum(w[q // 2, q % 2] * padded[k : k + n, l : l + m] for q, (k, l) in enumerate(own))


def distances(x, r, fold):
    i, j = np.indices(x.shape)
    return x * r[fold(i - j)]


#: Lines, and their values in NumPy's words.
LINES = {
    "Sum[k, l](w[k, l] * x[clip(i + k - 1, 0, N - 1), j])": lambda x, w, **_: windows(
        x, w, "edge", False
    ),
    "Sum[k, l](w[k, l] * x[max(0, min(N - 1, i + k - 1)), min(j + l, M - 1)])": lambda x, w, **_: (
        windows(x, w, "edge", True)
    ),
    "Sum[k, l](w[k, l] * x[N - 1 - abs(N - 1 - abs(i + k - 1)), j])": lambda x, w, **_: windows(
        x, w, "reflect", False
    ),
    "x[i, j] * r[clip(i - j, -2, 2) + 2]": lambda x, r, **_: distances(
        x, r, lambda d: np.clip(d, -2, 2) + 2
    ),
    "x[i, j] * r[min(abs(i - j), 4)]": lambda x, r, **_: distances(
        x, r, lambda d: np.minimum(abs(d), 4)
    ),
    "x[i, j] * r[min(t[i], 4)]": lambda x, r, t, **_: x * r[np.minimum(t, 4)][:, None],
}


@pytest.mark.parametrize("line", LINES)
def test_values_gradients_and_the_kernel(line, tmp_path, monkeypatch):
    path = tmp_path / "layer.py"
    kept = [name for name in READ if f"{name}[" in line]
    lines = [READ[name] for name in kept] + [f'y = output("y", N, M)\ny[i, j] = {line}']
    path.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    network = load(str(path))
    made = program(network, {})
    arrays = evaluated(made, 1).arrays
    found = {n: np.asarray(a, int if n == "t" else float) for n, a in arrays.items()}
    assert np.allclose(found["y"], LINES[line](**{n: found[n] for n in kept}))
    assert all(check.right for check in check_derivation(network).checks)
    agree(as_python(Module(made, "float64").text(), tmp_path, monkeypatch), made, arrays)


def test_the_gradient_of_clipped_distances_has_the_ends_of_the_table_apart(tmp_path):
    path = tmp_path / "shaw.py"
    path.write_text(
        'from deltarule.language import *\nT = sizes("T")\ni, j = index("i", T), index("j", T)\n'
        'r, s = parameter("r", 5), output("s", T, T)\ns[i, j] = r[clip(j - i, -2, 2) + 2]\n'
    )
    assert text(derive(load(str(path))).gradients["r"].expr) == (
        "[p ≥ 1, p ≤ 3]·Σ_{i=max(0, 2 − p)…min(T − 1, T + 1 − p)} ∂L/∂s[i, i + p − 2]"
        " + [p = 4]·Σ_{i, j=i + 2…T − 1} ∂L/∂s[i, j] + [p = 0]·Σ_{i, j=0…i − 2} ∂L/∂s[i, j]"
    )
