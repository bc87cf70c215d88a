"""The gradient of convolution with respect to its input, against the sum written as loops.

dx[q] = Σ_o w[(q + P − S·o)/D]·g[o] over those o for which D divides, with o from
max(0, ⌈(q + P − D(K − 1))/S⌉) to min(N − 1, ⌊(q + P)/S⌋).
"""

import itertools
from random import Random

import numpy as np
import pytest
from once import derived, deriving

from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.modular import Modular
from deltarule.spelling.text import text

SYMBOLIC = deriving("conv1d", bias=False)


def by_loops(w, g, length, stride, dilation, pad):
    dx = np.zeros(length, dtype=np.int64)
    for o, k in itertools.product(range(len(g)), range(len(w))):
        q = stride * o + dilation * k - pad
        if 0 <= q < length:
            dx[q] += w[k] * g[o]
    return dx


def in_closed_form(w, g, length, stride, dilation, pad):
    taps, outputs = len(w), len(g)
    dx = np.zeros(length, dtype=np.int64)
    for q in range(length):
        first = max(0, -(-(q + pad - dilation * (taps - 1)) // stride))
        last = min(outputs - 1, (q + pad) // stride)
        for o in range(first, last + 1):
            if (q + pad - stride * o) % dilation == 0:
                dx[q] += w[(q + pad - stride * o) // dilation] * g[o]
    return dx


@pytest.mark.parametrize("seed", range(8))
def test_many_random_sizes(seed):
    random = Random(seed)
    network = SYMBOLIC().network
    gradient = SYMBOLIC().gradients["x"]
    ranges = tuple(zip(gradient.indices, gradient.tensor.axes, strict=True))
    seen = 0
    while seen < 120:
        stride, dilation, pad = random.randint(1, 3), random.randint(1, 3), random.randint(0, 2)
        taps, length = random.randint(1, 4), random.randint(1, 9)
        outputs = (length + 2 * pad - dilation * (taps - 1) - 1) // stride + 1
        if outputs < 1:
            continue
        seen += 1
        w = np.array([random.randint(1, 999) for _ in range(taps)])
        g = np.array([random.randint(1, 999) for _ in range(outputs)])
        sizes = {
            "N": 1,
            "C": 1,
            "F": 1,
            "T": length,
            "K": taps,
            "S": stride,
            "D": dilation,
            "P": pad,
            "I": outputs,
        }
        arrays = {"w": w.reshape(1, 1, -1), "dL/dy": g.reshape(1, 1, -1)}
        values = Values(arrays, by_symbol(network, sizes), {}, network.tensors)
        right = by_loops(w, g, length, stride, dilation, pad)
        assert (in_closed_form(w, g, length, stride, dilation, pad) == right).all()
        for form in (gradient.expr, *gradient.alternatives):
            assert (evaluate(form, ranges, values, Modular())[0, 0] == right).all()


def by_symbol(network, sizes):
    symbols = set().union(*(a.free_symbols for t in network.tensors.values() for a in t.axes))
    symbols |= set(network.definitions) | set(network.attributes)
    return {s: sizes[s.name] for s in symbols}


def test_the_formula_as_it_is_printed():
    gradient = SYMBOLIC().gradients["x"]
    assert text(gradient.expr) == (
        "Σ_{f, i=max(0, ⌈(p + P − D·(K − 1))/S⌉)…min(I − 1, ⌊(p + P)/S⌋)} "
        "[D | p + P − S·i]·∂L/∂y[n, f, i]·w[f, c, (p + P − S·i)/D]"
    )
    assert text(gradient.alternatives[0]) == (
        "Σ_{f, k=max(0, ⌈(p + P − S·(I − 1))/D⌉)…min(K − 1, ⌊(p + P)/D⌋)} "
        "[S | p + P − D·k]·∂L/∂y[n, f, (p + P − D·k)/S]·w[f, c, k]"
    )


def test_without_dilation_there_is_no_guard():
    gradient = derived("conv1d", bias=False, dilation=1).gradients["x"]
    assert text(gradient.expr) == (
        "Σ_{f, i=max(0, ⌈(p + P + 1 − K)/S⌉)…min(I − 1, ⌊(p + P)/S⌋)} "
        "∂L/∂y[n, f, i]·w[f, c, p + P − S·i]"
    )


def test_at_stride_one_without_padding_the_weights_gradient_has_whole_ranges():
    gradient = derived("conv1d", stride=1, dilation=1, pad=0).gradients["w"]
    assert text(gradient.expr) == "Σ_{n,i} ∂L/∂y[n, f, i]·x[n, c, i + k]"
