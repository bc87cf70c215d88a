"""`derive NAME --count`: the counting questions of the lectures, from the command line."""

import json

import pytest

from deltarule.spelling.folding import cells

SEVEN = ("--set", "N=1,C=1,F=1,H=7,W=7,K=3,L=3", "--dilation", "1")
COLOUR = "N=1,C=3,F=10,H=32,W=32,K=5,L=5"


def counted(invoke, *words):
    done = invoke("derive", *words, "--count", "--json")
    assert done.status == 0, done.out + done.err
    return json.loads(done.out)


@pytest.mark.parametrize(
    ("words", "parameters"),
    [
        (["lenet1"], 3246),
        (["lenet1", "--maps", "table"], 2578),
        (["lenet5"], 61706),
        (["alexnet"], 62378344),
        (["vgg11"], 132863336),
        (["vgg", "--configuration", "C"], 133638952),
        (["vgg16"], 138357544),
        (["vgg19"], 143667240),
        (["nin"], 7595176),
        (["googlenet"], 6998552),
        (["resnet152"], 60192808),
        (["keras_cnn"], 137660),
        (["image_mlp"], "20·K² + 600"),
        (["image_mlp", "--set", "K=9"], 2220),
        (["dense", "--no-bias", "--set", "D=1024,M=100"], 102400),
    ],
)
def test_parameters(invoke, words, parameters):
    assert counted(invoke, *words)["totals"]["parameters"] == parameters


@pytest.mark.parametrize(("stride", "pad", "outputs"), [(1, 0, 5), (2, 0, 3), (3, 0, 2), (3, 1, 3)])
def test_seven_by_seven(invoke, stride, pad, outputs):
    values = counted(invoke, "conv", *SEVEN, "--stride", stride, "--pad", pad)
    (layer,) = values["layers"]
    assert layer["shape"] == [1, 1, outputs, outputs]
    assert bool(layer["unread"]) == ((7 + 2 * pad - 3) % stride != 0)


def test_ten_filters_on_a_colour_image(invoke):
    values = counted(invoke, "conv", "--stride", 1, "--dilation", 1, "--pad", 2, "--set", COLOUR)
    assert values["layers"][0]["shape"] == [1, 10, 32, 32]
    assert values["totals"]["parameters"] == 760
    assert values["totals"]["multiply_adds"] == 32 * 32 * 10 * 75


def test_what_is_never_read_is_told(invoke):
    out = invoke("derive", "keras_cnn", "--count", width=100).out
    assert "Rounded down" in out
    assert "9/2 leaves 1: 5 outputs, and row 10 of conv2 never read" in out


def test_strict_refuses_and_names_what_fits(invoke):
    done = invoke("derive", "conv", "--count", "--strict", *SEVEN, "--stride", 3, "--pad", 0)
    assert done.status == 2 and not done.out
    assert "4/3 leaves 1" in done.err
    assert "it fits with padding 1, or with stride 1 or 2 or 4" in done.err


@pytest.mark.parametrize("name", ["vgg16", "lenet5"])
def test_strict_lets_pass_what_fits(invoke, name):
    assert invoke("derive", name, "--count", "--strict").status == 0


def test_strict_says_which_sizes_it_needs(invoke):
    done = invoke("derive", "conv", "--strict", "--set", "H=7,K=3", "--dilation", 1, "--pad", 0)
    assert done.status == 2
    assert "cannot be told: S, W, L have no numbers" in done.err
    assert "--set S=…,W=…,L=…" in done.err


def test_symbols_are_counted_with_and_named(invoke):
    out = invoke("derive", "conv", "--count", width=100).out
    assert "N×F×I×J" in out and "C·F·K·L + F" in out
    assert "I = ⌊(H + 2·P − 1 − D·(K − 1))/S⌋ + 1" in out
    assert "Without a number: N, C, H, W, F, K, L, D, P, S" in out


def test_receptive_fields(invoke):
    layers = {row["name"]: row for row in counted(invoke, "alexnet")["layers"]}
    found = [layers[n]["receptive_field"][0]["rows"] for n in ("conv1", "pool1", "pool5")]
    assert found == [11, 19, 195]


@pytest.mark.parametrize("name", ["lenet5", "vgg16", "googlenet", "conv", "image_mlp", "lstm"])
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_screen(invoke, name, width):
    out = invoke("derive", name, "--count", width=width).out
    assert all(cells(line) <= width for line in out.splitlines())
    assert "multiply–adds" in out and "total" in out


def test_a_table_has_one_line_a_layer_where_there_is_room(invoke):
    lines = invoke("derive", "vgg16", "--count", width=100).out.splitlines()
    (row,) = [line for line in lines if line.startswith("conv_1b")]
    assert row.split() == [
        "conv_1b",
        "conv2d",
        "N×64×224×224",
        "36,928",
        "1,849,688,064·N",
        "6,422,528·N",
        "5×5",
    ]
