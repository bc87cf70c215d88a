"""Rows whose length is a number, as in networks of given sizes, are vectors as others are."""

import ast

import pytest

from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program

pytestmark = pytest.mark.slow  # 1.4 s a network

NETWORKS = ("keras_cnn", "lenet5")


def _rows(text):
    """The innermost loops, but for those over what is left over at the ends of rows."""
    loops = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.For)]
    inner = (n for n in loops if not any(isinstance(m, ast.For) for m in _inside(n)))
    return [n for n in inner if ast.unparse(n.iter) != "range(first, end)"]


def _inside(loop):
    return [node for statement in loop.body for node in ast.walk(statement)]


@pytest.fixture(scope="module", params=NETWORKS)
def text(request):
    made = program("classifier", {"network": request.param})
    return Module(made, "float32").without_prelude()


def test_no_quotient_of_the_place_in_a_row_is_left(text):
    """⌊j/2⌋, in the gradient of windows that lie side by side, goes out in two phases."""
    divided = [
        ast.unparse(loop)
        for loop in _rows(text)
        for n in _inside(loop)
        if isinstance(n, ast.BinOp) and isinstance(n.op, ast.FloorDiv | ast.Mod)
        if any(isinstance(m, ast.Name) and m.id == loop.target.id for m in ast.walk(n.left))
    ]
    assert not divided


def test_short_rows_are_not_written_out_one_by_one(text):
    assert "= unknown(1" in text


def test_nothing_is_read_behind_a_test_of_data(text):
    """A branch that depends on data is guessed wrong for every fourth entry of a 2 × 2 window."""
    for node in (n for loop in _rows(text) for n in _inside(loop)):
        if isinstance(node, ast.IfExp) and "chosen" in ast.unparse(node.test):
            assert isinstance(node.body, ast.Name)
