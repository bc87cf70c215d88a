"""At which indices an equation is what stands in a formula, where several share a position."""

import pytest

import deltarule
from deltarule.calculus.matching import unified
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.expressions.symbols import Index, Size

i, j, k, l, m, q = map(Index, "i j k l m q".split())
J, L = Size("J"), Size("L")


def test_one_index_beside_others_that_both_have_is_the_rest():
    ranges = ((j, J), (l, L))
    assert unified((j + 2 * l,), (q + 2 * l - 2 * m,), ranges) == {j: q - 2 * m, l: l}
    assert unified((3 * l - j,), (3 * l + m,), ranges) == {j: -m, l: l}
    # Of 2·j there is no telling, nor where the others stand in another number.
    assert unified((2 * j + 3 * l,), (3 * l + q,), ranges) is None
    assert unified((j + 2 * l,), (3 * l + q,), ranges) is None


WINDOW = '''"""ReLU of a dilated convolution, in one line."""
from deltarule.language import *
N, C, F, H, W = sizes("N C F H W")
I, J = size("I", H - 4), size("J", W - {far})
n, c, f, i, j = indices("n c f i j")
k, l = index("k", 5), index("l", 3)
x, w, y = input("x", N, C, H, W), parameter("w", F, C, 5, 3), output("y", N, F, I, J)
y[n, f, i, j] = relu(Sum[c, k, l](x[n, c, i + k, j + {step}*l]*w[f, c, k, l]))
'''


@pytest.mark.parametrize("step", [1, 2, 3])
def test_an_activation_beyond_a_dilated_window_is_known_by_its_output(step, tmp_path):
    """[Σ_{c,k,l} w·x[n, c, i + k, 2·l + q − 2·l′] > 0] is [y[n, f, i, q − 2·l′] > 0]."""
    path = tmp_path / "window.py"
    path.write_text(WINDOW.format(step=step, far=2 * step), encoding="utf-8")
    gradient = deltarule.derive(str(path)).gradients["x"]
    assert {tensor_name(r) for r in reads(gradient.expr)} == {"dL/dy", "w", "y"}
