"""Comparisons of integers with |·|, max and min say the same without them, wherever they stand."""

import itertools
import operator

import numpy as np
import pytest
from sympy import Integer, Tuple

import deltarule
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.expressions import functions as f
from deltarule.expressions.conditions import AtLeastZero, Equal, Every, Fails, Some, Unequal
from deltarule.expressions.integer_comparisons import of_sums
from deltarule.expressions.symbols import Index
from deltarule.gradcheck.choose import check_derivation

i, j = Index("i"), Index("j")
SIDES = {
    f.absolute(i - j): lambda i, j: abs(i - j),
    2 - f.absolute(i - 2): lambda i, j: 2 - abs(i - 2),
    f.larger(i, j) - 2: lambda i, j: max(i, j) - 2,
    1 - f.smaller(i, 2 * j): lambda i, j: 1 - min(i, 2 * j),
    f.absolute(i - j) - f.larger(i, 3): lambda i, j: abs(i - j) - max(i, 3),
    f.absolute(f.absolute(i - 2) - j): lambda i, j: abs(abs(i - 2) - j),
}


def holds(statement, at) -> bool:
    """Whether a statement holds, by its definition."""
    if isinstance(statement, Every):
        return all(holds(part, at) for part in statement.args)
    if isinstance(statement, Some):
        return any(holds(part, at) for part in statement.args)
    if isinstance(statement, Fails):
        return not holds(statement.args[0], at)
    assert not statement.has(f.absolute, f.larger, f.smaller)
    if isinstance(statement, AtLeastZero):
        return bool(statement.args[0].subs(at) >= 0)
    one, other = (side.subs(at) for side in statement.args)
    return (one == other) == isinstance(statement, Equal)


@pytest.mark.parametrize("right", range(-1, 3))
@pytest.mark.parametrize("left", SIDES, ids=str)
def test_a_comparison_holds_where_it_held(left, right):
    value, number = SIDES[left], Integer(right)
    statements = {
        operator.ge: AtLeastZero(left - number),
        operator.le: AtLeastZero(number - left),
        operator.eq: Equal(left, number),
        operator.ne: Unequal(Tuple(left), Tuple(number)),
    }
    for relation, statement in statements.items():
        apart = of_sums(statement)
        for a, b in itertools.product(range(5), repeat=2):
            assert holds(apart, {i: a, j: b}) == relation(value(a, b), right)


def test_other_statements_stay():
    for statement in (AtLeastZero(i - j), Equal(i, j), Every(Equal(i, j))):
        assert of_sums(statement) is statement


TYPED = {
    "where(abs(i-j) <= 1, x[i,j]^2, 0)": lambda i, j: abs(i - j) <= 1,
    "[|i-j| = 1]*x[i,j]^2": lambda i, j: abs(i - j) == 1,
    "[abs(i-j) != 2]*x[i,j]^2": lambda i, j: abs(i - j) != 2,
    "where(abs(i-j) >= 2 or i = 1, x[i,j]^2, 0)": lambda i, j: (abs(i - j) >= 2) | (i == 1),
    "where(not abs(i-j) < 2, x[i,j]^2, 0)": lambda i, j: abs(i - j) >= 2,
}
LINES = {
    "where(abs(i - j) <= 1, x[i, j]**2, 0)": lambda i, j: abs(i - j) <= 1,
    "where(equal(abs(i - j), 1), x[i, j]**2, 0)": lambda i, j: abs(i - j) == 1,
    "x[i, j]**2 * (max(i, j) >= 2)": lambda i, j: np.maximum(i, j) >= 2,
    "Sum[k](x[i, k]**2 * delta(j, k), where=min(i, k) <= 1)": lambda i, j: np.minimum(i, j) <= 1,
}


def as_it_is(network, kept) -> None:
    """The values of a network are squares where a statement holds, and its gradients right."""
    found = Probe(network, Float64(), seed=2).values.arrays
    at = np.indices(np.shape(found["x"]))
    assert np.allclose(
        np.asarray(found["y"], float), kept(*at) * np.asarray(found["x"], float) ** 2
    )
    assert all(check.right for check in check_derivation(network).checks)


@pytest.mark.parametrize("text", TYPED)
def test_equations_read_them(text):
    as_it_is(deltarule.layer(f"y[i,j] = {text}"), TYPED[text])


@pytest.mark.parametrize("line", LINES)
def test_files_read_them(line, tmp_path):
    path = tmp_path / "own.py"
    path.write_text(
        "from deltarule.language import *\n\nN, M = sizes('N M')\ni, j = indices('i j')\n"
        "k = index('k', M)\nx = input('x', N, M)\ny = output('y', N, M)\n"
        f"y[i, j] = {line}\n"
    )
    as_it_is(deltarule.load(str(path)), LINES[line])
