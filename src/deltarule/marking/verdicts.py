"""Verdicts: what is said of a number that somebody printed."""

from __future__ import annotations

from dataclasses import dataclass, field

RIGHT = "right"
CARRIED = "right with carried rounding"
FOLLOWS = "follows"
MISTAKE = "mistake"
WRONG = "wrong"
CONTRADICTORY = "contradictory given"
TOO_FEW = "too few digits"
UNDECIDED = "could not decide"
UNREADABLE = "could not read"
MISSING = "missing"

#: The verdicts that count as right.
COUNT_AS_RIGHT = (RIGHT, CARRIED)

#: The verdicts of values from which later ones may follow.
NOT_RIGHT = (FOLLOWS, MISTAKE, WRONG, CONTRADICTORY, TOO_FEW, UNDECIDED)


@dataclass(frozen=True)
class Verdict:
    """The verdict on a quantity, or on one entry of it.

    `quantity` is canonical, `index` None for the whole quantity; `finding` is one sentence,
    `alternatives` other explanations in the order of their simplicity, `expected` the right
    value and `given` the printed one, both as text; `mistakes` names the kinds found. `entries`
    are those that it is on, and `wrong` those of them that are not right.
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

    @property
    def right(self) -> bool:
        """Whether it counts as right."""
        return self.verdict in COUNT_AS_RIGHT


@dataclass(frozen=True)
class Marking:
    """All verdicts on a sheet or on somebody's answers to it, in the order of computation."""

    sheet: str
    verdicts: tuple[Verdict, ...]
    who: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def right(self) -> int:
        """How many verdicts count as right."""
        return sum(v.right for v in self.verdicts)

    @property
    def of(self) -> int:
        """How many verdicts there are."""
        return len(self.verdicts)
