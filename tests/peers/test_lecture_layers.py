"""Layers of papers that PyTorch has no function for, written in PyTorch: values and gradients."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from comparison import Tally, compare
from ours import Ours

T = {"dtype": torch.float64}


def draw(*shape):
    return torch.randn(shape, **T, requires_grad=True)


def unit(*shape):
    return torch.rand(shape, **T, requires_grad=True)


def labels(below, *shape):
    return torch.randint(below, shape)


def swiglu(x, W, V, W2):
    return (F.silu(x @ W) * (x @ V)) @ W2


def squeeze(x, W1, W2):
    return x * torch.sigmoid(torch.relu(x.mean((2, 3)) @ W1) @ W2)[:, :, None, None]


def separable(x, w, v):
    return F.conv2d(F.conv2d(x, w[:, None], groups=w.shape[0]), v[:, :, None, None])


def causal(x, w, b):
    # Ours counts taps back in time, PyTorch forward.
    return F.conv1d(F.pad(x, (w.shape[2] - 1, 0)), w.flip(2), b)


def rope(x):
    half = x.shape[1] // 2
    angle = torch.arange(x.shape[0])[:, None] * 10000 ** (-torch.arange(half, **T) / half)
    turned = torch.view_as_complex(x.reshape(-1, half, 2)) * torch.polar(
        torch.ones_like(angle), angle
    )
    return torch.view_as_real(turned).reshape(x.shape)


def alibi(q, k, v, m):
    back = torch.arange(q.shape[1])[:, None] - torch.arange(q.shape[1])
    mask = torch.where(back >= 0, -m[:, None, None] * back, -math.inf)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def addressing(R, k, beta, g, gamma, p, s):
    c = torch.softmax(beta * F.cosine_similarity(k[None], R), 0)
    u = g * c + (1 - g) * p
    v = torch.stack([sum(u[j] * s[(i - j) % len(u)] for j in range(len(u))) for i in range(len(u))])
    return v**gamma / (v**gamma).sum()


def min_gru(x, W_z, W_h, h0):
    h, found = h0, []
    for row in x:
        z = torch.sigmoid(row @ W_z)
        h = (1 - z) * h + z * (row @ W_h)
        found.append(h)
    return torch.stack(found)


def graph(A, x, W):
    g = 1 + A.sum(1)
    return torch.relu((A + torch.eye(len(A))) / (g[:, None] * g).sqrt() @ x @ W)


def info_nce(x, z):
    return F.cross_entropy(x @ z.T / 0.1, torch.arange(len(x)))


def focal(z, y):
    q = torch.where(y == 1, torch.sigmoid(z), 1 - torch.sigmoid(z))
    return -((1 - q) ** 2 * q.log()).sum()


def gaussian(mu, v, epsilon):
    return mu + (v / 2).exp() * epsilon, -0.5 * (1 + v - mu**2 - v.exp()).sum(1)


def mixture(a, mu, s, y):
    parts = torch.distributions.Normal(mu, s.exp())
    chosen = torch.distributions.Categorical(logits=a)
    return -torch.distributions.MixtureSameFamily(chosen, parts).log_prob(y).sum()


def ppo(s, b, A):
    r = (s - b).exp()
    return -torch.min(r * A, r.clamp(0.8, 1.2) * A).mean()


def machine(x, w0, w, V):
    return w0 + x @ w + 0.5 * ((x @ V) ** 2 - x**2 @ V**2).sum(1)


def ridge(X, y):
    return torch.linalg.solve(X.T @ X + 0.1 * torch.eye(X.shape[1], **T), X.T @ y)


def attention(x, W_q, W_k, W_v, W_o):
    q, k, v = (torch.einsum("nie,hed->nhid", x, w) for w in (W_q, W_k, W_v))
    return torch.einsum("nhid,hdm->nim", F.scaled_dot_product_attention(q, k, v), W_o)


def spectral(x, W, u):
    v = F.normalize(u @ W, dim=0).detach()
    return x @ W / (u @ W @ v)


def ctc(y, l):
    """Every way to write the labels: F.ctc_loss's own gradient is that of a log-softmax before."""
    wanted = [int(k) for k in l if k]
    total = torch.zeros((), **T)
    for path in itertools.product(range(y.shape[1]), repeat=len(y)):
        if [k for k, _ in itertools.groupby(path) if k] == wanted:
            total = total + torch.stack([y[t, k] for t, k in enumerate(path)]).prod()
    return -total.log()


def soft_warping(x, y):
    """The soft minimum over three ways, from borders that are ∞ but for their corner."""
    r = {(i, -1): torch.tensor(math.inf, **T) for i in range(len(x))}
    r |= {(-1, j): torch.tensor(math.inf, **T) for j in range(len(y))}
    r[-1, -1] = torch.zeros((), **T)
    cost = torch.cdist(x, y) ** 2
    for i, j in itertools.product(range(len(x)), range(len(y))):
        ways = torch.stack([r[i - 1, j], r[i, j - 1], r[i - 1, j - 1]])
        r[i, j] = cost[i, j] - torch.logsumexp(-ways, 0)
    return r[len(x) - 1, len(y) - 1]


def routing(u, W):
    predicted = torch.einsum("nid,ijdm->nijm", u, W)
    b = torch.zeros(predicted.shape[:3], **T)
    for _ in range(3):
        s = torch.einsum("nij,nijm->njm", torch.softmax(b, 2), predicted)
        length = s.norm(dim=2, keepdim=True)
        v = s * length / (1 + length**2)
        b = b + torch.einsum("nijm,njm->nij", predicted, v)
    return v


def residual_norm(x, r, g):
    return F.rms_norm(x + r, x.shape[1:], g, 1e-6), x + r


def sparse_experts(x, G, W):
    scores, chosen = (x @ G).topk(2)
    answers = torch.einsum("nd,nrdm->nrm", x, W[chosen])
    return torch.einsum("nr,nrm->nm", scores.softmax(1), answers)


def even(size):
    a = torch.randn(size, size, **T)
    return (a + a.T).requires_grad_()


LAYERS = {
    "rms_norm": (lambda x, g: F.rms_norm(x, x.shape[1:], g, 1e-6), {"x": draw(3, 4), "g": draw(4)}),
    "swiglu": (swiglu, {"x": draw(3, 4), "W": draw(4, 5), "V": draw(4, 5), "W2": draw(5, 2)}),
    "squeeze_excitation": (squeeze, {"x": draw(2, 3, 4, 5), "W1": draw(3, 2), "W2": draw(2, 3)}),
    "separable_conv2d": (separable, {"x": draw(2, 3, 6, 5), "w": draw(3, 3, 3), "v": draw(4, 3)}),
    "causal_conv1d": (causal, {"x": draw(2, 3, 6), "w": draw(4, 3, 2), "b": draw(4)}),
    "pixel_shuffle": (lambda x: F.pixel_shuffle(x, 3), {"x": draw(2, 18, 2, 4)}),
    "rotary_embedding": (rope, {"x": draw(5, 6)}),
    "alibi": (alibi, {"q": draw(2, 4, 3), "k": draw(2, 4, 3), "v": draw(2, 4, 3), "m": draw(2)}),
    "ntm_addressing": (
        addressing,
        {
            "R": draw(4, 3), "k": draw(3), "beta": draw(), "g": unit(),
            "gamma": unit().detach() + 1, "p": unit(4), "s": unit(4),
        },
    ),
    "min_gru": (
        min_gru, {"x": draw(3, 2, 4), "W_z": draw(4, 5), "W_h": draw(4, 5), "h0": draw(2, 5)}
    ),
    "graph_convolution": (
        graph, {"A": unit(4, 4).detach().round(), "x": draw(4, 3), "W": draw(3, 2)}
    ),
    "info_nce": (info_nce, {"x": draw(4, 3), "z": draw(4, 3)}),
    "triplet_loss": (
        lambda a, p, q: (0.2 + ((a - p) ** 2).sum(1) - ((a - q) ** 2).sum(1)).relu().mean(),
        {"a": draw(6, 3), "p": draw(6, 3), "q": draw(6, 3)},
    ),
    "focal_loss": (focal, {"z": draw(6), "y": labels(2, 6)}),
    "dice_loss": (
        lambda p, t: 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1),
        {"p": unit(6), "t": unit(6).detach().round()},
    ),
    "gaussian_kl": (gaussian, {"mu": draw(3, 4), "v": draw(3, 4), "epsilon": draw(3, 4).detach()}),
    "quantile_loss": (
        lambda q, y: torch.where(y > q, 0.9 * (y - q), 0.1 * (q - y)).mean(),
        {"q": draw(8), "y": draw(8).detach()},
    ),
    "tweedie_loss": (
        lambda s, y: ((s / 2).exp() * 2 + y * (-s / 2).exp() * 2).mean(),
        {"s": draw(6), "y": unit(6).detach()},
    ),
    "mixture_density": (
        mixture, {"a": draw(5, 3), "mu": draw(5, 3), "s": draw(5, 3), "y": draw(5).detach()}
    ),
    "ppo_clip": (ppo, {"s": draw(9), "b": draw(9).detach(), "A": draw(9).detach()}),
    "factorisation_machine": (
        machine, {"x": draw(3, 4), "w0": draw(), "w": draw(4), "V": draw(4, 2)}
    ),
    "ridge_regression": (ridge, {"X": draw(5, 3), "y": draw(5)}),
    "multi_head_attention": (
        attention,
        {
            "x": draw(2, 3, 4), "W_q": draw(2, 4, 3), "W_k": draw(2, 4, 3), "W_v": draw(2, 4, 3),
            "W_o": draw(2, 3, 4),
        },
    ),
    "weight_norm": (
        lambda x, v, g, b: x @ torch._weight_norm(v, g[None], 1) + b,
        {"x": draw(3, 4), "v": draw(4, 2), "g": draw(2), "b": draw(2)},
    ),
    "spectral_norm": (spectral, {"x": draw(3, 4), "W": draw(4, 2), "u": draw(4).detach()}),
    "power_mean": (
        lambda x, p: (x**p).mean(1) ** (1 / p),
        {"x": unit(3, 4), "p": (unit().detach() + 2).requires_grad_()},
    ),
    "soft_dtw": (soft_warping, {"x": draw(4, 2), "y": draw(3, 2)}),
    "capsule_routing": (routing, {"u": draw(2, 3, 2), "W": draw(3, 4, 2, 5)}),
    "quadratic_form": (
        lambda A, b, x: x @ A @ x / 2 - b @ x, {"A": even(4), "b": draw(4), "x": draw(4)}
    ),
    "top_k_experts": (
        sparse_experts, {"x": draw(3, 4), "G": draw(4, 5), "W": draw(5, 4, 2)}
    ),
    "residual_norm": (residual_norm, {"x": draw(3, 4), "r": draw(3, 4), "g": draw(4)}),
    "ctc": (ctc, {"y": unit(4, 3), "l": torch.tensor([0, 2, 0, 1, 0])}),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_layer_of_a_paper(name, compiled):
    theirs, given = LAYERS[name]
    settings = {"R": 3} if name == "pixel_shuffle" else {}
    layer = Ours(compiled)(name, **settings)
    leaves = [t for t in given.values() if t.requires_grad]
    tally = Tally()
    compare(tally, name, lambda: theirs(**given), lambda: _listed(layer(**given)), leaves)
    assert not tally.wrong
    assert tally.samples == 1 and tally.gradients == len(leaves)


def _listed(found):
    return tuple(found.values()) if isinstance(found, dict) else found
