"""Classes that a task cannot call: other methods, other arguments, imports that are missing."""

import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import check_submission


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as made:
        yield made


CLASSES = """
class Sigmoid:
    def __call__(self, x): return x
class Linear:
    def __init__(self, a): pass
    def forward(self, A): return A
    def backward(self, dLdZ): return dLdZ
class Tanh:
    def forward(self, Z): return 0 * Z + 1
"""


def test_classes_of_another_kind_are_not_wrong(sandbox):
    report = check_submission(CLASSES, "own.py", sandbox, "mytorch")
    said = {f.name: (f.verdict.value, f.finding) for f in report.functions}
    none = "could not be checked"
    assert said["Linear"] == (none, "takes other arguments than Linear(D, M)")
    assert said["Tanh.backward"] == (none, "Tanh has no method backward")
    assert not any(name.startswith("Sigmoid") for name in said)
    assert "Sigmoid is left out: it has no method forward or backward" in report.notes


def test_of_two_ways_the_one_that_can_be_called_counts(sandbox):
    text = """
from layers import affine_forward
class TwoLayerNet:
    def __init__(self, D, H, C, reg=0.0): self.params, self.reg = {}, reg
    def loss(self, X, y=None): return affine_forward(X, self.params["W1"], self.params["b1"])
"""
    (finding,) = check_submission(text, "own.py", sandbox, "cs231n").functions
    assert finding.verdict.value == "could not be checked"
    assert finding.finding.startswith("uses layers.affine_forward, ")
