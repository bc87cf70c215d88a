"""Markdown: blocks closed, tables whole, nothing taken for markup."""

import pytest
from once import derived

from deltarule.reports.markdown import derivation_markdown, escaped
from deltarule.reports.things import ShownDerivation


@pytest.fixture(scope="module")
def derivation():
    return derived("conv2d")


def shown(derivation, steps=False):
    return ShownDerivation(derivation, list(derivation.gradients.values()), steps)


@pytest.mark.parametrize("steps", [False, True])
def test_blocks_are_closed(derivation, steps):
    text = derivation_markdown(shown(derivation, steps))
    assert sum(line.strip() == "$$" for line in text.splitlines()) % 2 == 0
    assert text.count("### ") == len(derivation.gradients)


def test_rows_of_the_table_have_three_cells(derivation):
    text = derivation_markdown(shown(derivation))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(derivation.network.tensors)
    assert all(row.count("|") == 4 for row in rows)


def test_conditions_hold_no_bar_of_a_table(derivation):
    text = derivation_markdown(shown(derivation, steps=True))
    for line in text.splitlines():
        assert line.startswith("|") or "|" not in line.replace("\\|", "")


def test_signs_are_escaped():
    assert escaped("a_b*c[d|e]") == "a\\_b\\*c\\[d\\|e\\]"
