"""Arrays that share memory: where they lie, which lie in others, and what must be there at least.

That no array is read or written when its time is over is tested with every derivation's kernel
(`test_catalogue`): there memory is poisoned whenever an array's time begins or ends.
"""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from once import programmed

import deltarule
from deltarule.errors import DeltaruleError
from deltarule.kernels.module.needed_memory import must_live
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.kernels.passes.signs_of_outputs import signs_of_outputs
from deltarule.kernels.prelude import addresses


def meets(one: tuple, other: tuple) -> bool:
    return one[1] <= other[2] and other[1] <= one[2]


@pytest.mark.parametrize("seed", range(20))
def test_arrays_that_are_needed_at_one_time_lie_apart(seed):
    draw = random.Random(seed)
    wanted = [((2, 1000), 0, 20)]
    for _ in range(draw.randrange(2, 12)):
        first = draw.randrange(10)
        shape = (draw.randrange(4), draw.randrange(1, 3000))
        wanted.append((shape, first, first + draw.randrange(4)))
    made = addresses.rooms(np.float32, *wanted)
    for array, (shape, _, _) in zip(made, wanted, strict=True):
        assert array.shape == shape and array.flags.c_contiguous and array.flags.writeable
    pairs = itertools.combinations(zip(made, wanted, strict=True), 2)
    apart = [(a, b) for (a, x), (b, y) in pairs if meets(x, y)]
    assert apart and not any(np.shares_memory(a, b) for a, b in apart)


def test_a_chain_of_arrays_takes_no_more_than_two_of_them():
    wanted = [((100, 160), k, k + 1) for k in range(9)]
    made = addresses.rooms(np.float64, *wanted)
    starts = {a.ctypes.data for a in made}
    assert len(starts) == 2 and max(starts) - min(starts) == made[0].nbytes


def test_places_are_forgotten_when_sizes_go_on_changing():
    for n in range(200):
        addresses.rooms(np.float32, ((n,), 0, 1), ((n,), 2, 3))
    assert len(addresses.ROOM_STARTS) <= 64


CHAIN = """
s[n,m] = Sum[d](x[n,d]*W[d,m]) + b[m]; h[n,m] = tanh(s[n,m]); {more}
u[n,k] = Sum[m](h[n,m]*V[m,k]); y[n,k] = tanh(u[n,k])
"""
#: What else reads s, and whether h is written over it.
READERS = {"nothing": ("", True), "another line": ("z[n,m] = s[n,m]^2;", False)}


@pytest.mark.parametrize("reader", READERS)
def test_an_array_is_written_over_where_its_entries_are_read_for_the_last_time(reader):
    more, over = READERS[reader]
    made = Module(program(deltarule.layer(CHAIN.format(more=more)), {}), "float32")
    assert ("s" not in made.program.forward.writes) == over
    assert (made.spelling.tensor("s") == made.spelling.tensor("h")) == over
    text = made.without_prelude()
    assert ("rooms(real," in text) == ("hand_over(" in text)


def test_of_a_number_and_what_is_rectified_one_is_kept():
    made = signs_of_outputs(
        program(deltarule.layer("s[n,m] = Sum[d](x[n,d]*W[d,m]); y[n,m] = relu(s[n,m])"), {})
    )
    assert made.kept == ("y",)
    assert "s" not in {n for e in made.backward.equations for n in e.read_names()}


#: What is made of s, and which of both the backward pass reads.
RULES = {"leaky_relu(s[n,m], 0.1)": "y", "leaky_relu(s[n,m], -1)": "s", "relu(s[n,m])^2": "s"}


@pytest.mark.parametrize(("rule", "kept"), RULES.items())
def test_signs_are_read_off_results_that_have_them_and_where_nothing_else_is_read(rule, kept):
    layer = f"s[n,m] = Sum[d](x[n,d]*W[d,m]); y[n,m] = {rule}"
    found = signs_of_outputs(program(deltarule.layer(layer), {}))
    assert found.kept == (kept,)


def test_what_must_live_is_counted_by_hand():
    """x, W and their gradients; y and ∂L/∂y; and ∂L/∂s, when ∂L/∂W and ∂L/∂x are formed."""
    layer = deltarule.layer("s[n,m] = Sum[d](x[n,d]*W[d,m]); y[n,m] = tanh(s[n,m])")
    made = Module(program(layer, {}), "float32")
    made.text()
    x, W, y = 5 * 7, 7 * 3, 5 * 3
    assert must_live(made, {"x": (5, 7), "W": (7, 3)}) == 4 * (2 * x + 2 * W + 3 * y)
    with pytest.raises(DeltaruleError, match="the shape of W is missing"):
        must_live(made, {"x": (5, 7)})


def test_lenet_keeps_each_activation_once():
    """Of seven gradients that are handed on two are there at once; none of s₁, s₂, s₃, s₄ is."""
    made = Module(programmed("lenet5"), "float32")
    text = made.text()
    writes = made.program.forward.writes
    assert not {"s1", "s2", "s3", "s4"} & {*writes} and "rooms(real," in text
    shared = made.rooms["backward"].needed
    wanted = [((64 if n == "dL/ds1" else 1,), *steps) for n, steps in shared.items()]
    most = max(sum(f <= k <= last for _, f, last in wanted) for k in range(40))
    assert len(wanted) == 7 and most == 2
