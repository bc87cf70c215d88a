"""Integers that are typed as sums of products."""

import pytest

from deltarule.exams.products_and_sums import sum_of_products


@pytest.mark.parametrize(
    "typed",
    ["6*16*25 + 16", "16·(6·5²+1)", "16(6×5^2 + 1)", "2,416", "2 416 = 2400 + 16", "[2417 − 1]"],
)
def test_sums_of_products_are_sum_of_products(typed):
    assert sum_of_products(typed) == 2416


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "6*",
        "(2",
        "2 = 3",
        "1.5",
        "a",
        "-5",
        "9**9**99",
        "2^70",
        "10^18 + 1",
        "()",
        "1" * 300,
        "(" * 150,
        "__import__()",
        "1;2",
    ],
)
def test_anything_else_is_no_number(typed):
    assert sum_of_products(typed) is None
