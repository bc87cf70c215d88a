"""Compiled kernels: what they give, what they refuse, and that they never change their inputs."""

from functools import cache as cache_calls

import numpy as np
import pytest

import deltarule
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.arithmetic.small_sizes import with_definitions
from deltarule.errors import DeltaruleError
from deltarule.kernels.api import kernel
from deltarule.kernels.passes.program import known_sizes, program


@pytest.fixture(scope="module")
def conv(cache):
    return kernel("conv2d", stride=2, dilation=2, pad=1, cache=cache)


@cache_calls
def conv_program():
    return program("conv2d", {"stride": 2, "dilation": 2, "pad": 1})


def by_evaluator(made, arrays: dict) -> dict:
    """All tensors and gradients from the given arrays, by the evaluator."""
    sizes = {}
    for size, (tensor, axis, rest, coefficient) in known_sizes(made.network)[0].items():
        sizes[size] = (np.shape(arrays[tensor])[axis] - int(rest)) // int(coefficient)
    sizes = with_definitions(made.network, sizes)
    given = {n: a for n, a in arrays.items() if n in made.network.tensors}
    values = Values(given, sizes, made.scalars, made.network.tensors)
    for name, gradient in made.upstream.items():
        values.arrays[gradient] = arrays[f"d{name}"]
    run(made.network.equations, values, Float64())
    run(made.derivation.equations(), values, Float64())
    found = {t: values.arrays[g] for t, g in made.gradients.items()}
    return {**{n: values.arrays[n] for n in made.forward.results}, "gradients": found}


SIZES = [
    (3, 2, 5, 3, 2, 12, 11),
    (4, 3, 5, 3, 3, 10, 9),
    (1, 1, 4, 4, 3, 30, 31),
    (8, 5, 9, 3, 2, 6, 4),
    (2, 9, 3, 1, 1, 20, 19),
    (0, 2, 3, 3, 3, 9, 9),
]


def conv_arrays(random, n, c, f, k, l, h, w) -> dict:
    i, j = (h + 2 - 2 * (k - 1) - 1) // 2 + 1, (w + 2 - 2 * (l - 1) - 1) // 2 + 1
    return {
        "x": random.normal(size=(n, c, h, w)),
        "w": random.normal(size=(f, c, k, l)),
        "b": random.normal(size=f),
        "dy": random.normal(size=(n, f, i, j)),
    }


def test_stride_and_dilation_together_agree_with_the_evaluator(conv):
    for sizes in SIZES:
        agrees(conv, sizes)


def agrees(conv, sizes) -> None:
    arrays = conv_arrays(np.random.default_rng(3), *sizes)
    wanted = by_evaluator(conv_program(), arrays)
    before = {n: a.copy() for n, a in arrays.items()}
    y = conv.forward(**{n: arrays[n] for n in "xwb"})
    np.testing.assert_allclose(y, wanted["y"], 1e-10, 1e-11)
    for name, gradient in conv.backward(**arrays).items():
        np.testing.assert_allclose(gradient, wanted["gradients"][name], 1e-10, 1e-10, name)
    assert all(np.array_equal(before[n], arrays[n]) for n in arrays)


def test_arrays_need_not_be_contiguous_or_writeable(conv):
    arrays = conv_arrays(np.random.default_rng(4), 2, 2, 3, 2, 2, 9, 8)
    turned = {n: np.asfortranarray(a) for n, a in arrays.items()}
    turned["x"].flags.writeable = False
    for name, gradient in conv.backward(**arrays).items():
        assert np.array_equal(conv.backward(**turned)[name], gradient), name


def test_a_bound_kernel_fills_the_same_arrays_again(conv):
    arrays = conv_arrays(np.random.default_rng(5), 2, 2, 3, 2, 2, 9, 8)
    bound = conv.bind(**arrays)
    first = bound.forward()["y"].copy()
    arrays["b"] += 1
    assert np.allclose(bound.forward()["y"], first + 1)
    assert bound.backward()["w"] is bound.gradients["w"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"x": np.ones((2, 2, 9, 8), "f4")}, "x is an array of float32"),
        ({"x": np.ones((2, 9, 8))}, "x has 3 axes"),
        ({"b": np.ones(4)}, "b has the shape [4]"),
        ({"w": np.ones((3, 2, 8, 8))}, "the sizes do not fit: I = "),
        ({"bias": np.ones(3)}, "the kernel takes no array bias"),
    ],
)
def test_what_does_not_fit_is_told_in_words(conv, change, told):
    arrays = conv_arrays(np.random.default_rng(6), 2, 2, 3, 2, 2, 9, 8)
    del arrays["dy"]
    with pytest.raises(deltarule.DeltaruleError) as caught:
        conv.forward(**{**arrays, **change})
    assert caught.value.fact.startswith(told)


def test_what_does_not_fit_backward_is_called_as_it_was_given(conv):
    arrays = conv_arrays(np.random.default_rng(6), 2, 2, 3, 2, 2, 9, 8)
    for dy, told in (
        (np.ones((2, 3, 5, 5)), "dy has the shape [2, 3, 5, 5]"),
        (np.ones((2, 3, 5, 4), "f4"), "dy is an array of float32"),
        (np.ones((3, 5, 4)), "dy has 3 axes"),
    ):
        with pytest.raises(deltarule.DeltaruleError) as caught:
            conv.backward(**{**arrays, "dy": dy})
        assert caught.value.fact == told


def test_lists_count_as_arrays(conv):
    arrays = conv_arrays(np.random.default_rng(7), 1, 2, 3, 2, 2, 9, 8)
    wanted = conv.backward(**arrays)["w"]
    assert np.array_equal(conv.backward(**{n: a.tolist() for n, a in arrays.items()})["w"], wanted)


def test_a_bound_kernel_runs_both_passes_in_one_call(conv):
    arrays = conv_arrays(np.random.default_rng(8), 2, 2, 3, 2, 2, 9, 8)
    values, gradients = conv.bind(**arrays).both()
    wanted = conv.both(**arrays)
    assert np.array_equal(values["y"], wanted[0]["y"])
    assert all(np.array_equal(gradients[n], wanted[1][n]) for n in wanted[1])
    del arrays["dy"]
    with pytest.raises(deltarule.DeltaruleError, match="the gradients of the outputs are missing"):
        conv.bind(**arrays).both()


def test_a_bound_kernel_fills_arrays_that_somebody_has_ready(conv):
    """Gradients as parts of one vector, as an update takes them."""
    arrays = conv_arrays(np.random.default_rng(9), 2, 2, 3, 2, 2, 9, 8)
    values, wanted = conv.both(**arrays)
    y, flat = np.zeros_like(values["y"]), np.zeros(40)
    parts = {"w": flat[1:25].reshape(3, 2, 2, 2), "b": flat[30:33]}
    bound = conv.bind_filling({"y": y}, parts, arrays)
    for _ in range(2):
        given, found = bound.both()
        assert given["y"] is y
        assert np.array_equal(y, values["y"])
        assert all(found[n] is parts[n] and np.array_equal(parts[n], wanted[n]) for n in parts)
        assert np.array_equal(found["x"], wanted["x"])
    assert np.count_nonzero(flat) == 27
    with pytest.raises(deltarule.DeltaruleError) as caught:
        conv.bind_filling({}, {"b": flat[:6:2]}, arrays)
    assert caught.value.fact == (
        "b cannot be filled: the array is float64 3 with gaps, not float64 3 in one piece"
    )


def test_nothing_is_filled_that_is_read_or_shared_or_not_there(conv):
    arrays = conv_arrays(np.random.default_rng(9), 2, 2, 3, 2, 2, 9, 8)
    y = np.zeros_like(conv.values(**{n: a for n, a in arrays.items() if n != "dy"})["y"])
    fixed, flat = y.copy(), np.zeros(arrays["w"].size + 2)
    fixed.flags.writeable = False
    parts = {"w": flat[:-2].reshape(arrays["w"].shape), "b": flat[-3:]}
    for values, gradients, fact in (
        ({"y": fixed}, {}, "y cannot be filled: the array is read-only"),
        ({"y": y.tolist()}, {}, "y cannot be filled: it is no array"),
        ({"z": y}, {}, "there is no result z to be filled"),
        ({}, {"x": arrays["x"]}, "x cannot be filled: its memory is an array that the pass reads"),
        ({}, parts, "the gradient by w cannot be filled: its memory is the gradient by b's"),
        ({"y": y}, {"b": y.reshape(-1)[:3]}, "y cannot be filled: its memory is the gradient by b"),
    ):
        with pytest.raises(deltarule.DeltaruleError) as caught:
            conv.bind_filling(values, gradients, arrays)
        assert caught.value.fact.startswith(fact)


def test_a_missing_array_is_named(conv):
    with pytest.raises(deltarule.DeltaruleError, match="dy is missing"):
        conv.backward(x=np.ones((1, 1, 9, 9)), w=np.ones((1, 1, 2, 2)), b=np.ones(1))


def test_unknown_settings_and_types_are_refused(cache):
    with pytest.raises(deltarule.DeltaruleError, match="did you mean 'stride'"):
        kernel("conv2d", strid=2, cache=cache)
    with pytest.raises(deltarule.DeltaruleError, match="no kernels in float16"):
        kernel("conv2d", dtype="float16", cache=cache)
    with pytest.raises(deltarule.DeltaruleError, match="is told by no shape"):
        kernel("group_norm", cache=cache)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus"])
def test_functions_are_stable_far_out_and_hand_on_what_is_no_number(cache, dtype, activation):
    made = kernel("activation", dtype=dtype, activation=activation, cache=cache)
    z = np.array([[1000.0], [-1000.0], [0.0], [np.nan]], dtype)
    h = made.forward(z=z)
    far = {"sigmoid": (1, 0, 0.5), "tanh": (1, -1, 0), "softplus": (1000, 0, np.log(2))}
    np.testing.assert_allclose(h[:3, 0], np.array(far[activation], dtype), 1e-6)
    assert np.isnan(h[3, 0])
    gradients = made.backward(z=z[:3], dh=np.ones((3, 1), dtype))
    assert np.isfinite(gradients["z"]).all()
    assert h.dtype == dtype


def test_only_the_gradients_that_are_wanted():
    made = program("mlp", {"wrt": ["Theta2"]})
    assert made.gradients.keys() == {"Theta2"}
    assert "dE/dTheta1" not in made.backward.writes
    assert program("mlp", {}).gradients.keys() == {"x", "Theta1", "Theta2"}
    with pytest.raises(deltarule.DeltaruleError) as caught:
        program("mlp", {"wrt": ["Theta3"]})
    assert caught.value.fact == "the kernel has no gradient by Theta3"
    assert caught.value.remedy == "did you mean 'Theta2'?"


@pytest.mark.parametrize("plain", [False, True])
def test_gradients_of_outputs_have_one_name_and_others_are_told(plain):
    made = deltarule.kernel("lstm", plain=plain)
    assert (made.upstream, made.outputs) == (("dy",), ("h", "c", "y"))
    given = {name: np.zeros(1) for name in made.inputs}
    for name, remedy in {
        "dL_dy": "did you mean 'dy'? it is ∂L/∂y",
        "dL_dh": "of the outputs it takes the gradients dy alone",
        "dc": "of the outputs it takes the gradients dy alone",
        "W_h": "did you mean 'W_h",
    }.items():
        with pytest.raises(DeltaruleError) as refused:
            made.backward(**given, **{name: np.zeros(1)})
        assert refused.value.fact == f"the kernel takes no array {name}"
        assert refused.value.remedy.startswith(remedy)
