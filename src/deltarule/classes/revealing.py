"""How much a student is shown: verdicts alone, causes too, or the right values as well.

A finding may quote the right value. Where that is not to be shown, the numbers that would give it
away are left out of the sentence.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.exams.exam_marking import QuestionMark

RIGHT_VALUES, CAUSES, VERDICTS = REVEALED = ("right", "causes", "verdicts")
_NUMBER = re.compile(
    r"(?<![\w.,])[−-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+(?:\.\d+)?(?:[eE][−+-]?\d+)?)(?![\w])"
)
#: What is left of a sentence that says nothing but the right value.
_EMPTY = re.compile(r"^.{1,40}? is [^\w]*…[^\w]*(?: here)?(?:, not .*)?$")


def revealed(word: str) -> str:
    """One of the words above. Raises DeltaruleError for another."""
    if word in REVEALED:
        return word
    raise DeltaruleError(
        f"there is no --reveal {word}",
        "the command line",
        did_you_mean(word, REVEALED) or f"it is one of {', '.join(REVEALED)}",
    )


def right_shown(mark: QuestionMark, reveal: str) -> str:
    """The right answer, where it is to be shown and is not what was handed in."""
    return mark.expected if reveal == RIGHT_VALUES and not mark.right else ""


def causes_shown(mark: QuestionMark, reveal: str) -> tuple[str, ...]:
    """The names of the mistakes found, where they are to be shown."""
    return () if reveal == VERDICTS else mark.causes


def finding_shown(mark: QuestionMark, reveal: str) -> str:
    """What is said of the answer, without what gives a right value away unless it may be shown;
    what cannot be read is always said."""
    if reveal == VERDICTS:
        return mark.unreadable
    if reveal == RIGHT_VALUES or mark.right or not mark.expected:
        return mark.finding
    finding = mark.finding
    if not _numbers(mark.expected) and len(mark.expected) > 1:
        return finding.replace(mark.expected, "…")
    known = {number for _, number in _numbers(mark.given)}
    right = {number for _, number in _numbers(mark.expected)} - known

    def kept(found: re.Match) -> str:
        number = _decimal(found[0])
        return "…" if number is not None and any(_tells(number, r) for r in right) else found[0]

    said = _NUMBER.sub(kept, finding).split("; ")
    return "; ".join(clause for clause in said if not _EMPTY.match(clause))


def _tells(number: Decimal, right: Decimal) -> bool:
    """Whether a number is the right one, with as many digits or more."""
    return abs(number - right) <= Decimal(1).scaleb(_last_digit(right)) / 2


def _last_digit(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _numbers(text: str) -> list[tuple[str, Decimal]]:
    found = ((match[0], _decimal(match[0])) for match in _NUMBER.finditer(text))
    return [(text, number) for text, number in found if number is not None]


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace("−", "-").replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 400 else None
