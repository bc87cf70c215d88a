"""Exams opened for drawing, each once for all tests."""

from __future__ import annotations

from functools import lru_cache

from deltarule.exams.drawn_variants import Variants
from deltarule.exams.models import model_like, run_of_network
from deltarule.marking.sheet_files.arrays import Numbers
from deltarule.marking.sheet_files.sheets import Rounding

#: A batch through softmax, a recurrent network of two times, a 6 × 6 image through a convolution
#: and pooling: their networks, options and sizes, and the digits asked.
NETWORKS = {
    "softmax batch": (
        "mlp",
        {
            "layers": 2,
            "bias": True,
            "activation": "tanh",
            "orientation": "xW",
            "loss": "softmax_cross_entropy",
        },
        {"N": 2},
    ),
    "two steps": ("rnn", {"loss": "half_squared"}, {"T": 2, "N": 1, "D": 2, "H": 2, "M": 1}),
    "convolution": ("conv_pool", {}, {"N": 1, "C": 1, "H": 6, "W": 6, "F": 1, "K": 3, "L": 3}),
}


@lru_cache(maxsize=8)
def like_slide(seed: str = "2026-17", decimals: int | None = None) -> Variants:
    """The slide's own exam."""
    run = model_like("slide").run
    return Variants(run, seed, None if decimals is None else Rounding(decimals))


@lru_cache(maxsize=8)
def of_network(name: str, seed: str = "2026-17") -> Variants:
    """The exam about one of the networks above."""
    network, options, sizes = NETWORKS[name]
    return Variants(run_of_network(network, options, sizes), seed)


def texts(numbers: Numbers):
    """Printed numbers as they stand there."""
    return [texts(n) for n in numbers] if isinstance(numbers, tuple) else str(numbers)
