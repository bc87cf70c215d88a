"""Names survive every spelling: ASCII, pretty, LaTeX, and what people type."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.spelling.names import (
    GREEK,
    Reference,
    ascii_name,
    canonical,
    latex,
    parse_reference,
    pretty,
)

SPELLINGS = {
    "Theta2": ["Θ₂", "Θ2", "Theta_2", "Theta₂", " Θ_2 "],
    "Theta12": ["Θ₁₂", "Theta_12"],
    "yhat": ["ŷ", "y\u0302"],
    "yhat2": ["ŷ₂", "yhat_2"],
    "xbar": ["x̄", "x\u0305"],
    "hprime1": ["h′₁", "h₁′", "h1'"],
    "h_t": ["hₜ"],
    "delta_o1": ["δ_o1", "δo1", "δₒ₁"],
    "sigma": ["σ", "ς"],
    "mu": ["μ", "µ"],
    "W_xi": ["Wₓᵢ"],
    "dE/dTheta2": ["∂E/∂Θ₂", "dE/dTheta_2", "dE/dΘ2", "d E / d Theta2", "∂E / ∂Theta2"],
    "Theta2 after": ["Θ₂ after", "Theta2_new", "new Theta2", "updated Θ_2", "Theta_2_after"],
}
SHOWN = [
    ("Theta2", "Θ₂", r"\Theta_{2}"),
    ("Theta12", "Θ₁₂", r"\Theta_{12}"),
    ("yhat", "ŷ", r"\hat{y}"),
    ("Thetahat2", "Θ̂₂", r"\hat{\Theta}_{2}"),
    ("hprime1", "h′₁", "h'_{1}"),
    ("W_hf", "W_hf", "W_{hf}"),
    ("W_xi", "W_xi", "W_{xi}"),
    ("W1_h", "W₁_h", "W_{1,h}"),
    ("net_o1", "net_o1", r"\mathrm{net}_{o1}"),
    ("Alpha", "Α", r"\mathrm{A}"),
    ("dE/dTheta2", "∂E/∂Θ₂", r"\frac{\partial E}{\partial \Theta_{2}}"),
    ("Theta2 after", "Θ₂ after", r"\Theta_{2}^{\text{after}}"),
    ("cprime after", "c′ after", r"{c'}^{\text{after}}"),
    ("Theta1[0,2]", "Θ₁[0,2]", r"\Theta_{1}[0,2]"),
    ("dE_o[0]/dh1[0]", "∂E_o[0]/∂h₁[0]", r"\frac{\partial E_{o}[0]}{\partial h_{1}[0]}"),
]

heads = st.one_of(st.sampled_from(sorted(GREEK)), st.from_regex(r"[A-Za-z]{1,4}", fullmatch=True))
plain = st.builds(
    lambda head, accent, digits, subs: head + accent + digits + "".join("_" + s for s in subs),
    heads,
    st.sampled_from(["", "hat", "bar", "tilde", "prime", "hatprime", "hatbar"]),
    st.from_regex(r"[0-9]{0,3}", fullmatch=True),
    st.lists(st.from_regex(r"[A-Za-z0-9]{1,3}", fullmatch=True), max_size=2),
).filter(lambda name: not name.endswith(("_new", "_after")))
entries = st.lists(st.integers(0, 99), max_size=3).map(tuple)


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in SPELLINGS.items() for text in texts]
)
def test_every_spelling_is_the_same_name(name, text):
    assert canonical(text) == name
    assert canonical(name) == name


@pytest.mark.parametrize(("name", "shown", "tex"), SHOWN)
def test_shown(name, shown, tex):
    assert pretty(name) == shown
    assert latex(name) == tex


@settings(max_examples=25)
@given(plain)
@pytest.mark.slow
def test_pretty_reads_back_plain(text):
    name = canonical(text)
    assert canonical(name) == name
    assert canonical(pretty(name)) == name
    assert ascii_name(pretty(name)) == name


@settings(max_examples=25)
@given(plain, plain, entries, entries, st.booleans())
def test_pretty_reads_back_derivatives(of, wrt, of_index, entry, after):
    of, wrt = canonical(of), canonical(wrt)
    name = f"d{of}/d{wrt}" + " after" * after
    reference = Reference(name, entry, of, of_index, wrt)
    assert parse_reference(str(reference)) == reference
    assert parse_reference(pretty(str(reference))) == reference


@settings(max_examples=25)
@given(plain, entries, st.booleans())
def test_pretty_reads_back_entries(text, entry, after):
    reference = Reference(canonical(text) + " after" * after, entry)
    assert parse_reference(str(reference)) == reference
    assert parse_reference(pretty(str(reference))) == reference
    assert reference.after == after


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        reference = parse_reference(text)
    except DeltaruleError:
        return
    assert parse_reference(str(reference)) == reference
    assert str(reference).isascii()


@pytest.mark.parametrize("text", ["Theta1[0,2]", "Θ₁[0,2]", "Theta1[0][2]", "Theta_1 [0, 2]"])
def test_entry(text):
    assert parse_reference(text) == Reference("Theta1", (0, 2))


@pytest.mark.parametrize("text", ["Θ₂[1] after", "Theta2_new[1]", "Theta2 after[1]", "new Θ₂[1]"])
def test_entry_after_the_update(text):
    reference = parse_reference(text)
    assert (reference.name, reference.entry, reference.after) == ("Theta2 after", (1,), True)
    assert str(reference) == "Theta2[1] after"


def test_entry_of_a_derivative():
    reference = parse_reference("∂E_o[0]/∂h₁[1]")
    assert reference == Reference("dE_o/dh1", (1,), "E_o", (0,), "h1")
    assert not reference.whole


REFUSED = {
    "W hf": "'W hf' is not a name",
    "2x": "'2x' is not a name",
    "": "'' is not a name",
    "x²": "'x²' is not a name",
    "a.b": "'a.b' is not a name",
    "x[1": "the brackets of 'x[1' do not match",
    "x[-1]": "'-1' in 'x[-1]' is not an index",
    "x[]": "'' in 'x[]' is not an index",
    "x[i]": "'i' in 'x[i]' is not an index",
    "E/Theta2": "'E/Theta2' is not a derivative: 'E' does not begin with d or ∂",
    "dE/d": "'dE/d' is not a derivative: 'd' does not begin with d or ∂",
    "dE/ds/dx": "'dE/ds/dx' has more than one /",
}


@pytest.mark.parametrize(("text", "fact"), REFUSED.items())
def test_refused_with_a_remedy(text, fact):
    with pytest.raises(DeltaruleError) as caught:
        parse_reference(text)
    assert caught.value.fact == fact
    assert caught.value.remedy


def test_canonical_wants_the_whole_quantity():
    with pytest.raises(DeltaruleError) as caught:
        canonical("Theta1[0,2]")
    assert str(caught.value) == (
        "'Theta1[0,2]' names an entry; the whole quantity is wanted here\n  remedy: write 'Theta1'"
    )


def test_a_derivative_is_no_tensor_name():
    with pytest.raises(DeltaruleError):
        ascii_name("dE/dTheta2")


def test_error_is_a_readable_block():
    error = DeltaruleError("Theta1 is missing", "slide.toml", "give it under [given]")
    assert str(error) == ("Theta1 is missing\n  where: slide.toml\n  remedy: give it under [given]")
    assert str(DeltaruleError("Theta1 is missing")) == "Theta1 is missing"
    assert error.at("exam").place == "exam: slide.toml"


def test_did_you_mean():
    assert did_you_mean("decimal", ["decimals", "rule"]) == "did you mean 'decimals'?"
    assert did_you_mean("THETA1", ["Theta1", "x"]) == "did you mean 'Theta1'?"
    assert did_you_mean("zzz", ["decimals", "rule"]) == ""
    assert did_you_mean("x", []) == ""
