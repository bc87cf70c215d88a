"""Formulas that would take for ever, or mean nothing, are refused with their place."""

from functools import lru_cache

import pytest

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.expressions.substitution import substitute
from deltarule.formulas.target import target_of
from deltarule.language.load import load
from deltarule.marking.formula_answers import judge_formula
from deltarule.marking.formula_answers.judging import readings

SQUARE = "an inverse or a determinant is of a matrix with as many rows as columns"


@lru_cache
def network(batch: bool):
    return derive(load("mlp", layers=2, batch=batch))


REFUSED = {
    "9^999999999": "a power with the exponent 999999999 is too large",
    "2^12345": "a power with the exponent 12345 is too large",
    "2^-1e300": "'1e300' is beyond 10^300",
    "1e400": "'1e400' is beyond 10^300",
    "1e-999999999": "'1e-999999999' is nearer to 0 than 10^-300",
    "sech(" * 12 + "s2" + ")" * 12: (
        "a formula that becomes too long when its slopes are written out"
    ),
    "max(s2,y+" * 14 + "s2" + ")" * 14: (
        "a formula that becomes too long when its slopes are written out"
    ),
    "‖" * 99 + "y": "more than 48 bars |",
    "y⁹⁹⁹⁹⁹⁹⁹": "powers above 60 are too high",
    "((y^60)^60)^60": "powers above 60 are too high",
    "((9^99)^99)^99": "a power with the exponent 99 is too large",
    "·".join(["9^90"] * 90): "numbers of more than 300 digits",
    "y^(1/999999)": "a root of degree 999999 is too high",
    "(" * 3000 + "y" + ")" * 3000: "a formula of 6001 characters",
    "(" * 30 + "y" + ")" * 30: "brackets more than 24 deep",
    "√" * 300 + "y": "sums and roots more than 24 deep",
    "|" * 500 + "y": "more than 48 bars |",
    "y+" * 400 + "y": "a formula of more than 600 names, numbers and signs",
    "σ'(" * 22 + "s2" + ")" * 22: "a formula that becomes too long when its slopes are written out",
    "Σ_{i=0…99999} Σ_{j=0…99999} y": "sums over more than 300000 points",
    "Σ_{i=0…999999999} y": "an index above 100000",
    "y[10000000000000000000000000000000]": "an index above 100000",
    "[m = 10000000000000000000000] y": "an index above 100000",
    "[(m, 1) > m] y": "several numbers are compared with as many others, and by ≠ alone",
    "[(m, 1) ≠ (m, 1, 2)] y": "several numbers are compared with as many others, and by ≠ alone",
    "1/0": "a division by 0",
    "y/(1 − 1)": "a division by 0",
    "0^-1": "a division by 0",
    "5 mod 0": "a division by 0",
    "∞ − ∞": "∞ − ∞, or what is like it, which has no value",
    "y⁻": "'-' is no exponent",
    "Θ₂[½, m]": "1/2 is no index",
    "inverse(Theta1[d, m])[m]": "an inverse has two indices",
    "inverse(Theta1[d, m])[d, m, 0]": "an inverse has two indices",
    "inverse(Theta1[d, m])[d, m]": SQUARE,
    "inverse(x[d] + h1[m])[d, m]": SQUARE,
    "inverse(x[d])[d, d]": SQUARE,
    "inverse(2)[d, m]": SQUARE,
    "log det(Theta1[d, m])": SQUARE,
    "σ(y, y)": "2 arguments of σ",
    "σ'(s2, y)": "2 arguments of σ′",
    "frozen(y, y)": "2 arguments of frozen",
    "log det(Theta1[d, m], y)": "2 arguments of log det",
    "\x1b[31m": "'\\x1b' has no meaning in a formula",
}


@pytest.mark.parametrize("formula", REFUSED)
def test_refused_with_fact_and_place(formula):
    with pytest.raises(DeltaruleError) as caught:
        judge_formula(network(False), "dE/ds2", formula)
    assert caught.value.fact == REFUSED[formula]
    assert str(caught.value.place).startswith("dE/ds2")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "formula", ["log(0)", "exp(" * 20 + "9^99" + ")" * 20, "Σ_{i=0…-5} y", "e^" * 20 + "s2"]
)
def test_what_can_be_read_gets_a_verdict(formula):
    for batch in (False, True):
        assert judge_formula(network(batch), "dE/ds2", formula).verdict in ("wrong", "mistake")


def test_reads_outside_a_tensor_are_told():
    """One index of the grid is read outside, under a condition on another."""
    formula = "[t ≤ T − 2]·Σ_m ∂E/∂s[t + 1, n, m]·W_hh[k, m] + Σ_o ∂E/∂ŷ[t, n, o]·W_hy[k, o]"
    derivation = derive(load("rnn"))
    assert judge_formula(derivation, "dE/dyhat", formula).verdict == "wrong"


def test_of_a_long_product_few_readings_are_written_out(monkeypatch):
    written = []
    monkeypatch.setattr(
        "deltarule.formulas.matrix_readings.substitute",
        lambda *a: written.append(a) or substitute(*a),
    )
    derivation = network(True)
    target = target_of(derivation, "dE/dh1")
    found = readings("h1 ⊙ " * 11 + "h1", derivation, "dE/dh1", target)
    assert found and len(written) < 200


@pytest.mark.parametrize(
    "quantity",
    [
        "dE/ds2[99999999999]",
        "dE/dTheta2[99999,0]",
        "x" * 500,
        "\x1b[31m",
        "dE/dh1[1,2,3]",
        "",
        "/",
        "[",
    ],
)
def test_quantities_that_there_are_not(quantity):
    with pytest.raises(DeltaruleError):
        judge_formula(network(False), quantity, "y")


def test_what_is_nested_too_deeply_for_us_is_told(monkeypatch):
    def endless(*_):
        return endless()

    monkeypatch.setattr("deltarule.marking.formula_answers.judging.all_readings", endless)
    with pytest.raises(DeltaruleError) as caught:
        judge_formula(network(False), "dE/ds2", "y")
    assert caught.value.fact == "a formula that is nested too deeply"
