"""Layers over images and times, and cells, written in PyTorch: values and gradients."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from comparison import Tally, compare
from ours import Ours
from test_lecture_layers import T, _listed, draw, labels, unit


def transformer(x, theta):
    """affine_grid and grid_sample; ours counts in pixels, theirs from −1 to 1."""
    rows, columns = torch.meshgrid(torch.arange(4.0, **T), torch.arange(3.0, **T), indexing="ij")
    places = torch.stack([rows, columns, torch.ones_like(rows)])
    u, v = torch.einsum("nak,kij->anij", theta, places)
    high, wide = x.shape[2:]
    grid = torch.stack([2 * v / (wide - 1) - 1, 2 * u / (high - 1) - 1], -1)
    return F.grid_sample(x, grid, padding_mode="zeros", align_corners=True)


def linear_attention(Q, K, V):
    f, g = F.elu(Q) + 1, F.elu(K) + 1
    weights = f @ g.T
    return weights @ V / weights.sum(1, keepdim=True)


def selective(x, A, W_B, W_C, W_s, b, D):
    h, found = torch.zeros(A.shape, **T), []
    for row in x:
        step = F.softplus(row @ W_s + b)
        h = (step[:, None] * A).exp() * h + (step * row)[:, None] * (row @ W_B)
        found.append(h @ (row @ W_C) + D * row)
    return torch.stack(found)


def s4d(x, alpha, omega, Delta, c_re, c_im, D):
    """The convolution as a product of Fourier transforms, the states as complex numbers."""
    power = Delta[:, None] * torch.complex(-alpha, omega)
    states = (power[None] * torch.arange(len(x))[:, None, None]).exp()
    kernel = 2 * (torch.complex(c_re, c_im) * states).sum(2).real
    length = 2 * len(x)
    product = torch.fft.rfft(kernel, n=length, dim=0) * torch.fft.rfft(x, n=length, dim=0)
    return torch.fft.irfft(product, n=length, dim=0)[: len(x)] + D * x


def conv_lstm(x, **weights):
    filters, high, wide = weights["b_i"].shape[0], *x.shape[2:]
    h = c = torch.zeros(filters, high, wide, **T)
    found = []
    for image in x:
        i, f, o, g = (
            F.conv2d(image[None], weights[f"w_x{k}"], weights[f"b_{k}"], padding="same")[0]
            + F.conv2d(h[None], weights[f"w_h{k}"], padding="same")[0]
            for k in "ifog"
        )
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        found.append(h)
    return torch.stack(found)


def rnn2d(x, W, U, V, b):
    h = {}
    nothing = torch.zeros(len(b), **T)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            above, left = h.get((i - 1, j), nothing), h.get((i, j - 1), nothing)
            h[i, j] = (x[i, j] @ W + above @ U + left @ V + b).tanh()
    return torch.stack(list(h.values())).reshape(*x.shape[:2], len(b))


def experts(x, G, W):
    p, best = (x @ G).softmax(1).max(1)
    return p[:, None] * torch.einsum("nd,ndm->nm", x, W[best])


def memory(x, q, A0, A1, A2, A3, y):
    u, A = q @ A0, [A0, A1, A2, A3]
    for k in range(3):
        u = u + (x @ A[k] @ u).softmax(0) @ (x @ A[k + 1])
    return -(y * F.log_softmax(A3 @ u, 0)).sum()


def regions(x, m, t, h, l, w, K=2):
    """The mean of every bin in its own channel, cut out region by region."""
    found = []
    for k in range(len(m)):
        for c in range(x.shape[1]):
            i, j = c // K % K, c % K
            rows, columns = int(h[k]) + 1, int(w[k]) + 1
            high = slice(int(t[k]) + i * rows // K, int(t[k]) - (-(i + 1) * rows // K))
            wide = slice(int(l[k]) + j * columns // K, int(l[k]) - (-(j + 1) * columns // K))
            bin_ = x[m[k], c, high, wide]
            found.append(bin_.sum() / max(1, bin_.numel()))
    return torch.stack(found).reshape(len(m), -1, K, K)


GATES = {
    name: draw(*shape)
    for k in "ifog"
    for name, shape in {f"w_x{k}": (3, 2, 3, 3), f"w_h{k}": (3, 3, 3, 3), f"b_{k}": (3,)}.items()
}
LAYERS = {
    "nearest_upsampling": (lambda x: F.interpolate(x, scale_factor=2), {"x": draw(2, 3, 4, 5)}),
    "bilinear_upsampling": (
        lambda x: F.interpolate(x, (7, 9), mode="bilinear", align_corners=True),
        {"x": draw(2, 3, 4, 5)},
    ),
    "spatial_transformer": (transformer, {"x": draw(2, 3, 5, 6), "theta": draw(2, 2, 3)}),
    "linear_attention": (linear_attention, {"Q": draw(3, 4), "K": draw(5, 4), "V": draw(5, 2)}),
    "selective_ssm": (
        selective,
        {
            "x": draw(5, 3), "A": draw(3, 2), "W_B": draw(3, 2), "W_C": draw(3, 2),
            "W_s": draw(3, 3), "b": draw(3), "D": draw(3),
        },
    ),
    "s4d": (
        s4d,
        {
            "x": draw(5, 3), "alpha": unit(3, 2), "omega": draw(3, 2), "Delta": unit(3),
            "c_re": draw(3, 2), "c_im": draw(3, 2), "D": draw(3),
        },
    ),
    "conv_lstm": (conv_lstm, {"x": draw(3, 2, 4, 5), **GATES}),
    "rnn2d": (
        rnn2d,
        {"x": draw(3, 4, 2), "W": draw(2, 5), "U": draw(5, 5), "V": draw(5, 5), "b": draw(5)},
    ),
    "mixture_of_experts": (experts, {"x": draw(5, 3), "G": draw(3, 4), "W": draw(4, 3, 2)}),
    "memory_network": (
        memory,
        {
            "x": draw(4, 5), "q": draw(5), **{f"A{k}": draw(5, 3) for k in range(4)},
            "y": F.one_hot(torch.tensor(2), 5).to(torch.float64),
        },
    ),
    "ps_roi_pool": (
        regions,
        {
            "x": draw(2, 12, 6, 5), "m": labels(2, 3), "t": labels(3, 3), "h": labels(3, 3),
            "l": labels(2, 3), "w": labels(3, 3),
        },
    ),
}  # fmt: skip
#: Sizes that no tensor tells.
SIZES = {
    "spatial_transformer": {"I": 4, "J": 3}, "ps_roi_pool": {"K": 2}, "conv_lstm": {"R": 1},
    "nearest_upsampling": {"factor": 2}, "bilinear_upsampling": {"factor": 2},
}  # fmt: skip


def agrees(name, theirs, given, compiled, **settings):
    """Our layer gives the values and all gradients of a function of PyTorch's."""
    layer = Ours(compiled)(name, **settings)
    leaves = [t for t in given.values() if t.requires_grad]
    tally = Tally()
    compare(tally, name, lambda: theirs(**given), lambda: _listed(layer(**given)), leaves)
    assert not tally.wrong
    assert tally.samples == 1 and tally.gradients == len(leaves)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_layer(name, compiled):
    agrees(name, *LAYERS[name], compiled, **SIZES.get(name, {}))
