"""What numbers of very different size do to sums by Cook–Toom transforms: nothing."""

import numpy as np
import pytest
from correlations import by_numpy, drawn, plain_python

from deltarule.kernels.api import kernel
from deltarule.kernels.build import source


def within_range(x, shape, pads) -> bool:
    """Whether no tile of 4 × 4 outputs reads more than 16 times what one of its windows does."""
    size = np.abs(x).max(1)
    for image in size:
        tiles = {}
        for i, j in np.ndindex(*shape):
            rows, columns = (slice(max(0, k - p), max(0, k - p + 3)) for k, p in zip((i, j), pads))
            window = image[rows, columns]
            if window.size:
                tiles.setdefault((i // 4, j // 4), []).append(window.max())
        for (i, j), windows in tiles.items():
            rows, columns = (
                slice(max(0, 4 * k - p), max(0, 4 * k - p + 6)) for k, p in zip((i, j), pads)
            )
            if not image[rows, columns].max() <= 16 * min(windows):
                return False
    return True


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 3, 1)])
def test_the_range_of_every_tile_is_seen(order, tmp_path, monkeypatch):
    text = source("conv2d", {"pad": 1}, "float32", transforms=True)
    module = plain_python(text, tmp_path, monkeypatch)
    random, told = np.random.default_rng(0), []
    for number in range(120):
        n, c, h, w = random.integers(1, (3, 6, 10, 12))
        pads = tuple(random.choice([0, 1, 2, 4, -1], 2).tolist())
        shape = tuple(int(s) + 2 * p - 2 for s, p in zip((h, w), pads))
        if min(shape) < 1:
            continue
        x = random.uniform(1, 3, (n, c, h, w)) * random.choice([1, 1, 4], (n, 1, h, w))
        x[0, -1, random.integers(h), random.integers(w)] *= random.choice([1, 9, 40, -1e4, np.nan])
        x[0, :, -1, -1] *= random.choice([1, 0])
        laid = np.ascontiguousarray(x.astype("f4").transpose(order))
        strides = [s // 4 for s in laid.transpose(np.argsort(order)).strides]
        sizes = (*map(int, x.shape), *shape)
        found = module.narrow_range(laid.reshape(-1), tuple(strides), sizes, pads)
        assert found == within_range(x.astype("f4"), shape, pads), (number, sizes, pads)
        told.append(bool(found))
    assert 20 < sum(told) < len(told) - 20


def test_an_outlier_spoils_no_output_that_does_not_see_it(cache):
    """A pixel of 10¹⁰, ∞ or NaN: what does not see it is as near as if the pixel were 0."""
    made = kernel("conv2d", pad=1, cache=cache)
    arrays, at, edge = drawn(3, 8, 16, 16, 28, 28, (1, 1)), (2, 3, 9, 10), (0, 5, 0, 4)
    for key, pixel in (("x", at), ("dy", at), ("x", edge)):
        arrays[key][pixel] = 0
    wanted, b = by_numpy(**arrays, pads=(1, 1)), np.zeros(16)
    seen = np.zeros(arrays["dy"].shape, bool)
    seen[2, :, 8:11, 9:12] = True
    for outlier in (1e10, np.inf, np.nan):
        x, dy = arrays["x"].copy(), arrays["dy"].copy()
        x[at] = dy[at] = outlier
        found = {
            "y": made.forward(x=x, w=arrays["w"], b=b),
            "x": made.backward(**{**arrays, "dy": dy}, b=b)["x"],
        }
        for name, value in found.items():
            np.testing.assert_allclose(value[~seen], wanted[name][~seen], 0, 1e-12)
            large = abs(value[seen]) > 1e6
            assert (large | np.isnan(value[seen])).all()
    # At the edge, one row of taps does not see the pixel: the others do.
    arrays["x"][edge] = 1e10
    found = made.backward(**arrays, b=b)["w"]
    np.testing.assert_allclose(found[:, 5, 2], wanted["w"][:, 5, 2], 0, 1e-11)
    np.testing.assert_allclose(np.delete(found, 5, 1), np.delete(wanted["w"], 5, 1), 0, 1e-11)


@pytest.mark.parametrize("tap", list(np.ndindex(3, 3)))
def test_an_outlier_among_the_weights_spoils_no_output_that_does_not_see_it(tap, cache):
    """A weight of 10¹⁰ that meets zeros alone in one image: there all is as if it were 0."""
    made = kernel("conv2d", pad=1, cache=cache)
    arrays, b = drawn(4, 8, 16, 16, 28, 28, (1, 1)), np.zeros(16)
    arrays["x"][2, 5] = arrays["dy"][2, 7] = 0
    arrays["w"][(7, 5, *tap)] = 0
    wanted = by_numpy(**arrays, pads=(1, 1))
    arrays["w"][(7, 5, *tap)] = 1e10
    found = made.backward(**arrays, b=b)
    np.testing.assert_allclose(found["x"][2], wanted["x"][2], 0, 1e-11)
    y = made.forward(x=arrays["x"], w=arrays["w"], b=b)
    np.testing.assert_allclose(y[2], wanted["y"][2], 0, 1e-11)
    assert abs(y[3, 7]).max() > 1e9
