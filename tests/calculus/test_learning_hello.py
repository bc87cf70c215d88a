"""The character model learns to write hello, whatever it starts from, and then writes it."""

import numpy as np
import pytest
from once import derived, loaded
from variants import FULL

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.expressions.symbols import Size

LETTERS = "helo"
HIDDEN, RATE, UPDATES = 8, 0.3, 60


def one_hot(text):
    return np.eye(4)[[LETTERS.index(letter) for letter in text]]


def values(arrays, times):
    sizes = {Size("T"): times, Size("V"): 4, Size("H"): HIDDEN}
    return Values(dict(arrays), sizes, {}, loaded("char_rnn").tensors)


def start(seed):
    random = np.random.default_rng(seed)
    shapes = {"W_xh": (4, HIDDEN), "W_hh": (HIDDEN, HIDDEN), "W_hy": (HIDDEN, 4)}
    drawn = {name: random.normal(scale=0.3, size=shape) for name, shape in shapes.items()}
    return {**drawn, "b_h": np.zeros(HIDDEN), "b_y": np.zeros(4), "h0": np.zeros(HIDDEN)}


def write(weights, first, count):
    """Every letter that is most likely is the next input, and the state goes on."""
    text, h = first, weights["h0"]
    for _ in range(count):
        given = {**weights, "h0": h, "x": one_hot(text[-1]), "y": one_hot(text[-1])}
        step = values(given, 1)
        run(loaded("char_rnn").equations, step, Float64())
        text, h = text + LETTERS[step.arrays["p"][0].argmax()], step.arrays["h"][0]
    return text


@pytest.mark.parametrize("seed", range(8) if FULL else range(3))
@pytest.mark.slow
def test_learns_all_four_letters(seed):
    derivation, weights = derived("char_rnn"), start(seed)
    learned = [t.name for t in derivation.network.with_role("parameter") if t.name != "h0"]
    for _ in range(UPDATES):
        now = values({**weights, "x": one_hot("hell"), "y": one_hot("ello")}, 4)
        run(loaded("char_rnn").equations, now, Float64())
        run(derivation.equations(), now, Float64())
        weights |= {name: weights[name] - RATE * now.arrays[f"dE/d{name}"] for name in learned}
    assert write(weights, "h", 4) == "hello"
