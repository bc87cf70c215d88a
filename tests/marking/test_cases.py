"""Small sheets of which each once got a false verdict: what is said of them now."""

from __future__ import annotations

from pathlib import Path

import pytest

from deltarule.marking import load_sheet, mark
from deltarule.marking.sheet_files.answers import load_answers
from deltarule.marking.verdicts import FOLLOWS, MISTAKE, RIGHT, TOO_FEW, UNDECIDED, WRONG, Marking

CASES = Path(__file__).with_name("cases")


def marked(name: str) -> Marking:
    """The marking of a sheet, or of answers to one."""
    path = CASES / f"{name}.toml"
    if "network" in path.read_text(encoding="utf-8"):
        return mark(load_sheet(path))
    answers = load_answers(path)
    sheet = answers.sheet or "slide"
    return mark(CASES / sheet if sheet.endswith(".toml") else sheet, answers)


def verdicts(marking: Marking, run: int = 1) -> dict:
    return {(v.quantity, v.index): v.verdict for v in marking.verdicts if v.run == run}


def finding(marking: Marking, kind: str) -> str:
    return next(v.finding for v in marking.verdicts if v.verdict == kind)


@pytest.mark.parametrize(
    ("name", "wrong", "later"),
    [
        ("follow_slope", "dE/ds2", 6),
        ("follow_weights", "dE/dTheta2", 1),
        ("follow_hidden", "dE/ds1", 2),
        ("tanh_carried_on", "h1", 6),
    ],
)
def test_a_mistake_carried_on_with_more_digits_is_charged_once(name, wrong, later):
    found = marked(name).verdicts
    assert [v.quantity for v in found if v.verdict == MISTAKE] == [wrong]
    assert sum(v.verdict == FOLLOWS for v in found) == later
    assert all(v.right or v.verdict in (MISTAKE, FOLLOWS) for v in found)


def test_where_it_follows_from_is_said():
    found = finding(marked("follow_slope"), FOLLOWS)
    assert found == (
        "follows from ∂E/∂s₂ with its mistake carried on: worked out from there it is right"
    )


@pytest.mark.parametrize(
    "name",
    [
        "batch_norm_total",
        "log_sigmoid",
        "formula_of_one_entry",
        "kinks_cancel",
        "given_in_two_ways",
        "float_in_front",
    ],
)
def test_right_is_right(name):
    found = marked(name)
    assert found.right == found.of > 0


def test_a_given_that_is_printed_in_two_ways_is_said():
    assert marked("given_in_two_ways").notes == (
        "the sheet leaves open whether Θ₁[0,2] is 1.5 or −1.5: answers from either count",
    )


def test_any_subgradient_counts_and_its_convention_is_named():
    found = marked("ties")
    findings = [v.finding for v in found.verdicts if v.quantity == "dL/dx"]
    kinds = [v.verdict for v in found.verdicts]
    assert kinds == [RIGHT, RIGHT, RIGHT, RIGHT, WRONG, RIGHT]
    assert "share the gradient in equal parts" in findings[1]
    # Ones and zeros tell too little to assert it.
    told = "perhaps in the choice of the largest for y, every one of several largest passes"
    assert findings[3].startswith(told)
    assert "the last passes the gradient" in findings[4]
    other = marked("absolute")
    assert verdicts(other, 1) == {("dE/dyhat", None): RIGHT}
    assert "ŷ[m] − y[m] is 0, its sign is taken as 1" in other.verdicts[0].finding
    assert verdicts(other, 2) == {("dE/dyhat", (1,)): RIGHT, ("dE/dyhat", (0,)): WRONG}


def test_a_slope_at_a_kink_is_carried_on_to_the_update():
    found = marked("relu_at_zero")
    assert found.right == found.of
    named = [v.finding.partition("counts here: ")[2] for v in found.verdicts]
    assert [n for n in named if n] == [
        "where s₁[m] is 0, the slope is taken as 1",
        "where s₁[m] is 0, the slope is taken as 1/2",
    ]
    assert "one of the subgradients" in found.verdicts[-1].finding


def test_what_holds_for_one_hot_targets_is_right_where_they_are():
    found = marked("one_hot")
    assert [v.verdict for v in found.verdicts] == [RIGHT, RIGHT, MISTAKE, RIGHT]
    assert found.verdicts[1].finding == (
        "right where y is one-hot, as here; in general it is another one"
    )
    assert "sign" in found.verdicts[2].mistakes


@pytest.mark.slow
def test_matrices_in_words_are_read_in_a_batch():
    assert [v.verdict for v in marked("matrices").verdicts][1:] == [RIGHT, RIGHT]
    found = verdicts(marked("matrices_answers"))
    assert found["dE/dz", None] == RIGHT
    assert found["dE/ds1", None] == MISTAKE
    assert finding(marked("matrices_answers"), MISTAKE) == (
        "of the wrong layer: z stands where s₁ belongs"
    )


def test_a_line_without_a_value_is_named():
    assert [v.verdict for v in marked("log_of_zero").verdicts] == [RIGHT]  # 0·log 0 is 0
    found = marked("log_of_zero_weighed").verdicts
    assert [v.verdict for v in found] == [UNDECIDED]
    assert found[0].finding == (
        "E_o[0] = −(1 − 1)·log(1 − 0) − 1·log(0) is ∞, and so is what needs it"
    )
    found = marked("small_probability").verdicts[0]  # 0.81 is −log₁₀ of it indeed
    assert (found.verdict, found.mistakes) == (WRONG, ())
    assert found.finding.startswith("perhaps")  # two digits of one number prove nothing


def test_an_activation_of_a_sum_is_judged():
    assert verdicts(marked("relu_of_sum"))["dL/dW", (1, 0)] == WRONG


def test_what_is_one_off_in_its_last_digit_is_told_exactly():
    (found,) = marked("cut_off").verdicts
    assert (found.verdict, found.mistakes) == (MISTAKE, ("last digit",))
    assert found.finding == (
        "the last digit is one too small: 0.523732 is 0.5237, rounded and cut off alike; "
        "perhaps a number was rounded or cut off too early on the way"
    )


def test_digits_cut_off_are_told(tmp_path):
    path = tmp_path / "cut_off.toml"
    text = (CASES / "cut_off.toml").read_text(encoding="utf-8").replace("0.5236", "0.52373")
    path.write_text(text.replace("0.25", "0.2501"), encoding="utf-8")  # 0.5237397…
    (found,) = mark(load_sheet(path)).verdicts
    assert (found.verdict, found.finding) == (MISTAKE, "cut off where it should be rounded")


def test_too_few_digits_are_told():
    found = marked("too_few_digits").verdicts
    assert {v.verdict for v in found} <= {RIGHT, FOLLOWS, TOO_FEW}
    assert found[0].verdict == TOO_FEW
    assert (found[0].finding, found[0].expected) == (
        "the sheet asks for 2 decimals",
        "(1.35, 2.45, −1.65)",
    )


@pytest.mark.slow
def test_no_error_carried_between_times_is_one_mistake():
    found = marked("lstm_nothing_carried").verdicts
    assert sorted(v.verdict for v in found) == [FOLLOWS] * 13 + [MISTAKE]
    told = finding(marked("lstm_nothing_carried"), MISTAKE)
    assert "no error is carried between the times" in told
