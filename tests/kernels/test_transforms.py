"""Window sums by Cook–Toom transforms: right at any size, near enough in float32, chosen by cost.

The functions of one compiled kernel take any sizes and pads; they are compared with NumPy.
"""

import subprocess
import sys

import numpy as np
import pytest
from correlations import by_numpy, drawn, plain_python
from hypothesis import given, settings
from hypothesis import strategies as st

from deltarule.kernels.api import kernel
from deltarule.kernels.build import source


@pytest.fixture(scope="module")
def conv(cache):
    return kernel("conv2d", pad=1, transforms=True, cache=cache)


def in_tiles(module, arrays, pads, parts=(0, 1, 2, 3)) -> dict:
    """All three sums by the kernel's functions, added to ones; `parts` is the order of the axes."""
    results = {}
    for name, taken in (("y", "dy"), ("x", "x"), ("w", "w")):
        given = {"x": arrays["x"], "w": arrays["w"], "y": arrays["dy"]}
        given[name] = np.ones_like(arrays[taken])
        (n, c, h, w), (f, *_), (*_, i, j) = (given[k].shape for k in "xwy")
        told = []
        for key in "xwy":
            # The axes lie in another order in memory, with all strides told.
            laid = np.ascontiguousarray(given[key].transpose(parts))
            given[key] = laid.transpose(np.argsort(parts))
            strides = tuple(s // laid.itemsize for s in given[key].strides)
            told += [laid.reshape(laid.size), strides]
        shape = (n, c, f, h, w, 3, 3, i, j)
        getattr(module, f"tiled_to_{name}")(*told, shape, (1, 1, pads[0], 1, 1, pads[1]))
        results[name] = given[name] - 1
    return results


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.integers(1, 3),
    st.integers(1, 19),
    st.integers(1, 36),
    st.integers(3, 15),
    st.integers(3, 23),
    st.sampled_from([(0, 0), (1, 1), (2, 2), (1, 0), (0, 3), (4, 1)]),
    st.sampled_from([(0, 1, 2, 3), (0, 2, 3, 1), (3, 1, 0, 2)]),
    st.integers(0, 9),
)
def test_any_size_and_pad_gives_the_direct_sums(conv, n, c, f, h, w, pads, order, seed):
    arrays = drawn(seed, n, c, f, h, w, pads)
    found, wanted = in_tiles(conv.module, arrays, pads, order), by_numpy(**arrays, pads=pads)
    for name, value in wanted.items():
        scale = 1 + np.abs(value).max()
        np.testing.assert_allclose(found[name], value, 0, 1e-13 * scale, err_msg=name)


def test_several_blocks_and_the_whole_kernel(conv):
    arrays = drawn(0, 3, 40, 70, 30, 61, (1, 1))
    wanted = by_numpy(**arrays, pads=(1, 1))
    b, dy = np.arange(70.0), arrays.pop("dy")
    y = conv.forward(**arrays, b=b)
    np.testing.assert_allclose(y, wanted["y"] + b[:, None, None], 1e-11, 1e-11)
    gradients = conv.backward(**arrays, b=b, dy=dy)
    np.testing.assert_allclose(gradients["b"], dy.sum((0, 2, 3)), 1e-11)
    for name in "xw":
        np.testing.assert_allclose(gradients[name], wanted[name], 1e-10, 1e-10)


def test_another_process_loads_what_was_compiled(conv, cache):
    # Both passes: while the second process compiles one it may keep what is taken away below.
    given = {"x": np.ones((1, 2, 5, 5)), "w": np.ones((3, 2, 3, 3)), "b": np.ones(3)}
    conv.both(**given, dy=np.ones((1, 3, 5, 5)))
    code = (
        "import sys, numpy as np, deltarule\n"
        f"made = deltarule.kernel('conv2d', pad=1, transforms=True, cache={str(cache)!r}, "
        "progress=print)\n"
        "y = made.forward(x=np.ones((1, 2, 5, 5)), w=np.ones((3, 2, 3, 3)), b=np.ones(3))\n"
        "loaded = [p.__name__ for p in made.module.forward_in_stages.parts if p.overloads]\n"
        "print(y[0, 0, 2, 2], *loaded[:3], *(name in sys.modules for name in ('sympy', 'numba')))"
    )
    for missing, by_numba in (("nothing", False), ("*.tiles-*.code", True), ("*.tiles-*", True)):
        for path in cache.glob(f"kernels/__pycache__/{missing}"):
            path.unlink(missing_ok=True)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        told = done.stdout.splitlines()[-1:]
        assert told == [f"19.0 forward_1 in_tiles filters_in False {by_numba}"], done.stderr


def test_sizes_choose_anew_at_each_call(cache):
    made = kernel("conv2d", pad=1, cache=cache)
    run = made.module
    large, small = ((8, 16, 16, 28, 28, 3, 3, 28, 28), (1, 1, 1, 4, 4, 3, 3, 4, 4))
    assert run.tiles_pay(large, False) and not run.tiles_pay(small, False)
    for n, c, _, h, *_ in (small, large, small):
        x, w, b = np.ones((n, c, h, h)), np.ones((c, c, 3, 3)), np.zeros(c)
        chosen = run.ready_forward(x, w, b)[0]
        assert chosen is (run.forward_in_stages if n > 1 else run.forward_loops)


def one_by_one(x, w, dy) -> dict:
    """y and the gradient of w by sums in float32, one product added after another."""
    (n, c, *_), (*_, i, j) = x.shape, dy.shape
    x = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    y, dw = np.zeros_like(dy), np.zeros_like(w)
    for k, l in np.ndindex(3, 3):
        for channel in range(c):
            window = x[:, channel, None, k : k + i, l : l + j]
            y += w[None, :, channel, k, l, None, None] * window
    for image, p, q in np.ndindex(n, i, j):
        dw += dy[image, :, p, q, None, None, None] * x[image, None, :, p : p + 3, q : q + 3]
    return {"y": y, "w": dw}


def test_float32_is_near_direct_summation(cache):
    """At worst over all entries, at most 4 times as far off as the sum of one product by one."""
    module = kernel("conv2d", pad=1, dtype="float32", transforms=True, cache=cache).module
    arrays = drawn(1, 2, 32, 48, 30, 29, (1, 1), np.float32)
    wanted, direct = by_numpy(**arrays, pads=(1, 1)), one_by_one(**arrays)
    found = in_tiles(module, arrays, (1, 1))
    gaps = {n: np.abs(found[n] - v).max() / np.abs(v).max() for n, v in wanted.items()}
    assert max(gaps.values()) < 3e-6
    for name, value in direct.items():
        assert gaps[name] < 4 * np.abs(value - wanted[name]).max() / np.abs(value).max()


def test_a_nan_spreads_to_its_tile_with_transforms_alone(conv, tmp_path, monkeypatch):
    x, w, b = np.ones((1, 16, 12, 12)), np.ones((16, 16, 3, 3)), np.zeros(16)
    x[0, 3, 5, 5] = np.nan
    in_tiles_of_4 = np.isnan(conv.forward(x=x, w=w, b=b))
    assert in_tiles_of_4[..., 4:7, 4:7].all()
    assert not in_tiles_of_4[..., 8:, :].any() and not in_tiles_of_4[..., 8:].any()
    infinite = conv.forward(x=np.where(np.isnan(x), np.inf, x), w=w, b=b)
    assert not np.isfinite(infinite[..., 4:7, 4:7]).any()
    assert np.isfinite(infinite[..., 8:, :]).all() and np.isfinite(infinite[..., 8:]).all()
    text = source("conv2d", {"pad": 1}, transforms=False)
    plain = plain_python(text, tmp_path, monkeypatch)
    near = np.zeros((12, 12), bool)
    near[4:7, 4:7] = True
    assert (np.isnan(plain.forward(x, w, b)["y"]) == near).all()


def test_the_transforms_run_where_nothing_is_compiled(tmp_path, monkeypatch):
    text = source("conv2d", {"pad": 1}, transforms=True)
    module = plain_python(text, tmp_path, monkeypatch)
    arrays = drawn(2, 1, 3, 2, 5, 6, (1, 1))
    found, wanted = in_tiles(module, arrays, (1, 1)), by_numpy(**arrays, pads=(1, 1))
    for name, value in wanted.items():
        np.testing.assert_allclose(found[name], value, 1e-12, 1e-12)


def test_the_pattern_alone_allows_transforms():
    assert "run = forward_in_stages" in source("conv2d", {"pad": 1})
    for settings_, dtype, transforms in [
        ({"stride": 2}, "float64", None),
        ({"dilation": 2}, "float64", None),
        ({}, "complex128", None),
        ({"pad": 1}, "float64", False),
    ]:
        assert "in_stages" not in source("conv2d", settings_, dtype, transforms=transforms)


@pytest.mark.parametrize(
    ("shape", "pays"),
    [
        ((8, 32, 64, 32, 32, 3, 3, 32, 32), True),
        ((4, 64, 64, 56, 56, 3, 3, 56, 56), True),
        ((4, 64, 64, 56, 56, 5, 5, 56, 56), False),
        ((64, 1, 6, 28, 28, 3, 3, 26, 26), False),
        ((1, 16, 16, 3, 3, 3, 3, 1, 1), False),
        ((0, 64, 64, 56, 56, 3, 3, 56, 56), False),
    ],
)
def test_sizes_decide(conv, shape, pays):
    assert conv.module.tiles_pay(shape, False) is pays
