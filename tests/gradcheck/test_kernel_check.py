"""`check gradient` runs the kernel as well, and says which of formula and kernel is at fault."""

from fractions import Fraction

import pytest
from layout_families import einsums
from planted import wrong_formula, wrong_products

from deltarule.gradcheck.choose import check_derivation
from deltarule.gradcheck.kernel_check import check_kernel
from deltarule.kernels.lowering.matmul import ProductCalls
from deltarule.kernels.python_text.real_text import Code


@pytest.fixture(autouse=True)
def plain_python(monkeypatch, tmp_path):
    """Kernels are run uncompiled, from a folder of their own: what is planted must not stay."""
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    monkeypatch.setenv("DELTARULE_CACHE", str(tmp_path / "cache"))


def at_fault(name="dense", **more) -> str | None:
    return check_derivation(name, {}, compiled=True, **more).fault


def test_right_values_and_gradients_at_small_sizes_and_at_large_ones():
    found = check_derivation("dense", {"N": 2}, compiled=True)
    assert found.fault == "" and found.kernel.right and found.kernel.worst.error < 1e-14
    assert [c.name for c in found.kernel.checks] == ["y", "dL/db", "dL/dW", "dL/dx"]
    *small, large = found.kernel.settings
    assert len(small) == 3 and large["N"] == 2
    assert large["D"] * large["M"] > 20 * small[0]["D"] * small[0]["M"]
    assert check_derivation("dense", {}).fault is None


def test_a_wrong_kernel_is_the_kernels_fault(monkeypatch):
    wrong_products(monkeypatch)
    found = check_derivation("dense", {}, compiled=True)
    assert found.fault == "kernel" and all(c.right for c in found.checks)
    assert {c.name for c in found.kernel.checks if not c.right} == {"y", "dL/dx", "dL/dW"}


def test_a_constant_that_is_not_exact_is_found(monkeypatch):
    right, more = Code.constant, Fraction(10**7 + 1, 10**7)
    monkeypatch.setattr(Code, "constant", lambda code, number: right(code, number * more))
    checked = check_kernel("activation", options={"activation": "leaky_relu"})
    assert not checked.right and checked.worst.error < 1e-6 and checked.fault([]) == "kernel"


@pytest.mark.slow
def test_a_wrong_formula_is_the_formulas_fault(monkeypatch):
    wrong_formula(monkeypatch, "W")
    found = check_derivation("dense", {}, compiled=True)
    assert found.fault == "formula" and found.kernel.right
    assert {c.tensor for c in found.checks if not c.right} == {"W"}
    assert at_fault(jacobian=True) == "formula"


def test_both_may_be_wrong(monkeypatch):
    wrong_formula(monkeypatch, "b")
    wrong_products(monkeypatch)
    assert at_fault() == "both"
    assert at_fault(jacobian=True) == "kernel"  # which measured: nothing is known of the formula


def test_a_kernel_that_cannot_be_made_is_told(monkeypatch):
    def fails(*_):
        raise StopIteration("no unit stride")

    monkeypatch.setattr(ProductCalls, "_call", fails)
    found = check_derivation("dense", {}, compiled=True)
    assert found.fault == "kernel"
    said = "the lowering matmul fails: StopIteration: no unit stride"
    assert found.kernel.failed == said and not found.kernel.checks


def test_a_result_that_nobody_writes_is_found(monkeypatch, tmp_path):
    path = tmp_path / "batch_last.py"
    path.write_text(einsums([("bik", "bk", "ib")]), encoding="utf-8")
    assert at_fault(str(path)) == ""
    monkeypatch.setattr(ProductCalls, "_call", lambda *_: None)
    monkeypatch.setenv("DELTARULE_CACHE", str(tmp_path / "other"))
    assert at_fault(str(path)) == "kernel"
