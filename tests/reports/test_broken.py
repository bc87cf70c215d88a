"""Long LaTeX formulas over several lines."""

from deltarule.reports.broken import broken, closing, visible

SUM = r"\sum_{i} a[i]\, b[i]"


def test_what_fits_is_left_alone():
    assert broken(SUM + " + c") == [SUM + " + c"]


def test_breaks_stand_before_operators_outside_braces():
    formula = " + ".join([r"\frac{a + b}{c}"] * 40)
    lines = broken(formula)
    assert len(lines) > 1
    assert all(line.startswith("+ ") for line in lines[1:])
    assert all(line.count("{") == line.count("}") for line in lines)
    assert " ".join(lines) == formula


def test_what_stands_between_left_and_right_stays_together():
    inside = " + ".join(["a"] * 80)
    assert broken(rf"\left({inside}\right)") == [rf"\left({inside}\right)"]


def test_widths():
    assert visible(r"\frac{aaaa}{bb}") == 4
    assert visible(r"\alpha") == 1
    assert visible(r"a_{10}") < 3


def test_braces_are_matched():
    assert closing("{a{b}c}d", 0) == 6
