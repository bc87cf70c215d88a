"""Losses of gradients, which PyTorch differentiates by a double backward pass."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from comparison import Tally, compare
from ours import Ours

T = {"dtype": torch.float64}


def draw(*shape):
    return torch.randn(shape, **T, requires_grad=True)


def data(*shape):
    return torch.randn(shape, **T)


def slope(y, x):
    """∂(Σ y)/∂x, which is differentiated again."""
    return torch.autograd.grad(y.sum(), x, create_graph=True)[0]


def penalty(real, fake, epsilon, W, b, a):
    e = epsilon[:, None]
    between = (e * real + (1 - e) * fake).requires_grad_()
    g = slope(F.leaky_relu(between @ W + b, 0.01) @ a, between)
    return ((g.norm(dim=1) - 1) ** 2).mean()


def heat(x, t, v, w, b, a):
    x, t = x.detach().requires_grad_(), t.detach().requires_grad_()
    u = torch.tanh(x[:, None] * v + t[:, None] * w + b) @ a
    return ((slope(u, t) - 0.1 * slope(slope(u, x), x)) ** 2).mean()


def sobolev(x, t, slopes, W, b, a):
    y = F.softplus(x @ W + b) @ a
    return ((y - t) ** 2 + ((slope(y, x) - slopes) ** 2).sum(1)).mean()


LOSSES = {
    "gradient_penalty": (
        penalty,
        {
            "real": data(3, 4), "fake": data(3, 4), "epsilon": torch.rand(3, **T),
            "W": draw(4, 5), "b": draw(5), "a": draw(5),
        },
    ),
    "pinn": (
        heat, {"x": data(3), "t": data(3), "v": draw(4), "w": draw(4), "b": draw(4), "a": draw(4)}
    ),
    "sobolev_loss": (
        lambda slope, **given: sobolev(slopes=slope, **given),
        {
            "x": draw(3, 4), "t": data(3), "slope": data(3, 4), "W": draw(4, 5), "b": draw(5),
            "a": draw(5),
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_loss_of_gradients(name, compiled):
    theirs, given = LOSSES[name]
    layer = Ours(compiled)(name)
    leaves = [t for t in given.values() if t.requires_grad]
    tally = Tally()
    compare(tally, name, lambda: theirs(**given), lambda: layer(**given), leaves)
    assert not tally.wrong
    assert tally.samples == 1 and tally.gradients == len(leaves)
