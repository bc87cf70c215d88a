"""Every derivation's kernel against the evaluator, on small sizes: its text run as plain Python.

All new memory is full of NaN: a number that the kernel does not write cannot pass.
"""

import pytest
from agreement import agree, probed
from laid_out import as_python
from once import loaded

from deltarule.kernels.module import Module
from deltarule.kernels.program import program, sizes_told
from deltarule.notation.catalogue import catalogue
from deltarule.notation.symbols import Size

CASES = [(name, None) for name in catalogue()] + [
    (name, option.name)
    for name in catalogue()
    for option in loaded(name).options.values()
    if isinstance(option.default, int) and not isinstance(option.default, bool)
]


@pytest.mark.parametrize(("name", "option"), CASES, ids=lambda c: c or "")
def test_the_kernel_agrees_with_the_evaluator(name, option, tmp_path, monkeypatch):
    """Seed 0 runs small products as plain loops, seed 1 in tiles."""
    settings = {} if option is None else {option: loaded(name).options[option].default + 1}
    settings |= {size.name: 3 for size in sizes_told(loaded(name))[1] if type(size) is Size}
    made = program(name, settings)
    module = as_python(Module(made, "float64").text(), tmp_path, monkeypatch)
    for seed in range(2):
        agree(module, made, probed(made, seed))
        if hasattr(module, "SMALL"):
            monkeypatch.setattr(module, "SMALL", 0)
