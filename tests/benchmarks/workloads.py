"""The workloads of the benchmark, by the names that its command takes."""

from __future__ import annotations

from training_steps import TRAINING_STEPS
from workload import Workload


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
    **TRAINING_STEPS,
}
#: Those that are measured when none is named.
USUAL = tuple(key for key, work in WORKLOADS.items() if work.usual)
