"""What lecturers write of values: max, clip, sin, //, %, stop_gradient, powers; and near misses."""

import pytest

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.expressions.elementwise import FUNCTIONS, LEAVES
from deltarule.gradcheck.check import check_gradients
from deltarule.language.load import load
from deltarule.marking.formula_answers import judge_formula
from deltarule.spelling.text import text

HEAD = '''"""A layer."""
from deltarule.language import *
N, D, M, R = sizes("N D M R")
n, d, m, k, r = indices("n d m k r")
a = scalar("a", 0.5)
x, W = input("x", N, D), parameter("W", D, M)
'''


def network(tmp_path, lines):
    path = tmp_path / "layer.py"
    path.write_text(HEAD + lines + "\n", encoding="utf-8")
    return load(path)


def gradient(tmp_path, right, of="x"):
    """The closed form of a gradient of y[n, d] = …, which is measured too."""
    derived = derive(network(tmp_path, f'y = output("y", N, D)\n{right}'))
    assert all(c.right for c in check_gradients(derived, 2, 0, {}))
    return text(derived.gradients[of].expr)


@pytest.mark.parametrize(
    ("right", "found"),
    [
        ("max(x[n, d], 0)", "∂L/∂y[n, d]·[x[n, d] > 0]"),
        ("min(a, x[n, d], 2 * x[n, d])", None),
        ("clip(x[n, d], -a, a)", "∂L/∂y[n, d]·[−a < x[n, d] < a]"),
        ("abs(x[n, d])", "∂L/∂y[n, d]·sign(x[n, d])"),
        ("sin(x[n, d])", "∂L/∂y[n, d]·cos(x[n, d])"),
        ("cos(x[n, d])", "−∂L/∂y[n, d]·sin(x[n, d])"),
        ("tan(x[n, d])", "∂L/∂y[n, d]·(y[n, d]² + 1)"),
        ("acosh(2 + abs(x[n, d]))", None),
        ("asin(x[n, d] / 3) + acos(x[n, d] / 3) + atanh(x[n, d] / 3)", None),
        ("sinh(x[n, d])", "∂L/∂y[n, d]·cosh(x[n, d])"),
        ("cosh(x[n, d]) + asinh(x[n, d])", "∂L/∂y[n, d]·(1/√(x[n, d]² + 1) + sinh(x[n, d]))"),
        ("x[n, d] * (x[n, d] > a) - (x[n, d] == 0)", "∂L/∂y[n, d]·[x[n, d] > a]"),
        ("softmax(x[n, d])", "y[n, d]·(∂L/∂y[n, d] − Σ_{d′} ∂L/∂y[n, d′]·y[n, d′])"),
        ("log2(2 + x[n, d] ** 2) + Min[d](x[n, d])", None),
        ("atan(x[n, d])", "∂L/∂y[n, d]/(x[n, d]² + 1)"),
        ("x[n, d] * floor(3 * x[n, d])", "∂L/∂y[n, d]·floor(3·x[n, d])"),
        ("x[n, d] // 1", "0"),
        ("x[n, d] % 1", "∂L/∂y[n, d]"),
        ("round(x[n, d]) + x[n, d]", "∂L/∂y[n, d]"),
        ("x[n, d] * stop_gradient(x[n, d])", "∂L/∂y[n, d]·stop_gradient(x[n, d])"),
        ("2 ** (d - n) * x[n, d]", "2^(d − n)·∂L/∂y[n, d]"),
        ("x[n, d] * 0.1", "0.1·∂L/∂y[n, d]"),
    ],
)
def test_values(tmp_path, right, found):
    printed = gradient(tmp_path, f"y[n, d] = {right}")
    assert found is None or printed == found


def test_straight_through_passes_the_gradient_as_if_nothing_was_done(tmp_path):
    right = 'y = output("y", N, D)\ny[n, d] = straight_through(sign(x[n, d]), x[n, d])'
    derived = derive(network(tmp_path, right))
    assert text(derived.gradients["x"].expr) == "∂L/∂y[n, d]"


@pytest.mark.parametrize(
    "made",
    [
        "lambda u: u / (1 + abs(u))",
        "lambda u: u * sigmoid(a * u)",
        "lambda u: u * sympy.tanh(sympy.log(1 + sympy.exp(u)))",
        "lambda u: sympy.Max(0, u) + sympy.cosh(u)",
    ],
)
def test_elementwise_takes_scalars_and_functions_of_sympy(tmp_path, made):
    gradient(tmp_path, f'import sympy\nf = elementwise("f", {made})\ny[n, d] = f(x[n, d])')


@pytest.mark.parametrize("name", ["swish", "step", "cosh2", "f"])
def test_a_function_of_one_file_is_unknown_to_all_others(tmp_path, name):
    known, leaves = {**FUNCTIONS}, [*LEAVES]
    lines = f'y = output("y", N, D)\n{name} = elementwise("{name}", lambda u: u**2)'
    own = network(tmp_path, f"{lines}\ny[n, d] = {name}(x[n, d])")
    assert (known, leaves) == (FUNCTIONS, LEAVES)
    squared = judge_formula(derive(own), "dL/dx", f"{name}′(x) ∂L/∂y + {name}(x) − x²")
    assert squared.verdict == "right"


def test_a_name_of_the_library_keeps_its_formula(tmp_path):
    lines = 'y = output("y", N, D)\ng = elementwise("{}", lambda u: {})\ny[n, d] = g(x[n, d])'
    for name, formula in (("softplus", "log(1 + exp(u))"), ("sigmoid", "1 / (1 + exp(-u))")):
        found = network(tmp_path, lines.format(name, formula)).equations[0].rhs
        assert type(found) is FUNCTIONS[name]
    for name in ("sigmoid", "exp", "erfc", "peak"):
        with pytest.raises(DeltaruleError) as caught:
            network(tmp_path, lines.format(name, "u**2"))
        assert caught.value.fact.startswith(f"{name} is a function of the library, with another")
        assert caught.value.place.endswith("layer.py, line 8")
        assert f'or call yours "my_{name}"' in caught.value.remedy


def test_an_index_is_split_into_its_digits(tmp_path):
    lines = 'y = output("y", N, R * D)\ny[n, r] = x[n, r // R]'
    found = derive(network(tmp_path, lines)).gradients["x"]
    assert text(found.expr) == "Σ_{r=0…R − 1} ∂L/∂y[n, R·p + r]"
    assert all(s.verified for s in found.steps)


def test_an_index_turns_round(tmp_path):
    lines = 'u = input("u", D)\ny[n, d] = Sum[k](x[n, k] * u[(d - k) % D])'
    assert gradient(tmp_path, lines, "u") == "Σ_{n,d} ∂L/∂y[n, d]·x[n, (d − p) mod D]"


def test_every_second_place_is_written(tmp_path):
    lines = 'y = output("y", N, 2 * D)\ny[n, 2*d] = x[n, d]\ny[n, 2*d + 1] = -x[n, d]'
    found = derive(network(tmp_path, lines)).gradients["x"]
    assert text(found.expr) == "∂L/∂y[n, 2·d] − ∂L/∂y[n, 2·d + 1]"


SOFT_DTW = '''"""Soft dynamic time warping, whose states lie along two axes."""
from deltarule.language import *
M, N = sizes("M N")
i, j = indices("i j")
x, z = input("x", M), input("z", N)
r, y = intermediate("r", M, N), output("y")
ways = (
    where(i >= 1 and j >= 1, exp(-r[i - 1, j - 1]), 0)
    + where(i >= 1, exp(-r[i - 1, j]), 0) + where(j >= 1, exp(-r[i, j - 1]), 0)
)
r[i, j] = (x[i] - z[j]) ** 2 + where(i + j >= 1, -log(ways), 0)
y[()] = r[M - 1, N - 1]
'''


@pytest.mark.slow
def test_a_recurrence_along_two_axes(tmp_path):
    path = tmp_path / "soft_dtw.py"
    path.write_text(SOFT_DTW, encoding="utf-8")
    assert all(c.right for c in check_gradients(derive(load(path)), 2, 0, {}))


@pytest.mark.parametrize(
    ("line", "fact", "remedy"),
    [
        ("max(x[n, d])", "max is given one value alone", "write max(a, b); along an axis"),
        (
            "max(x, W)",
            "x has 2 axes [N, D] but stands without indices",
            "index for each axis: x[n, d]",
        ),
        ("delta(x[n, d], 1)", "delta compares integers", "where(equal(a, b), 1, 0)"),
        ("x[n, d + 1]", "x[n, d + 1] is read behind its last entry", 'd = index("d", D - 1)'),
        ("x[n, d - 1]", "x[n, d − 1] is read before its first entry", "where(d >= 1, …, 0)"),
        ("x[n, d / 2]", "x has no entry d/2", "write i//2"),
        ("concatenate(x, x)", "concatenate lacks the name", 'c = concatenate("c", a, b)'),
        ("sum(x[n, d])", "Python's sum, max or for goes through", "Sum[k](x[n, k])"),
        ("softmax(x[n, d], d)", "softmax of x[n, d] does not say", "Softmax[k](z[n, k])"),
        ("norm(x[n, d])", "norm is not known", "sqrt(Sum[k](x[n, k]**2))"),
        ("amin(x[n, d])", "amin is not known", "Min[k](x[n, k])"),
    ],
)
def test_near_misses_are_told_what_to_write(tmp_path, line, fact, remedy):
    with pytest.raises(DeltaruleError) as caught:
        network(tmp_path, f'y = output("y", N, D)\ny[n, d] = {line}')
    assert caught.value.fact.startswith(fact)
    assert caught.value.place == "layer.py, line 8"
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("within", ['"(-oo, 1]"', "(0.5, 1)", '"[1/2, 1]"'])
def test_entries_lie_within_integers(tmp_path, within):
    with pytest.raises(DeltaruleError, match="are declared to lie within") as caught:
        network(tmp_path, f'p = input("p", within={within})')
    assert "give a whole number as the lower end" in caught.value.remedy
