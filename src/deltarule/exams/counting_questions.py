"""Counting questions: the right figure from the counting room, what was typed, and its mark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from deltarule.counting.counts import Count, count
from deltarule.counting.figures import FIGURES, Value, figure
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import CountTask, Question
from deltarule.exams.exam_marking import QuestionMark
from deltarule.exams.miscounted import miscounted
from deltarule.language.load import network_of
from deltarule.marking import verdicts
from deltarule.marking.printed import shortened
from deltarule.networks.network import Network
from deltarule.networks.specialise import given_sizes, specialise

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
_NO = {"no", "n", "false", "nein", "non", "não", "нет", "아니오", "아니요", "否", "it does not fit"}


def counted_network(task: CountTask, **changed: int) -> Network:
    """The network of a question, its strides and paddings the usual ones where it says nothing.

    `changed` are other numbers for sizes and attributes. Raises DeltaruleError for options or
    sizes that it has not.
    """
    network = network_of(task.of, **task.options)
    known = given_sizes(network)
    usual = {str(s): n for s, n in network.attributes.items() if str(s) in known}
    numbers = {**usual, **task.sizes, **changed}
    return specialise(network, {name: int(n) for name, n in numbers.items()})


@dataclass(frozen=True)
class RightCount:
    """The right figure of a question, and what it was read off."""

    task: CountTask
    counted: Count
    value: Value

    @staticmethod
    def of(task: CountTask) -> RightCount:
        """Count. Raises DeltaruleError for a layer or a size that there is not."""
        counted = count(counted_network(task))
        return RightCount(task, counted, figure(counted, task.what, task.layer))


def mark_count(question: Question, right: RightCount, typed: str) -> QuestionMark:
    """The mark of what is typed; an empty text is no answer."""
    verdict, finding, causes = verdicts.MISSING, "nothing is written", ()
    share = Fraction(0)
    if typed.strip():
        given = read_value(typed, right.value)
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


def figure_words(task: CountTask) -> str:
    """What is counted: "parameters of conv2 in lenet5"."""
    of = f" of {task.layer} in {task.of}" if task.layer else f" of {task.of}"
    return FIGURES[task.what].words + of


def right_count(question: Question) -> RightCount:
    """The right figure. Raises DeltaruleError that names the question."""
    if question.counting is None:
        raise DeltaruleError(f"question {question.id} counts nothing", remedy="give it of and what")
    try:
        return RightCount.of(question.counting)
    except DeltaruleError as error:
        raise error.at(f"question {question.id}") from None
