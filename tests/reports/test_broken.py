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


def test_factors_are_parted_where_sums_are_not_enough():
    lines = broken(r"\, ".join(["abcdefghi[n]"] * 20))
    assert len(lines) > 1 and all(line.startswith(r"\cdot abc") for line in lines[1:])


def test_round_brackets_are_opened_last():
    inside = " + ".join(["a"] * 80)
    lines = broken(rf"\left({inside}\right)")
    assert len(lines) > 1
    assert lines[0].startswith(r"\Bigl(") and lines[-1].endswith(r"\Bigr)")


def test_brackets_in_limits_are_left_alone():
    limit = r"\sum_{i = \max\left(0, p\right)}"
    assert limit in "".join(broken(rf"\left({' + '.join(['a'] * 80)}\right) {limit} b"))


def test_widths():
    assert visible(r"\frac{aaaa}{bb}") == visible("aaaa")
    assert visible("a_{10}") < visible("a10")
    assert visible(r"\alpha") < 2


def test_braces_are_matched():
    assert closing("{a{b}c}d", 0) == 6
