"""Rules of one's own, given to `derive`: what they do is a step, what is wrong is said."""

from dataclasses import replace

import pytest

from deltarule.calculus import derive
from deltarule.calculus.rules.count_terms import COUNT
from deltarule.calculus.rules.rule import Rewrite
from deltarule.calculus.verify import Unverified
from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import exp, log
from deltarule.language.load import load

OWN = """from deltarule.language import *
N, n = sizes("N"), index("n")
x, y = input("x", N), output("y", N)
y[n] = x[n] + exp(x[n])
"""


@pytest.fixture
def with_rule(tmp_path):
    """The steps of ∂L/∂x by one rule that simplifies, which does what a function does."""
    path = tmp_path / "own.py"
    path.write_text(OWN, encoding="utf-8")

    def derived(apply):
        rules = [replace(COUNT, name="turn", apply=apply)]
        return derive(load(path), rules=rules).gradients["x"].steps

    return derived


def turned(expression, given):
    """exp(u) = 1/exp(−u), and back again."""
    found = expression.atoms(exp)
    table = {e: 1 / exp(-e.args[0]) for e in found}
    back = {1 / e: exp(-e.args[0]) for e in found}
    return Rewrite(expression.xreplace(back if expression.has(*back) else table))


def test_a_rule_that_changes_nothing_makes_no_step(with_rule):
    assert with_rule(lambda expression, given: Rewrite(expression)) == with_rule(
        lambda expression, given: None
    )


def test_a_rule_that_goes_round_in_circles_is_named(with_rule):
    with pytest.raises(DeltaruleError) as caught:
        with_rule(turned)
    assert caught.value.fact == "the rule turn leads back to ∂L/∂y[n]·(exp(x[n]) + 1)"
    assert caught.value.remedy == "let what it does be None where a formula gets no simpler"


def test_what_is_no_rewrite_is_named(with_rule):
    with pytest.raises(DeltaruleError) as caught:
        with_rule(lambda expression, given: 7)
    assert caught.value.fact == "the rule turn gives 7"
    assert caught.value.remedy == "give Rewrite(formula), or None where it does not apply"


def test_what_is_no_rule_is_named():
    with pytest.raises(DeltaruleError) as caught:
        derive(load("dense"), rules=[len])
    assert caught.value.fact == "len is no rule"
    assert caught.value.remedy.startswith("make one of it: Rule(")


def test_a_rule_that_changes_the_value_is_named(with_rule):
    with pytest.raises(Unverified) as caught:
        with_rule(lambda expression, given: Rewrite(2 * expression))
    assert caught.value.fact.startswith("a step could not be verified: ")
    assert caught.value.fact.endswith(" (rule: turn)")


def test_a_rule_that_finds_no_end_is_named(with_rule, monkeypatch):
    monkeypatch.setattr("deltarule.calculus.record.MOST_REWRITES", 9)

    def grown(expression, given):
        found = max(expression.atoms(exp), key=lambda e: e.count(exp))
        return Rewrite(expression.xreplace({found: exp(log(found))}))

    with pytest.raises(DeltaruleError) as caught:
        with_rule(grown)
    assert caught.value.fact == "the rule turn finds no end: 9 rewrites were made"


def test_a_rule_that_fails_is_named_with_its_cause(with_rule):
    with pytest.raises(DeltaruleError) as caught:
        with_rule(lambda expression, given: {}["u"])
    assert caught.value.fact == "the rule turn fails: KeyError: 'u'"
    assert caught.value.remedy.startswith("mend what it does; it gives Rewrite(formula)")
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(DeltaruleError, match="the rule turn gives"):
        with_rule(lambda expression, given: Rewrite("x"))
