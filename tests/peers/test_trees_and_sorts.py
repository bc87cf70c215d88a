"""Layers that go where data say, along trees, written in PyTorch: values and all gradients."""

from __future__ import annotations

import pytest
import torch
from test_lecture_layers import draw
from test_spaces_and_states import agrees

D, H = 3, 4
#: The parent of each node, and its two children: 0 and 1 below 3, 2 and 3 below 4, which 6 is over.
PARENT = torch.tensor([3, 3, 4, 4, 6, 6, -1])
LEFT, RIGHT = torch.tensor([-1, -1, -1, 0, 3, -1, 4]), torch.tensor([-1, -1, -1, 1, 2, -1, 5])


def recursive(x, left, right, W, b, U, V):
    found = []
    for t in range(len(x)):
        below = [found[p] if p >= 0 else torch.zeros_like(b) for p in (left[t], right[t])]
        found.append(torch.tanh(x[t] @ W + below[0] @ U + below[1] @ V + b))
    return torch.stack(found)


def child_sum(x, parent, **given):
    def gate(name, phi, at, below):
        return phi(x[at] @ given[f"W_{name}"] + below @ given[f"U_{name}"] + given[f"b_{name}"])

    h, c = {}, {}
    for j in range(len(x)):
        children = [k for k in range(j) if parent[k] == j]
        below = sum((h[k] for k in children), torch.zeros_like(given["b_i"]))
        c[j] = gate("i", torch.sigmoid, j, below) * gate("u", torch.tanh, j, below)
        for k in children:
            c[j] = c[j] + gate("f", torch.sigmoid, j, h[k]) * c[k]
        h[j] = gate("o", torch.sigmoid, j, below) * c[j].tanh()
    return torch.stack(list(h.values()))


def binary(x, left, right, h0, c0, **given):
    h, c = {-1: h0}, {-1: c0}
    for t in range(len(x)):
        a, b = int(left[t]), int(right[t])

        def gate(name, t=t, a=a, b=b):
            W, U, V = (given[f"{k}_{name}"] for k in "WUV")
            return x[t] @ W + h[a] @ U + h[b] @ V + given[f"b_{name}"]

        i, o, f, g = (gate(name).sigmoid() for name in "iofg")
        c[t] = i * gate("u").tanh() + f * c[a] + g * c[b]
        h[t] = o * c[t].tanh()
    return torch.stack([h[t] for t in range(len(x))])


def weights(gates: str, kinds: str) -> dict:
    shapes = {"W": (D, H), "U": (H, H), "V": (H, H), "b": (H,)}
    return {f"{kind}_{gate}": draw(*shapes[kind]) for gate in gates for kind in kinds}


TREE = {"x": draw(7, D), "left": LEFT, "right": RIGHT}
LAYERS = {
    "recursive_network": (
        recursive,
        {**TREE, "W": draw(D, H), "b": draw(H), "U": draw(H, H), "V": draw(H, H)},
    ),
    "tree_lstm": (child_sum, {"x": draw(7, D), "parent": PARENT, **weights("iouf", "WUb")}),
    "owl_norm": (
        lambda x, **given: (given["lambda"] * x.abs().sort(descending=True).values).sum(),
        {"x": draw(7), "lambda": draw(7)},
    ),
    "wasserstein": (
        lambda x, y: (x.sort().values - y.sort().values).abs().mean(),
        {"x": draw(7), "y": torch.randn(7, dtype=torch.float64)},
    ),
    "binary_tree_lstm": (
        binary,
        {**TREE, "h0": draw(H), "c0": draw(H), **weights("ioufg", "WUVb")},
    ),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_layer(name, compiled):
    agrees(name, *LAYERS[name], compiled)
