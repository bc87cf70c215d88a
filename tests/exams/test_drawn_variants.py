"""Variants: papers that a seed and a student give for ever, and that let mistakes be seen."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from drawn_papers import like_slide, of_network, texts

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError
from deltarule.exams.distance_table import distance_table, table_markdown
from deltarule.exams.drawn_variants import Variants
from deltarule.exams.draws import FROM_A_TIE, Draw
from deltarule.exams.enclosures import enclosed
from deltarule.exams.models import model_like, run_of_network
from deltarule.exams.rounding_habits import HABITS, from_a_tie
from deltarule.marking.sheet_files.sheets import Rounding, Run

GOLDEN = {
    "ann": {
        "x": ["0.7", "-0.1"],
        "y": "0.9",
        "Theta1": [["-2.0", "-0.5", "-1.7"], ["0.3", "1.5", "0.9"]],
        "Theta2": ["0.9", "1.2", "-0.2"],
    },
    "bob": {
        "x": ["-0.5", "-0.1"],
        "y": "0.2",
        "Theta1": [["-2.0", "-1.5", "1.6"], ["0.8", "1.3", "-2.1"]],
        "Theta2": ["1.1", "-1.0", "-0.8"],
    },
    "": {
        "x": ["-0.4", "-1.0"],
        "y": "0.5",
        "Theta1": [["-1.7", "2.0", "-1.0"], ["-0.4", "0.8", "1.4"]],
        "Theta2": ["0.3", "-0.9", "1.0"],
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("student", GOLDEN)
def test_a_seed_and_a_student_give_one_paper_for_ever(student):
    variant = like_slide().draw(student)
    assert {name: texts(given) for name, given in variant.run.given.items()} == GOLDEN[student]
    assert variant.run.rounding == Rounding(5)


def test_numbers_are_like_the_models():
    for student in ("cyd", "dan"):
        given = like_slide().draw(student).run.given
        numbers = {name: np.array(texts(value), dtype=float) for name, value in given.items()}
        assert 0 < numbers["y"] <= 1
        assert 0.2 <= np.abs(numbers["Theta1"]).min() <= np.abs(numbers["Theta1"]).max() <= 2.1
        assert len(set(np.abs(numbers["Theta1"]).ravel())) == 6
        assert np.array_equal(numbers["Theta1"].round(1), numbers["Theta1"])


def test_every_mistake_that_can_be_seen_is_seen_on_every_paper():
    variants = like_slide()
    for student in GOLDEN:
        variant = variants.draw(student)
        seen = {key for key, distance in variant.decisive.items() if distance.apart}
        assert seen == variants.setting.required
        assert not variant.hidden


def test_what_no_numbers_tell_is_said():
    table = distance_table(like_slide(), like_slide().draw("ann"))
    assert "Θ₂ after: the factor γ is missing" in table.never  # the rate is 1
    assert len(table.never) == 3
    assert sum(line.mistakes - line.seen for line in table.lines) == len(table.never)
    ann = like_slide().draw("ann")
    full = distance_table(like_slide(), ann, further=True)
    shown = table_markdown(like_slide(), ann, full)
    assert re.search(r"\| h₁ \| σ is not applied \|  \| \*\*\d+ \(1\.0\)\*\*", shown)
    assert "## What no numbers can tell" in shown
    misread, pairs = full.further
    assert (misread.seen, misread.hidden) == (misread.count, ()) and misread.count > 100
    mended = "in E_o, the sign is turned round; and in E, the sign is turned round"
    assert mended in pairs.hidden and pairs.seen + len(pairs.hidden) == pairs.count
    assert "## Two mistakes at once" in shown and mended in shown.replace("\\_", "_")


def test_a_rate_that_a_sheet_has_is_no_mistake():
    run = model_like("slide").run
    slow = Variants(replace(run, rate=Printed("0.1")), "2026-17")
    words = {m.words for of in slow.asked.mistakes(slow.first, "Theta2 after") for m in of}
    assert "the learning rate is taken as 0.5, not γ" in words
    assert "the learning rate is taken as 0.1, not γ" not in words


def test_no_number_lies_where_its_last_digit_would_turn():
    variants = like_slide()
    draw = variants.trial(variants.setting.widening, "student", "ann", 1)
    worked = draw.habits(Rounding(5))
    for habit in HABITS:
        for name in variants.asked.entries:
            assert from_a_tie(worked.raw[habit][name].ravel(), Rounding(5), False) >= FROM_A_TIE
    assert from_a_tie([Fraction(1, 8)], Rounding(2)) == 0
    assert from_a_tie([Fraction(1, 8)], Rounding(2), False) == Fraction(1, 2)
    assert from_a_tie([Fraction(1499, 10**4)], Rounding(2, None, "truncate")) == Fraction(1, 100)


def test_right_working_lies_in_its_enclosure_however_it_is_rounded():
    variants = of_network("two steps")
    draw = variants.trial(0, "enclosed", 1)
    rounding = Rounding(3)
    balls, worked = draw.enclosures(rounding), draw.habits(rounding)
    assert balls is not None
    for habit in HABITS:
        for name in variants.asked.entries:
            for entry, value in np.ndenumerate(worked.kept[habit][name]):
                middle, radius = float(balls[name][entry].mid()), float(balls[name][entry].rad())
                assert abs(float(value) - middle) <= radius * (1 + 1e-9) + 1e-12


def _with_image(image: list[str]) -> Draw:
    variants = of_network("convolution")
    givens = dict(variants.first.computation.givens)
    numbers = [Fraction(n) for n in image]
    givens["x"] = np.array(numbers, dtype=object).reshape(givens["x"].shape)
    return Draw(variants.first, variants.asked, givens)


@pytest.mark.slow
def test_ties_are_avoided_unless_they_are_wanted():
    tied = _with_image(["0.5"] * 36)
    assert tied.enclosures(Rounding(3)) is None
    assert enclosed(tied.computation, Rounding(3), ties=True) is not None
    apart = of_network("convolution").draw("ann")
    windows = apart.distances.session.computation.floats.arrays["s"].reshape(2, 2, 2, 2)
    best = windows.max(axis=(1, 3), keepdims=True)
    assert ((windows == best).sum(axis=(1, 3)) == 1).all()


def test_kinks_are_avoided():
    options = {"layers": 1, "output_activation": "relu", "batch": False}
    variants = Variants(run_of_network("mlp", options, {}), "kinks")
    draws = [variants.trial(0, k) for k in range(6)]
    givens = dict(draws[0].givens)
    givens["x"] = 0 * givens["x"]
    assert Draw(variants.first, variants.asked, givens).enclosures(Rounding(3)) is None
    assert any(draw.enclosures(Rounding(3)) for draw in draws)


@pytest.mark.slow
def test_few_digits_are_refused_where_they_hide_mistakes(monkeypatch):
    monkeypatch.setattr("deltarule.exams.drawn_variants.MOST_DRAWS", 2)
    with pytest.raises(DeltaruleError) as refused:
        like_slide("few", 1).draw("ann")
    assert re.match(
        r"of 2 draws for ann, none tells every mistake from rounding: the best hides \d+ "
        r"mistakes?, as in .* units of the last digit away, and rounding reaches",
        refused.value.fact,
    )
    assert refused.value.remedy == "ask for more digits, --decimals 2, or give --allow-hidden"
    assert like_slide("few", 1).draw("bob", allow_hidden=True).hidden


def test_a_sheet_without_numbers_is_refused():
    run = Run("formulas", "mlp", {"batch": False}, given=model_like("slide").run.given)
    with pytest.raises(DeltaruleError, match="the sheet asks for no number"):
        Variants(replace(run, asked=("E",), formulas={"E": "y"}), "x")


@pytest.mark.slow
def test_what_hardly_changes_anything_asks_for_no_more_digits():
    """Another ε under a root is no reason for six decimals; a batch of two, whose gradient nearly
    vanishes, is not drawn."""
    run = run_of_network("batch_norm", {}, {}, ("xhat",))
    assert len(run.given["x"]) == 3
    variants = Variants(run, "7")
    assert variants.setting.rounding.decimals in (3, 4)
    table = distance_table(variants, variants.draw(""))
    assert table.slight and all("ε" in words for words in table.slight)
    finer = Variants(run, "7", Rounding(decimals=7))
    assert not finer.setting.slight
    assert variants.setting.slight <= finer.setting.required | finer.setting.never
