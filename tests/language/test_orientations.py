"""Weights of recurrent layers, turned round: the same layer with each matrix transposed."""

import pytest
from once import derived, loaded

from deltarule.errors import DeltaruleError
from deltarule.language.load import load
from deltarule.spelling.text import text


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru", "sequence_output", "dense"])
def test_each_matrix_of_weights_is_transposed(name):
    plain, turned = loaded(name), loaded(name, orientation="Wx")
    for tensor in plain.with_role("parameter"):
        matrix = tensor.name.startswith("W")
        axes = tensor.axes[::-1] if matrix else tensor.axes
        assert turned.tensor(tensor.name).axes == axes, tensor.name
    assert [text(e.lhs) for e in plain.equations] == [text(e.lhs) for e in turned.equations]


@pytest.mark.slow
def test_the_gradient_is_transposed():
    found = derived("lstm", orientation="Wx").gradients["W_xi"]
    assert text(found.equation().lhs) == "∂L/∂W_xi[m, d]"


def test_another_orientation_is_refused():
    with pytest.raises(DeltaruleError) as refused:
        load("lstm", orientation="xWT")
    assert refused.value.fact == "orientation = xWT is not among the choices"
