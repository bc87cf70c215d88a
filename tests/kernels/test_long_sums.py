"""Long sums in single precision: blocks give the sum, rows and columns alike."""

import numpy as np
import pytest
from laid_out import as_python
from once import programmed

from deltarule.kernels.lowering import blocked_sums
from deltarule.kernels.module.source import Module


@pytest.mark.parametrize("rows", [3, 11, 23])
def test_blocks_of_columns_and_of_all(rows, tmp_path, monkeypatch):
    """Fewer rows than are added in place, a part of a block, and some whole ones."""
    for name, small in (("BLOCK", 5), ("ROWS", 4), ("FEW", 4)):
        monkeypatch.setattr(blocked_sums, name, small)
    made = programmed("batch_norm")
    module = as_python(Module(made, "float32").text(), tmp_path, monkeypatch)
    random = np.random.default_rng(0)
    x, dy = random.random((2, rows, 3)).astype("float32")
    given = [
        {"x": x, "gamma": np.ones(3, "float32"), "beta": np.zeros(3, "float32")}[n]
        for n in module.GIVEN
    ]
    values = module.forward(*given)
    gradients = module.backward(*given, *(values[n] for n in module.KEPT), dy)
    np.testing.assert_allclose(values["v"], x.astype(float).var(0), 3e-6)
    np.testing.assert_allclose(gradients["beta"], dy.astype(float).sum(0), 3e-7)


def test_twenty_thousand_numbers_keep_their_digits(tmp_path, monkeypatch):
    made = programmed("mean_squared_error")
    module = as_python(Module(made, "float32").text(), tmp_path, monkeypatch)
    yhat = np.random.default_rng(0).random((1, 20000)).astype("float32")
    with np.errstate(all="ignore"):
        found = module.forward(yhat, np.zeros_like(yhat))["E"]
    wanted = (yhat.astype(float) ** 2).mean()
    assert abs(float(found) / wanted - 1) < 1e-6
