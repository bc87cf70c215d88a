"""Derivation files with mistakes: each is refused in a sentence that names the equation."""

import pytest

from deltarule.errors import DeltaruleError
from deltarule.language.load import load

HEAD = '''"""A layer."""
from deltarule.language import *
N, D, M = sizes("N D M")
n, d, m, i = indices("n d m i")
x = input("x", N, D)
W = parameter("W", D, M)
y = output("y", N, M)
'''


def refused(tmp_path, text, **options):
    path = tmp_path / "layer.py"
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        load(path, **options)
    return caught.value.fact, caught.value.place


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("y[n, d] = x[n, d]", "index d of y runs to M on the left but to D on the right"),
        ("y[n, m] = Sum[d](x[n, d] * W[m, d])", "index d runs to M in W but to D in x"),
        ("y[n, m] = x[n, i]", "index i comes out of nowhere in the equation of y"),
        ("y[n, m] = Sum[i](x[n, 2*i])", "index i has no range: it stands alone on no axis"),
        ("y[n, 2*i] = 1", "index i on the left of y has no range"),
        (
            "h = intermediate('h', N, M)\ny[n, m] = h[n, m]",
            "h is read before it is written: no equation gives it",
        ),
        ("y[n, m] = W[0, m]\ny[n, m] = x[n, 0]", "two equations write y at the same place"),
        ("y[n, m] = W[0, m]\ny[i, 0] = x[i, 0]", "y[0, 0] is written twice (for"),
        ("y[n, n] = x[n, 0]", "index n stands twice on the left of y"),
        ("y[n, m] = Max[d](x[n, d], ties='last')", "ties = last is not known"),
        ("parameter('A', D, M, start='identity')", "A cannot start from 'identity'"),
        ("parameter('A', D, D, start='zeros')", "A cannot start from 'zeros'"),
        ("y[n, m] = x[n, TopK[d](x[n, d], 3)]", "3 expressions stand where one belongs"),
        ("h = state('h', N, M)\nh[-1, m] = W[0, m]", "h[−1, m] is written before its first time"),
        ("y[n, m] = Sum[d](x[n, d], where=3)", "3 is no statement about indices"),
    ],
)
def test_facts(tmp_path, text, fact):
    found, place = refused(tmp_path, text)
    assert found.startswith(fact)
    assert place.startswith("layer.py, line ")


def test_a_part_that_nothing_writes(tmp_path):
    text = "z = output('z', N, D + M)\ny[n, m] = W[0, m]\nz[n, d] = x[n, d]"
    fact, place = refused(tmp_path, text)
    assert fact == "index d of z runs to D + M on the left but to D on the right"
    assert place == "layer.py, line 10"


def test_positions_that_collide(tmp_path):
    text = "v, z = input('v', D, M), output('z', D*M)\ny[n, m] = W[0, m]\nz[d + m] = v[d, m]"
    fact, _ = refused(tmp_path, text)
    assert fact.startswith("z[1] is written twice (for D = ")


@pytest.mark.parametrize("stride", ["-1", "0"])
def test_a_stride_below_one(stride):
    with pytest.raises(DeltaruleError) as caught:
        load("conv2d", stride=stride)
    assert caught.value.fact == f"stride = {stride} is too small"
    assert caught.value.remedy == "stride is at least 1"


def test_a_kernel_that_does_not_fit(tmp_path):
    text = (
        "u = input('u', N, 1, 2, 2)\ny[n, m] = W[0, m]\n"
        "layer('conv2d', u, suffix='1', sizes={'K': 3, 'L': 3}, stride=1, dilation=1, pad=0)"
    )
    fact, place = refused(tmp_path, text)
    assert fact == "conv2d does not fit: I = 0"
    assert place == "layer.py, line 10"


def test_what_is_put_out_has_an_equation(tmp_path):
    fact, _ = refused(tmp_path, "z = output('z')\ny[n, m] = W[0, m]\n")
    assert fact == "z is declared as output, but no equation gives it"
