"""Softmax behind masks of several conditions: the gradient of each, at sizes beyond its numbers."""

import numpy as np
import pytest

import deltarule
from deltarule.arithmetic.trials import trials
from deltarule.kernels.passes.program import program

FILE = '''"""Softmax behind a mask."""
from deltarule.language import *
N, T, D = sizes("N T D")
n, i, j, d = indices("n i j d")
V, e = input("V", N, T, D), input("e", N, T, T)
s, p = input("s", N, T, below=3), input("p", N, below=T + 1)
m, y = intermediate("m", N, T, T), output("y", N, T, D)
m[n, i, j] = where({mask}, e[n, i, j], -oo)
y[n, i, d] = Sum[j](Softmax[j](m[n, i, j])*V[n, j, d])
'''
#: Masks, and the same in NumPy.
MASKS = {
    "(j - i < 3) & (i - j < 3) | (j == 0)": lambda i, j, s, p: (abs(i - j) < 3) | (j == 0),
    "(j <= i) & ((i - j < 3) | (s[n, j] >= 1))": lambda i, j, s, p: (
        (j <= i) & ((i - j < 3) | (s[:, None] >= 1))
    ),
    "(j <= i) | (j < p[n])": lambda i, j, s, p: (j <= i) | (j < p[:, None, None]),
    "(i == 0) | (j == 0) | (j <= i)": lambda i, j, s, p: (i == 0) | (j == 0) | (j <= i),
    "(s[n, j] >= 1) | (s[n, i] >= 1) | (i == j)": lambda i, j, s, p: (
        (s[:, None] >= 1) | (s[:, :, None] >= 1) | (i == j)
    ),
    "(j <= i) | (i + j == T - 1)": lambda i, j, s, p: (j <= i) | (i + j == len(i) - 1),
}


def written(folder, mask):
    path = folder / "masked.py"
    path.write_text(FILE.format(mask=mask), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("mask", MASKS)
def test_a_gradient_behind_a_mask_is_that_of_differences(mask, tmp_path):
    random, N, T, D = np.random.default_rng(0), 2, 7, 2
    e, V, dy = (random.normal(size=k) for k in ((N, T, T), (N, T, D), (N, T, D)))
    s, p = random.integers(0, 3, (N, T)), random.integers(0, T + 1, N)
    kernel = deltarule.kernel(written(tmp_path, mask), plain=True)
    given = {k: v for k, v in {"V": V, "s": s, "p": p}.items() if k in kernel.inputs}
    i, j = np.arange(T)[:, None], np.arange(T)[None]
    inside = np.broadcast_to(MASKS[mask](i, j, s, p), e.shape)

    def total(e):
        weights = np.where(inside, np.exp(e), 0)
        return float(np.sum(weights / weights.sum(-1, keepdims=True) @ V * dy))

    found = kernel.backward(e=e, **given, dy=dy)["e"]
    for at in np.ndindex(e.shape):
        step = np.zeros_like(e)
        step[at] = 1e-5
        slope = (total(e + step) - total(e - step)) / 2e-5
        assert found[at] == pytest.approx(slope, abs=1e-8)


def test_steps_are_tried_at_sizes_beyond_the_numbers_of_conditions(tmp_path):
    """At T = 3 all places are within 3 of each other, and a mask of i − j < 3 is none."""
    made = program(written(tmp_path, "(i - j < 3) | (j == 0)"), {})
    assert max(sizes["T"] for sizes in trials(made.network)) >= 5


#: A condition of the row alone, i = 0, takes the gradient apart, and what it divides by with it:
#: right, and not made stable.
OF_ENTRIES = [mask for mask in MASKS if "(i == 0)" not in mask]


@pytest.mark.parametrize("mask", OF_ENTRIES)
def test_large_scores_behind_a_mask_are_shares_too(mask, tmp_path):
    """Of "or" both cases are exponentials: the largest score is one of either."""
    random, N, T, D = np.random.default_rng(1), 1, 6, 2
    kernel = deltarule.kernel(written(tmp_path, mask), plain=True)
    s, p = random.integers(0, 3, (N, T)), random.integers(0, T + 1, N)
    given = {k: v for k, v in {"s": s, "p": p}.items() if k in kernel.inputs}
    e, V = np.full((N, T, T), 1000.0), np.ones((N, T, D))
    assert np.allclose(kernel.forward(e=e, V=V, **given), 1, 1e-12)
    found = kernel.backward(e=e, V=V, **given, dy=np.ones_like(V))
    assert np.allclose(found["e"], 0, atol=1e-12)
    assert np.isclose(found["V"].sum(), N * T * D)
