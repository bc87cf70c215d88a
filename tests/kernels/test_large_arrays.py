"""Results larger than a cache are written past it, and rows of windows are asked for early: the
numbers are those of small arrays, and the same with two threads.
"""

import numpy as np
import pytest

import deltarule
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.kernels.prelude.stream_sizes import STREAMED

#: Rows that begin cache lines and are whole blocks; that begin none; with entries left over.
HEIGHTS = {"blocks": (64, 64), "odd rows": (63, 65), "left over": (66, 72)}


def images(height, width, dtype, threads=2):
    """So many images of three channels that each of two threads writes past the cache."""
    count = threads * STREAMED // (3 * height * width * np.dtype(dtype).itemsize) + 1
    numbers = np.random.default_rng(height).standard_normal((count, 3, height, width))
    return numbers.astype(dtype)


@pytest.mark.slow
def test_pools_of_many_images_are_those_of_few():
    dtype = "float32"
    kernel = deltarule.kernel("avg_pool2d", dtype=dtype, parallel=True, threads=2)
    for height, width in HEIGHTS.values():
        x = images(height, width, dtype)
        dy = np.resize(x, (len(x), 3, height // 2, width // 2))
        y, dx = kernel.forward(x=x), kernel.backward(x=x, dy=dy)["x"]
        for few in (slice(0, 5), slice(len(x) - 5, None)):
            assert np.array_equal(y[few], kernel.forward(x=x[few]))
            assert np.array_equal(dx[few], kernel.backward(x=x[few], dy=dy[few])["x"])


@pytest.mark.slow
def test_batch_norm_of_many_images_agrees_with_its_formula():
    """Which results are written past the cache is the same for one thread and for two."""
    kernels = [
        deltarule.kernel("batch_norm", images=True, parallel=True, threads=k) for k in (1, 2)
    ]
    gamma, beta = np.array([0.5, 2.0, -1.0]), np.array([0.1, 0.2, 0.3])
    for (height, width), threads in zip(HEIGHTS.values(), (1, 1, 2), strict=True):
        x = images(height, width, "float64", threads)
        dy = np.roll(x, 7, axis=-1)
        given = {"x": x, "gamma": gamma, "beta": beta}
        found = [(k.forward(**given), k.backward(**given, dy=dy)["x"]) for k in kernels]
        assert all(map(np.array_equal, *found))
        mean, variance = (f(x, axis=(0, 2, 3), keepdims=True) for f in (np.mean, np.var))
        deviation, scale = np.sqrt(variance + 1e-5), gamma[:, None, None]
        hat = (x - mean) / deviation
        mixed = dy - dy.mean((0, 2, 3), keepdims=True)
        mixed -= hat * (dy * hat).mean((0, 2, 3), keepdims=True)
        y, dx = found[0]
        np.testing.assert_allclose(y, scale * hat + beta[:, None, None], atol=1e-12)
        np.testing.assert_allclose(dx, scale / deviation * mixed, atol=1e-12)


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize(("name", "rows"), [("batch_norm", 2), ("avg_pool2d", 1)])
def test_only_what_the_pass_does_not_read_is_written_past_the_cache(name, rows, parallel):
    settings = {"images": True} if name == "batch_norm" else {}
    made = Module(program(name, settings), "float64", parallel).without_prelude()
    assert made.count("stream(") == rows
    assert made.count("arrived()") == rows
    threads = "USUAL_THREADS" if parallel else "1"
    assert made.count(f", STREAMED, {threads})") == rows


def test_threads_wait_for_what_they_wrote_themselves():
    made = Module(program("avg_pool2d", {}), "float64", True).without_prelude()
    body = made[made.rindex("def in_thread") :]
    assert "arrived()" in body[: body.index("def backward")] and "stream(" in body
