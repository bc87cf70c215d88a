"""The one traversal: what is a part of a node, and that nothing changes for nothing."""

import pytest
from sympy import Integer

from deltarule.expressions.functions import exp, relu
from deltarule.expressions.nodes import AtLeastZero, Choose, Max, Sum, read
from deltarule.expressions.rebuild import outermost, read_at, rebuild, with_body, with_part
from deltarule.expressions.symbols import Index, Size

i, k, N = Index("i"), Index("k"), Size("N")
x, y = read("x", i), read("y", i + k)
total = Sum(x * y, [(i, N)], [AtLeastZero(i - k)])


def same(node):
    return rebuild(node, same, subscripts=True, conditions=True, extents=True)


@pytest.mark.parametrize(
    "node", [x, total, exp(x) + relu(y), Choose(AtLeastZero(k), x, total), N, Max(x, [(i, N)])]
)
def test_what_does_not_change_stays_the_same_object(node):
    assert rebuild(node, lambda part: part) is node
    assert outermost(node, lambda part: None) is node


def test_all_of_a_tree_is_reached_and_equal():
    node = Choose(AtLeastZero(k), exp(total), y)
    assert same(node) == node


@pytest.mark.parametrize(
    ("asked", "changed"),
    [
        ({}, Sum(Integer(7), [(i, N)], [AtLeastZero(i - k)])),
        ({"conditions": True}, Sum(Integer(7), [(i, N)], [Integer(7)])),
        ({"extents": True}, Sum(Integer(7), [(i, Integer(7))], [AtLeastZero(i - k)])),
    ],
)
def test_the_parts_of_a_sum_are_those_that_are_asked_for_never_its_indices(asked, changed):
    assert rebuild(total, lambda part: Integer(7), **asked) == changed


def test_the_parts_of_a_read_are_its_subscripts_if_asked_for():
    assert rebuild(y, lambda part: N) is y
    assert rebuild(y, lambda part: N, subscripts=True) == read("y", N)
    assert read_at(y, (i + k,)) is y and read_at(y, [k]) == read("y", k)


def test_the_outermost_nodes_are_replaced_and_not_looked_at_again():
    table = {total: x, x: y, exp(x): Integer(0)}
    assert outermost(exp(x) + total, table.get) == x


def test_one_part_and_one_body():
    assert with_part(exp(x), 0, y) == exp(y)
    assert with_body(total, x * y) is total
    assert with_body(total, y) == Sum(y, [(i, N)], [AtLeastZero(i - k)])
    assert with_body(total, y, ()) == Sum(y, [(i, N)])
