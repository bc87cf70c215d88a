"""What is said of a mistake is true of the formula that it is made in."""

from __future__ import annotations

import pytest
from once import derived

from deltarule.calculus import Derivation, derive
from deltarule.marking.mistakes import contexts, mistakes_in
from deltarule.marking.mistakes.generators import ROWS
from deltarule.marking.mistakes.wrong_factors import factor_lost_everywhere
from deltarule.networks.argmax_equations import CHOSEN
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import computation_of
from deltarule.typed import typed_network

#: What is said in a line of a derivation, and what would not be true there.
SAID = [
    (
        "batch_norm_inference",
        "y",
        "the sum has the wrong sign: −v[c] − ε for v[c] + ε",
        "the difference is turned round: −v[c] − ε for v[c] + ε",
    ),
    ("lms", "yhat", "the weight w[d] is missing", "the scale w[d] is missing"),
    ("rms_norm", "y", "the scale g[d] is missing", "the weight g[d] is missing"),
    ("scalar_chain", "s2", "the factor θ₂ is missing", "the scale θ₂ is missing"),
    ("scalar_chain", "s2", "the factor h₁ is missing", "the gate h₁ is missing"),
    ("lstm_cell", "h", "the gate o[n, m] is missing", "the factor o[n, m] is missing"),
    ("logistic_regression", "E_n", "the factor t[n] is missing", "the mask t[n] is missing"),
    (
        "causal_conv1d",
        "y",
        "the dilation is lost: the taps stand side by side",
        "the stride is lost: the window moves by 1",
    ),
    (
        "transposed_conv2d",
        "y",
        "the stride is lost: the window moves by 1",
        "the dilation is lost: the taps stand side by side",
    ),
]


def words(derivation: Derivation, line: str, *rows) -> list[str]:
    known = {s.name for s in derivation.network.attributes}
    givens, sizes = drawn(derivation, 1, {n: 2 for n in ("S", "D") if n in known})
    (context,) = contexts(computation_of(derivation, givens, sizes=sizes), line)
    return [m.words for m in mistakes_in(context, rows or ROWS)]


@pytest.mark.parametrize(("name", "line", "said", "never"), SAID)
def test_what_is_said_is_true_of_the_formula(name, line, said, never):
    found = words(derived(name), line)
    assert said in found and never not in found, found


@pytest.mark.parametrize(
    ("formula", "where"), [("x/2 + z/2 + u", "all terms that have it"), ("x/2 + z/2", "every term")]
)
def test_a_factor_of_some_terms_is_not_in_every_term(formula, where):
    derivation = derive(typed_network(f"y = {formula}"))
    assert words(derivation, "y", factor_lost_everywhere) == [
        f"the factor 1/2 is missing in {where}"
    ]


def test_the_first_term_of_a_sum_is_where_the_sum_begins():
    derivation = derived("crf")
    givens, sizes = drawn(derivation, 1)
    (context,) = contexts(computation_of(derivation, givens, sizes=sizes), "dE/dA")
    (first,) = [m for m in mistakes_in(context) if m.words.startswith("only the first term")][:1]
    assert "y[0]" in str(first.equation.rhs)


def test_the_place_of_a_maximum_is_no_number():
    for line in ("dL/ds", f"h{CHOSEN}"):
        found = words(derived("maxout"), line)
        assert found and not any(CHOSEN in w or "factor 2" in w and "choice" in w for w in found)


def test_on_the_way_to_the_loss_no_error_is_known():
    for line in ("c", "h"):
        assert not [w for w in words(derived("lstm_cell"), line) if "∂" in w]


def test_squares_whose_root_is_taken_and_shares_that_are_all_alike_are_named():
    derivation = derive(typed_network("r = ‖x‖²; a = softmax(x); E = r · sum(a ⊙ x)"))
    assert any("the root is taken" in w for w in words(derivation, "r"))
    assert any("a plain mean: every a is taken as 1/N" in w for w in words(derivation, "E"))
