"""A whole Jacobian by compiled kernels: exact to rounding, and every entry that is wrong found."""

import numpy as np

from deltarule.gradcheck.by_jacobian import Jacobians, Measurement


def test_a_strided_convolution_to_rounding(cache):
    # The settings are those of test_api.py: the kernel is compiled once.
    jacobians = Jacobians("conv2d", stride=2, dilation=2, pad=1, cache=cache)
    random = np.random.default_rng(7)
    arrays = {
        "x": random.normal(size=(2, 2, 13, 12)),
        "w": random.normal(size=(3, 2, 3, 2)),
        "b": random.normal(size=3),
    }
    checks = {c.tensor: c for c in jacobians.check(arrays)}
    assert all(c.right and c.error < 1e-13 and c.seconds < 5 for c in checks.values())
    assert checks["x"].passes < 2 * 13 * 12 / 4 and checks["x"].outputs == 2 * 3 * 6 * 6
    measurement = Measurement(jacobians, arrays, 0)
    derived = measurement._derived

    def planted(tensor):
        found = derived(tensor)
        found[(0, *(n - 1 for n in found.shape[1:]))] += 1e-9
        return found

    measurement._derived = planted
    for tensor in "xwb":
        check = measurement.check(tensor)
        assert not check.right
        assert check.worst == tuple(n - 1 for n in arrays[tensor].shape)
