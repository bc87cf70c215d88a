"""`check sheet FILE`: errors and warnings, each with its place and a remedy."""

import exam_texts
import pytest

from deltarule.exams.lint import lint

EXAM = exam_texts.EXAM


@pytest.fixture
def linted(tmp_path):
    def lint_text(text: str):
        path = tmp_path / "exam.toml"
        path.write_text(text, encoding="utf-8")
        return lint(path).remarks

    return lint_text


def test_a_sound_exam_and_an_example(linted):
    facts = [r.fact for r in linted(EXAM)]
    assert facts == [
        "question 2 has no marks, and counts 1",
        "the text names σ, and there is no such quantity",
    ]
    assert lint("slide").remarks == ()


WARNED = {
    "total": (("rate = 1\n", "rate = 1\ntotal = 20\n"), "the marks add up to 15, and the total is"),
    "twice": (('asked = ["h1", "yhat"]', 'asked = ["h1", "Theta2 after"]'), "asked in 1a already"),
    "worth": (("marks = 3\n", "marks = 0\n"), "question 1a is worth nothing"),
    "function": (('"affine_backward"]', '"affine_bakward"]'), "cs231n has no function affine_bak"),
    "alike": (('"at 1", ', '"At 0", '), "the choices a and b say the same"),
    "name": (("{yhat} for", "{yhat1} for"), "the text names yhat1|the text names ŷ₁"),
    "zero": (('"h1", "yhat"]', '"h1", "dE/dTheta1"]'), "rounds to 0 in"),
    "rate": (('["dE/dTheta2", "Theta2 after"]\nmarks = { "dE/dTheta2" = 2, "Theta2 after" = 1 }',
              '["dE/dTheta2"]'), "a learning rate is given, and no value after"),
    "given": (("[names]", "[names]\nv = 'x'\n[properties]\n[restated]\n[given2]"), "unknown key"),
}  # fmt: skip


@pytest.mark.parametrize("what", WARNED)
def test_what_is_odd_is_said(what, linted):
    changed, said = WARNED[what]
    assert changed[0] in EXAM
    remarks = linted(EXAM.replace(*changed))
    found = [r for r in remarks if any(part in r.fact for part in said.split("|"))]
    assert len(found) == 1 and "exam.toml" in found[0].place and found[0].remedy
    assert found[0].error is (what == "given")


WRONG = {
    "quantity": (('"h1", "yhat"]', '"h1", "zz"]'), "zz", "question 1a: asked"),
    "not given": (("{x = }", "{h1 = }"), "h1 is not given", "question 1a: text"),
    "convention": (('"cs231n"', '"cs999"'), "there is no convention cs999", "question 3: conv"),
    "layer": (('layer = "conv2"', 'layer = "conv7"'), "no layer that puts out conv7", "question 2"),
    "network": (('network = "mlp"', 'network = "mpl"'), "mpl", ""),
    "lacking": (("y = 1.0\n", ""), "y", ""),
    "toml": (("[names]", "[names"), "not TOML", ""),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_an_error(what, linted):
    changed, said, place = WRONG[what]
    (first, *_) = linted(EXAM.replace(*changed))
    assert first.error and said in first.fact and place in first.place


def test_a_given_that_nothing_depends_on(linted):
    first, _, rest = EXAM.partition("[[question]]")
    question = '[[question]]\nid = "1"\nkind = "numbers"\nasked = "h1"\n'
    facts = [r.fact for r in linted(first.replace("rate = 1\n", "") + question)]
    assert rest and facts == [
        "y is given, and nothing that is asked depends on it",
        "Θ₂ is given, and nothing that is asked depends on it",
    ]


def test_an_id_that_is_a_quantity(linted):
    facts = [r.fact for r in linted(EXAM.replace('id = "2"', 'id = "yhat"'))]
    assert any("question yhat has the name of a quantity" in fact for fact in facts)
