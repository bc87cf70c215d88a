"""Counting questions: the right figure from the counting room, what was typed, and its mark."""

from __future__ import annotations

import re
from fractions import Fraction

from deltarule.arithmetic.printed import shortened
from deltarule.counting.figures import Value
from deltarule.exams.exam import Question
from deltarule.exams.exam_marking import QuestionMark
from deltarule.exams.miscounted import miscounted
from deltarule.exams.products_and_sums import sum_of_products
from deltarule.exams.right_counts import RightCount
from deltarule.marking import verdicts

_YES = {
    "yes",
    "y",
    "true",
    "it fits",
    "fits",
    "ja",
    "oui",
    "sí",
    "si",
    "sim",
    "да",
    "예",
    "네",
    "是",
}
#: Figures that may be written as sums of products, 6·16·25 + 16.
_TOTALS = ("parameters", "multiply_adds", "memory")
_NO = {"no", "n", "false", "nein", "non", "não", "нет", "아니오", "아니요", "否", "it does not fit"}


def mark_count(question: Question, right: RightCount, typed: str) -> QuestionMark:
    """The mark of what is typed; an empty text is no answer."""
    verdict, finding, causes = verdicts.MISSING, "nothing is written", ()
    share = Fraction(0)
    if typed.strip():
        total = sum_of_products(typed) if right.task.what in _TOTALS else None
        given = read_value(typed, right.value) if total is None else (total,)
        if given is None:
            verdict, finding = verdicts.UNREADABLE, f"{_wanted(right.value)} is wanted"
        elif _same(given, right):
            verdict, finding, share = verdicts.RIGHT, "", Fraction(1)
        else:
            verdict, finding, causes = verdicts.WRONG, _said(given, right), ()
            share = _share(given, right.value)
            if words := miscounted(right, given):
                verdict, finding, causes = verdicts.MISTAKE, words, (words,)
    return QuestionMark(
        question.id,
        question.kind,
        "",
        verdict,
        question.marks * share,
        question.marks,
        Fraction(0),
        finding,
        causes,
        value_text(right.value),
        shortened(typed.strip()),
    )


def value_text(value: Value) -> str:
    """A figure as it is written: 61,706, or 1×6×28×28, or yes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value[0]:,}" if len(value) == 1 else "×".join(map(str, value))


def read_value(typed: str, like: Value) -> Value | None:
    """What was typed, as the kind of figure that is wanted; None where it is none."""
    text = typed.strip().lower().rstrip(".!")
    if isinstance(like, bool):
        return True if text in _YES else False if text in _NO else None
    text = (
        re.sub(r"(?<=\d)[,.'’ _\u00a0\u202f](?=\d{3}(?!\d))", "", text) if len(like) == 1 else text
    )
    text = re.sub(r"[\[\](){}]", " ", text).replace("·", "×").replace("*", "×").replace("x", "×")
    parts = [p for p in re.split(r"[×,;\s]+", text.strip()) if p]
    if not parts or not all(re.fullmatch(r"[+]?[0-9]{1,18}", p) for p in parts):
        return None
    return tuple(int(p) for p in parts)


def _wanted(value: Value) -> str:
    if isinstance(value, bool):
        return "yes or no"
    return "one whole number" if len(value) == 1 else f"{len(value)} whole numbers, such as 6×28×28"


def _same(given: Value, right: RightCount) -> bool:
    """Whether it is right: a field of 5×5 may be written 5, a batch of 1 left out of a shape."""
    value, what = right.value, right.task.what
    if given == value or isinstance(value, bool) or isinstance(given, bool):
        return given == value
    if what in ("receptive_field", "stride") and len(given) == 1:
        return set(value) == set(given)
    return what == "shape" and value[:1] == (1,) and given == value[1:]


def _said(given: Value, right: RightCount) -> str:
    if isinstance(right.value, bool):
        unread = right.counted.unread
        return str(unread[0]) if unread else "every window fits"
    return f"it is {value_text(right.value)}, not {value_text(given)}"


def _share(given: Value, value: Value) -> Fraction:
    """The share of a shape's entries that are right."""
    if isinstance(value, bool) or isinstance(given, bool) or len(value) < 2:
        return Fraction(0)
    if len(given) != len(value):
        return Fraction(0)
    right = sum(a == b for a, b in zip(given, value, strict=True))
    return Fraction(right, len(value))
