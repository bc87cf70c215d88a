"""Points: what each quantity is worth, and how much of it is earned.

A quantity counts once, however many entries it has. The sheet says under `[marks]` what it is
worth, and what a partly right array earns, and a value that follows from an earlier mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from deltarule.marking import verdicts
from deltarule.marking.verdicts import EarnedPart, Score, Verdict

#: The verdicts for which a sheet may give a share of the points, by the key that says it.
SHARED = {
    "follows": verdicts.FOLLOWS,
    "follows trivially": verdicts.TRIVIAL,
    "mistake": verdicts.MISTAKE,
    "too few digits": verdicts.TOO_FEW,
}
SHARES = {"full": Fraction(1), "half": Fraction(1, 2), "none": Fraction(0)}
#: What a partly right array earns: the share of its entries, or nothing.
PARTIAL = ("share", "none")


@dataclass(frozen=True)
class Credit:
    """A sheet's policy: `partial` is "share" or "none"; `shares` are of the points, by verdict."""

    partial: str = "share"
    shares: Mapping[str, Fraction] = field(default_factory=dict)

    def of(self, verdict: str) -> Fraction:
        """The share of the points of a value with this verdict."""
        if verdict in verdicts.COUNT_AS_RIGHT:
            return Fraction(1)
        return self.shares.get(verdict, Fraction(verdict == verdicts.FOLLOWS))


@dataclass(frozen=True)
class Item:
    """What a sheet asks for: a quantity of a run, and the points of its entries.

    `marked` tells whether the sheet itself says what it is worth.
    """

    run: int
    quantity: str
    worth: Mapping[tuple[int, ...], Fraction]
    marked: bool = False

    @cached_property
    def points(self) -> Fraction:
        """What all entries are worth together."""
        return sum(self.worth.values(), start=Fraction(0))


def items(
    run: int,
    asked: Mapping[str, list[tuple[str | None, list[tuple[int, ...]]]]],
    marks: Mapping[str, Fraction],
) -> list[Item]:
    """The items of a run. `asked` has, for each quantity, the references by which it is asked,
    each with the entries that it means; `marks` are points by reference.

    References without marks share one point.
    """
    found = []
    for quantity, references in asked.items():
        worth: dict[tuple[int, ...], Fraction] = {}
        unmarked = [r for r, _ in references if r not in marks]
        for reference, entries in references:
            alike = Fraction(1, len(unmarked)) if unmarked else Fraction(0)
            points = marks.get(reference, alike) if reference is not None else alike
            each = points / max(len(entries), 1)
            for entry in entries:
                worth[entry] = worth[entry] + each if entry in worth else each
        found.append(Item(run, quantity, worth, len(unmarked) < len(references)))
    return found


def scored(asked: Iterable[Item], found: Iterable[Verdict], credit: Credit) -> list[Score]:
    """What is earned for each item by the verdicts of its run."""
    of: dict[str, list[Verdict]] = {}
    for verdict in found:
        of.setdefault(verdict.quantity, []).append(verdict)
    return [_score(item, of.get(item.quantity, []), credit) for item in asked]


def _score(item: Item, found: list[Verdict], credit: Credit) -> Score:
    """The score of one item: of its numbers entry by entry, of its formula as a whole."""
    numbers = [v for v in found if v.entries]
    whole = [v for v in found if not v.entries and v.verdict != verdicts.MISSING]
    parts = [(_numbers(item), _of_entries(item, numbers, credit))] if numbers else []
    parts += [("formula", credit.of(v.verdict)) for v in whole]
    alike = Fraction(1, max(len(parts), 1)) * item.points
    earned = tuple((name, share * alike) for name, share in parts)
    return Score(
        item.run,
        item.quantity,
        sum((points for _, points in earned), start=Fraction(0)),
        item.points,
        bool(parts) and all(v.right for v in found) and _covers(item, numbers, whole),
        _undecided(item, found),
        item.marked,
        earned if len({share for _, share in parts}) > 1 else (),
    )


def _numbers(item: Item) -> str:
    return "number" if len(item.worth) == 1 else "numbers"


def _of_entries(item: Item, numbers: list[Verdict], credit: Credit) -> Fraction:
    """The share that the entries earn: together, or as the least of them."""
    earned: dict[tuple[int, ...], Fraction] = {}
    for verdict in numbers:
        for entry in verdict.entries:
            good = entry not in verdict.wrong
            earned[entry] = Fraction(1) if good else credit.of(verdict.verdict)
    shares = {entry: earned.get(entry, Fraction(0)) for entry in item.worth}
    alike = set(shares.values())
    if len(alike) == 1:
        return alike.pop()
    if credit.partial == "none" or not item.points:
        return min(shares.values(), default=Fraction(0))
    return sum((shares[e] * w for e, w in item.worth.items()), Fraction(0)) / item.points


def _covers(item: Item, numbers: list[Verdict], whole: list[Verdict]) -> bool:
    """Whether every entry that is asked is answered, by numbers or by a formula."""
    answered = {entry for verdict in numbers for entry in verdict.entries}
    return bool(whole) or item.worth.keys() <= answered


def _undecided(item: Item, found: list[Verdict]) -> Fraction:
    """The points that somebody has to decide by hand."""
    open_ = [v for v in found if v.verdict == verdicts.UNDECIDED]
    if any(not v.entries for v in open_):
        return item.points
    return sum((item.worth.get(e, Fraction(0)) for v in open_ for e in v.entries), Fraction(0))


def parts_in_words(parts: Sequence[EarnedPart]) -> str:
    """What numbers and formula earn, where these differ: `half each for the numbers and the
    formula: 0.5 for the numbers, 0 for the formula`; else nothing."""
    if not parts:
        return ""
    share = "half" if len(parts) == 2 else f"1/{len(parts)}"
    each = " and ".join(f"the {name}" for name, _ in parts)
    earned = ", ".join(f"{points_text(points)} for the {name}" for name, points in parts)
    return f"{share} each for {each}: {earned}"


def points_text(points: Fraction) -> str:
    """Points to at most two decimals: 1, 2.5, 1.33."""
    hundredths = (points * 100 + Fraction(1, 2)) // 1
    text = f"{hundredths // 100}.{hundredths % 100:02d}"
    return text.rstrip("0").rstrip(".")
