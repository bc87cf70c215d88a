"""Givens that a sheet prints in two ways: answers from either count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction

import numpy as np

from deltarule.marking.corrected_givens import mended, restatements
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict
from deltarule.spelling.names import pretty
from deltarule.tracing.format_numbers import shown

Givens = dict[str, np.ndarray]


def readings(sheet: Session) -> list[Givens]:
    """What the givens may be, as the sheet's own printed values mend them first.

    `sheet` is the session of what the sheet itself publishes; what is found is kept there.
    """
    key = f"readings of run {sheet.number}"
    if key not in sheet.kept:
        sheet.kept[key] = _readings(sheet)
    return sheet.kept[key]


def _readings(sheet: Session) -> list[Givens]:
    # Values after updates tell nothing of the lines before them by themselves.
    corrected = sheet.aligned.written and sheet.run.at != "after"
    found: list[Givens] = [dict(mended(sheet)[0].computation.givens)] if corrected else []
    found.append(dict(sheet.computation.givens))
    again = {
        name: np.array(
            [
                f if s is None else s.value
                for f, s in zip(sheet.computation.givens[name].flat, second.flat, strict=True)
            ],
            dtype=object,
        ).reshape(sheet.computation.givens[name].shape)
        for name, second in restatements(sheet.run).items()
        if second.size == sheet.computation.givens[name].size
    }
    found.append({**sheet.computation.givens, **again})
    kept: list[Givens] = []
    for one in found:
        if not any(_same(one, other) for other in kept):
            kept.append(one)
    return kept


def best(
    session: Session, possible: list[Givens], judged: Callable[[Session], list[Verdict]]
) -> Session:
    """The session with the givens from which most answers are right; the others count too.

    Values after updates are evaluated by judging them; all others are there already.
    """
    own = session.computation.givens
    sessions = [session.with_givens(givens) for givens in possible]
    for one in sessions:
        one.taken = tuple(
            (name, entry, Fraction(str(value)))
            for name, entry, value, _ in _differences(one.computation.givens, own)
        )
    if len(sessions) > 1 and session.run.at == "after":
        chosen = max(sessions, key=lambda s: sum(len(v.entries) for v in judged(s) if v.right))
        chosen.take(chosen.computation)  # what was charged on the way is forgotten
    else:
        chosen = max(sessions, key=_matching)
    chosen.others = tuple(other for other in sessions if other is not chosen)
    return chosen


def _matching(session: Session) -> int:
    """How many answers are right when everything is carried exactly."""
    return sum(
        session.aligned.matches(printed, session.evaluator.right(name)[entry])
        for name, written in session.aligned.written.items()
        if name in session.evaluator.equations
        for entry, printed in written.printed()
    )


def _same(one: Givens, other: Givens) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in one)


#: How the sentence ends on values that are right with givens of another printing.
LEFT_OPEN = "which the sheet leaves open"


def differing(session: Session, other: Session) -> str:
    """Which givens two sessions have otherwise: Θ₁[0,2] = 1.5."""
    parts = []
    for name, entry, value, _ in _differences(other.computation.givens, session.computation.givens):
        parts.append(f"{_named(name, entry)} = {shown(value)}")
    return ", ".join(parts)


def notes(session: Session, own: Givens, found: Iterable[Verdict]) -> list[str]:
    """That answers from each of several givens count, where these answers are from others than
    the sheet's `own`; to all other students it says nothing."""
    if _same(session.computation.givens, own) and not any(LEFT_OPEN in v.finding for v in found):
        return []
    givens = session.computation.givens
    return [_left_open(givens, other.computation.givens) for other in session.others]


def left_open(sheet: Session) -> list[str]:
    """The same to whoever has not answered yet, with the numbers first that the sheet gives.

    `sheet` is the session of what the sheet itself publishes.
    """
    given = dict(sheet.computation.givens)
    return [_left_open(given, other) for other in readings(sheet) if not _same(given, other)]


def _left_open(givens: Mapping[str, np.ndarray], others: Mapping[str, np.ndarray]) -> str:
    parts = (
        f"{_named(name, entry)} is {shown(one)} or {shown(two)}"
        for name, entry, one, two in _differences(givens, others)
    )
    return f"the sheet leaves open whether {', '.join(parts)}: answers from either count"


def _differences(
    givens: Mapping[str, np.ndarray], others: Mapping[str, np.ndarray]
) -> Iterator[tuple[str, tuple, object, object]]:
    for name, array in givens.items():
        second = others[name]
        for entry in np.ndindex(*array.shape):
            if array[entry] != second[entry]:
                yield name, entry, array[entry], second[entry]


def _named(name: str, entry: tuple[int, ...]) -> str:
    return pretty(name) + (f"[{','.join(map(str, entry))}]" if entry else "")
