"""MathML says what the text says: of every formula of the catalogue, well formed and in full."""

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from typing import ClassVar

import pytest
from once import derived, loaded
from sympy import Rational
from variants import FULL, names

from deltarule.calculus.steps import Derivation
from deltarule.expressions.symbols import Index
from deltarule.pages.blocks_html import displayed, equation_html
from deltarule.pages.formula_width import SMALLER, pieces_of_line, width
from deltarule.pages.mathml import MathmlNoting, equation_mathml, mathml, number_mathml
from deltarule.pages.mathml_names import marked_name, mathml_name, sign
from deltarule.pages.text_mathml import formula_mathml, is_sentence
from deltarule.spelling.names import pretty
from deltarule.spelling.noting import Noting, noted
from deltarule.spelling.text import equation_text

#: The elements, and how many others each holds; those of text hold none.
ELEMENTS = {
    "math": None, "mrow": None, "mtable": None, "mtr": None, "mtd": None, "msqrt": None,
    "mpadded": None,
    "mfrac": 2, "msub": 2, "msup": 2, "mover": 2, "munder": 2, "munderover": 3,
    "mi": 0, "mn": 0, "mo": 0, "mtext": 0,
}  # fmt: skip
_WORDS = re.compile(r"[^\W\d_]+|\d+")


def read(elements: str) -> ET.Element:
    """A row of elements as a browser reads it; anything that it would not set is a fault."""
    tree = ET.fromstring(mathml(elements).replace("&#x2061;", "\u2061"))
    for element in tree.iter():
        holds = ELEMENTS[element.tag]
        assert holds is None or len(element) == holds, ET.tostring(element)
        if holds != 0:
            between = [element.text, *(inner.tail for inner in element)]
            assert not "".join(filter(None, between)).strip(), ET.tostring(element)
    return tree


def words(text: str) -> Counter:
    """The names and numbers of a formula, accents and heights left out."""
    plain = unicodedata.normalize("NFKD", text).replace("′", " ")
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return Counter(w for w in _WORDS.findall(letters) if w != "Σ" and w != "Π")


def shown(tree: ET.Element) -> str:
    """All that an element shows, a blank between any two of its parts."""
    return " ".join(element.text or "" for element in tree.iter() if not len(element))


#: In a run that is not full, networks of more equations have their closed forms looked at, and of
#: their steps, which are those of their layers, the first.
MOST = 5


def equations(derivation: Derivation):
    """The forward equations, the closed forms and the steps, each once."""
    for equation in derivation.network.equations:
        yield equation.lhs, equation.rhs
    all_steps = FULL or len(derivation.network.equations) <= MOST
    for gradient in derivation.gradients.values():
        steps = gradient.steps if all_steps else gradient.steps[:1]
        for formula in dict.fromkeys((gradient.expr, *(step.after for step in steps))):
            yield gradient.lhs, formula


SMALL = [n for n in names() if FULL or len(loaded(n).equations) <= 12]


@pytest.mark.parametrize("name", SMALL)
def test_mathml_says_what_the_text_says(name):
    for left, right in equations(derived(name)):
        tree = read(equation_mathml(left, right))
        assert words(shown(tree)) == words(equation_text(left, right))
        no_note_is_of_another_sum(right)


class Ranges(Noting):
    """Writes, and keeps all that it wrote."""

    made: ClassVar[list[Noting]] = []

    def __init__(self, *apart):
        super().__init__(*apart)
        Ranges.made.append(self)


def no_note_is_of_another_sum(expression):
    """What is noted of an index holds for each of its sums that has no range of its own."""
    noted(expression, writer=Ranges)
    written = Ranges.made.pop()
    Ranges.made.clear()
    for index, note in written.notes.items():
        assert note == ("", "") or ("", "") not in written.ranges[index], expression


@pytest.mark.parametrize(
    ("name", "last"), [("conv2d", "only where D | p + P"), ("group_norm", "k = A·⌊p/A⌋ + a")]
)
def test_what_stands_beside_a_formula_is_that_of_the_text(name, last):
    """Ranges, and letters for subscripts that are repeated: k, which the formula has too."""
    gradient = derived(name).gradients["x"]
    (text,), notes = noted(gradient.expr)
    (formula,), beside = noted(gradient.expr, writer=MathmlNoting)
    assert notes[-1].startswith(last)
    for said, elements in zip((text, *notes), (formula, *beside), strict=True):
        assert words(shown(read(elements))) == words(said)


@pytest.mark.parametrize("name", ["conv2d", "lstm", "layer_norm", "attention"])
def test_formulas_of_text_are_set_with_all_that_they_say(name):
    for left, right in equations(derived(name)):
        text = equation_text(left, right)
        tree = ET.fromstring(formula_mathml(text).replace("&#x2061;", ""))
        assert {e.tag for e in tree.iter()} <= ELEMENTS.keys()
        assert words(shown(tree)) == words(text)


def test_subscripts_and_powers_of_text_are_below_and_above():
    found = formula_mathml("ŷ₁ = Σ_{n, d} μ_norm[n′]²")
    assert "<msub><mover" in found and "<munder><mo" in found
    assert "<msup><mi>n</mi><mo>′</mo></msup>" in found and "<mn>2</mn></msup>" in found
    assert "<script" not in formula_mathml("<script>x</script>")
    assert is_sentence("f(u), where u lies in the range") and not is_sentence("max(0, u)")


NAMES = [
    "Theta2", "yhat", "W_hf", "xihat2", "v_Theta2", "hprime1", "dE/dTheta2", "Theta2 after",
    "dE_o[0]/dh1[0]", "direct dxhat/dx", "conv1x1_2", "dL/dxhat after",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    tree = read(mathml_name(name))
    assert words(shown(tree)) == words(pretty(name))
    (marked,) = read(marked_name(name))
    assert marked.get("data-q") == name.replace("[0]", "") and shown(marked) == shown(tree)


@pytest.mark.slow
def test_tensors_alone_are_marked():
    """An index h is not the tensor h, and has no numbers to show."""
    lstm = derived("lstm").gradients["W_hf"]
    page = equation_html(*lstm.lines[-1], marked=True)
    marked = set(re.findall('data-q="([^"]*)"', page))
    assert marked == {"dL/dW_hf", "dL/ds_f", "h"}
    assert "data-q" not in equation_html(*lstm.lines[-1])


def test_a_name_of_any_length_stays_one_identifier():
    assert mathml_name("logits").count("<mi>") == 1
    assert '<mover accent="true"><mi>y</mi>' in mathml_name("yhat")


@pytest.mark.parametrize(("text", "sign"), [("−0.3", 1), ("-7", 1), ("0.25", 0), ("1.2·10⁻³", 0)])
def test_numbers(text, sign):
    tree = read(number_mathml(text))
    assert [e.tag for e in tree] == ["mo"] * sign + ["mn"]
    assert tree[-1].text == text.lstrip("−-")


def test_what_binds_less_stands_in_parentheses():
    from deltarule.pages.mathml import mathml_row

    n = Index("n")
    low, tall = '<mo stretchy="false">(</mo>', "<mo>(</mo>"
    assert low in mathml_row((n + 1) ** 2) and low in mathml_row(n * (n + 1))
    assert tall in mathml_row((n + 1 / n) ** 2)
    assert ">(<" not in mathml_row(Rational(1, 2) * n)
    assert ">(<" not in mathml_row((n + 1) / (n + 2))


def test_what_is_wider_than_a_sheet_is_broken_where_signs_stand_between_quantities():
    products = sign("+").join(
        f"{number_mathml('−0.25')}{sign('·')}{number_mathml('1.5')}" for _ in range(30)
    )
    squares = f"<mfrac><mrow>{products}</mrow><mn>2</mn></mfrac>"
    held = f"<mrow><mo>(</mo>{products}<mo>)</mo></mrow>"
    assert pieces_of_line(number_mathml("0.5")) == [(number_mathml("0.5"), 0)]
    for elements in (products, squares, f"<mi>E</mi>{sign('=')}{held}"):
        pieces = [piece for piece, smaller in pieces_of_line(elements) if not smaller]
        shown = "".join("".join(ET.fromstring(f"<mrow>{p}</mrow>").itertext()) for p in pieces)
        terms = "+".join(["−0.25·1.5"] * 30)
        fraction = f"({terms})/2" if elements == squares else f"E=({terms})"
        assert shown == (terms if elements == products else fraction)
        assert len(pieces) >= 30 and max(map(width, pieces)) < 20
        # The sign of a number stays with it.
        assert not any(p.startswith(sign("−")) for p in pieces[1:])
    root = f"<msqrt><mrow>{products}</mrow></msqrt>"  # cannot be broken
    assert [smaller for _, smaller in pieces_of_line(root)] == [SMALLER[-1]]
    assert " style=" not in displayed(root)  # which the server's policy refuses
