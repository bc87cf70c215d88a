"""Labels, positions and masks of every type count the same in arrays and loops, or are refused."""

import numpy as np
import pytest
from laid_out import as_python
from with_integers import INDEXED, of_other_types, out_of_range, whole_numbers, with_data

from deltarule.frameworks.dialect import DIALECTS
from deltarule.frameworks.file_text import FrameworkFile
from deltarule.kernels.module.plain_source import PlainModule
from deltarule.kernels.python_text.long_lines import folded


def passes_of(target: str, made, folder, monkeypatch) -> list:
    """Both passes, run as Python, each with what it takes and returns."""
    if target == "plain":
        file = PlainModule(made)
        module, passes = as_python(file.text(), folder, monkeypatch), file.passes.values()
    else:
        file = FrameworkFile(made, DIALECTS[target])
        module = as_python(folded(file.text()), folder, monkeypatch)
        passes = (file.called().forward, file.called().backward)
    pairs = zip((module.forward, getattr(module, "backward", None)), passes)
    return [(function, one) for function, one in pairs if one.returns]


def results_of(function, one, arrays: dict) -> list[np.ndarray]:
    """What a pass gives; numbers are handed over as such."""
    with np.errstate(all="ignore"):
        found = function(*(a if (a := np.asarray(arrays[n])).ndim else a[()] for n in one.takes))
    return [np.asarray(a) for a in (found if len(one.returns) != 1 else (found,))]


@pytest.mark.parametrize("target", ["numpy", "plain"])
@pytest.mark.parametrize("name", INDEXED)
def test_whole_numbers_of_every_type_are_the_same(name, target, tmp_path, monkeypatch):
    """As 0 − 1 of numbers without a sign is the largest of them: a mask would hide nothing."""
    made, values = with_data(name)
    found = dict(values.arrays)
    for function, one in passes_of(target, made, tmp_path, monkeypatch):
        wanted = dict(zip(one.returns, results_of(function, one, found), strict=True))
        for kind, arrays in of_other_types(made, found):
            for tensor, value in zip(one.returns, results_of(function, one, arrays), strict=True):
                np.testing.assert_array_equal(value, wanted[tensor], f"{tensor} with {kind}")
        found |= wanted


@pytest.mark.parametrize("target", ["numpy", "plain"])
@pytest.mark.parametrize("name", INDEXED)
def test_a_whole_number_out_of_range_is_refused_by_every_pass(name, target, tmp_path, monkeypatch):
    made, values = with_data(name)
    for function, one in passes_of(target, made, tmp_path, monkeypatch):
        for tensor in (t for t in whole_numbers(made) if t.name in one.takes):
            refused = f"^{tensor.name} (is|holds .*) out of range; {tensor.name} holds"
            for bad in out_of_range(tensor, values.arrays[tensor.name], values.sizes):
                with pytest.raises(ValueError, match=refused):
                    results_of(function, one, {**values.arrays, tensor.name: bad})
