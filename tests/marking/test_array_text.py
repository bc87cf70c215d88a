"""Arrays typed or pasted as text; what is said of those that are read as their transpose."""

import pytest

from deltarule.marking import mark
from deltarule.marking.sheet_files.answers import load_answers
from deltarule.marking.sheet_files.array_text import as_lists

ROWS = [["0.1", "0.2"], ["0.3", "0.4"]]


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("[0.1 0.2; 0.3 0.4]", ROWS),
        ("[[0.1 0.2; 0.3 0.4]]", ROWS),
        ("[[0.1 0.2]\n [0.3 0.4]]", ROWS),
        ("[[0.1,0.2],[0.3,0.4]]", ROWS),
        ("np.array([[0.1, 0.2], [0.3, 0.4]])", ROWS),
        ("0.1 & 0.2 \\\\ 0.3 & 0.4", ROWS),
        ("\\begin{pmatrix} 0.1 & 0.2 \\\\ 0.3 & 0.4 \\end{pmatrix}", ROWS),
        ("0.1 0.2\n0.3 0.4", ROWS),
        ("[0,1 0,2; 0,3 0,4]", [["0,1", "0,2"], ["0,3", "0,4"]]),
        ("[0.1; 0.2]", [["0.1"], ["0.2"]]),
        ("[[1,2], [3,4]]", [["1", "2"], ["3", "4"]]),
        ("1,2,3", ["1", "2", "3"]),
        ("0,1; 0,2", ["0,1", "0,2"]),
        ("1,2", "1,2"),
        ("1 234,5", "1 234,5"),
        ("1,234,567", "1,234,567"),
        ("[0.1, ..., 0.2]", "[0.1, ..., 0.2]"),
        ("about 3", "about 3"),
    ],
)
def test_the_numbers_of_an_array(text, lists):
    assert as_lists(text) == lists


ANSWERS = """\
sheet = "slide"
[answers]
s1 = "[1.35 2.45
 -1.65]"
yhat = "ŷ = 0.62"
"Theta1 after" = [1.2 -0.3; 2.1 -0.7; -1.5 0.3]
E = 0.07
E = 0.87
[formulas]
"dE/ds2" = "dE/ds2 = (yhat - y) yhat (1 - yhat)"
"""


def test_what_is_not_plain_toml_costs_itself_alone(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(ANSWERS, encoding="utf-8")
    answers = load_answers(path)
    s1 = answers.values["s1"]
    assert isinstance(s1, tuple) and [str(p) for p in s1] == ["1.35", "2.45", "-1.65"]
    assert str(answers.values["yhat"]) == "0.62"
    assert len(answers.values["Theta1 after"]) == 3
    assert [(u.name, u.text) for u in answers.unread] == [("E", "0.87")]
    assert any("a text over several lines stands between three quotes" in n for n in answers.notes)
    found = mark("slide", answers).verdicts
    after = next(v for v in found if v.quantity == "Theta1 after")
    assert "transpose" in after.finding
    assert [v.verdict for v in found if v.quantity == "dE/ds2"] == ["right"]
