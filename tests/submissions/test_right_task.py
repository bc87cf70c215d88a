"""What is right at a setting: compared with dual numbers, or verified step by step."""

import numpy as np
import pytest

from deltarule.submissions import right_task
from deltarule.submissions.convention_files import convention
from deltarule.submissions.right_task import RightTask


def task(name):
    return next(t for t in convention("cs231n").tasks if t.name == name)


@pytest.mark.parametrize(("agree", "settings"), [(True, 0), (False, 1)])
def test_gradients_that_do_not_agree_are_derived_step_by_step(monkeypatch, agree, settings):
    monkeypatch.setattr(right_task, "gradients_agree", lambda computation: agree)
    own = RightTask(task("affine"))
    assert own.derivation.settings == ()
    own.right(own.settings[0])
    assert (len(own.derivation.settings) > 0) is bool(settings)


def test_settings_are_not_square_and_have_one_example_zeros_and_every_stride():
    own = RightTask(task("convolution"))
    square = [s for s in own.settings if s.sizes["H"] == s.sizes["W"]]
    assert len(square) <= len(own.settings) / 3
    assert all(s.sizes["C"] != s.sizes["F"] for s in own.settings[:2])
    assert {s.sizes["S"] for s in own.settings} == {1, 2, 3}
    assert {s.sizes["P"] for s in own.settings} == {0, 1, 2}
    words = [s.words for s in own.settings]
    assert "one example" in words and "some zeros" in words and "large numbers" in words


def test_at_ties_and_zeros_right_values_are_intervals():
    own = RightTask(task("max_pooling"))
    (setting,) = [s for s in own.settings if s.numbers == "edges"]
    value = own.task.values["dx"]
    low, high = own.right(setting).interval(value)
    together = own.right(setting).total(value)
    assert together is not None
    least, most = together
    assert np.any(low < high) and np.all(low <= high) and least <= most + 1e-9
    assert low.sum() < most + 1e-9 and high.sum() > least - 1e-9
