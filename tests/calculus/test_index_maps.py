"""At which indices an equation is what stands in a formula, where several share a position."""

import deltarule
from deltarule.calculus.matching import unified
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.expressions.symbols import Index, Size
from deltarule.typed.typed_layer import layer

i, j, k, l, m, q = map(Index, "i j k l m q".split())
J, L = Size("J"), Size("L")


def test_one_index_beside_others_that_both_have_is_the_rest():
    ranges = ((j, J), (l, L))
    assert unified((j + 2 * l,), (q + 2 * l - 2 * m,), ranges) == {j: q - 2 * m, l: l}
    assert unified((3 * l - j,), (3 * l + m,), ranges) == {j: -m, l: l}
    # Of 2·j there is no telling, nor where the others stand in another number.
    assert unified((2 * j + 3 * l,), (3 * l + q,), ranges) is None
    assert unified((j + 2 * l,), (3 * l + q,), ranges) is None


def test_an_activation_beyond_a_dilated_window_is_known_by_its_output():
    """[Σ_{c,l} w·x[n, c, 2·l + q − 2·l′] > 0] is [y[n, q − 2·l′] > 0], at its place."""
    for step in (1, 2, 3):
        network = layer(f"y[n, f, j] = relu(Sum[c, l](x[n, c, j + {step}*l]*w[f, c, l]))")
        gradient = deltarule.derive(network).gradients["x"]
        assert {tensor_name(r) for r in reads(gradient.expr)} == {"dL/dy", "w", "y"}, step
