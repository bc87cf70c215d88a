"""Every derivation's kernel against the evaluator, on small sizes: its text run as plain Python."""

import importlib.util
import sys

import numpy as np
import pytest

from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.kernels.module import Module
from deltarule.kernels.program import Program, program, sizes_told
from deltarule.notation.catalogue import catalogue
from deltarule.notation.files import load
from deltarule.notation.symbols import Size

CASES = [(name, None) for name in catalogue()] + [
    (name, option.name)
    for name in catalogue()
    for option in load(name).options.values()
    if isinstance(option.default, int) and not isinstance(option.default, bool)
]


def plain_python(text: str, folder, monkeypatch):
    """The kernel's file as a module whose functions are not compiled."""
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    path = folder / "kernel.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("kernel_as_python", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "kernel_as_python", module)
    spec.loader.exec_module(module)
    return module


def probed(made: Program, seed: int) -> dict:
    """All tensors and gradients at small random sizes, by the evaluator."""
    probe = Probe(made.network, Float64(), seed)
    for name, gradient in made.upstream.items():
        probe.values.arrays[gradient] = probe.noise(made.network.tensors[name].axes)
    probe.values.scalars.update(made.scalars)
    run(made.network.equations, probe.values, Float64())
    run(made.derivation.equations(), probe.values, Float64())
    return probe.values.arrays


def agree(module, made: Program, arrays: dict) -> None:
    """Compare every result of both passes."""
    given = [arrays[n] for n in module.GIVEN]
    values = module.forward(*given)
    for tensor, value in values.items():
        if value.ndim < arrays[tensor].ndim:
            value = selected(value, arrays[tensor].shape)
        np.testing.assert_allclose(value, arrays[tensor], 1e-9, 1e-11, err_msg=tensor)
    kept = [values[n] for n in module.KEPT]
    upstream = [arrays[g] for g in made.upstream.values()]
    gradients = module.backward(*given, *kept, *upstream)
    assert gradients.keys() == made.gradients.keys()
    for tensor, gradient in made.gradients.items():
        np.testing.assert_allclose(
            gradients[tensor], arrays[gradient], 1e-9, 1e-11, err_msg=gradient
        )


def selected(numbers: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A selection that is kept as numbers as the evaluator has it: 1 at one entry of a window."""
    window = int(np.prod(shape[numbers.ndim:]))
    return (np.arange(window) == numbers[..., None]).reshape(shape)


@pytest.mark.parametrize(("name", "option"), CASES, ids=lambda c: c or "")
def test_the_kernel_agrees_with_the_evaluator(name, option, tmp_path, monkeypatch):
    """Seed 0 runs small products as plain loops, seed 1 in tiles."""
    settings = {} if option is None else {option: load(name).options[option].default + 1}
    settings |= {size.name: 3 for size in sizes_told(load(name))[1] if type(size) is Size}
    made = program(name, settings)
    module = plain_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    for seed in range(2):
        agree(module, made, probed(made, seed))
        if hasattr(module, "SMALL"):
            monkeypatch.setattr(module, "SMALL", 0)
