"""The workloads: what is computed, with which arrays, and how many operations that takes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Workload:
    """A derivation with its settings and the shapes of its arrays; `peer` names the peers' code."""

    title: str
    derivation: str
    shapes: dict[str, tuple[int, ...]]
    settings: dict = field(default_factory=dict)
    upstream: dict[str, tuple[int, ...]] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    peer: str = ""

    def arrays(self, dtype: str) -> dict[str, np.ndarray]:
        """Inputs and upstream gradients, the same at every call."""
        random = np.random.default_rng(7)
        made = {}
        for name, shape in {**self.shapes, **self.upstream}.items():
            if name in self.labels:
                made[name] = random.integers(0, self.labels[name], shape)
            else:
                scale = 1 / max(1.0, float(np.prod(shape[1:]))) ** 0.5 if len(shape) > 1 else 1.0
                scale = 1.0 if name in ("x", *self.upstream) else scale
                made[name] = (random.normal(size=shape) * scale).astype(dtype)
        return made


def _conv(n, c, h, f, k, stride, pad) -> Workload:
    side = (h + 2 * pad - k) // stride + 1
    return Workload(
        f"conv {n}×{c}×{h}×{h}, {f} filters {k}×{k}, stride {stride}, pad {pad}", "conv2d",
        {"x": (n, c, h, h), "w": (f, c, k, k), "b": (f,)}, {"stride": stride, "pad": pad},
        {"dy": (n, f, side, side)}, peer="conv",
    )


WORKLOADS = {
    "a": Workload(
        "the slide's 2-3-1 net, batch 1", "mlp",
        {"x": (1, 2), "Theta1": (2, 3), "Theta2": (3, 1), "y": (1, 1)}, {}, peer="mlp",
    ),
    "b": Workload(
        "dense 784-256-10, sigmoid, squared error, batch 64", "mlp",
        {"x": (64, 784), "Theta1": (784, 256), "Theta2": (256, 10), "y": (64, 10)}, {}, peer="mlp",
    ),
    "c1": _conv(1, 1, 28, 6, 5, 1, 0),
    "c64": _conv(64, 1, 28, 6, 5, 1, 0),
    "d": _conv(8, 32, 32, 64, 3, 1, 1),
    "e": _conv(4, 64, 56, 64, 3, 1, 1),
    "f": _conv(8, 3, 64, 32, 7, 2, 3),
    "h": Workload(
        "tanh RNN, T 100, N 32, D 64, H 128", "rnn",
        {"x": (100, 32, 64), "W_xh": (64, 128), "W_hh": (128, 128), "b_h": (128,),
         "h0": (32, 128), "W_hy": (128, 16), "b_y": (16,), "y": (100, 32, 16)}, {}, peer="rnn",
    ),
    "g": Workload(
        "LSTM, T 50, N 32, D 64, H 128", "lstm",
        {"x": (50, 32, 64), "h0": (32, 128), "c0": (32, 128),
         **{f"W_x{g}": (64, 128) for g in "ifog"}, **{f"W_h{g}": (128, 128) for g in "ifog"},
         **{f"b_{g}": (128,) for g in "ifog"}}, {}, {"dy": (50, 32, 128)}, peer="lstm",
    ),
    "i": Workload(
        "max pool 2×2, 8×32×64×64", "max_pool2d", {"x": (8, 32, 64, 64)}, {},
        {"dy": (8, 32, 32, 32)}, peer="max_pool",
    ),
}
