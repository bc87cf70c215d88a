"""Indices with numbers, as they are printed and as people type them."""

import pytest
from typed_back import misread

from deltarule import derive
from deltarule.formulas.index_names import index_of

TWO_LAYERS = '''"""Two layers, whose indices have numbers."""

from deltarule.language import *

N, D, M, C = sizes("N D M C")
n, d1, m1, d2, m2 = indices("n d1 m1 d2 m2")
x = input("x", N, D)
W1, W2 = parameter("W1", D, M), parameter("W2", M, C)
h, z = intermediate("h", N, M), output("z", N, C)
h[n, m1] = tanh(Sum[d1](x[n, d1] * W1[d1, m1]))
z[n, m2] = Sum[d2](h[n, d2] * W2[d2, m2])
'''


def test_what_is_printed_with_numbered_indices_can_be_typed_back(tmp_path):
    path = tmp_path / "two_layers.py"
    path.write_text(TWO_LAYERS, encoding="utf-8")
    assert misread(derive(path)) == []


@pytest.mark.parametrize("text", ["m1", "m₁", "m_1"])
def test_one_index_has_several_spellings(text):
    assert index_of(text).name == "m1"
