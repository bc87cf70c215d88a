"""What a student's page says of an answer: consistent numbers, both parts, the page's words."""

import math
import re

import pytest
from parsed_html import Parsed

#: Wrong by their sign, of the number that the sheet leaves open: alone on the page.
ALONE = {
    "∂E/∂Θ₂": {"n.6.0.0": "0.07", "n.6.0.1": "0.08", "n.6.0.2": "0.01"},
    "∂E/∂ŷ": {"n.5.0": "0.38"},
}


def test_the_numbers_put_in_come_to_the_right_value_that_is_shown(serving):
    from served import Visitor

    student = Visitor(serving())
    student.get("/sheet/slide")
    for quantity, typed in ALONE.items():
        student.post("/sheet/slide", typed)
        seen: list = []
        while found := re.search(r'name="help" value="([^"]+)"', student.page.text):
            student.post("/sheet/slide/help", {**typed, "help": found[1]})
            seen = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", student.page.text, re.S)
        assert "ŷ − y" not in seen[0][1]  # the formula itself is no hint
        put_in, right = (Parsed(text).text.replace("−", "-") for _, text in seen[-2:])
        assert quantity in put_in
        rows = [line.split("=")[1].split("·") for line in put_in.splitlines() if "=" in line]
        worked = [math.prod(_difference(f) for f in factors) for factors in rows]
        shown = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", right)]
        assert [round(w, 2) for w in worked] == shown


def _difference(text: str) -> float:
    """0.617747 - 1, or one number, in parentheses or without."""
    first, *others = text.strip().strip("()").split(" - ")
    return float(first) - sum(map(float, others))


def test_equations_are_refused_and_left_out_in_the_words_of_the_page(serving):
    from served import Visitor

    student = Visitor(serving())
    student.get("/equations")
    asked = {"equations": "E = ½‖y − W x‖² + λ‖W‖²", "wrt": "", "shapes": ""}
    page = student.post("/equations", asked)
    assert "to derive by it, write lambda into Only by these tensors" in Parsed(page.text).text
    page = student.post("/equations", {**asked, "equations": "y = W x", "shapes": "W=2x3, x=4"})
    assert "check the field Shapes" in Parsed(page.text).text and "--set" not in page.text


def test_a_number_and_a_formula_for_one_quantity_are_told_apart(serving):
    from served import Visitor

    student = Visitor(serving())
    student.get("/sheet/slide")
    page = student.post("/sheet/slide", {"n.5.0": "-0.38", "f.5.0": "y - yhat"})
    assert "the number: right, the formula: a mistake" in Parsed(page.text).text
    page = student.post("/sheet/slide", {"n.5.0": "-0.38", "f.5.0": "yhat - y"})
    assert "the number: " not in Parsed(page.text).text


@pytest.mark.parametrize("reveal", ["right", "causes", "verdicts"])
def test_beside_what_cannot_be_read_nothing_is_given_away(serving, reveal):
    """Of an answer of which one entry is no number, only that is said, with its place."""
    from served import Visitor

    student = Visitor(serving(reveal=reveal))
    student.get("/sheet/slide")
    student.post("/sheet/slide", {"n.1.0.0": "7", "n.1.0.1": "nan", "n.1.0.2": "3"})
    (h1,) = re.findall(r'<section class="[^"]*" id="q1">.*?</section>', student.page.text, re.S)
    text = Parsed(h1.partition('<output class="preview"')[2]).text
    assert "could not be read" in text and "[1]: 'nan' is not a number" in text
    assert not re.search(r"0\.79|0\.92|0\.16|h₁ is|slips", text)
