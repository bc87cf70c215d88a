"""Inverses and log-determinants as they come to mind: of a tensor, and inside of a formula."""

import pytest

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.gradcheck.check import check_gradients
from deltarule.language.load import load
from deltarule.spelling.text import text

HEAD = '''"""A layer."""
from deltarule.language import *
N, D = sizes("N D")
n, i, j = indices("n i j")
A, S, r = input("A", D, D), input("S", N, D, D), input("r", D)
X = input("X", N, D)
G = intermediate("G", D, D)
w, v = output("w", D), output("v", N)
G[i, j] = Sum[n](X[n, i] * X[n, j])
v[n] = X[n, 0]
'''


def network(tmp_path, lines):
    path = tmp_path / "layer.py"
    path.write_text(HEAD + lines + "\n", encoding="utf-8")
    return load(path)


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("w[i] = Sum[j](Inverse(A)[i, j] * r[j])", ["A_inv"]),
        ("w[i] = Sum[j](Inverse[i, j](A[i, j]) * r[j])", ["A_inv"]),
        ("w[i] = Sum[n, j](Inverse(S)[n, j, i] * r[j])", ["S_inv"]),
        ("w[i] = Sum[j](Inverse(G)[i, j] * r[j])", ["G_inv"]),
        (
            "w[i] = Sum[j](Inverse[i, j](G[i, j] + delta(i, j)) * r[j])",
            ["w_matrix", "w_matrix_inv"],
        ),
        ("w[i] = r[i] * LogDet(G)", ["G_logdet", "G_inv"]),
        ("H = Inverse(G)\nw[i] = H[i, i] * LogDet[i, j](G[i, j])", ["G_inv", "G_logdet"]),
    ],
)
def test_an_inverse_is_a_tensor_of_its_own(tmp_path, line, more):
    found = network(tmp_path, line)
    assert [n for n in found.tensors if n not in ("A", "S", "r", "X", "G", "w", "v")] == more
    assert all(c.right for c in check_gradients(derive(found), 1, 0, {}))


def test_the_gradient_of_a_log_determinant_is_the_inverse(tmp_path):
    derived = derive(network(tmp_path, 'w[i] = r[i]\nE = loss("E", LogDet(A))'))
    assert text(derived.gradients["A"].equation().rhs) == "A_inv[j, i]"
    assert "A_inv" not in derived.gradients


@pytest.mark.parametrize("word", ["Inverse", "LogDet"])
def test_a_matrix_that_is_not_square_is_refused(tmp_path, word):
    with pytest.raises(DeltaruleError) as refused:
        network(tmp_path, f"w[i] = {word}(X)[i, i]")
    assert (refused.value.fact, refused.value.place, refused.value.remedy) == (
        "X [N, D] is no square matrix",
        "layer.py, line 11",
        f"name the indices of rows and columns: {word}[i, j](…)",
    )
