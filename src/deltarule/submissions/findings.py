"""What is found of a submission: a verdict on each function, why, and what shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deltarule.submissions.agreement import Agreement, Fit
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.verdict_names import FunctionVerdict, Obstacle

if TYPE_CHECKING:
    from deltarule.submissions.accepted_verdicts import Policy

__all__ = [
    "Cause",
    "FunctionFinding",
    "FunctionVerdict",
    "Obstacle",
    "OutputFinding",
    "SubmissionReport",
]


@dataclass
class OutputFinding:
    """One returned value: at how many settings it was right, and how it was wrong elsewhere.

    It may be `off` where it is right: by less than counts, and by more than rounding.
    """

    name: str
    right: list[Setting] = field(default_factory=list)
    wrong: list[tuple[Setting, Agreement]] = field(default_factory=list)
    off: set[Setting] = field(default_factory=set)

    @property
    def exact(self) -> list[Setting]:
        """Where it is right but for rounding."""
        return [s for s in self.right if s not in self.off]

    @property
    def overflows(self) -> list[tuple[Setting, Agreement]]:
        """Where it is NaN or ∞ at large numbers: that says nothing of its formula elsewhere."""
        return [w for w in self.wrong if w[0].numbers == "large" and w[1].fit is Fit.NOT_FINITE]

    @property
    def mistaken(self) -> list[tuple[Setting, Agreement]]:
        """Where it is wrong in another way than by an overflow."""
        unstable = [setting for setting, _ in self.overflows]
        return [w for w in self.wrong if w[0] not in unstable]


@dataclass
class Cause:
    """Why outputs are wrong: the mistake in words, its formula, the right one, and the line.

    Not `shown` is a formula of a value that the function does not return.
    """

    words: str
    kind: str = ""
    formula: str = ""
    right_formula: str = ""
    outputs: tuple[str, ...] = ()
    line: int | None = None
    place: str = ""
    shown: bool = True


@dataclass
class FunctionFinding:
    """What is found of one function.

    `finding` is a sentence, `remedy` what to do; `line` is where the function, or what failed in
    it, stands, and `place` says that of a notebook, too. `test` is a smallest test that shows it,
    to paste into a file. `obstacle` says why it could not be called, `raised` is the error that it
    ended with.
    """

    name: str
    task: str
    verdict: FunctionVerdict
    finding: str = ""
    remedy: str = ""
    line: int | None = None
    outputs: list[OutputFinding] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    test: str = ""
    place: str = ""
    obstacle: Obstacle = Obstacle.NONE
    raised: str = ""

    @property
    def overflow_alone(self) -> bool:
        """Whether it is right but for an overflow at large numbers."""
        unstable = any(o.overflows for o in self.outputs)
        partly = self.verdict is FunctionVerdict.PARTLY
        return partly and unstable and not any(o.mistaken for o in self.outputs)


@dataclass
class SubmissionReport:
    """All findings on a file: by which convention, in which sandbox, and what was left out.

    `error` says why it could not be checked; not `known` is a file of which no convention knows a
    function. `policy` is the convention's, on which verdicts pass.
    """

    path: str
    convention: str = ""
    layers: str = ""
    functions: list[FunctionFinding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str = ""
    known: bool = True
    policy: Policy | None = None

    @property
    def right(self) -> bool:
        """Whether there is a function, and all pass."""
        return bool(self.functions) and all(f.verdict.passes for f in self.functions)
