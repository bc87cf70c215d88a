"""Traces as Markdown: blocks closed and balanced, verdicts in words, nothing taken for markup."""

import pytest
from worked import shown_sheet

from deltarule.reports.trace_markdown import sheet_markdown


def shown(name, only=None):
    return sheet_markdown(shown_sheet(name, only))


def test_a_sheet_with_its_numbers_checks_and_verdicts():
    text = shown("slide")
    lines = text.splitlines()
    assert lines.count("$$") % 2 == 0 and lines.count("$$") > 10
    assert text.count(r"\begin{aligned}") == text.count(r"\end{aligned}") == lines.count("$$") // 2
    assert [line for line in lines if line.startswith("## ")] == [
        "## Given",
        "## Forward",
        "## Error",
        "## Backward",
        "## Update",
    ]
    exactly = r"0.51\quad\text{(exactly }0.510896\text{)}"
    assert rf"&= 0.79 \cdot (-0.2) + 0.92 \cdot 0.5 + 0.16 \cdot 1.3 = {exactly}" in lines
    assert "*✓ dual numbers agree to 1e−46, central differences to 1e−8*" in lines
    assert "printed (0.02, −0.05, −0.12): **mistake**" in lines
    assert any(line.startswith("- weights where activations belong") for line in lines)
    assert "Θ₁\\[0,2\\] is printed as 1.5" in text


@pytest.mark.slow
def test_one_quantity_stands_alone_and_runs_have_headings():
    text = shown("six-by-six", {"y"})
    assert "## Given" not in text and "\n## Run 1 of 4: " in text
    assert text.count("$$") == 2 * text.count(r"\begin{aligned}")
