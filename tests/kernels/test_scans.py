"""Recurrences as one scheduled loop: which are, what threads share, and what is not in memory."""

import inspect
import re

import numpy as np
import pytest
from numba import njit

from deltarule import kernel
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program

HEAD = """
from deltarule.language import *

T, N, H = sizes("T N H")
t, n, k, m = indices("t n k m")
x, h0 = input("x", T, N, H), parameter("h0", N, H)
W, V = parameter("W", H, H), parameter("V", N, N)
h = state("h", T, N, H, before=h0)
"""
S = 's = intermediate("s", T, N, H)\ns[t, n, m] = x[t, n, m]'
#: A recurrence of a teacher's own, the number of its scans, and whether threads share its rows.
OWN = (
    (f"{S} + Sum[k](h[t - 1, n, k] * W[k, m])\nh[t, n, m] = tanh(s[t, n, m])", 2, True),
    ("h[t, n, m] = relu(x[t, n, m]) * h[t - 1, n, m] + sigmoid(x[t, n, m])", 2, True),
    # A sum of products of three is taken apart first.
    (
        f"{S} + Sum[k](h[t - 1, n, k] * sigmoid(x[t, n, k]) * W[k, m])\n"
        "h[t, n, m] = tanh(s[t, n, m])",
        2,
        True,
    ),
    # A row that reads another one is computed with it.
    (f"{S} + Sum[k](h[t - 1, k, m] * V[k, n])\nh[t, n, m] = tanh(s[t, n, m])", 2, False),
    # A maximum over all states of a row needs a loop of its own.
    (
        "h[t, n, m] = x[t, n, m] * Max[k](h[t - 1, n, k]) + Sum[k](h[t - 1, n, k] * W[k, m])",
        0,
        None,
    ),
)


def functions(source: str) -> dict[str, str]:
    """The text of each function by its name."""
    parts = source.split("\ndef ")[1:]
    return {part.split("(")[0]: part.partition("\n@")[0] for part in parts}


@pytest.mark.parametrize(("equation", "scans", "shared"), OWN)
def test_a_recurrence_is_one_loop_if_it_is_products_and_entries(tmp_path, equation, scans, shared):
    path = tmp_path / "own.py"
    path.write_text(f'{HEAD}{equation}\ny = output("y", T, N, H)\ny[t, n, m] = h[t, n, m]\n')
    written = functions(Module(program(str(path), {}), "float32", parallel=True).without_prelude())
    found = [text for name, text in written.items() if name.startswith("scan")]
    assert len(found) == scans
    # A thread that goes through all times neither starts others nor waits for them.
    assert not any("in_turns" in text for text in found)
    calls = re.findall(r"multiply_packed\((?:.+?), (\d),\n +\)", "".join(found), re.S)
    assert {*calls} == ({"1"} if shared and "W[" in equation else set())
    if shared is not None:
        passes = [written["forward_loops"], written["backward_loops"]]
        assert all((", parts" in text) == shared for text in passes)


def test_what_a_nest_alone_reads_is_not_in_memory():
    made = Module(program("lstm", {}), "float32")
    source = made.without_prelude()
    assert "dL_dg" not in made.program.backward.writes and "dL/dg" in made.program.backward.tensors
    assert "dL_dg[" not in source and "dL_ds_g" in source


def test_a_row_is_the_same_in_whatever_part_it_lies(cache):
    made = kernel("rnn", cache=cache)
    # What compiled functions alone call has nothing that Python could: it is compiled anew.
    scan = njit(**made.module.OPTIONS)(made.module.scan1.py_func)
    random = np.random.default_rng(5)
    sizes = {"T": 4, "N": 19, "H": 7}
    names = list(inspect.signature(scan.py_func).parameters)
    network = program("rnn", {}).network
    arrays = {}
    for name in names[2:]:
        if name in sizes:
            arrays[name] = sizes[name]
        else:
            tensor = network.tensors.get(name)
            shape = tensor and tuple(sizes[str(a)] for a in tensor.axes)
            arrays[name] = random.normal(size=shape or 4096)

    def run(*ends):
        taken = {n: np.copy(v) if isinstance(v, np.ndarray) else v for n, v in arrays.items()}
        for first, last in zip(ends, ends[1:], strict=False):
            scan(first, last, *taken.values())
        return taken["h"]

    whole = run(0, 19)
    assert np.isfinite(whole).all() and np.ptp(whole) > 0.1
    for ends in ((0, 8, 19), (0, 1, 2, 17, 19), (0, 9, 18, 19)):
        np.testing.assert_array_equal(run(*ends), whole)
