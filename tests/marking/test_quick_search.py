"""The quick search finds what the slow one finds: on papers at random and with mistakes."""

from __future__ import annotations

import os

import pytest
from plain_search import PlainExplainer
from simulated import KINDS, paper, slips_of
from simulated_figures import printable
from simulated_slips import Slip

from deltarule.marking import OpenSheet, load_sheet, mark, session
from deltarule.marking.bounded_dict import Bounded
from deltarule.marking.sheet_files.answers import Answers
from deltarule.marking.sheet_files.arrays import read_numbers

#: Papers of each kind of network; 200 in all in a full run.
PAPERS = 50 if os.environ.get("DELTARULE_FULL") else 3


def _slips(kind: str, seed: int) -> tuple[Slip, ...]:
    """None, one or two of the slips that can happen in a paper."""
    slips = slips_of(kind, seed)
    one, two = slips[seed % len(slips)], slips[(seed + 1 + seed // 3) % len(slips)]
    return ((), (one,), (two, one), (two,))[seed % 4]


def _with_values(kind: str, seed: int) -> int:
    """The seed, or another where the paper comes to NaN or ∞, which nobody writes."""
    while not printable(kind, seed, *_slips(kind, seed)):
        seed += 1000
    return seed


@pytest.mark.parametrize("seed", range(300, 300 + PAPERS))
@pytest.mark.parametrize("kind", list(KINDS)[:4])
def test_the_same_verdicts_as_by_the_slow_search(kind, seed, monkeypatch):
    seed = _with_values(kind, seed)
    mistakes = _slips(kind, seed)
    quick = paper(kind, seed, *mistakes).marking
    monkeypatch.setattr(session, "Explainer", PlainExplainer)
    slow = paper(kind, seed, *mistakes).marking
    assert quick == slow


def test_what_is_kept_has_an_end(monkeypatch):
    monkeypatch.setattr("deltarule.marking.bounded_dict.MOST_KEPT", 2)
    kept = Bounded()
    for k in range(5):
        kept[k] = k
        assert kept[k] == k
    assert len(kept) <= 2


@pytest.mark.slow
def test_an_open_sheet_marks_one_as_it_marks_another():
    sheet = load_sheet("batch")
    values = sheet.runs[0].published
    wrong = {**values, "E": read_numbers("0.8590", "E"), "dE/db2": values["dE/db1"]}
    opened = OpenSheet(sheet)
    for _ in range(2):
        for numbers in (values, wrong):
            answers = Answers(None, "", numbers, "answers.toml")
            assert opened.mark(answers) == mark(sheet, answers)
