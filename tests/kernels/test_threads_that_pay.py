"""What threads share: bodies of parallel loops are functions, and small problems wake nobody."""

import ast

import numpy as np
import pytest

import deltarule
from deltarule.kernels.compiled_kernel import LARGE, SHORT, TINY
from deltarule.kernels.lowering.thread_bodies import bodies_apart
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.kernels.prelude import panel_products

NAMES = ("max_pool2d", "attention", "conv2d", "lstm", "batch_norm", "layer_norm")


@pytest.mark.parametrize("name", NAMES)
def test_what_threads_share_is_a_call_for_each_turn(name):
    """Numba makes no function of a body: LLVM would find fewer vectors, and it takes long."""
    made = Module(program(name, {}), "float32", parallel=True).without_prelude()
    functions = {f.name: f for f in ast.parse(made).body if isinstance(f, ast.FunctionDef)}
    shared = [ast.unparse(n) for n in ast.walk(ast.parse(made)) if isinstance(n, ast.Call)]
    shared = [text.partition("(")[2] for text in shared if text.startswith("in_turns(")]
    assert shared and "for" not in {w for text in shared for w in text.split()}
    for called in (text.partition(",")[0] for text in shared):
        loops = any(isinstance(n, ast.For) for n in ast.walk(functions[called]))
        assert loops != ("copied_in()" in ast.unparse(functions[called]))
    assert "prange(" not in made


BODY = """\
    low = min(0, J)
    if J > 1:
        for n in prange(N):
            # what is summed
            total = real(0)
            for j in range(low, J):
                total += x[n, j]
            y[n] = total
    for m in prange(M):
        z[m] = 0.0
    for m in prange(M):
        for low in range(3):
            z[m] += low"""

FUNCTIONS = """

@compiled
def a(m, z):
    for low in range(3):
        z[m] += low


@compiled
def b(m, z):
    copied_in()
    z[m] = 0.0


@compiled
def c(n, J, low, x, y):
    # what is summed
    total = real(0)
    for j in range(low, J):
        total += x[n, j]
    y[n] = total"""
LEFT = """\
    low = min(0, J)
    if J > 1:
        in_turns(c, N, (J, low, x, y,), 0)
    in_turns(b, M, (z,), 0)
    in_turns(a, M, (z,), 0)"""


def test_a_body_takes_what_was_set_before_it_and_nothing_else():
    names = iter("abc")
    lines, functions = bodies_apart(BODY, ["x", "y", "z", "N", "M", "J"], lambda _: next(names))
    assert "\n".join(functions) == FUNCTIONS
    assert "\n".join(lines) == LEFT


def test_what_is_summed_along_an_axis_counts_no_more_than_the_axis():
    """∂L/∂x of windows is a sum over all places, of which a window reaches few."""
    module = deltarule.kernel("conv2d", parallel=True, dtype="float32").module
    few = _estimate(module, (2, 3, 16, 16), (4, 3, 3, 3))
    assert _estimate(module, (2, 3, 32, 32), (4, 3, 3, 3)) < 6 * few
    assert _estimate(module, (4, 3, 16, 16), (4, 3, 3, 3)) == pytest.approx(2 * few, rel=0.1)


def _estimate(module, image, filters):
    x, w = np.ones(image, np.float32), np.ones(filters, np.float32)
    return module.one_thread(*module.inputs(x, w, np.ones(filters[0], np.float32)))


def test_weights_alone_wake_no_threads():
    """LeNet-5 on one image has 250 kB of parameters, and is done in 0.1 ms; on 64 it is not."""
    kernel = deltarule.kernel("classifier", network="lenet5", parallel=True, dtype="float32")
    for images, pays in ((1, False), (64, True)):
        arrays = [np.zeros(shape, np.float32) for shape in _lenet5(images)]
        arrays.append(np.zeros(images, np.int64))
        assert TINY < sum(a.nbytes for a in arrays) < LARGE
        assert kernel._pays(arrays) is pays
        assert (kernel.module.one_thread(*kernel.module.inputs(*arrays)) > SHORT) is pays


def _lenet5(images):
    """The shapes of x, w₁, b₁ … b₅."""
    yield images, 1, 32, 32
    for filters, channels in ((6, 1), (16, 6)):
        yield filters, channels, 5, 5
        yield (filters,)
    for before, behind in ((400, 120), (120, 84), (84, 10)):
        yield before, behind
        yield (behind,)


@pytest.mark.parametrize("many", [2, 3, 4, 8])
def test_threads_get_even_shares_of_a_product(many, monkeypatch):
    """At most an eighth more than on average, where there are tiles enough for everybody."""
    monkeypatch.setattr(panel_products, "PARALLEL", True)
    monkeypatch.setattr(panel_products, "threads", lambda: many)
    random = np.random.default_rng(many)
    for rows, panels in random.integers((48 * many, 1), (3000, 90), (200, 2)).tolist():
        blocks = panel_products.row_blocks.py_func(rows, panels, 0)
        ends = [panel_products.block_of_rows.py_func(b, blocks, rows) for b in range(blocks)]
        assert [first for first, _ in ends] == [0, *(last for _, last in ends[:-1])]
        assert ends[-1][1] == rows
        tasks = np.repeat([last - first for first, last in ends], panels)
        shares = [share.sum() for share in np.array_split(tasks, many)]
        assert max(shares) <= 1.125 * rows * panels / many + panel_products.TILE_ROWS * panels
