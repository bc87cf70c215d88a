"""Lines of emitted files, and what they are written for."""

import pytest

from deltarule.errors import DeltaruleError
from deltarule.frameworks.dialect import known_target
from deltarule.kernels.python_text.long_lines import WIDTH, folded


def test_an_unknown_framework_is_told():
    with pytest.raises(DeltaruleError) as found:
        known_target("pytorch")
    assert found.value.fact == "nothing is written for pytorch"
    assert found.value.place == "--target"
    assert found.value.remedy == "did you mean 'torch'?"


def test_long_lines_are_broken_inside_brackets():
    line = "    value = " + " + ".join(f"first[{k}] * second({k}, 'a b')" for k in range(12))
    short = folded(f"def f(first, second):\n{line}\n    return value\n")
    assert max(map(len, short.splitlines())) <= WIDTH
    spaces = {}
    for text in (short, f"def f(first, second):\n{line}\n    return value\n"):
        module = compile(text, "lines", "exec")
        spaces[text] = module.co_consts[0].co_code
    assert len(set(spaces.values())) == 1
