"""The order of axes as an option: the same numbers, turned, over the whole catalogue."""

import numpy as np
import pytest
from once import loaded

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.random_arrays import random_arrays
from deltarule.arithmetic.run import run
from deltarule.arithmetic.settings import setting, sizes_at
from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.spelling.text import text

LAYOUTS = [
    (name, option, choice)
    for name, path in catalogue().items()
    if "layout(" in path.read_text(encoding="utf-8")
    for option in ("layout", "filters")
    if option in loaded(name).options
    for choice in loaded(name).options[option].choices[1:]
]
#: What a derivation needs so that its tensors have an axis to move.
MORE = {"batch_norm": {"images": True}, "batch_norm_inference": {"images": True}}


def computed(network, arrays, sizes):
    values = Values(dict(arrays), sizes, dict(network.scalars), network.tensors)
    run(network.equations, values, Float64())
    return values.arrays


def turn(plain, turned):
    """Which axis of a tensor lies at each place; where all lie as before, none is moved."""
    places = range(len(plain.axes))
    return [*places] if plain.axes == turned.axes else [*map(plain.axes.index, turned.axes)]


@pytest.mark.parametrize("name, option, choice", LAYOUTS)
def test_a_layout_turns_arrays_and_nothing_else(name, option, choice):
    plain = loaded(name, **MORE.get(name, {}))
    turned = loaded(name, **MORE.get(name, {}), **{option: choice})
    sizes = sizes_at(plain, setting(plain))
    given = random_arrays(plain, sizes)
    orders = {t: turn(plain.tensors[t], tensor) for t, tensor in turned.tensors.items()}
    assert any(order != sorted(order) for order in orders.values())
    ours = computed(plain, given, sizes)
    theirs = computed(turned, {t: a.transpose(orders[t]) for t, a in given.items()}, sizes)
    for tensor in plain.with_role("output", "loss"):
        one, two = ours[tensor.name].transpose(orders[tensor.name]), theirs[tensor.name]
        assert np.allclose(one.astype(float), two.astype(float), rtol=1e-12, atol=0)


def test_formulas_are_in_the_order_that_is_asked_for():
    found = derive(loaded("conv1d", layout="channels_last", filters="outputs_last", bias=False))
    (forward,) = found.network.equations
    assert text(forward.rhs) == "Σ_{c,k} w[k, c, f]·x[n, S·i + D·k − P, c]"
    assert text(found.gradients["w"].expr).endswith("∂L/∂y[n, i, f]·x[n, S·i + D·k − P, c]")


def test_an_order_that_is_not_there_is_refused():
    with pytest.raises(DeltaruleError) as refused:
        load("conv2d", layout="channel_last")
    assert refused.value.fact == "layout = channel_last is not among the choices"
    assert refused.value.remedy == "did you mean 'channels_last'?"


def test_properties_of_axes_move_along(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(
        '"""Own."""\nfrom deltarule.language import *\n'
        'layout("layout", "time_first", batch_first=(0, 1))\n'
        'T, N, D = sizes("T N D")\nt, n, d = indices("t n d")\n'
        'p, q = input("p", T, N, D, sums_to_one=1), input("q", T, N, D, earlier=0)\n'
        'y = output("y", T, N, D)\ny[t, n, d] = p[t, n, d] * q[t, n, d]\n',
        encoding="utf-8",
    )
    tensors = load(path, layout="batch_first").tensors
    assert (tensors["p"].sums_to_one, tensors["q"].points) == (0, (1, -1))
