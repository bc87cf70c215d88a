"""±∞ beyond an edge or in a choice: what becomes of a formula there, and what is refused."""

import pytest

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.gradcheck.check import check_gradients
from deltarule.language.load import load
from deltarule.spelling.text import text

HEAD = '''"""A layer."""
from deltarule.language import *
N, M = sizes("N M")
n, m, k = indices("n m k")
c, g = scalar("c", 2), scalar("g", 2, within="(0, oo)")
x, u = input("x", N, M, outside=oo), input("u", N, M, outside=-oo)
r = state("r", N, M, outside=oo)
y = output("y", N, M)
'''


def network(tmp_path, lines):
    path = tmp_path / "layer.py"
    path.write_text(HEAD + lines, encoding="utf-8")
    return load(path)


@pytest.mark.parametrize(
    ("right", "shown"),
    [
        ("exp(-x[n, m - 1])", "(exp(−x[n, m − 1]) if m ≥ 1 else 0)"),
        ("exp(-x[n, m - 1] / g)", "(exp(−x[n, m − 1]/g) if m ≥ 1 else 0)"),
        ("1 / x[n, m + 1]", "(1/x[n, m + 1] if m ≤ M − 2 else 0)"),
        ("sigmoid(x[n, m - 1])", "(σ(x[n, m − 1]) if m ≥ 1 else 1)"),
        ("relu(u[n, m - 1])", "(ReLU(u[n, m − 1]) if m ≥ 1 else 0)"),
        ("min(x[n, m], x[n, m - 1])", "(min(x[n, m], x[n, m − 1]) if m ≥ 1 else x[n, m])"),
        (
            "min(1, x[n, m - 1], x[n - 1, m])",
            "(min((min(1, x[n, m − 1]) if m ≥ 1 else 1), x[n − 1, m]) if n ≥ 1 "
            "else (min(1, x[n, m − 1]) if m ≥ 1 else 1))",
        ),
        (
            "where(x[n, m - 1] > c, 3, x[n, m])",
            "((3 if x[n, m − 1] > c else x[n, m]) if m ≥ 1 else 3)",
        ),
        ("exp(where(m <= n, x[n, m], -oo))", "(exp(x[n, m]) if n ≥ m else 0)"),
        ("Sum[k](exp(where(k <= m, u[n, k], -oo)))", "Σ_{k=0…min(M − 1, m)} exp(u[n, k])"),
        # What lies inside wherever it is read needs no case.
        ("where(m >= 1, exp(-x[n, m - 1]), x[n, m])", "(exp(−x[n, m − 1]) if m ≥ 1 else x[n, m])"),
        ("-Max[k:3](-x[n, m + k - 1])", None),
        ("Max[k:3](u[n, m + k - 1])", None),
        ("LogSumExp[k](where(k <= m, u[n, k], -oo))", None),
    ],
)
def test_a_formula_has_cases_in_place_of_infinity(tmp_path, right, shown):
    found = network(tmp_path, f"y[n, m] = {right}\n")
    if shown is not None:
        assert text(found.equations[-1].rhs) == shown
    for name, gradient in derive(found).gradients.items():
        assert all(step.verified for step in gradient.steps), name


@pytest.mark.slow
@pytest.mark.parametrize("corner", ["where(n + m >= 1, {}, 0)", "where(n == 0 and m == 0, 0, {})"])
def test_a_recurrence_over_two_axes_starts_in_its_corner(tmp_path, corner):
    ways = "min(r[n - 1, m - 1], r[n - 1, m], r[n, m - 1])"
    found = network(
        tmp_path, f"r[n, m] = x[n, m] + {corner.format(ways)}\ny[n, m] = tanh(r[n, m])\n"
    )
    assert "∞" not in text(found.equations[0].rhs)
    assert all(c.right for c in check_gradients(derive(found), 2, 0, {}))


def test_ways_of_equal_scores_are_tried_in_fractions(tmp_path):
    """Two gaps in either order tie always, which balls cannot tell."""
    ways = "max(F[n - 1, m - 1] + x[n, m], F[n - 1, m] - c, F[n, m - 1] - c)"
    found = network(
        tmp_path,
        'F = state("F", N, M, outside=-oo)\n'
        f"F[n, m] = where(n == 0 and m == 0, x[n, m], {ways})\ny[n, m] = F[n, m]\n",
    )
    assert found.tensors["F"].outside is None
    assert all(s.verified for g in derive(found).gradients.values() for s in g.steps)


@pytest.mark.parametrize(
    ("right", "fact", "remedy"),
    [
        (
            "x[n, m - 1]",
            "y would be ∞ where its formula reads beyond an edge",
            "say what it is there, as in where(i + j >= 1, …, 0)",
        ),
        (
            "exp(-c * x[n, m - 1])",
            "what −c·x[n, m − 1] is where a read goes beyond an edge, to ∞, is not known",
            "leave it out there, where(i >= 1, …, 0); of a constant say that it is positive, "
            'scalar("gamma", 1, within="(0, oo)")',
        ),
        (
            "Sum[k:M](x[n, k - 1])",
            "what Σ_{k=0…M − 1} x[n, k − 1] is where a read goes beyond an edge, to ∞, "
            "is not known",
            "leave it out there, where(i >= 1, …, 0); of a constant say that it is positive, "
            'scalar("gamma", 1, within="(0, oo)")',
        ),
    ],
)
def test_what_is_infinite_itself_is_refused(tmp_path, right, fact, remedy):
    with pytest.raises(DeltaruleError) as refused:
        network(tmp_path, f"y[n, m] = {right}\n")
    assert (refused.value.fact, refused.value.place, refused.value.remedy) == (
        fact,
        "layer.py, line 9",
        remedy,
    )
