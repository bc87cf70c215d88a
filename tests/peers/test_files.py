"""Files for PyTorch and JAX: every derivation's checks itself against the framework's gradients."""

import importlib.util
import runpy

import pytest

from deltarule.expressions.symbols import Size
from deltarule.frameworks.file_text import emitted_for
from deltarule.kernels.passes.program import known_sizes
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load

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
