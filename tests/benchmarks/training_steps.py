"""Whole networks that are trained: a step is forward, backward and an update with momentum."""

from __future__ import annotations

from pathlib import Path

from workload import Workload

_OWN = Path(__file__).resolve().parent / "networks"
#: The share of the speed that a step keeps, and the learning rate.
MOMENTUM, RATE = 0.9, 1e-3

_LENET5 = {"w1": (6, 1, 5, 5), "w2": (16, 6, 5, 5)}
_LENET5_DENSE = ((3, 400, 120), (4, 120, 84), (5, 84, 10))
_KERAS = {"w1": (25, 1, 3, 3), "w2": (50, 25, 3, 3)}
_KERAS_DENSE = ((3, 1250, 100), (4, 100, 10))
_ALEXNET = {
    "w1": (96, 3, 11, 11),
    "w2": (256, 96, 5, 5),
    "w3": (384, 256, 3, 3),
    "w4": (384, 384, 3, 3),
    "w5": (256, 384, 3, 3),
}
_ALEXNET_DENSE = ((6, 9216, 4096), (7, 4096, 4096), (8, 4096, 1000))
_VGG = (("1a", 3, 64), ("2a", 64, 128), ("3a", 128, 256), ("3b", 256, 256))
_VGG += (("4a", 256, 512), ("4b", 512, 512), ("5a", 512, 512), ("5b", 512, 512))
_VGG_DENSE = ((6, 25088, 4096), (7, 4096, 4096), (8, 4096, 1000))
_RESIDUAL = {"stem": (64, 3, 3, 3), "3a": (128, 64, 3, 3), "3s": (128, 64, 1, 1)}
_RESIDUAL |= dict.fromkeys(("1a", "1b", "2a", "2b"), (64, 64, 3, 3))
_RESIDUAL |= dict.fromkeys(("3b", "4a", "4b"), (128, 128, 3, 3))


def _with_biases(convolutions: dict, dense: tuple, bias: str = "b") -> dict:
    """Filters by name with a bias each, and the weights of dense layers by number."""
    shapes = {}
    for name, shape in convolutions.items():
        shapes |= {name: shape, f"b{name[1:]}": shape[:1]}
    for number, before, units in dense:
        shapes |= {f"W{number}": (before, units), f"{bias}{number}": (units,)}
    return shapes


def _classifier(network: str, image: tuple, parameters: dict, classes: int, usual: bool) -> dict:
    """Three sizes of batches; `network` is one of the catalogue's, or a file beside this."""
    own = _OWN / f"{network}.py"
    settings = {} if own.exists() else {"network": network}
    return {
        f"{network}-{batch}": Workload(
            f"{network}, a step with momentum, batch {batch}",
            str(own) if own.exists() else "classifier",
            {"x": (batch, *image), "t": (batch,), **parameters},
            settings,
            peer=f"{network} step",
            targets=("x", "t"),
            numbered={"t": classes},
            rate=RATE,
            kinked=network != "lenet5",
            usual=usual,
        )
        for batch in (1, 8, 64)
    }


def _residual() -> dict:
    shapes = {}
    for name, shape in _RESIDUAL.items():
        shapes |= {f"w_{name}": shape, f"gamma_{name}": shape[:1], f"beta_{name}": shape[:1]}
    return shapes | {"W_fc": (128, 10), "b_fc": (10,)}


def _language_model(batch: int, times: int = 35, words: int = 2000, units: int = 128) -> Workload:
    gates = {f"{k}{g}": (units, units) for g in "ifog" for k in ("W_x", "W_h")}
    shapes = {
        "w": (times, batch),
        "label": (times, batch),
        "h0": (batch, units),
        "c0": (batch, units),
        "E": (words, units),
        **gates,
        **{f"b_{g}": (units,) for g in "ifog"},
        "W_hy": (units, words),
        "b_y": (words,),
    }
    return Workload(
        f"LSTM language model, {words} words, T {times}, D = H = {units}, batch {batch}",
        str(_OWN / "lstm_language_model.py"),
        shapes,
        peer="lstm_language_model step",
        targets=("w", "label", "h0", "c0"),
        numbered={"w": words, "label": words},
        rate=RATE,
    )


TRAINING_STEPS = {
    **_classifier("lenet5", (1, 32, 32), _with_biases(_LENET5, _LENET5_DENSE), 10, True),
    **_classifier("keras_cnn", (1, 28, 28), _with_biases(_KERAS, _KERAS_DENSE), 10, True),
    **{f"lstm_language_model-{batch}": _language_model(batch) for batch in (1, 8, 64)},
    **_classifier("residual_network", (3, 32, 32), _residual(), 10, False),
    **_classifier(
        "alexnet", (3, 227, 227), _with_biases(_ALEXNET, _ALEXNET_DENSE, "c"), 1000, False
    ),
    **_classifier(
        "vgg11",
        (3, 224, 224),
        _with_biases({f"w_{n}": (f, c, 3, 3) for n, c, f in _VGG}, _VGG_DENSE),
        1000,
        False,
    ),
}
