"""Self-checks of emitted files draw entries that formulas compare by = and ≠: both sides count."""

import numpy as np
import pytest
from laid_out import as_python

from deltarule import layer
from deltarule.frameworks.file_text import emitted_for
from deltarule.kernels.export import emitted, plain_emitted

#: A layer, and where its gradient by x is 3 and not 1.
ASKED = {
    "L = Sum[n](where(a[n] == b[n], 3*x[n], x[n]))": lambda a, b: a == b,
    "L = Sum[n](where(a[n] != b[n], 3*x[n], x[n]))": lambda a, b: a != b,
    "L = Sum[n](where(a[n] == 1, 3*x[n], x[n] + 0*b[n]))": lambda a, b: a == 1,
}
FILES = {
    "tuned": lambda made: emitted(made, {}),
    "plain": lambda made: plain_emitted(made, {}),
    "numpy": lambda made: emitted_for("numpy", made, {}),
}


@pytest.mark.parametrize("written", FILES)
@pytest.mark.parametrize("text", ASKED)
def test_a_gradient_that_lost_one_side_is_told(text, written, tmp_path, monkeypatch, capsys):
    module = as_python(FILES[written](layer(text)), tmp_path, monkeypatch)
    drawn = module.sample(np.random.default_rng(0))
    at = ASKED[text](drawn["a"], drawn["b"])
    assert at.any() and not at.all()
    assert module.self_check()
    right = module.gradients_of
    for side in (1, 3):
        monkeypatch.setattr(
            module,
            "gradients_of",
            lambda arrays, values, side=side: {
                **right(arrays, values),
                "x": np.full_like(arrays["x"], side),
            },
        )
        assert not module.self_check()
        assert "gradient of x: DIFFERS" in capsys.readouterr().out
