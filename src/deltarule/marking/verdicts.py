"""Verdicts: what is said of a number that somebody printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from deltarule.represented import Represented

RIGHT = "right"
CARRIED = "right with carried rounding"
FOLLOWS = "follows"
TRIVIAL = "follows trivially"
MISTAKE = "mistake"
WRONG = "wrong"
CONTRADICTORY = "contradictory given"
TOO_FEW = "too few digits"
UNDECIDED = "could not decide"
UNREADABLE = "could not read"
MISSING = "missing"

#: The verdicts that count as right.
COUNT_AS_RIGHT = (RIGHT, CARRIED)

#: So many entries of a quantity are named one by one.
MOST_NAMED = 6


#: A given, the place of an entry, and its number.
TakenEntry = tuple[str, tuple[int, ...], Fraction]


#: "numbers" or "formula", and the points that they earn.
EarnedPart = tuple[str, Fraction]


@dataclass(frozen=True)
class Verdict:
    """The verdict on a quantity, or on one entry of it.

    `quantity` is canonical, `index` None for the whole quantity; `finding` is one sentence,
    `alternatives` other explanations in the order of their simplicity, `expected` the right
    value and `given` the printed one, both as text; `mistakes` names the kinds found. `entries`
    are those that it is on, and `wrong` those of them that are not right; `whole`: there are no
    others. `sources` are the earlier quantities that it follows from. `taken` are the entries of
    givens that it supposes, where the sheet leaves them open.
    """

    quantity: str
    index: tuple[int, ...] | None
    verdict: str
    finding: str
    expected: str
    given: str
    alternatives: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    run: int = 1
    entries: tuple[tuple[int, ...], ...] = ()
    wrong: tuple[tuple[int, ...], ...] = ()
    whole: bool = True
    sources: tuple[str, ...] = ()
    taken: tuple[TakenEntry, ...] = ()

    @property
    def right(self) -> bool:
        """Whether it counts as right."""
        return self.verdict in COUNT_AS_RIGHT

    @property
    def at(self) -> str:
        """The entries that it is on, where there are others: `[0,1]`, or `[0,1], [1,1]`."""
        entries = (self.index,) if self.index is not None else () if self.whole else self.entries
        places = [f"[{','.join(map(str, entry))}]" for entry in entries]
        more = f" and {len(places) - MOST_NAMED} more" if len(places) > MOST_NAMED + 1 else ""
        return ", ".join(places[:MOST_NAMED] if more else places) + more


@dataclass(frozen=True)
class Score:
    """What is earned for one quantity of a run, however many entries it has.

    `points` of `of` are earned; `open` are to be decided by hand. It is `right` if every entry
    that is asked is there and counts as right. `marked`: the sheet says what it is worth. `parts`
    are what its numbers earn and what its formula, where both are written and earn differently.
    """

    run: int
    quantity: str
    points: Fraction
    of: Fraction
    right: bool
    open: Fraction = Fraction(0)
    marked: bool = False
    parts: tuple[EarnedPart, ...] = ()


@dataclass(frozen=True)
class Marking(Represented):
    """All verdicts on a sheet or on somebody's answers to it, in the order of the sheet.

    `scores` has one score for each quantity that is asked.
    """

    sheet: str
    verdicts: tuple[Verdict, ...]
    who: str = ""
    notes: tuple[str, ...] = field(default=())
    scores: tuple[Score, ...] = ()

    @property
    def right(self) -> int:
        """How many quantities are right."""
        return sum(s.right for s in self.scores)

    @property
    def of(self) -> int:
        """How many quantities are asked."""
        return len(self.scores)

    @property
    def points(self) -> Fraction:
        """The points that are earned."""
        return sum((s.points for s in self.scores), Fraction(0))

    @property
    def points_of(self) -> Fraction:
        """The points that there are."""
        return sum((s.of for s in self.scores), Fraction(0))

    @property
    def points_open(self) -> Fraction:
        """The points that are to be decided by hand."""
        return sum((s.open for s in self.scores), Fraction(0))

    @property
    def passed(self) -> bool:
        """Whether something is asked, all of it is right, and so is what is written besides."""
        return 0 < self.right == self.of and all(v.right for v in self.verdicts)
