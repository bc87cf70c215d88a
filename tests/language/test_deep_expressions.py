"""Deep expressions in lines of their own, and work in proportion to the length of a derivation."""

import cProfile
import pstats

import pytest
from sympy import Add

from deltarule.calculus import derive
from deltarule.calculus.named_terms import in_lines, put_back
from deltarule.expressions.nodes import Sum, read
from deltarule.expressions.symbols import Index, Size
from deltarule.gradcheck.across_layers import check_across_layers
from deltarule.language.load import load

HEAD = (
    "from deltarule.language import *\n"
    "N, M = sizes('N M')\n"
    "n, m = indices('n m')\n"
    "x, y = input('x', N, M), output('y', N, M)\n"
)
NESTED = "e = x[n, m]\nfor k in range({}):\n    e = {}\ny[n, m] = e\n"
LINES = (
    "h = x\nfor k in range({0}):\n    g = intermediate(f'h{0}x{{k}}', N, M)\n"
    "    g[n, m] = tanh(h[n, m])\n    h = g\ny[n, m] = h[n, m]\n"
)
SHARED = (
    "h = x\nfor k in range({0} // 5):\n    g = intermediate(f'h{0}x{{k}}', N, M)\n"
    "    g[n, m] = h[n, m]*x[n, m] + 1\n    h = g\ny[n, m] = h[n, m]\n"
)
ALONE = (
    "for k in range({0}):\n    a, b = input(f'a{0}x{{k}}', N), output(f'b{0}x{{k}}', N)\n"
    "    b[n] = tanh(a[n])\ny[n, m] = x[n, m]\n"
)


def read_own(folder, text):
    path = folder / f"own{abs(hash(text))}.py"
    path.write_text(HEAD + text)
    return load(path)


@pytest.mark.parametrize(
    ("count", "step"), [(200, "tanh(e)"), (20, "e*e + x[n, m]"), (10, "(e + 1)*(e + x[n, m])")]
)
def test_deep_expressions_are_derived(count, step, tmp_path):
    """Under 1 s each; as single lines they took minutes."""
    network = read_own(tmp_path, NESTED.format(count, step))
    assert len(network.equations) > count // 2
    assert all(c.right for c in check_across_layers(derive(network)))


def test_what_is_not_deep_stays_one_line(tmp_path):
    assert len(read_own(tmp_path, NESTED.format(8, "tanh(e)")).equations) == 1


def calls(network) -> int:
    """How many functions are called to derive it."""
    profile = cProfile.Profile()
    profile.enable()
    derive(network)
    profile.disable()
    return pstats.Stats(profile).total_calls  # pyright: ignore


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [LINES, ALONE, SHARED],
    ids=["one behind the other", "side by side", "all of one tensor"],
)
def test_work_grows_with_the_number_of_lines(text, tmp_path):
    derive(read_own(tmp_path, text.format(3)))
    one, two, three = (calls(read_own(tmp_path, text.format(k))) for k in (101, 202, 303))
    assert three - two < 1.2 * (two - one)


def lines_of(count) -> int:
    """How many functions are called to put a gradient that comes by `count` ways into lines."""
    n, d, N, D = Index("n"), Index("d"), Size("N"), Size("D")
    h = [read(f"h{count}x{k}", n, d) for k in range(count + 1)]
    upstream = [read(f"dL/dh{count}x{k}", n, d) for k in range(1, count + 1)]
    ways = zip(upstream, h, h[1:], strict=False)
    formula = Add(*(Sum(g * x * (1 - y**2), [(n, N)]) for g, x, y in ways))
    profile = cProfile.Profile()
    profile.enable()
    found = in_lines(read("dL/da", d), formula, ((d, D),))
    assert put_back(found) == formula
    profile.disable()
    assert len(found.parts) == 2 * count  # ∂h/∂a and Σ ∂L/∂h·∂h/∂a, each way
    return pstats.Stats(profile).total_calls  # pyright: ignore


@pytest.mark.slow
def test_lines_of_a_gradient_that_comes_by_many_ways():
    lines_of(13)
    one, two, three = map(lines_of, (40, 80, 120))
    assert three - two < 1.2 * (two - one)


def test_what_one_rule_does_to_many_terms_is_one_step(tmp_path):
    derivation = derive(read_own(tmp_path, SHARED.format(75)))
    rules = [step.rule for step in derivation.gradients["x"].steps]
    assert rules.count("sift the delta") == 2  # that of n and that of m
