"""Files for PyTorch and JAX: every derivation's checks itself against the framework's gradients."""

import importlib.util
import runpy

import numpy as np
import pytest
from with_integers import of_other_types, out_of_range, whole_numbers, with_data

from deltarule.expressions.symbols import Size
from deltarule.frameworks.dialect import DIALECTS
from deltarule.frameworks.file_text import FrameworkFile, emitted_for
from deltarule.kernels.passes.program import known_sizes
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.typed.typed_layer import layer

#: JAX compiles for seconds: of the catalogue it gets what differs in kind.
FOR_JAX = (
    "dense", "conv2d", "max_pool2d", "embedding", "softmax_cross_entropy", "attention", "rnn",
    "crf", "soft_dtw", "rotary_embedding", "kalman_vector", "batch_norm", "lstm",
)  # fmt: skip


def _checked(target: str, name: str, folder) -> bool:
    network = load(name)
    settings = {s.name: 3 for s in known_sizes(network)[1] if type(s) is Size}
    path = folder / f"{name}_{target}.py"
    path.write_text(emitted_for(target, name, settings), encoding="utf-8")
    module = runpy.run_path(str(path))
    if "self_check" not in module:
        return "backward" not in module  # an update
    return module["self_check"]()


@pytest.mark.parametrize("name", catalogue())
def test_pytorch_differentiates_every_file_as_it_says(name, tmp_path):
    assert _checked("torch", name, tmp_path)


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
@pytest.mark.parametrize("name", FOR_JAX)
def test_jax_differentiates_a_file_as_it_says(name, tmp_path):
    assert _checked("jax", name, tmp_path)


@pytest.mark.parametrize("side", ["1", "3"])
def test_a_gradient_that_lost_a_side_of_an_equality_is_told(side, tmp_path, capsys):
    """The file's backward pass is changed, and what it is compared with is not."""
    text = emitted_for("torch", layer("L = Sum[n](where(a[n] == b[n], 3*x[n], x[n]))"), {})
    path = tmp_path / "asked.py"
    path.write_text(text, encoding="utf-8")
    assert runpy.run_path(str(path))["self_check"]()
    at = text.index("def backward(")
    line = next(k for k in text[at:].splitlines() if "dx = " in k or "dL_dx = " in k)
    name = line.split("=")[0].strip()
    wrong = f"{line}\n    {name} = torch.full_like({name}, {side}.0)"
    path.write_text(text[:at] + text[at:].replace(line, wrong, 1), encoding="utf-8")
    capsys.readouterr()
    assert not runpy.run_path(str(path))["self_check"]()
    assert "gradient of x is NOT" in capsys.readouterr().out


@pytest.mark.parametrize("target", ["torch", "jax"])
@pytest.mark.parametrize("name", ["attention", "gru", "embedding", "multiclass_svm", "tree_lstm"])
def test_whole_numbers_of_every_type_count_or_are_refused(target, name, tmp_path):
    """PyTorch would read labels of 8 bits as a mask, and 0 − 1 of such is 255."""
    array = pytest.importorskip(target)
    array = array.as_tensor if target == "torch" else array.numpy.asarray
    made, values = with_data(name)
    file, path = FrameworkFile(made, DIALECTS[target]), tmp_path / f"{name}_{target}.py"
    path.write_text(file.text(), encoding="utf-8")
    forward, one = runpy.run_path(str(path))["forward"], file.called().forward

    def results(arrays):
        found = forward(*(array(arrays[n].copy()) for n in one.takes))
        return found if len(one.returns) != 1 else (found,)

    wanted = results(values.arrays)
    for kind, arrays in of_other_types(made, values.arrays):
        for value, right in zip(results(arrays), wanted, strict=True):
            np.testing.assert_array_equal(np.asarray(value), np.asarray(right), kind)
    for tensor in whole_numbers(made):
        for bad in out_of_range(tensor, values.arrays[tensor.name], values.sizes):
            with pytest.raises(ValueError, match=f"^{tensor.name} holds .* out of range; "):
                results({**values.arrays, tensor.name: bad})
