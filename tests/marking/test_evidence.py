"""A cause is asserted only where its digits say more than the search that found it."""

from __future__ import annotations

import importlib.resources
from fractions import Fraction

import numpy as np
import pytest
from by_hand import draw, right, sheet

from deltarule.marking import mark
from deltarule.marking.aligned_answers import Written
from deltarule.marking.evidence import Evidence, of_entries, weight
from deltarule.marking.sheet_files.answers import Answers
from deltarule.marking.sheet_files.arrays import read_numbers
from deltarule.marking.sheet_files.sheets import Rounding, Run, Sheet
from deltarule.marking.verdicts import CONTRADICTORY, MISTAKE, RIGHT, WRONG

ASKED = ("s1", "yhat", "dE/ds2", "dE/dTheta2", "dE/ds1", "Theta2 after")


def written(*texts: str) -> Written:
    numbers = np.empty(len(texts), dtype=object)
    numbers[:] = read_numbers(list(texts), "q")
    return Written("q", numbers)


def exact(*values: str) -> np.ndarray:
    return np.array([Fraction(v) for v in values], dtype=object)


def test_digits_tell_how_many_numbers_there_are_of_their_size():
    assert weight(written("0.02"), (0,), exact("-0.07")) == pytest.approx(np.log2(15))
    assert weight(written("0.00"), (0,), exact("0.001")) < 1


def test_what_is_off_by_one_factor_or_one_amount_tells_one_thing():
    entries = [(0,), (1,), (2,)]
    doubled = of_entries(written("0.24", "0.46", "-0.66"), entries, exact("0.12", "0.23", "-0.33"))
    moved = of_entries(written("0.50", "0.61", "0.05"), entries, exact("0.40", "0.51", "-0.05"))
    single = np.log2(133), np.log2(123)
    assert (doubled.together, moved.together) == pytest.approx(single)
    assert doubled.apart > 2 * doubled.together
    repeated = of_entries(written("0.24", "0.24", "0.24"), entries, exact("0.1", "0.1", "0.1"))
    assert repeated.apart == repeated.together


def test_evidence_has_to_exceed_the_search():
    assert Evidence(12, 12).beyond(5)
    assert not Evidence(11.9, 11.9).beyond(5)
    assert not Evidence(20, 7).beyond(5)


@pytest.mark.parametrize("seed", range(8))
def test_a_random_wrong_value_is_no_named_mistake(seed):
    random = np.random.default_rng(seed)
    givens = draw(seed, (2, 2, 3, 2))
    values, asked = right(givens), ASKED[seed % len(ASKED)]
    wrong = values[asked] * random.uniform(0.3, 2, values[asked].shape)
    found = mark(sheet(givens, {asked: wrong}, 2 + seed % 3)).verdicts
    assert not {v.verdict for v in found} & {MISTAKE, CONTRADICTORY}


def test_one_explained_entry_beside_unexplained_ones_is_no_evidence():
    givens = draw(4, (2, 2, 3, 2))
    values = right(givens)["dE/dTheta2"]
    wrong = values * [[0.37, 1.71], [1.43, 0.61], [0.83, 1.29]]
    wrong[0, 0] = 2 * values[0, 0]
    found = mark(sheet(givens, {"dE/dTheta2": wrong}, 3)).verdicts
    assert {v.verdict for v in found} <= {WRONG, RIGHT}
    assert (0, 0) in next(v.wrong for v in found if v.verdict == WRONG)
    assert all(not v.mistakes for v in found)


def test_the_same_entries_are_asserted_where_they_have_digits_enough():
    givens = draw(4, (2, 2, 3, 2))
    values = right(givens)["dE/dTheta2"]
    wrong = values.copy()
    wrong[0, 0] *= 2
    found = mark(sheet(givens, {"dE/dTheta2": wrong}, 7)).verdicts
    assert [(v.verdict, v.at) for v in found] == [
        (RIGHT, "[0,1], [1,0], [1,1], [2,0], [2,1]"),
        (MISTAKE, "[0,0]"),
    ]


def test_thin_evidence_is_offered():
    givens = draw(2, (2, 2, 3, 2))
    (found,) = mark(sheet(givens, {"dE/db2": 2 * right(givens)["dE/db2"]}, 2)).verdicts
    assert (found.verdict, found.mistakes) == (WRONG, ())
    assert found.finding.startswith("perhaps ")
    assert found.finding.endswith("; so few digits may agree by chance")


def test_alternatives_need_no_more_than_the_first():
    givens = draw(3, (2, 2, 3, 2))
    wrong = right(givens, **{"dE/ds2": lambda q: q["dE/dyhat"]})
    (found,) = mark(sheet(givens, {"dE/ds2": wrong["dE/ds2"]}, 4)).verdicts
    assert found.verdict == MISTAKE
    assert all("; and " not in a and "carried rounding" not in a for a in found.alternatives)
    assert mark(sheet(givens, {"s1": right(givens)["s1"]}, 4)).verdicts[0].alternatives == ()


@pytest.mark.parametrize(("decimals", "asserted"), [(2, False), (4, True)])
def test_a_given_is_contradicted_by_digits_enough(tmp_path, decimals, asserted):
    """−1.65 may be a slip of its own; −1.6500 is what a sign lost among the givens gives."""
    slide = importlib.resources.files("deltarule") / "derivations" / "examples" / "slide.toml"
    given, _, _ = slide.read_text(encoding="utf-8").partition("[restated]")
    printed = ", ".join(f"{value:.{decimals}f}" for value in (1.35, 2.45, -1.65))
    path = tmp_path / "sheet.toml"
    path.write_text(f"{given}\n[published]\ns1 = [{printed}]\n", encoding="utf-8")
    verdicts = [v.verdict for v in mark(path).verdicts]
    assert (CONTRADICTORY in verdicts, WRONG in verdicts) == (asserted, not asserted)


def convolved(**slips) -> dict:
    """A convolution of integers and halves by hand, with slips in single entries of y."""
    x = np.array([[1, 2, 0], [-1, 3, 1], [2, 0, -2]], float)
    w = np.array([[[1, 0], [2, -1]], [[0.5, 1], [0, -2]]])
    b = np.array([0.5, -1.0])
    y = np.array(
        [
            [[(x[i : i + 2, j : j + 2] * w[f]).sum() + b[f] for j in range(2)] for i in range(2)]
            for f in range(2)
        ]
    )
    for entry, value in slips.items():
        y[tuple(map(int, entry[1:]))] = value
    given = {"x": x[None, None], "w": w[:, None], "b": b, "dL/dy": np.ones((1, 2, 2, 2))}
    return {"given": given, "y": y[None]}


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [4.0, 3.0, 2.5, 7.0])
def test_zeros_behind_round_values_are_no_evidence(wrong):
    """On a sheet of halves nearly every slip ends in halves, and 4.00000 is one of a few dozen."""
    found = convolved(e010=wrong)
    run = Run(
        "round",
        "conv2d",
        {},
        rounding=Rounding(5),
        given={n: read_numbers(v.astype(str).tolist(), n) for n, v in found["given"].items()},
    )
    texts = np.vectorize(lambda v: f"{v:.5f}", otypes=[object])(found["y"]).tolist()
    answers = Answers(None, "", {"y": read_numbers(texts, "y")}, "round.toml")
    said = mark(Sheet("round", "", "round.toml", (run,)), answers).verdicts
    assert [v.verdict for v in said if v.quantity == "y" and v.wrong] == [WRONG]
