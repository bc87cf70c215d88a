"""Commands on a function whose kinks cancel: x by way of two ramps."""

import pytest

from deltarule.arithmetic.magnitude import Magnitude
from deltarule.tracing.gaps import Gap

LAYER = '''"""x by way of two ramps: smooth everywhere."""

from deltarule.language import *

N = size("N")
n = index("n")
x, y = input("x", N), output("y", N)

y[n] = relu(x[n]) - relu(-x[n])
'''
SHEET = """title = "x by way of two ramps"
network = "./ramps.py"

[given]
x = [0, 1, -1]
"dL/dy" = [1, 1, 1]

[published]
"dL/dx" = {published}
"""


@pytest.fixture
def sheet(tmp_path):
    (tmp_path / "ramps.py").write_text(LAYER, encoding="utf-8")

    def written(published: str):
        path = tmp_path / "ramps.toml"
        path.write_text(SHEET.format(published=published), encoding="utf-8")
        return path

    return written


@pytest.mark.slow
def test_the_true_derivative_is_right_and_what_conventions_compose_is_not(invoke, sheet):
    assert invoke("check", "example", sheet("[1.0, 1.0, 1.0]")).status == 0
    done = invoke("check", "example", sheet("[0.0, 1.0, 1.0]"))
    assert done.status == 1 and "right is 1.0" in done.out


def test_a_trace_whose_check_fails_is_a_fault(invoke, sheet, monkeypatch):
    right = invoke("trace", sheet("[0.0, 1.0, 1.0]"))
    assert right.status == 0 and not right.err and "✓ dual numbers agree" in right.out
    wide = Gap(1.0, Magnitude(0.0), False)
    monkeypatch.setattr("deltarule.tracing.line_check.gap", lambda *given: wide)
    for words in ((), ("--json",)):
        wrong = invoke("trace", sheet("[1.0, 1.0, 1.0]"), *words, width=200)
        assert wrong.status == 1
        assert wrong.err.strip() == (
            "∂L/∂x differs from derivatives found without the derivation: this is a fault of "
            "deltarule, whatever the sheet says. Please report it with the sheet."
        )


def test_the_steps_say_that_the_kinks_cancel(invoke, sheet):
    path = sheet("[1.0, 1.0, 1.0]").with_name("ramps.py")
    done = invoke("derive", path, "--steps", width=200)
    assert "remove the kink" in done.out and "The kinks cancel" in done.out
    assert "relu(x) − relu(−x) = x" in invoke("derive", "--explain", "remove the kink").out


def test_what_cannot_be_told_is_said(invoke):
    assert "each kink keeps its own convention" in invoke("derive", "crelu").out
