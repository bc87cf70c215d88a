"""Mistakes at losses, penalties and axes, planted in NumPy: each must be named as what it is."""

from __future__ import annotations

import pytest
from layers_by_hand import (
    CONV,
    Planted,
    average_dx,
    average_givens,
    batch_xhat,
    conv_dw,
    conv_dx,
    conv_givens,
    logits,
    norm_givens,
    sheet,
    softmax,
    with_labels,
)
from losses_by_hand import (
    DECAY,
    decayed_dw,
    decayed_error,
    decayed_givens,
    image_dx,
    image_givens,
    image_xhat,
    labelled_dz,
    labels,
    softmax_dz,
    spread,
    spread_givens,
    yes_or_no,
)
from mistakes_table import table

from deltarule.marking import mark
from deltarule.marking.verdicts import MISTAKE

STABLE = {"stable": True}
IMAGES = {"images": True}
INSIDE = {"stride": 1, "pad": 1, "border": "inside"}


def over_the_batch(q):
    return softmax(q["z"].T).T


def again(dz):
    return lambda q: dz(q) * softmax(q["z"]) * (1 - softmax(q["z"]))


# The numbers are those of the list of students' mistakes.
PLANTED = {
    "8 bias from the weights of a kernel": Planted(
        "conv1d",
        conv_givens,
        "dL/db",
        lambda q: conv_dw(q, 2, 1).sum((1, 2)),
        ("bias from weights",),
        CONV,
    ),
    "16 label": Planted(
        "label_cross_entropy", labels, "dE/dz", again(labelled_dz), ("slope twice",)
    ),
    "16 label, stable": Planted(
        "label_cross_entropy", labels, "dE/dz", again(labelled_dz), ("slope twice",), STABLE
    ),
    "16 stable": Planted(
        "softmax_cross_entropy",
        with_labels,
        "dE/dz",
        again(lambda q: softmax(q["z"]) - q["t"]),
        ("slope twice",),
        STABLE,
    ),
    "17 bias in the penalty": Planted(
        "regularised_dense",
        decayed_givens,
        "R",
        lambda q: DECAY / 2 * ((q["W"] ** 2).sum() + (q["b"] ** 2).sum()),
        ("bias regularised",),
    ),
    "17 bias in the gradient": Planted(
        "regularised_dense",
        decayed_givens,
        "dE/db",
        lambda q: decayed_error(q).sum(0) + DECAY * q["b"],
        ("bias regularised",),
    ),
    "17 weights not squared": Planted(
        "regularised_dense",
        decayed_givens,
        "dE/dW",
        lambda q: decayed_dw(q) + DECAY / 2,
        ("power",),
    ),
    "17 weights squared in the gradient": Planted(
        "regularised_dense",
        decayed_givens,
        "dE/dW",
        lambda q: decayed_dw(q) + DECAY * q["W"] ** 2,
        ("factor twice",),
        decimals=7,
    ),
    "17 penalty lost": Planted(
        "regularised_dense", decayed_givens, "dE/dW", decayed_dw, ("path frozen", "summand lost")
    ),
    "classes exchanged": Planted(
        "binary_cross_entropy",
        yes_or_no,
        "dE/dyhat",
        lambda q: -((1 - q["y"]) / q["yhat"] - q["y"] / (1 - q["yhat"])),
        ("gates exchanged",),
    ),
    "20 stride of a transposed kernel": Planted(
        "transposed_conv2d", spread_givens, "y", lambda q: spread(q, 1), ("stride lost",)
    ),
    "25 whole windows at the border": Planted(
        "avg_pool2d", average_givens, "dL/dx", average_dx, ("another divisor",), INSIDE
    ),
    "30 batch alone, not the places": Planted(
        "batch_norm",
        image_givens,
        "dL/dx",
        lambda q: image_dx(q, (0,)),
        ("another axis",),
        IMAGES,
        3,
    ),
    "30 each image by itself": Planted(
        "batch_norm",
        image_givens,
        "xhat",
        lambda q: image_xhat(q, (2, 3)),
        ("another axis",),
        IMAGES,
        3,
    ),
    "30 everything together": Planted(
        "batch_norm",
        image_givens,
        "dL/dx",
        lambda q: image_dx(q, (0, 1, 2, 3)),
        ("another axis",),
        IMAGES,
        3,
    ),
    "30 all numbers of a matrix": Planted(
        "layer_norm", norm_givens, "xhat", lambda q: batch_xhat(q, None), ("another axis",)
    ),
    "30 instances over the batch": Planted(
        "instance_norm",
        image_givens,
        "dL/dx",
        lambda q: image_dx(q, (0, 2, 3)),
        ("another axis",),
        decimals=3,
    ),
    "softmax over the batch": Planted("softmax", logits, "p", over_the_batch, ("another axis",)),
    "softmax over the batch, backward": Planted(
        "softmax", logits, "dL/dz", lambda q: softmax_dz(q, 0), ("another axis",)
    ),
    "softmax over the batch, stable": Planted(
        "softmax_cross_entropy", with_labels, "p", over_the_batch, ("another axis",), STABLE
    ),
    "channels exchanged": Planted(
        "conv1d", conv_givens, "dL/dx", lambda q: conv_dx(q)[:, ::-1], ("layout",), CONV
    ),
    "reversed along the last axis": Planted(
        "conv1d", conv_givens, "dL/dx", lambda q: conv_dx(q)[..., ::-1], ("layout",), CONV
    ),
    "reshaped where it should be transposed": Planted(
        "conv1d",
        conv_givens,
        "dL/dx",
        lambda q: conv_dx(q).transpose(0, 2, 1).reshape(2, 2, 7),
        ("layout",),
        CONV,
    ),
}

#: The same functions without the mistake.
RIGHT = {
    "penalty": Planted(
        "regularised_dense", decayed_givens, "dE/dW", lambda q: decayed_dw(q) + DECAY * q["W"], ()
    ),
    "bias": Planted(
        "regularised_dense", decayed_givens, "dE/db", lambda q: decayed_error(q).sum(0), ()
    ),
    "images": Planted(
        "batch_norm", image_givens, "dL/dx", lambda q: image_dx(q, (0, 2, 3)), (), IMAGES, 3
    ),
    "transposed kernel": Planted("transposed_conv2d", spread_givens, "y", spread, ()),
    "label": Planted("label_cross_entropy", labels, "dE/dz", labelled_dz, (), STABLE),
    "softmax": Planted("softmax", logits, "dL/dz", lambda q: softmax_dz(q, 1), ()),
    "border": Planted(
        "avg_pool2d", average_givens, "dL/dx", lambda q: average_dx(q, "inside"), (), INSIDE
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name):
    case = PLANTED[name]
    verdict = mark(sheet(case, 3)).verdicts[-1]
    assert verdict.verdict == MISTAKE, verdict
    assert len(verdict.mistakes) == 1 and verdict.mistakes[0] in case.kinds, verdict


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_value_is_right(name):
    assert all(v.right for v in mark(sheet(RIGHT[name], 3)).verdicts)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["transposed_conv2d", "layer_norm", "regularised_dense"])
def test_every_row_that_applies_is_generated(name):
    assert [row for row, generated in table(name).items() if not generated] == []
