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
    facts = [r.fact for r in linted(EXAM.replace('id = "2"', 'id = "yhat"'))]
    assert facts == [
        "question yhat has no marks, and counts 1",
        "the text names σ, and there is no such quantity",
        "question yhat has the name of a quantity that 1a asks for",
    ]
    assert lint("hello").remarks == ()


#: Changes of the exam that go together, each with what is said of it, and where.
TOGETHER = (
    (("rate = 1\n", "rate = 1\ntotal = 20\n"), "the marks add up to 12, and the total", "total"),
    (("marks = 3\n", "marks = 0\n"), "question 1a is worth nothing", "question 1a: marks"),
    (('"affine_backward"]', '"affine_bakward"]'), "cs231n has no function affine_b", "question 3"),
    (('"at 1", ', '"At 0", '), "the choices a and b say the same", "question 4: choices"),
    (("{yhat} for", "{yhat1} for"), "the text names", "question 1a: text"),
    (('asked = ["h1", "yhat"]', 'asked = ["dE/dTheta1", "Theta2 after"]'), "rounds to 0 in", "1a"),
    (("marks = 2\n", "marks = 2\n"), "is asked in 1a already", "question 1c: asked"),
)


def test_what_is_odd_is_said(linted):
    text = EXAM
    for changed, _, _ in TOGETHER:
        assert changed[0] in text
        text = text.replace(*changed, 1)
    remarks = linted(text)
    assert not any(r.error for r in remarks)
    for _, fact, place in TOGETHER:
        found = [r for r in remarks if fact in r.fact and place in r.place]
        assert found and all("exam.toml, line" in r.place and r.remedy for r in found), fact


#: What is wrong, some of it together: the change, and what is said, with its place.
WRONG = {
    "questions": {
        ("{x = }", "{h1 = }"): ("h1 is not given", "question 1a: text"),
        ('"cs231n"', '"cs999"'): ("there is no convention cs999", "question 3: convention"),
        ('"conv2"', '"conv7"'): ("no layer that puts out conv7", "question 2"),
    },
    "a quantity": {('"h1", "yhat"]', '"h1", "zz"]'): ("zz", "question 1a: asked")},
    "the network": {('network = "mlp"', 'network = "mpl"'): ("mpl", "")},
    "a given": {("y = 1.0\n", ""): ("y", "")},
    "TOML": {("[names]", "[names"): ("not TOML", "line")},
    "a key": {("[names]", "[nams]"): ("unknown key 'nams'", "exam.toml")},
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_an_error(what, linted):
    text = EXAM
    for old, new in WRONG[what]:
        assert old in text
        text = text.replace(old, new)
    errors = [r for r in linted(text) if r.error]
    for fact, place in WRONG[what].values():
        assert any(fact in r.fact and place in r.place for r in errors), (fact, errors)


def test_a_given_that_nothing_depends_on(linted):
    first, _, rest = EXAM.partition("[[question]]")
    question = '[[question]]\nid = "1"\nkind = "numbers"\nasked = "h1"\n'
    facts = [r.fact for r in linted(first.replace("rate = 1\n", "") + question)]
    assert rest and facts == [
        "y is given, and nothing that is asked depends on it",
        "Θ₂ is given, and nothing that is asked depends on it",
    ]


#: What stands wrong in one file, and a word of each remark: lines, keys, questions, the sheet.
SEVERAL = (
    ('title = "All', 'titel = "All', "unknown key 'titel'"),
    ("rate = 1\n", 'rate = "fast"\n', "'fast' is not a number"),
    ("y = 1.0\n", "y = 1,0\n", "a decimal comma"),
    ("decimals = 2", "decimals = 2.5", "2.5 stands where a whole number"),
    ('kind = "formula"', 'kind = "formulas"', '"formulas" stands where'),
    ('right = "a"', 'right = "z"', "z is not among the choices"),
)


def test_all_that_is_wrong_with_an_unreadable_file_is_said(linted):
    text = EXAM
    for old, new, _ in SEVERAL:
        assert old in text, old
        text = text.replace(old, new, 1)
    facts = [r.fact for r in linted(text)]
    for *_, fact in SEVERAL:
        assert sum(fact in f for f in facts) == 1, (fact, facts)
