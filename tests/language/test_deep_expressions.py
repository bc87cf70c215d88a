"""Deep expressions in lines of their own, and work in proportion to the length of a derivation."""

import cProfile
import pstats

import pytest

from deltarule.calculus import derive
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
ALONE = (
    "for k in range({0}):\n    a, b = input(f'a{0}x{{k}}', N), output(f'b{0}x{{k}}', N)\n"
    "    b[n] = tanh(a[n])\ny[n, m] = x[n, m]\n"
)


def read(folder, text):
    path = folder / f"own{abs(hash(text))}.py"
    path.write_text(HEAD + text)
    return load(path)


@pytest.mark.parametrize(
    ("count", "step"), [(200, "tanh(e)"), (20, "e*e + x[n, m]"), (10, "(e + 1)*(e + x[n, m])")]
)
def test_deep_expressions_are_derived(count, step, tmp_path):
    """Under 1 s each; as single lines they took minutes."""
    network = read(tmp_path, NESTED.format(count, step))
    assert len(network.equations) > count // 2
    assert all(c.right for c in check_across_layers(derive(network)))


def test_what_is_not_deep_stays_one_line(tmp_path):
    assert len(read(tmp_path, NESTED.format(8, "tanh(e)")).equations) == 1


def calls(network) -> int:
    """How many functions are called to derive it."""
    profile = cProfile.Profile()
    profile.enable()
    derive(network)
    profile.disable()
    return pstats.Stats(profile).total_calls  # pyright: ignore


@pytest.mark.slow
@pytest.mark.parametrize("text", [LINES, ALONE], ids=["one behind the other", "side by side"])
def test_work_grows_with_the_number_of_lines(text, tmp_path):
    derive(read(tmp_path, text.format(3)))
    one, two, three = (calls(read(tmp_path, text.format(k))) for k in (101, 202, 303))
    assert three - two < 1.2 * (two - one)
