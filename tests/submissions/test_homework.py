"""Homework of three courses: right solutions pass, planted mistakes are caught and named.

DELTARULE_FULL=1 pytest tests/submissions/test_homework.py     # all files and mistakes
"""

import os
import re
from itertools import islice

import homework
import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import FunctionVerdict, SubmissionReport, check_submission
from deltarule.submissions.convention_files import convention
from deltarule.submissions.loaded_file import LoadedFile
from deltarule.submissions.printed_test import without_imports
from deltarule.submissions.reading import read_source

pytestmark = [pytest.mark.xdist_group("homework"), pytest.mark.slow]

FULL = os.environ.get("DELTARULE_FULL") == "1"
#: The files that stand for all; and of their mistakes every so many.
SOME = {
    "cs231n": ("affine", "dropout", "losses", "einsums", "windows"),
    "deeplearning_ai": ("deep", "logistic", "matrices"),
    "mytorch": ("linear", "activation", "loss", "rnn_cell", "inherited", "year_2022"),
}
EVERY = 1 if FULL else 13
#: The verdicts that a printed test shows.
SHOWN = (
    *(FunctionVerdict.WRONG, FunctionVerdict.PARTLY),
    *(FunctionVerdict.CRASHED, FunctionVerdict.CHANGES),
)
#: How many of the listed mistakes have to be named.
NAMED = 0.95


def chosen(solutions):
    return [s for s in solutions if FULL or s.name in SOME[s.course]]


def planted():
    some = (
        p
        for course in homework.COURSES
        for p in homework.planted(course)
        if FULL or p.file in SOME[p.course]
    )
    return list(islice(some, 0, None, EVERY))


RIGHT = [s for c in homework.COURSES for s in chosen(homework.references(c))]
UNUSUAL = [s for c in homework.COURSES for s in chosen(homework.unusual(c))]


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(unsafe=True) as made:
        yield made


@pytest.mark.parametrize("solution", [*RIGHT, *UNUSUAL], ids=lambda s: f"{s.course}/{s.name}")
def test_a_right_solution_passes(sandbox, solution):
    name, every = f"{solution.name}.py", lambda name: True
    report = check_submission(solution.text, name, sandbox, solution.course, every)
    own = set(solution.functions) & convention(solution.course).functions
    assert report.error == "" and {f.name.split(".")[0] for f in report.functions} >= own
    verdicts = {f.name: f"{f.verdict.value} {f.finding}".strip() for f in report.functions}
    assert set(verdicts.values()) <= {"right"}, verdicts


def checked(sandbox, one: homework.Planted) -> SubmissionReport:
    """The file checked, of the functions of a course the one alone that has the mistake."""
    first = one.function.split(".")[0]
    known = first in convention(one.course).functions
    only = (lambda name: name.split(".")[0] == first) if known else None
    return check_submission(one.text, f"{one.file}.py", sandbox, one.course, only)


def said(report: SubmissionReport) -> str:
    """What is said of all functions that are not right."""
    words = []
    for one in report.functions:
        if one.verdict is not FunctionVerdict.RIGHT:
            words += [one.verdict.value, one.finding, *one.notes]
            words += [f"{c.words} {c.formula}" for c in one.causes]
    return " ".join(words)


def without_a_test(sandbox, one: homework.Planted, report: SubmissionReport) -> list[str]:
    """What is wrong and is shown by no test, or by one that the right solution does not pass.

    That the file with the mistake fails it is checked before it is shown.
    """
    right = next(s for s in homework.references(one.course) if s.name == one.file)
    given = convention(one.course).provided
    file = LoadedFile(sandbox, read_source(right.text.encode(), f"{one.file}.py", provided=given))
    found = []
    for f in (f for f in report.functions if f.verdict in SHOWN):
        passed = f.test and file.run_with(without_imports(f.test, file.name)).returned
        found += [] if passed else [f"{one}: {f.name}: {f.test or 'no test'}"]
    return found


def test_planted_mistakes_are_caught_named_and_shown(sandbox):
    missed, unnamed, listed, not_shown = [], [], 0, []
    for one in planted():
        report = checked(sandbox, one)
        not_shown += without_a_test(sandbox, one, report)
        words = said(report)
        listed += one.listed
        if not words:
            missed.append(str(one))
        elif one.listed and not re.search(one.words, words, re.IGNORECASE):
            unnamed.append(f"{one}: {words}")
    assert not missed, "\n".join(missed)
    assert not not_shown, "\n".join(not_shown)
    assert len(unnamed) <= (1 - NAMED) * listed, "\n".join(unnamed)


def test_pairs_of_mistakes_are_caught(sandbox):
    pairs = [p for p in homework.pairs() if FULL or p.file in SOME[p.course]]
    assert len(list(homework.pairs())) == 20
    missed = [str(p) for p in pairs[:: 1 if FULL else 3] if not said(checked(sandbox, p))]
    assert not missed, "\n".join(missed)


def test_all_of_the_gradient_to_every_tie_is_left_open_by_one_course(sandbox):
    (one,) = [s for s in homework.references("deeplearning_ai") if s.name == "convolution"]
    text = homework.edited(
        one.text, "create_mask_from_window", "return mask", "return x == np.max(x)"
    )
    report = check_submission(text, "conv.py", sandbox, one.course, lambda n: "pool" in n)
    found = {f.name: f for f in report.functions}["pool_backward"]
    assert found.verdict is FunctionVerdict.RIGHT
    assert "every one of several" in " ".join(found.notes)
