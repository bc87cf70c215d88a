"""The verdicts on the entries of one quantity, as one mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deltarule.exams.exam_marking import QuestionMark
from deltarule.marking import verdicts
from deltarule.marking.verdicts import Score, Verdict

#: Of several verdicts on one quantity the first of these is said.
_ORDER = (
    verdicts.UNDECIDED,
    verdicts.UNREADABLE,
    verdicts.CONTRADICTORY,
    verdicts.MISTAKE,
    verdicts.WRONG,
    verdicts.TOO_FEW,
    verdicts.MISSING,
    verdicts.TRIVIAL,
    verdicts.FOLLOWS,
    verdicts.CARRIED,
    verdicts.RIGHT,
)


def gravest(found: Iterable[str]) -> str:
    """Of several verdicts the one that is said of all together; missing, if there is none."""
    return min(found, key=_ORDER.index, default=verdicts.MISSING)


def joined(question: str, kind: str, score: Score, found: Sequence[Verdict]) -> QuestionMark:
    """The mark of a quantity: its points, its gravest verdict, and what is said of its entries."""
    worst = gravest(v.verdict for v in found)
    taken = next((v.taken for v in found if v.verdict == worst), ())
    numbers, formulas = [v for v in found if v.entries], [v for v in found if not v.entries]
    parts = [
        (name, gravest(v.verdict for v in own))
        for name, own in (("number", numbers), ("formula", formulas))
        if own
    ]
    return QuestionMark(
        question,
        kind,
        score.quantity,
        worst,
        score.points,
        score.of,
        score.open,
        _together([(v.at, v.finding) for v in found]) or ("" if found else "nothing is written"),
        tuple(dict.fromkeys(m for v in found for m in v.mistakes)),
        _together([(v.at, v.expected) for v in found]),
        _together([(v.at, v.given) for v in found]),
        taken=taken,
        parts=tuple(parts) if len({of in verdicts.COUNT_AS_RIGHT for _, of in parts}) > 1 else (),
        earned=score.parts,
        unread=_together([(v.at, v.finding) for v in found if v.verdict == verdicts.UNREADABLE]),
    )


def _together(parts: list[tuple[str, str]]) -> str:
    """The texts, each after the entries that it is on: `[0]: 0.62; [1]: 0.38`."""
    said = dict.fromkeys(f"{at}: {text}" if at else text for at, text in parts if text)
    return "; ".join(said)
