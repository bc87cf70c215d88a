"""Conditions that no index decides are decided when they are written: 0 = 0, 0 ≠ 0."""

import pytest
from sympy import Integer, Symbol, Tuple

from deltarule.expressions.conditions import Equal, Unequal
from deltarule.expressions.nodes import Choose, MaxAll, Sum, read
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index

i, j = Index("i"), Index("j")
a, b = read("a", i), read("b", i)
ZERO, ONE = Integer(0), Integer(1)


def unequal(one, other):
    return Unequal(Tuple(*one), Tuple(*other))


HOLDS = [Equal(ZERO, ZERO), Equal(i, i), unequal([ZERO], [ONE]), unequal([i, ZERO], [j, ONE])]
FAILS = [Equal(ZERO, ONE), unequal([ZERO], [ZERO]), unequal([i, ZERO], [i, ZERO])]
DEPENDS = [Equal(i, ZERO), unequal([i], [ZERO]), unequal([i, ZERO], [j, ZERO])]


@pytest.mark.parametrize("condition", HOLDS, ids=str)
def test_what_holds_is_asked_no_more(condition):
    assert Choose(condition, a, b) == a
    assert Sum(a, (), [condition]) == a


@pytest.mark.parametrize("condition", FAILS, ids=str)
def test_what_fails_leaves_nothing(condition):
    assert Choose(condition, a, b) == b
    assert Sum(a, [(j, Symbol("N"))], [condition]) == 0
    assert MaxAll(a, [(j, Symbol("N"))], [condition]).conditions == (condition,)


@pytest.mark.parametrize("condition", DEPENDS, ids=str)
def test_what_depends_is_asked_once(condition):
    assert Choose(condition, a, b).args[0] == condition
    assert Sum(a, (), [condition, condition]).conditions == (condition,)


def test_a_place_decides():
    nested = Choose(Equal(i, ZERO), ONE, Choose(Equal(j, ZERO), a, b))
    assert substitute(nested, {i: ZERO}) == 1
    assert substitute(Sum(a, (), [unequal([i], [ZERO])]), {i: ZERO}) == 0
