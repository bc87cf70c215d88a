"""Layers with windows whose sizes are numbers, 1 among them: any stride, dilation and padding."""

import random

import pytest
from agreement import agree, probed
from laid_out import as_python

from deltarule.errors import DeltaruleError
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.language.load import load
from deltarule.networks.specialise import given_sizes

LAYERS = (
    "conv1d", "conv2d", "conv3d", "transposed_conv2d", "grouped_conv2d", "true_convolution",
    "max_pool1d", "max_pool2d", "avg_pool2d", "conv_pool",
)  # fmt: skip
#: Settings that failed once: what a remainder leaves, an image of one column, an empty result.
KNOWN = [
    ("conv1d", {"stride": 2, "dilation": 3, "T": 6, "K": 2}),
    ("conv2d", {"W": 1}),
    ("conv2d", {"W": 1, "stride": 2, "dilation": 2}),
    ("transposed_conv2d", {"pad": 1, "W": 1, "L": 3, "S": 2}),
]


def drawn(name: str, seed: int) -> dict:
    """Numbers for some attributes and sizes; padding is less than the window."""
    chance = random.Random(f"{name} {seed}")
    options = {o.name: o.default for o in load(name).options.values() if type(o.default) is int}
    settings = {
        word: chance.randint(min(usual, 1), 3)
        for word, usual in options.items()
        if word != "pad" and chance.random() < 0.7
    }
    for size in given_sizes(load(name, **settings)):
        if size not in "SDP" and chance.random() < 0.6:
            settings[size] = chance.choice([1, 1, 2, 3, 4, 5, 6])
    windows = [settings.get(w, 2) for w in ("K", "L", "height", "width", "window")]
    return settings | ({"pad": chance.randint(0, min(windows) - 1)} if "pad" in options else {})


@pytest.mark.parametrize("case", [*KNOWN, *((name, None) for name in LAYERS)], ids=str)
def test_specialised_kernels_agree_with_the_evaluator(case, tmp_path, monkeypatch):
    name, settings = case
    made = fitting(name) if settings is None else program(name, settings)
    module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    agree(module, made, probed(made, 0))


def fitting(name: str):
    """The program at the first settings drawn that leave a result."""
    for seed in range(9):
        asked = drawn(name, seed)
        try:
            return program(name, asked)
        except DeltaruleError as error:
            # Pools behind a convolution may find too little of an image of one column.
            told = ("the sizes do not fit", *(["no small sizes"] if name == "conv_pool" else []))
            assert error.fact.startswith(told), asked
    return pytest.fail(f"nothing that was drawn fits {name}")


FREE_ENERGY = """
from deltarule.language import *

T, D = sizes("T D")
t, d = indices("t d")
c = scalar("c", 5)
Q, K, y = input("Q", T, D), input("K", T, D), output("y", T)
y[t] = log(Sum[d](exp(c * Q[t, d]))) * Sum[d](K[t, d])
"""


def test_working_arrays_of_both_passes_have_names_of_their_own(tmp_path, monkeypatch):
    (tmp_path / "free_energy.py").write_text(FREE_ENERGY)
    made = program(str(tmp_path / "free_energy.py"), {})
    assert made.forward.working and made.backward.working
    assert not set(made.forward.working) & set(made.backward.working)
    module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    agree(module, made, probed(made, 0))


def test_the_digits_of_a_position_are_told_apart():
    """15·a + 4·b + 2·c + d: 2 does not divide 15, so the parity of the whole tells nothing."""
    from sympy import Integer

    from deltarule.expressions.mixed_radix import digits, left_for
    from deltarule.expressions.nodes import Remainder
    from deltarule.expressions.symbols import Index

    a, b, c, d, u = map(Index, "abcdu")
    ranges = {a: Integer(2), b: Integer(3), c: Integer(2), d: Integer(2)}
    found = digits(15 * a + 4 * b + 2 * c + d, ranges)
    assert found is not None
    parts, _ = found
    assert [p.index for p in parts] == [a, b, c, d]
    within = Remainder(u, Integer(15))
    assert left_for(u, parts)[1:] == [
        within,
        Remainder(within, Integer(4)),
        Remainder(Remainder(within, Integer(4)), Integer(2)),
    ]
