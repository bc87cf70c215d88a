"""Sums that have two forms: the shorter one is the closed form, the other one is offered."""

import pytest
from once import derived
from variants import names

from deltarule.calculus.dual_forms import SHORTER, is_shorter
from deltarule.calculus.rules.write_upstream import INSERT
from deltarule.spelling.text import text

#: Derivations whose deltas leave a choice; the tests of the catalogue derive them anyway.
DUAL = [name for name in names() if any(part in name for part in ("conv", "pool", "s4d", "lrn"))]


@pytest.mark.parametrize("name", DUAL)
def test_no_dual_form_is_clearly_shorter(name):
    for gradient in derived(name).gradients.values():
        if all(step.row is not INSERT for step in gradient.steps):
            assert not any(is_shorter(other, gradient.expr) for other in gradient.alternatives)


def test_the_shorter_form_is_taken_and_its_steps_lead_to_it():
    gradient = derived("true_convolution").gradients["h"]
    assert text(gradient.expr) == "Σ_{f,k,l} ∂L/∂s[n, f, i + k, j + l]·w[f, c, k, l]"
    (other,) = gradient.alternatives
    assert text(other).startswith("Σ_{f, x=i…min(X − 1, i + K − 1), y=j…")
    assert len(text(gradient.expr)) <= SHORTER * len(text(other))
    assert gradient.steps[-1].after == gradient.expr
    assert all(one.after == two.before for one, two in zip(gradient.steps, gradient.steps[1:]))


def test_forms_of_one_length_stay_over_outputs():
    gradient = derived("conv1d").gradients["x"]
    assert text(gradient.expr).endswith("∂L/∂y[n, f, i]·w[f, c, (p + P − S·i)/D]")


def test_a_gradient_has_its_other_form_in_words_too():
    gradient = derived("conv1d").gradients["x"]
    dual = gradient.dual
    assert dual.expr == gradient.alternatives[0] and dual.alternatives == (gradient.expr,)
    assert dual.dual.expr == gradient.expr
    assert dual.words.startswith("transposed convolution of w with ∂L/∂y, dilated by S, stride D")
    b = derived("conv1d").gradients["b"]
    assert b.dual is b
