"""Second order against PyTorch's: Jacobians, Hessians and Gauss–Newton matrices times a vector, by
compiled kernels; Hessians entry by entry.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from test_lecture_layers import LAYERS, draw
from torch.autograd import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

import deltarule
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.calculus.gradient_network import barred
from deltarule.kernels.passes.program import known_sizes

T = {"dtype": torch.float64}


def weight_norm(x, v, g, b):
    """Written out: the second derivative of `torch._weight_norm` is not that of differences."""
    return x @ (v * g / v.norm(dim=0)) + b


#: Layers with functions of PyTorch's own, and their options.
USUAL = {
    "dense": (lambda x, W, b: x @ W + b, {"x": draw(3, 4), "W": draw(4, 2), "b": draw(2)}, {}),
    "conv2d": (
        lambda x, w, b: F.conv2d(x, w, b, 2, 1),
        {"x": draw(2, 3, 5, 4), "w": draw(2, 3, 3, 2), "b": draw(2)},
        {"stride": 2, "pad": 1},
    ),
    "softmax": (lambda z: z.softmax(1), {"z": draw(3, 5)}, {}),
    "layer_norm": (
        lambda x, gamma, beta: F.layer_norm(x, x.shape[1:], gamma, beta, 1e-5),
        {"x": draw(3, 4), "gamma": draw(4), "beta": draw(4)},
        {},
    ),
    "batch_norm": (
        lambda x, gamma, beta: F.batch_norm(x, None, None, gamma, beta, True, 0.1, 1e-5),
        {"x": draw(5, 3), "gamma": draw(3), "beta": draw(3)},
        {},
    ),
    "softmax_cross_entropy": (
        lambda z, t: F.cross_entropy(z, t, reduction="sum"),
        {"z": draw(3, 5), "t": torch.rand(3, 5, **T).softmax(1)},
        {},
    ),
    "max_pool2d": (lambda x: F.max_pool2d(x, 2), {"x": draw(2, 3, 4, 6)}, {}),
}  # fmt: skip
#: Of the layers of papers: norms, products, selections, recurrences, losses.
PAPERS = (
    "rms_norm", "swiglu", "squeeze_excitation", "causal_conv1d", "min_gru", "info_nce",
    "focal_loss", "gaussian_kl", "mixture_density", "multi_head_attention", "weight_norm",
    "quadratic_form", "residual_norm", "tweedie_loss", "capsule_routing", "factorisation_machine",
)  # fmt: skip
ROWS = {**{n: (*LAYERS[n], {}) for n in PAPERS}, **USUAL}
ROWS["weight_norm"] = (weight_norm, LAYERS["weight_norm"][1], {})

NEAR = 1e-9


@pytest.fixture(autouse=True)
def attention_that_is_differentiated_twice():
    """PyTorch's fused attention has no double backward; the plain one has."""
    with sdpa_kernel(SDPBackend.MATH):
        yield


class Row:
    """A layer: PyTorch's function of what has a gradient, and a direction for each of these."""

    def __init__(self, name: str):
        theirs, given, self.options = ROWS[name]
        self.name = name
        self.given = {n: t.detach() for n, t in given.items()}
        self.wrt = tuple(n for n, t in given.items() if t.requires_grad)
        self.inputs = tuple(self.given[n] for n in self.wrt)
        torch.manual_seed(42)
        self.network = deltarule.load(name, **self.options)
        self.along = tuple(self.direction(n, t) for n, t in zip(self.wrt, self.inputs, strict=True))

        def outputs(*inputs):
            found = theirs(**{**self.given, **dict(zip(self.wrt, inputs, strict=True))})
            return found if isinstance(found, tuple) else (found,)

        self.outputs = outputs
        self.names = [t.name for t in self.network.with_role("loss", "output")]

    def direction(self, name: str, tensor: torch.Tensor) -> torch.Tensor:
        """A random one; what is symmetric stays so as it moves."""
        found = torch.randn_like(tensor)
        return found + found.T if self.network.tensors[name].symmetric else found

    def arrays(self, **more) -> dict[str, np.ndarray]:
        """What kernels are given: tensors, directions v_x, and what else is named."""
        directions = {f"v_{n}": v for n, v in zip(self.wrt, self.along, strict=True)}
        found = {**self.given, **directions, **more}
        return {n: np.ascontiguousarray(t.numpy()).reshape(t.shape) for n, t in found.items()}


def among(arrays, kernel):
    return {n: a for n, a in arrays.items() if n in kernel.inputs}


def gap(ours, theirs) -> float:
    theirs = theirs.detach().numpy()
    return float(np.max(np.abs(ours - theirs))) / max(1.0, float(np.max(np.abs(theirs))))


@pytest.mark.parametrize("name", ROWS)
def test_a_jacobian_times_a_vector(name):
    row = Row(name)
    kernel = deltarule.kernel(deltarule.jvp(row.network, row.wrt))
    found = kernel.values(**among(row.arrays(), kernel))
    _, theirs = functional.jvp(row.outputs, row.inputs, row.along)
    assert len(theirs) == len(row.names)
    for output, moved in zip(row.names, theirs, strict=True):
        assert gap(found[f"v_{output}"], moved) < NEAR


@pytest.mark.parametrize("name", ROWS)
def test_a_hessian_times_a_vector(name):
    """Of a layer by itself it is that of Σ ȳ·y, for random ȳ."""
    row = Row(name)
    torch.manual_seed(43)
    weights = [torch.randn_like(y) for y in row.outputs(*row.inputs)]
    if row.network.loss is not None:
        weights = [torch.ones_like(w) for w in weights]

    def total(*inputs):
        pairs = zip(weights, row.outputs(*inputs), strict=True)
        return sum((w * y).sum() for w, y in pairs)

    _, theirs = functional.hvp(total, row.inputs, row.along)
    kernel = deltarule.kernel(deltarule.hvp(row.network, row.wrt), wrt=row.wrt)
    bars = {barred(n): w for n, w in zip(row.names, weights, strict=True)}
    found = kernel.backward(**among(row.arrays(**bars), kernel))
    for tensor, product in zip(row.wrt, theirs, strict=True):
        ours = found[tensor]
        if row.network.tensors[tensor].symmetric:  # along which only symmetric parts count
            ours, product = (ours + ours.T) / 2, (product + product.T) / 2
        assert gap(ours, product) < NEAR


#: Losses whose Hessians are small, by one tensor.
ENTRIES = {"softmax_cross_entropy": "z", "focal_loss": "z", "quadratic_form": "x", "info_nce": "x"}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_hessian_entry_by_entry(name):
    row, wrt = Row(name), ENTRIES[name]
    place = row.wrt.index(wrt)

    def total(tensor):
        inputs = (*row.inputs[:place], tensor, *row.inputs[place + 1 :])
        return row.outputs(*inputs)[0].sum()

    theirs = functional.hessian(total, row.inputs[place])
    (entries,) = deltarule.hessian(row.network, wrt)
    network, arrays = row.network, row.arrays()
    sizes = {
        size: (arrays[t].shape[axis] - int(rest)) // int(coefficient)
        for size, (t, axis, rest, coefficient) in known_sizes(network)[0].items()
    }
    values = Values(dict(arrays), sizes, dict(network.scalars), network.tensors)
    run(network.equations, values, Float64())
    upstream = {f"dL/d{n}": np.ones(values.arrays[n].shape) for n in row.names}
    values.arrays |= upstream
    run(deltarule.derive(network).equations(), values, Float64())
    ours = evaluate(entries.expr, entries.rows + entries.columns, values, Float64())
    assert gap(np.asarray(ours), theirs) < NEAR


def test_a_gauss_newton_matrix_times_a_vector():
    """Jᵀ(H(J v)) by PyTorch, of two layers and the cross-entropy of their softmax."""
    x, t = torch.randn(4, 3, **T), torch.rand(4, 5, **T).softmax(1)
    weights = (torch.randn(3, 6, **T), torch.randn(6, 5, **T))
    along = tuple(map(torch.randn_like, weights))

    def logits(one, two):
        return torch.sigmoid(x @ one) @ two

    z, moved = functional.jvp(logits, weights, along)
    _, curved = functional.hvp(lambda z: F.cross_entropy(z, t, reduction="sum"), z, moved)
    _, theirs = functional.vjp(logits, weights, curved)
    network = deltarule.gauss_newton("mlp", "z", loss="softmax_cross_entropy")
    kernel = deltarule.kernel(network)
    names = ("Theta1", "Theta2")
    given = {"x": x, "t": t, **dict(zip(names, weights, strict=True))}
    given |= {f"v_{n}": v for n, v in zip(names, along, strict=True)}
    arrays = among({n: a.numpy() for n, a in given.items()}, kernel)
    found = kernel.backward(**arrays)
    for name, product in zip(names, theirs, strict=True):
        assert gap(found[f"v_{name}"], product) < NEAR
    assert kernel.forward(**arrays) > 0
