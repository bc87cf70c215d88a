"""A simulated class that sits a drawn exam: every student has numbers of their own.

Papers of the slide's kind, of a softmax batch, of a 6 × 6 convolution with pooling and of a
recurrent network of two times. Most are worked out in NumPy, with the slips of the simulated class;
some have a mistake that the engine generates, in exact arithmetic. The truth is what was planted:
which quantities are to be charged. It is decidable where the numbers written lie outside what all
right working may print, by the enclosures that the exam was drawn by.

    python tests/support/simulated_exam_figures.py 250          250 papers of each kind
    python tests/support/simulated_exam_figures.py 250 --first 5000 "the slide"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, partial
from unittest.mock import patch

import numpy as np
from drawn_papers import like_slide
from simulated import _MARKING, KINDS, Aligned, shortened
from simulated_convolutions import POOLED
from simulated_dense import BATCH, DENSE
from simulated_lines import Kind, Slip, worked
from simulated_recurrent import RNN
from simulated_slips import anywhere

from deltarule.exams.drawn_variants import Variant, Variants
from deltarule.exams.models import model_like, run_of_network
from deltarule.exams.rounding_habits import HABITS
from deltarule.marking.open_sheet import OpenSheet
from deltarule.marking.points import Credit
from deltarule.marking.sheet_files.answers import Answers
from deltarule.marking.sheet_files.arrays import read_numbers
from deltarule.marking.sheet_files.sheets import Run, Sheet
from deltarule.marking.verdicts import TRIVIAL

#: The digits of these would need times or places that there are not here.
_NOT_HERE = ("inputs in reverse order", "truncated after 2", "states truncated after 2")


def _slide() -> Kind:
    """The slide's network: the dense one of the simulated class, with its rate of 1."""
    lines = {
        **DENSE.lines,
        "Theta2 after": lambda q: q["Theta2"] - q["dE/dTheta2"],
        "Theta1 after": lambda q: q["Theta1"] - q["dE/dTheta1"],
    }
    kept = [s for s in DENSE.slips if "after" not in s.line and s.name != "already updated weights"]
    ascent = Slip("up the slope", "Theta2 after", lambda q: q["Theta2"] + q["dE/dTheta2"])
    run = model_like("slide").run
    return replace(DENSE, options=run.options, lines=lines, slips=(*kept, ascent), rate="1")


@dataclass(frozen=True)
class Exam:
    """A kind of exam: its lines in NumPy, and how its variants are opened."""

    kind: Kind
    open: Callable[[], Variants]


def _of(kind: Kind, sizes: Mapping[str, int]) -> Callable[[], Variants]:
    """Variants that ask for all lines of a kind."""
    run = run_of_network(kind.network, kind.options, sizes, list(kind.lines))
    return lambda: Variants(run, "simulated class")


@cache
def exams() -> dict[str, Exam]:
    """The kinds of exams."""
    slide, rnn = _slide(), replace(RNN, slips=_here(RNN))
    found = {
        "the slide": Exam(slide, like_slide),
        "softmax batch": Exam(BATCH, _of(BATCH, {"N": 2, "D": 2, "H1": 3, "M": 3})),
        "6 × 6 convolution": Exam(
            POOLED, _of(POOLED, {"N": 1, "C": 1, "H": 6, "W": 6, "F": 2, "K": 3, "L": 3})
        ),
        "two-step RNN": Exam(rnn, _of(rnn, {"T": 2, "N": 1, "D": 2, "H": 2, "M": 2})),
    }
    KINDS.update({n: replace(e.kind, givens=partial(_others, n)) for n, e in found.items()})
    return found


def _others(name: str, random: np.random.Generator) -> dict[str, np.ndarray]:
    """The givens of somebody else."""
    variants, _ = opened(name)
    return givens_of(name, variants.draw(f"somebody else {int(random.integers(3))}"))


def _here(kind: Kind) -> tuple[Slip, ...]:
    return tuple(s for s in kind.slips if s.name not in _NOT_HERE)


@cache
def opened(name: str) -> tuple[Variants, OpenSheet]:
    """The variants of a kind of exam, and the sheet by which others are opened."""
    variants = exams()[name].open()
    return variants, OpenSheet(_sheet(variants.draw("").run))


def _sheet(run: Run) -> Sheet:
    """A sheet that charges for mistakes alone: copies of a value that is 0 by one earn theirs."""
    credit = Credit("none", {TRIVIAL: Fraction(1)})
    return Sheet("exam", "", "exam.toml", (replace(run, credit=credit),))


@dataclass
class ExamPaper(Aligned):
    """A paper of a drawn exam: `habit` is one of three, `charged_rightly` what is to be charged;
    None where nobody can decide it."""

    variant: Variant | None = None
    habit: str = "exact"
    asked: tuple[str, ...] = ()
    charged_rightly: frozenset[str] | None = frozenset()
    other_shape: Mapping[str, np.ndarray] = field(default_factory=dict)

    def values_with(self, *slips: Slip) -> dict[str, np.ndarray]:
        """All lines as this person holds them, with some slips."""
        of = KINDS[self.kind]
        wrong = {s.line: s.work for s in slips if s.work is not None}

        def kept(name: str, work: Callable) -> Callable:
            rounds = self.habit == "lines" or (self.habit == "printed" and name in self.asked)
            if not rounds:
                return work
            return lambda q, *t: shortened(work(q, *t), self.decimals, self.rule).astype(float)

        plain = {n: getattr(line, "work", line) for n, line in of.lines.items()}
        own = {n: kept(n, wrong.get(n, work)) for n, work in plain.items()}
        return worked(of, self.givens, own, np.asarray)

    def written_with(self, *slips: Slip) -> dict[str, np.ndarray]:
        values = self.values_with(*slips)
        written = {n: shortened(values[n], self.decimals, self.rule) for n in self.asked}
        for slip in slips:
            if slip.write is not None:
                written[slip.line] = slip.write(written[slip.line], values[slip.line])
        return written

    def beyond_rounding(self, name: str, written: Mapping[str, np.ndarray]) -> bool:
        """Whether what is written of a quantity is none of what right working may print."""
        assert self.variant is not None
        balls = self.variant.distances.balls[name]
        half = 0.5 * 10.0**-self.decimals
        given = np.asarray(written[name], dtype=float).ravel()
        return any(
            abs(w - float(ball.mid())) > 2 * float(ball.rad()) + half
            for w, ball in zip(given, np.ravel(balls), strict=True)
        )

    def marked(self) -> ExamPaper:
        """The same, marked by the exam of its kind."""
        _, sheet = opened(self.kind)
        own = sheet.variant(_sheet(self.variant.run))
        remember = _MARKING.open_session

        def remembered(*arguments, **options):
            self.session = remember(*arguments, **options)
            return self.session

        numbers = {n: read_numbers(_listed(w), n) for n, w in self.written.items()}
        with patch.object(_MARKING, "open_session", remembered):
            self.marking = own.mark(Answers(None, "", numbers, "simulated_exams.py"))
        return self

    @property
    def charged(self) -> list[str]:
        """The quantities that do not earn what they are worth."""
        return [s.quantity for s in self.marking.scores if s.points < s.of]

    @property
    def as_it_should(self) -> bool:
        """Whether the marks are those of the truth."""
        return set(self.charged) == self.charged_rightly


def _listed(written: np.ndarray):
    listed = written.tolist() if isinstance(written, np.ndarray) else written
    return listed if isinstance(listed, list) else str(listed)


def blank(name: str, student: int, habit: str) -> ExamPaper:
    """A student's paper on which nothing is written yet."""
    variants, _ = opened(name)
    variant = variants.draw(f"student {student}")
    givens = givens_of(name, variant)
    rounding = variant.run.rounding
    asked = tuple(n for n in variants.asked.entries)
    found = ExamPaper(name, student, givens, rounding.rule, rounding.decimals, habit == "exact", ())
    found.variant, found.habit, found.asked = variant, habit, asked
    return found


def givens_of(name: str, variant: Variant) -> dict[str, np.ndarray]:
    """A variant's givens as the lines of its kind take them."""
    arrays, shaped = variant.distances.session.computation.givens, _shapes(name)
    return {n: a.astype(float).reshape(shaped.get(n, a.shape)) for n, a in arrays.items()}


@cache
def _shapes(name: str) -> dict[str, tuple[int, ...]]:
    """The shapes in which a kind's lines take its givens, where these are not the network's."""
    if name != "the slide":
        return {}
    return {"x": (2,), "Theta1": (2, 3), "Theta2": (3, 1), "y": (1,)}


def slips_for(found: ExamPaper, random: np.random.Generator) -> dict[str, list[Slip]]:
    """The slips that may be planted: of the kind, of any line, and of the pen."""
    of = KINDS[found.kind]
    common = [
        slip
        for line in random.permutation(list(found.asked))[:2]
        for slip in anywhere(of, str(line), found.givens, random)
        if slip.name != "cut off, not rounded"
    ]
    known = [s for s in of.slips if s.line in of.lines]
    return {
        "mistake": known,
        "slip": [s for s in common if s.work is not None],
        "pen": [s for s in common if s.write is not None],
    }


def first_charged(found: ExamPaper, slip: Slip) -> frozenset[str] | None:
    """What one slip is to be charged in: its line, or the first that is asked and shows it."""
    right, wrong = found.written_with(), found.written_with(slip)
    lines = (slip.line,) if slip.line in found.asked else found.asked
    for name in lines:
        if found.beyond_rounding(name, wrong):
            return frozenset([name])
        if slip.line not in found.asked and not np.array_equal(right[name], wrong[name]):
            return None  # it shows, but not for certain
    return None


def habit_of(student: int) -> str:
    return HABITS[student % 3]
