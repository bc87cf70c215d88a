"""Exams: a sheet, and questions about its runs.

A plain sheet (marking/sheet_files/sheets.py) is an exam: its quantities are its questions. With
questions:

    title = "Backpropagation, winter term"
    network = "mlp"
    total = 11                     # optional: check sheet adds the marks up

    [options]
    layers = 2

    [given]                        # as on every sheet
    …

    [marks]                        # the policy, for all questions
    follows = "full"

    [[question]]
    id = "1a"
    kind = "numbers"
    text = "Work out {h1} and {yhat} for {x = }."
    asked = ["h1", "yhat"]
    marks = 3                      # shared equally; or {h1 = 2, yhat = 1}

    [[question]]
    id = "1b"
    kind = "formula"
    asked = "dE/dTheta2"
    marks = 2

    [[question]]
    id = "2"
    kind = "counting"
    of = "lenet5"
    what = "parameters"            # or multiply_adds, memory, shape, receptive_field, stride, fits
    layer = "conv2"                # left out: of the network

    [[question]]
    id = "3"
    kind = "code"
    function = "affine_backward"
    convention = "cs231n"          # or like = "dense", for a function of any name
    marks = 4

    [[question]]
    id = "4"
    kind = "choice"
    text = "Where is the sigmoid steepest?"
    choices = ["at 0", "at 1", "where it is 0"]
    right = "a"
    explanation = "σ′ = σ(1 − σ) is largest where σ is a half."

The keys are those of the table in exam_format.py; `deltarule exam schema` prints it. A question is
about run 1 of the sheet unless it says `run = 2`; each `[[run]]` may have a network of its own.
An exam of counting, code and choice questions alone needs no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from deltarule.marking.points import Credit
from deltarule.marking.sheet_files.sheets import Sheet

NUMBERS, FORMULA, CODE, COUNTING, CHOICE = KINDS = (
    "numbers",
    "formula",
    "code",
    "counting",
    "choice",
)


@dataclass(frozen=True)
class CodeTask:
    """What a code question wants: `functions` of a `convention`, or `like` a derivation."""

    functions: tuple[str, ...]
    convention: str = ""
    like: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    returns: str = ""
    accept: str | None = None


@dataclass(frozen=True)
class CountTask:
    """What a counting question wants: a figure `what` of a derivation `of`, or of one `layer`."""

    of: str
    what: str
    layer: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ChoiceTask:
    """The choices of a question by their keys, the right one's key, and what is said of them."""

    choices: Mapping[str, str]
    right: str
    explanation: str = ""
    because: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One question: `run` counts the sheet's runs from 1, `asked` are canonical quantities, and
    `steps` the marks of each of them, which add up to `marks`. `marked`: the file says its marks.
    """

    id: str
    kind: str
    marks: Fraction = Fraction(1)
    text: str = ""
    run: int = 1
    asked: tuple[str, ...] = ()
    steps: Mapping[str, Fraction] = field(default_factory=dict)
    code: CodeTask | None = None
    counting: CountTask | None = None
    choice: ChoiceTask | None = None
    marked: bool = True


@dataclass(frozen=True)
class Exam:
    """An exam: `path` is where it was read, as the person would name it.

    `plain`: a sheet without questions of its own, whose quantities are its questions; of one that
    asks for nothing, whatever is answered. `total` is what the file says that the marks add up to,
    `credit` the policy for all questions.
    """

    title: str
    path: str
    sheet: Sheet
    questions: tuple[Question, ...]
    plain: bool = True
    instructions: str = ""
    total: Fraction | None = None
    credit: Credit = Credit()

    def question(self, id: str) -> Question | None:
        """The question with an id; None for none."""
        return next((q for q in self.questions if q.id == id), None)

    @property
    def marks(self) -> Fraction:
        """The marks of all questions."""
        return sum((q.marks for q in self.questions), start=Fraction(0))
