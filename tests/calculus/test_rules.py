"""Every rule does what its example says, is in the table, and is seen where it says so."""

import importlib
import pkgutil
from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Integer
from variants import updates

from deltarule import proving
from deltarule.calculus import rules
from deltarule.calculus.rules.count_terms import COUNT
from deltarule.calculus.rules.rule import Given, Rewrite, Rule
from deltarule.calculus.rules.table import RULES, SIMPLIFICATIONS
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import read
from deltarule.expressions.symbols import Index, Size
from deltarule.language.catalogue import find
from deltarule.proving.cited import CITED, EVERYWHERE, cited
from deltarule.proving.statements import STATEMENTS, statement
from deltarule.spelling.text import text

ROOT = Path(__file__).resolve().parents[2]

every_rule = pytest.mark.parametrize("rule", CITED.values(), ids=lambda rule: rule.name)


def made_of_its_example(rule: Rule) -> str:
    """What a rule makes of its example, where that is not what the example says."""
    example = rule.example()
    found = rule.apply(example.before, example.given)
    if found is not None and found.after == example.after != example.before:
        return ""
    return f"{text(example.before)} becomes {found and text(found.after)}"


@every_rule
def test_the_example_of_a_rule_is_what_it_does(rule):
    assert made_of_its_example(rule) == ""


@every_rule
def test_a_rule_leaves_alone_what_it_says_nothing_of(rule):
    n = Index("n")
    for formula in (read("x", n), read("x", n) + 1, Integer(3)):
        assert rule.apply(formula, Given(extents={n: Size("N")})) is None


@pytest.mark.parametrize("after", [None, Rewrite(Integer(7))], ids=["nothing", "something else"])
def test_a_rule_that_does_something_else_is_found(after):
    wrong = replace(COUNT, apply=lambda expression, given: after)
    assert made_of_its_example(wrong).startswith("Σ_{n=0…N − 1} μ becomes ")


@every_rule
def test_a_rule_says_what_it_is(rule):
    assert rule.statement and rule.reason.endswith(".")
    assert sum(rule in part for part in EVERYWHERE.values()) == 1


def test_every_rule_is_in_the_table_once():
    names = [rule.name for part in EVERYWHERE.values() for rule in part]
    assert len(names) == len(set(names))
    assert set(SIMPLIFICATIONS) < set(RULES.values()) < set(CITED.values())
    found = {
        value.name: value
        for room in (rules, proving)
        for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, Rule)
    }
    assert found == CITED


@every_rule
def test_the_command_that_shows_a_rule_is_run_by_a_test(rule):
    """tests/calculus/test_catalogue.py and tests/proving look for the rule in what it shows."""
    words = rule.seen.split()[1:]
    if words[:1] == ["--prove"]:
        assert statement(words[1]) in STATEMENTS
    elif words:
        assert words[1:] == ["--steps"] and find(words[0]).stem not in updates()


def test_rules_are_cited_as_objects():
    """The name of a rule stands in the source once, where the rule is made."""
    names = [name for name in CITED if " " in name and name != "sums to one"]
    for path in [p for folder in ("src/deltarule", "cli") for p in (ROOT / folder).rglob("*.py")]:
        source = path.read_text(encoding="utf-8")
        found = [name for name in names if f'"{name}"' in source]
        assert not found or "= Rule(" in source, (path, found)


def test_a_rule_is_found_by_a_part_of_its_name():
    assert cited("SIFT") is RULES["sift the delta"]
    assert cited("pull-out") is RULES["pull out"]


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("rearange", "did you mean 'rearrange'?"),
        ("chian rule", "did you mean 'chain rule'?"),
        ("", "derive --explain list shows all rules"),
        ("xyzzy", "derive --explain list shows all rules"),
    ],
)
def test_a_rule_that_is_not_there_is_told_with_the_nearest(typed, remedy):
    with pytest.raises(DeltaruleError) as caught:
        cited(typed)
    assert caught.value.fact == f"there is no rule called {typed}"
    assert caught.value.remedy == remedy
