"""Where windows make many short loops, kernels say that arrays lie apart; never where two names
of a thread's function stand for one array.
"""

import pytest

from deltarule.kernels.lowering.thread_bodies import bodies_apart
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program

LOOP = """\
    y_nc0 = seen_as(y, (N * C, I))
    for n_c in prange(N * C):
        for i in range(I):
            {}
"""
BODIES = {"y_nc0[n_c, i] = x[n_c, i]": True, "y_nc0[n_c, i] = x[n_c, i] + y[0, n_c, i]": False}


@pytest.mark.parametrize("line", BODIES)
def test_a_thread_is_called_apart_only_where_no_two_names_are_one_array(line):
    arguments = ["x", "y", "N", "C", "I"]
    _, said = bodies_apart(LOOP.format(line), arguments, lambda stem: f"{stem}1", True)
    assert ("    unaliased()" in said) == BODIES[line]
    assert "unaliased" not in str(bodies_apart(LOOP.format(line), arguments, str))


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d", "batch_norm"])
def test_both_passes_of_pools_say_so(name, parallel):
    text = Module(program(name, {}), "float32", parallel).without_prelude()
    assert text.count("unaliased()") == (0 if name == "batch_norm" else 2)
