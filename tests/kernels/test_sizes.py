"""Kernels at sizes of all kinds: empty, one, not divisible, windows as large as the image."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from laid_out import as_python
from once import programmed
from variants import FULL

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.arithmetic.small_sizes import with_definitions
from deltarule.errors import DeltaruleError
from deltarule.kernels.api import Kernel, kernel
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import known_sizes

#: Derivations and settings, with the shape of x as a strategy.
IMAGE = st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(1, 40), st.integers(1, 40))
SMALL = st.tuples(st.integers(0, 2), st.integers(1, 2), st.integers(1, 12), st.integers(1, 12))
ROWS = st.tuples(st.integers(1, 9), st.integers(1, 70))
CASES = {
    "max, overlapping": ("max_pool2d", {"height": 3, "width": 3, "stride": 2, "pad": 1}, IMAGE),
    "max, stride 1": ("max_pool2d", {"height": 2, "width": 3, "stride": 1, "pad": 1}, SMALL),
    "max, gaps": ("max_pool2d", {"height": 2, "width": 2, "stride": 3}, SMALL),
    "max, shared": ("max_pool2d", {"stride": 1, "ties": "split"}, IMAGE if FULL else SMALL),
    "mean, overlapping": ("avg_pool2d", {"height": 3, "width": 3, "stride": 2, "pad": 1}, IMAGE),
    "mean, gaps": ("avg_pool2d", {"height": 1, "width": 2, "stride": 3, "pad": 1}, SMALL),
    "largest of all": ("global_max_pool", {}, IMAGE),
    "batch norm": ("batch_norm", {"images": True}, IMAGE.filter(lambda s: s[0] > 0)),
    "layer norm": ("layer_norm", {}, ROWS),
    "GELU": ("activation", {"activation": "gelu"}, ROWS),
    "softmax": ("softmax", {}, ROWS),
}
#: Few values, so that several entries are often the largest.
LEVELS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])


@pytest.mark.parametrize("case", CASES)
def test_any_size_gives_what_the_evaluator_gives(case, cache, tmp_path, monkeypatch):
    """Small images by the kernel's text run as Python: other strides are compiled elsewhere."""
    name, options, shapes = CASES[case]
    made = programmed(name, **options)
    if shapes is SMALL:
        module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
        compiled = Kernel(name, module, "float64")
    else:
        compiled = kernel(name, cache=cache, **options)

    @settings(max_examples=20, deadline=None)
    @given(shape=shapes, seed=st.integers(0, 99))
    def agrees(shape, seed):
        arrays = drawn(made, shape, np.random.default_rng(seed))
        if arrays is None:
            with pytest.raises(DeltaruleError, match="the sizes do not fit"):
                compiled.forward(**{n: np.ones(shape) for n in compiled.inputs})
            return
        wanted = evaluated(made, arrays)
        values, gradients = compiled.both(**arrays)
        found = {
            **{n: values[n] for n in compiled.outputs},
            **{made.gradients[n]: g for n, g in gradients.items()},
        }
        for tensor, value in found.items():
            np.testing.assert_allclose(value, wanted[tensor], 1e-9, 1e-10, err_msg=tensor)

    agrees()


def drawn(made, shape, random) -> dict | None:
    """All given arrays and upstream gradients around an x of a shape; None if nothing fits."""
    network = made.network
    first = next(t for t in network.tensors.values() if t.given)
    sizes = dict(zip(first.axes, shape, strict=True))
    sizes = with_definitions(network, sizes)
    if any(value < 0 for value in sizes.values()):
        return None
    values = Values({}, sizes, made.scalars, network.tensors)
    tensors = [(t.name, t) for t in network.tensors.values() if t.given]
    tensors += [(f"d{t}", network.tensors[t]) for t in made.upstream]
    return {
        name: random.choice(LEVELS, [values.extent(a) for a in t.axes])
        if name == first.name
        else random.normal(size=[values.extent(a) for a in t.axes])
        for name, t in tensors
    }


def evaluated(made, arrays: dict) -> dict:
    """All tensors and gradients by the evaluator."""
    sizes = {}
    for size, (tensor, axis, rest, coefficient) in known_sizes(made.network)[0].items():
        sizes[size] = (np.shape(arrays[tensor])[axis] - int(rest)) // int(coefficient)
    given = {n: a for n, a in arrays.items() if n in made.network.tensors}
    sizes = with_definitions(made.network, sizes)
    values = Values(given, sizes, made.scalars, made.network.tensors)
    for name, gradient in made.upstream.items():
        values.arrays[gradient] = arrays[f"d{name}"]
    run(made.network.equations, values, Float64())
    run(made.derivation.equations(), values, Float64())
    return values.arrays


def test_what_is_no_number_is_handed_on_by_pools(cache):
    x = np.arange(64.0).reshape(1, 1, 8, 8)
    x[0, 0, 3, 2] = np.nan
    made = kernel("max_pool2d", height=3, width=3, stride=2, pad=1, cache=cache)
    values, gradients = made.both(x=x, dy=np.ones((1, 1, 4, 4)))
    wanted = np.zeros((4, 4), bool)
    wanted[1:3, 1] = True  # the windows over rows 1…3 and 3…5, columns 1…3
    assert np.array_equal(np.isnan(values["y"][0, 0]), wanted)
    assert gradients["x"][0, 0, 3, 2] == 2  # where a NaN is taken from, its gradient goes
    assert gradients["x"].sum() == 16
    mean = kernel("avg_pool2d", height=3, width=3, stride=2, pad=1, cache=cache)
    assert np.array_equal(np.isnan(mean.forward(x=x)[0, 0]), wanted)
    whole = kernel("global_max_pool", cache=cache)
    values, gradients = whole.both(x=x, dy=np.ones((1, 1)))
    assert np.isnan(values["y"]).all() and gradients["x"][0, 0, 3, 2] == 1


def test_infinities_are_numbers_like_others(cache):
    made = kernel("max_pool2d", height=3, width=3, stride=2, pad=1, cache=cache)
    x = np.full((1, 1, 8, 8), -np.inf)
    values, gradients = made.both(x=x, dy=np.ones((1, 1, 4, 4)))
    assert (values["y"] == -np.inf).all()
    first = [0, 1, 3, 5]  # the first entry of each window that lies inside
    assert (gradients["x"][0, 0][np.ix_(first, first)] == 1).all() and gradients["x"].sum() == 16
    x[0, 0, 4, 4] = np.inf
    values, gradients = made.both(x=x, dy=np.ones((1, 1, 4, 4)))
    assert values["y"][0, 0, 2, 2] == np.inf and gradients["x"][0, 0, 4, 4] == 1


def test_threads_change_nothing(cache, centred):
    random = np.random.default_rng(1)
    arrays = {
        "x": random.normal(size=(20, 600)),
        "gamma": random.normal(size=600),
        "dy": random.normal(size=(20, 600)),
    }
    alone = kernel(centred, cache=cache).both(**arrays)
    for threads in (1, 2):
        made = kernel(centred, parallel=True, threads=threads, cache=cache)
        for values, gradients in (made.both(**arrays), made.bind(**arrays).both()):
            np.testing.assert_allclose(values["y"], alone[0]["y"], 1e-13, 1e-13)
            for name, gradient in gradients.items():
                np.testing.assert_allclose(gradient, alone[1][name], 1e-12, 1e-12, err_msg=name)
    small = {n: a[..., :9].copy() for n, a in arrays.items()}
    wanted = kernel(centred, cache=cache).both(**small)[1]
    for gradients in (made.both(**small)[1], made.bind(**small).both()[1]):
        assert all(np.array_equal(gradients[name], wanted[name]) for name in wanted)
    first = made.both(**arrays)[1]
    again = kernel(centred, parallel=True, threads=1, cache=cache).both(**arrays)[1]
    assert all(np.array_equal(first[name], again[name]) for name in first)
