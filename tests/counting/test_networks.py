"""Counts of the lectures: parameters, shapes, multiply–adds, receptive fields, what is not read."""

import pytest

from deltarule.counting.counts import count
from deltarule.errors import DeltaruleError
from deltarule.language.load import load
from deltarule.networks.specialise import specialise


@pytest.mark.parametrize(
    ("name", "options", "parameters"),
    [
        ("lenet1", {}, 3246),
        ("lenet1", {"maps": "table"}, 2578),
        ("lenet5", {}, 61706),
        ("alexnet", {}, 62378344),
        ("vgg11", {}, 132863336),
        ("vgg", {"configuration": "A-LRN"}, 132863336),
        ("vgg13", {}, 133047848),
        ("vgg", {"configuration": "C"}, 133638952),
        ("vgg16", {}, 138357544),
        ("vgg19", {}, 143667240),
        ("nin", {}, 7595176),
        ("googlenet", {}, 6998552),
        ("resnet152", {}, 60192808),
        ("resnet152", {"blocks": "3-4-6-3"}, 25557032),
        ("keras_cnn", {}, 137660),
    ],
)
def test_parameters(name, options, parameters):
    assert count(load(name, **options)).parameters == parameters


def test_vgg_in_millions():
    found = [count(load("vgg", configuration=c)).parameters for c in "ABCDE"]
    assert [round(int(p) / 10**6) for p in found] == [133, 133, 134, 138, 144]


def test_a_network_with_a_symbol():
    found = count(load("image_mlp")).parameters
    assert str(found) == "20*K**2 + 600"
    assert found.subs(dict.fromkeys(found.free_symbols, 9)) == 2220


def line(network, name):
    return next(row for row in count(network).layers if row.name == name)


def test_the_keras_network():
    network = load("keras_cnn")
    rows = {row.name: row for row in count(network).layers}
    assert [rows[n].shape[1:] for n in ("conv1", "pool1", "conv2", "pool2", "flat")] == [
        (25, 26, 26),
        (25, 13, 13),
        (50, 11, 11),
        (50, 5, 5),
        (1250,),
    ]
    assert rows["conv1"].parameters == 250
    assert rows["conv2"].parameters == 11250 + 50
    assert str(rows["pool2"].unread[0]) == (
        "(11 + 2·0 − 2)/2 = 9/2 leaves 1: 5 outputs, and row 10 of conv2 never read"
    )


def test_alexnet():
    rows = {row.name: row for row in count(load("alexnet")).layers}
    assert rows["pool5"].shape[1:] == (256, 6, 6)
    assert [row.field[0].rows for row in (rows["conv1"], rows["pool1"], rows["pool5"])] == [
        11,
        19,
        195,
    ]
    assert rows["conv2"].multiply_adds.subs(dict.fromkeys(rows["conv2"].shape[:1], 1)) == 447897600


def convolution(stride, pad=0, channels=1, maps=1, size=7, window=3, bias=True):
    network = load("conv2d", stride=stride, dilation=1, pad=pad, bias=bias)
    numbers = {"H": size, "W": size, "K": window, "L": window, "C": channels, "F": maps, "N": 1}
    return specialise(network, numbers)


@pytest.mark.parametrize(("stride", "pad", "outputs"), [(1, 0, 5), (2, 0, 3), (3, 0, 2), (3, 1, 3)])
def test_seven_by_seven(stride, pad, outputs):
    found = line(convolution(stride, pad), "y")
    assert found.shape[2:] == (outputs, outputs)
    assert bool(found.unread) == ((7 + 2 * pad - 3) % stride != 0)


def test_what_does_not_fit_is_told():
    left = line(convolution(3), "y").unread
    assert str(left[0]) == "(7 + 2·0 − 3)/3 = 4/3 leaves 1: 2 outputs, and row 6 of x never read"
    assert str(left[1]).endswith("and column 6 of x never read")


def test_strict_refuses():
    with pytest.raises(DeltaruleError) as caught:
        count(convolution(3), strict=True)
    assert caught.value.fact.startswith("the window of y does not fit: (7 + 2·0 − 3)/3 = 4/3")
    assert caught.value.remedy == "it fits with padding 1, or with stride 1 or 2 or 4"


def test_ten_filters_on_a_colour_image():
    found = line(convolution(1, 2, channels=3, maps=10, size=32, window=5), "y")
    assert found.shape == (1, 10, 32, 32)
    assert found.parameters == 760


def test_one_filter_against_a_dense_layer():
    dense = specialise(load("dense", bias=False), {"D": 32 * 32, "M": 100})
    assert count(dense).parameters == 102400
    assert count(convolution(1, size=32, window=5, bias=False)).parameters == 25
