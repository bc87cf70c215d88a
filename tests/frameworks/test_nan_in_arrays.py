"""NaN and infinities in files for NumPy: as plain loops hand them on, in values and gradients."""

import math

import numpy as np
import pytest
from agreement import evaluated
from laid_out import as_python
from once import settings_of, traced

from deltarule.frameworks.dialect import DIALECTS
from deltarule.frameworks.file_text import FrameworkFile
from deltarule.kernels.module.plain_source import PlainModule
from deltarule.kernels.passes.program import program
from deltarule.typed.typed_layer import layer


class Forms:
    """A program as plain loops, run by Python, and as arrays."""

    def __init__(self, made, folder, monkeypatch):
        plain, file = PlainModule(made), FrameworkFile(made, DIALECTS["numpy"])
        called = file.called()
        self.text = file.text()
        self._loops = as_python(plain.text(), folder, monkeypatch), plain.passes
        arrays = {"forward": called.forward, "backward": called.backward}
        self._arrays = as_python(self.text, folder, monkeypatch), arrays

    def both(self, given: dict) -> tuple[dict, dict]:
        """What both passes give by loops, and by arrays."""
        found = []
        for module, passes in (self._loops, self._arrays):
            known = dict(given)
            for each, one in passes.items():
                if one.returns:
                    with np.errstate(all="ignore"):
                        results = getattr(module, each)(*(known[n] for n in one.takes))
                    results = results if len(one.returns) != 1 else (results,)
                    known |= zip(one.returns, map(np.asarray, results), strict=True)
            found.append({n: a for n, a in known.items() if n not in given})
        return found[0], found[1]


def assert_same(forms: Forms, given: dict) -> dict:
    """Both forms give the same; returns it."""
    by_loops, by_arrays = forms.both(given)
    for name, array in by_loops.items():
        np.testing.assert_allclose(by_arrays[name], array, 1e-12, 1e-14, True, name)
    return by_arrays


#: What chooses between branches by the sign of data.
CHOICES = [
    "relu(x[n])", "abs(x[n])", "sign(x[n])", "leaky_relu(x[n])", "elu(x[n])", "softplus(x[n])",
    "log(1 + exp(x[n]))", "max(x[n], 0.25)", "min(x[n], 0.25)", "clip(x[n], -1, 1)",
    "where(x[n] > 0, x[n], 2)", "(x[n] > 0.25)*x[n]",
]  # fmt: skip


@pytest.mark.parametrize("target", DIALECTS)
@pytest.mark.parametrize("text", CHOICES)
def test_choices_hand_on_nan(text, target, tmp_path, monkeypatch):
    made = program(layer(f"y[n] = {text}"), {})
    if target != "numpy":  # PyTorch and JAX themselves are in tests/peers: here their text alone
        written = FrameworkFile(made, DIALECTS[target]).text()
        assert "if_positive(" in written or "if_greater(" in written
        return
    x = np.array([math.nan, 0.0, 0.5, -0.5])
    given = {"x": x, made.upstream["y"]: np.ones(x.size)}
    by_arrays = assert_same(Forms(made, tmp_path, monkeypatch), given)
    assert np.isnan(by_arrays["y"][0])


@pytest.mark.parametrize("text", ["max(x[n], z[n])", "min(x[n], z[n])"])
def test_the_larger_of_two_infinities_is_infinite(text, tmp_path, monkeypatch):
    """Their difference is NaN: they are compared themselves."""
    made = program(layer(f"y[n] = {text}"), {})
    x = np.array([math.inf, -math.inf, math.nan, 1.0])
    z = np.array([math.inf, -math.inf, 1.0, math.nan])
    given = {"x": x, "z": z, made.upstream["y"]: np.ones(x.size)}
    found = assert_same(Forms(made, tmp_path, monkeypatch), given)
    np.testing.assert_array_equal(found["y"], [math.inf, -math.inf, math.nan, math.nan])
    np.testing.assert_array_equal(found[made.gradients["x"]][:2], [1, 1])


WINDOWS = ["y[n] = Max[k](x[n, k])", "y[n] = Min[k](x[n, k])", "y[n] = Max[k<=n](x[n, k])"]
ENTRIES = {
    "one": [[1, math.nan, 3], [math.nan, math.nan, 0], [0, 1, 1]],
    "least": [[-math.inf] * 3] * 3,
    "most": [[math.inf] * 3] * 3,
    "none": np.zeros((0, 3)),
}


@pytest.mark.parametrize("entries", ENTRIES)
@pytest.mark.parametrize("text", WINDOWS)
def test_windows_of_nan_or_infinities_pass_gradients(text, entries, tmp_path, monkeypatch):
    """To the first entry that is NaN, or that is as large as all others."""
    made, x = program(layer(text), {}), np.array(ENTRIES[entries], dtype=float)
    given = {"x": x, made.upstream["y"]: np.ones(len(x))}
    found = assert_same(Forms(made, tmp_path, monkeypatch), given)
    np.testing.assert_array_equal(found[made.gradients["x"]].sum(1), np.ones(len(x)))


#: A layer for each way in which an entry is kept from others: windows with and without strides,
#: times before, maxima, choices by data, short supports, places in order, triangles.
KEPT_APART = [
    "causal_conv1d", "transposed_conv1d", "upsampled_conv2d", "rnn2d", "max_pool1d", "maxout",
    "top_k_experts", "spatial_transformer", "owl_norm", "wasserstein", "attention", "ppo_clip",
    "batch_norm_inference",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT_APART)
def test_entries_that_do_not_see_nan_stay_numbers(name, tmp_path, monkeypatch):
    """NaN, or an infinity, in one entry of one array reaches what plain loops let it reach."""
    settings = settings_of(name)
    made = traced(name, **settings)[0]
    forms, given = Forms(made, tmp_path, monkeypatch), sampled(made)
    for each, array in given.items():
        if array.dtype.kind == "f":
            for special in (math.nan, math.inf, -math.inf):
                moved = array.copy()
                moved[(*(n // 2 for n in array.shape),)] = special
                assert_same(forms, {**given, each: moved})


def sampled(made) -> dict:
    """Arrays that a program takes, and upstream gradients, from its evaluation."""
    arrays, tensors = evaluated(made, 1).arrays, made.network.tensors.values()
    names = [*(t.name for t in tensors if t.given), *made.upstream.values()]
    return {n: np.array(arrays[n]) for n in names}
