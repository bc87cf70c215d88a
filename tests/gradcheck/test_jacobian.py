"""Jacobians by compiled kernels: exact where affine, structured passes, planted errors found."""

import numpy as np
import pytest

from deltarule.arithmetic.settings import setting, sizes_at
from deltarule.gradcheck.by_jacobian import Jacobians, Measurement, check_jacobians
from deltarule.gradcheck.difference_steps import Moved
from deltarule.gradcheck.sparsity import boxes
from deltarule.kernels.passes.program import loaded


@pytest.fixture(autouse=True)
def plain_python(monkeypatch, tmp_path_factory):
    """Kernels are run uncompiled, from a folder of their own: sizes are small."""
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    cache = tmp_path_factory.getbasetemp() / "kernels_as_python"
    monkeypatch.setenv("DELTARULE_CACHE", str(cache))


def arrays_of(random, **shapes):
    return {name: random.normal(size=shape) for name, shape in shapes.items()}


@pytest.mark.parametrize(
    ("activation", "method"),
    [("identity", "exact steps"), ("tanh", "complex step"), ("relu", "central differences")],
)
def test_each_layer_is_measured_in_the_way_that_suits_it(activation, method):
    arrays = arrays_of(np.random.default_rng(1), x=(4, 5), W=(5, 3), b=3)
    checks = check_jacobians("dense", arrays, activation=activation)
    assert {c.tensor for c in checks} == {"x", "W", "b"}
    for check in checks:
        assert check.right and check.method == method and check.outputs == 12
        assert check.error < (1e-13 if method != "central differences" else 1e-9)
    # The rows of a batch are moved together, and so are the columns of W.
    steps = {"exact steps": 1, "complex step": 0, "central differences": 1}[method]
    many = 4 if method == "central differences" else 1
    assert {c.tensor: c.passes - steps for c in checks} == {"x": 5 * many, "W": 5 * many, "b": many}


@pytest.mark.parametrize("name", ["conv2d", "max_pool2d", "label_cross_entropy", "gru", "kalman"])
def test_windows_labels_and_sequences(name):
    network = loaded(name, {})[0]
    from deltarule.arithmetic.floats import Float64
    from deltarule.arithmetic.probe import Probe

    probe = Probe(network, Float64(), 3, **setting(network))
    arrays = {t.name: probe.values.arrays[t.name] for t in network.tensors.values() if t.given}
    checks = check_jacobians(name, arrays)
    assert checks and all(c.right for c in checks)


def test_a_convolution_is_measured_window_by_window():
    arrays = arrays_of(np.random.default_rng(2), x=(2, 1, 8, 9), w=(4, 1, 3, 2), b=4)
    passes = {c.tensor: c.passes for c in check_jacobians("conv2d", arrays, stride="2")}
    assert passes == {"x": 1 + 3 * 2, "w": 1 + 3 * 2, "b": 1 + 1}


@pytest.mark.parametrize("at", [(0, 0), (2, 1)])
def test_a_planted_error_is_found_at_its_entry(at):
    arrays = arrays_of(np.random.default_rng(3), x=(4, 5), W=(5, 3), b=3)
    jacobian = Measurement(Jacobians("dense"), arrays, 0)
    for bound in jacobian.back:
        right = bound._backward

        def planted(*taken, right=right, bound=bound):
            assert right is not None
            right(*taken)
            bound.gradients["W"][at] += 0.01

        bound._backward = planted
    checks = {tensor: jacobian.check(tensor) for tensor in jacobian.methods}
    assert [n for n, c in checks.items() if not c.right] == ["W"]
    assert checks["W"].worst == at
    assert np.isclose(checks["W"].derived - checks["W"].measured, 0.01)


@pytest.mark.parametrize("activation", ["identity", "tanh"])
def test_where_some_entries_are_measured_all_are_tried_along_directions(activation, monkeypatch):
    """0.1 s each; of 15 entries of W one is measured, and another one is wrong."""
    monkeypatch.setattr("deltarule.gradcheck.by_jacobian.MOST_PASSES", 3)
    monkeypatch.setattr("deltarule.gradcheck.by_jacobian.MOST_STRAIGHT", 1)
    arrays = arrays_of(np.random.default_rng(3), x=(4, 5), W=(5, 3), b=3)
    jacobian = Measurement(Jacobians("dense", activation=activation), arrays, 0)
    check = jacobian.check("W")
    note = "1 of 5 passes, chosen at random, and all along random directions"
    assert check.right and check.note == note
    derived = jacobian._derived("W")
    for row in range(5):
        wrong = derived.copy()
        wrong[:, row, 1] += 1e-6
        monkeypatch.setattr(jacobian, "_derived", lambda tensor, wrong=wrong: wrong)
        assert not jacobian.check("W").right


def test_an_output_that_should_not_move_is_told(monkeypatch):
    arrays = arrays_of(np.random.default_rng(4), x=(3, 2), W=(2, 3), b=3)
    jacobian = Measurement(Jacobians("dense"), arrays, 0)
    after = Moved.after

    def meddled(moved, part, step):
        found = after(moved, part, step)
        found[0][2, 2] += 1  # whatever is moved
        return found

    monkeypatch.setattr(Moved, "after", meddled)
    assert not jacobian.check("b").right
    assert not jacobian.check("x").right


def test_boxes_hold_everything_that_an_output_sees():
    network = loaded("conv2d", {"stride": "2", "dilation": "2", "pad": "1"})[0]
    sizes = sizes_at(network, setting(network))
    side = boxes(network, "x", sizes)["y"][2]
    assert side.of == 2 and side.reach == 2 * (sizes_of_name(sizes, "K") - 1) + 1
    assert boxes(network, "b", sizes)["y"][0].reach == 1


def sizes_of_name(sizes, name):
    return next(n for s, n in sizes.items() if s.name == name)
