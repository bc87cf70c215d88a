"""What a layer brings along has the names of the page, however a suffix is typed."""

import pytest

from deltarule import derive, load

PAGE = """from deltarule.language import *
N, C, H, W = sizes("N C H W")
x = input("x", N, C, H, W, outside=0)
h = layer("conv2d", x, suffix="{suffix}")
y = layer("batch_norm", h, suffix="n", names={{"y": "z_1"}}, images=True, last=True)
"""


@pytest.mark.parametrize("suffix, weights", [("_0", "w0"), ("1", "w1"), ("_a", "w_a")])
def test_a_suffix_may_begin_with_a_line(tmp_path, suffix, weights):
    path = tmp_path / "own.py"
    path.write_text(PAGE.format(suffix=suffix), encoding="utf-8")
    network = load(path)
    assert weights in network.tensors and "z1" in network.tensors
    assert {weights, "x"} <= set(derive(network).gradients)
