"""The workloads: what is computed, with which arrays, and how many operations that takes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Workload:
    """A derivation with its settings and the shapes of its arrays; `peer` names the peers' code.

    `targets` are the inputs whose gradient nobody asks for.
    """

    title: str
    derivation: str
    shapes: dict[str, tuple[int, ...]]
    settings: dict = field(default_factory=dict)
    upstream: dict[str, tuple[int, ...]] = field(default_factory=dict)
    peer: str = ""
    targets: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names of the tensors whose gradients are computed."""
        return tuple(n for n in self.shapes if n not in self.targets)

    def arrays(self, dtype: str) -> dict[str, np.ndarray]:
        """Inputs and upstream gradients, the same at every call; `dy` is any upstream gradient."""
        random = np.random.default_rng(7)
        made = {}
        for name, shape in {**self.shapes, **self.upstream}.items():
            weight = len(shape) > 1 and name not in ("x", "Q", "K", "V", "y", *self.upstream)
            ahead = float(np.prod(shape[1:])) if len(shape) == 4 else float(shape[0])
            scale = max(1.0, ahead) ** -0.5 if weight else 1.0
            made[name] = (random.normal(size=shape) * scale).astype(dtype)
        return made

    def multiply_adds(self) -> int | None:
        """Those of the forward pass and all gradients; None where nothing is a sum of products.

        The forward pass's are counted by deltarule in the equations. Each product x·w there, of
        two tensors whose gradients are wanted, comes back as y̅·w and x·y̅: three in all.
        """
        from deltarule.counting.counts import count
        from deltarule.kernels.passes.program import known_sizes
        from deltarule.language.load import load
        from deltarule.networks.specialise import specialise

        network = load(self.derivation)
        options = {k: v for k, v in self.settings.items() if k in network.options}
        network = load(self.derivation, **options)
        numbers = {a.name: v for a, v in network.attributes.items()}
        numbers |= {k: v for k, v in self.settings.items() if k not in options}
        told = known_sizes(specialise(network, numbers))[0]
        for size, (name, axis, rest, coefficient) in told.items():
            numbers[size.name] = int((self.shapes[name][axis] - rest) // coefficient)
        forward = count(specialise(network, numbers)).multiply_adds
        return 3 * int(forward) or None

    def bytes(self, dtype: str) -> int:
        """Of the inputs and the upstream gradients, the outputs (as large) and the gradients."""
        entries = [*self.shapes.values(), *self.upstream.values(), *self.upstream.values()]
        entries += [self.shapes[n] for n in self.wanted]
        return sum(int(np.prod(s)) for s in entries) * np.dtype(dtype).itemsize


def _conv(n, c, h, f, k, stride, pad) -> Workload:
    side = (h + 2 * pad - k) // stride + 1
    moved = f", stride {stride}" * (stride > 1) + f", pad {pad}" * (pad > 0)
    return Workload(
        f"conv {n}×{c}×{h}×{h}, {f} filters {k}×{k}{moved}",
        "conv2d",
        {"x": (n, c, h, h), "w": (f, c, k, k), "b": (f,)},
        {"stride": stride, "pad": pad},
        {"dy": (n, f, side, side)},
        "conv",
    )


def _windows(title: str, derivation: str, x: tuple, w: tuple, groups: int = 1) -> Workload:
    """Windows of 3 in each direction, pad 1: places are as many as before."""
    settings = {"pad": 1} | ({"groups": groups} if groups > 1 else {})
    upstream = {"dy": (x[0], w[0], *x[2:])}
    return Workload(title, derivation, {"x": x, "w": w, "b": w[:1]}, settings, upstream, "windows")


def _gates(gates: str, biases: str) -> dict[str, tuple[int, ...]]:
    shapes = {f"W_x{g}": (64, 128) for g in gates} | {f"W_h{g}": (128, 128) for g in gates}
    return shapes | {f"b_{g}": (128,) for g in biases}


_LENET5 = {
    "x": (64, 1, 32, 32),
    "w1": (6, 1, 5, 5),
    "b1": (6,),
    "w2": (16, 6, 5, 5),
    "b2": (16,),
    "W3": (400, 120),
    "b3": (120,),
    "W4": (120, 84),
    "b4": (84,),
    "W5": (84, 10),
    "b5": (10,),
}

WORKLOADS = {
    "a": Workload(
        "the slide's 2-3-1 net, batch 1",
        "mlp",
        {"x": (1, 2), "Theta1": (2, 3), "Theta2": (3, 1), "y": (1, 1)},
        peer="mlp",
        targets=("y",),
    ),
    "b": Workload(
        "dense 784-256-10, sigmoid, squared error, batch 64",
        "mlp",
        {"x": (64, 784), "Theta1": (784, 256), "Theta2": (256, 10), "y": (64, 10)},
        peer="mlp",
        targets=("y",),
    ),
    "c1": _conv(1, 1, 28, 6, 5, 1, 0),
    "c64": _conv(64, 1, 28, 6, 5, 1, 0),
    "d": _conv(8, 32, 32, 64, 3, 1, 1),
    "e": _conv(4, 64, 56, 64, 3, 1, 1),
    "f": _conv(8, 3, 64, 32, 7, 2, 3),
    "g": Workload(
        "LSTM, T 50, N 32, D 64, H 128",
        "lstm",
        {"x": (50, 32, 64), "h0": (32, 128), "c0": (32, 128), **_gates("ifog", "ifog")},
        {},
        {"dy": (50, 32, 128)},
        "lstm",
    ),
    "h": Workload(
        "tanh RNN, T 100, N 32, D 64, H 128",
        "rnn",
        {
            "x": (100, 32, 64),
            "W_xh": (64, 128),
            "W_hh": (128, 128),
            "b_h": (128,),
            "h0": (32, 128),
            "W_hy": (128, 16),
            "b_y": (16,),
            "y": (100, 32, 16),
        },
        peer="rnn",
        targets=("y",),
    ),
    "i": Workload(
        "max pool 2×2, 8×32×64×64",
        "max_pool2d",
        {"x": (8, 32, 64, 64)},
        {},
        {"dy": (8, 32, 32, 32)},
        "max_pool",
    ),
    "j": Workload(
        "batch norm, 64×32×28×28",
        "batch_norm",
        {"x": (64, 32, 28, 28), "gamma": (32,), "beta": (32,)},
        {"images": True},
        {"dy": (64, 32, 28, 28)},
        "batch_norm",
    ),
    "k": Workload(
        "average pool 2×2, 8×32×64×64",
        "avg_pool2d",
        {"x": (8, 32, 64, 64)},
        {},
        {"dy": (8, 32, 32, 32)},
        "avg_pool",
    ),
    "l": Workload(
        "GRU, T 50, N 32, D 64, H 128",
        "gru",
        {"x": (50, 32, 64), "h0": (32, 128), **_gates("rzg", "rzgu")},
        {"reset": "after"},
        {"dy": (50, 32, 128)},
        "gru",
    ),
    "m": Workload(
        "attention, 8 sequences, T 128, D 64",
        "attention",
        {"Q": (8, 128, 64), "K": (8, 128, 64), "V": (8, 128, 64)},
        {},
        {"dy": (8, 128, 64)},
        "attention",
    ),
    "n": Workload("LeNet-5, batch 64", "lenet5", _LENET5, {}, {"dfc5": (64, 10)}, "lenet5"),
    "o": Workload(
        "attention, 2 sequences, T 1024, D 64",
        "attention",
        {"Q": (2, 1024, 64), "K": (2, 1024, 64), "V": (2, 1024, 64)},
        {},
        {"dy": (2, 1024, 64)},
        "attention",
    ),
    "p": _windows("depthwise 3×3, 8×64×32×32, pad 1", "conv2d", (8, 64, 32, 32), (64, 1, 3, 3), 64),
    "q": _windows("conv 1-D 16×64×256, 64 filters 3, pad 1", "conv1d", (16, 64, 256), (64, 64, 3)),
    "r": _windows(
        "conv 3-D 2×8×16×32×32, 16 filters 3×3×3, pad 1",
        "conv3d",
        (2, 8, 16, 32, 32),
        (16, 8, 3, 3, 3),
    ),
}
