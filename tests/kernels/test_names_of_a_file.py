"""Names that a kernel's file defines by itself: none twice, and none that a tensor could have."""

import re
from collections import Counter

import pytest
from once import programmed

from deltarule import layer
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.kernels.python_text.identifiers import reserved

DEFINED = re.compile(r"^(?:def )?(\w+(?:, \w+)*)(?: = |\()", re.MULTILINE)


@pytest.mark.parametrize("name", ["attention", "conv2d", "lstm", "max_pool2d", "softmax"])
@pytest.mark.parametrize("parallel", [False, True])
def test_constants_are_defined_once_and_reserved(name, parallel):
    text = Module(programmed(name), "float32", parallel=parallel).text()
    found = Counter(n for names in DEFINED.findall(text) for n in names.split(", "))
    constants = {n for n in found if n.isupper()}
    assert {"OPTIONS", "KEPT"} <= constants <= reserved()
    assert [n for n in constants if found[n] > 1] == []


def test_a_tensor_may_be_called_as_a_constant_is():
    """Attention whose values are called STORED, and whose queries UNCUT: spelled in another way."""
    text = (
        "a[n,i,j] = softmax[j](Sum[d](UNCUT[n,i,d]*K[n,j,d])); y[n,i,m] = Sum[j](a*STORED[n,j,m])"
    )
    written = Module(program(layer(text.replace("a*", "a[n,i,j]*")), {}), "float64").text()
    assert len(re.findall(r"^STRIP, UNCUT, STORED = \d", written, re.MULTILINE)) == 1
    for name in ("STRIP", "UNCUT", "STORED"):
        assert not re.search(rf"def \w+\([^)]*\b{name}\b", written)
        assert not re.search(rf"^ +{name} = ", written, re.MULTILINE)
