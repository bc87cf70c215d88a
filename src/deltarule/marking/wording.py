"""Findings: explanations in words."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.beyond_fractions import TOO_LARGE
from deltarule.arithmetic.printed import Printed
from deltarule.marking.aligned_answers import Written
from deltarule.marking.digit_habits import shortened
from deltarule.marking.explanation import Explanation
from deltarule.marking.mistakes import Mistake
from deltarule.marking.mistakes.context import in_line
from deltarule.marking.session import Session
from deltarule.marking.sheet_files.sheets import Rounding
from deltarule.marking.verdicts import MOST_NAMED
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty
from deltarule.tracing.format_numbers import finite, plain, shown, signed
from deltarule.tracing.substituted import inserted, points

#: From here on a number is written with a power of ten, and below its inverse.
FAR = Fraction(10) ** 290

#: What is said first of a gradient that is right by another convention.
BY_CONVENTION = "right by another convention"


def as_printed(value: Fraction, printed: Printed, rule: str = "half-up") -> str:
    """A value with as many decimals as somebody printed."""
    if printed.decimals is None or not finite(value):
        return shown(value)
    if abs(value) >= TOO_LARGE:
        return f"beyond {signed(plain(value))}"
    if abs(value) >= FAR or (printed.unit and not 1 / FAR < printed.unit < FAR):
        return shown(value, max(printed.figures or 0, 3))
    return shortened(value, printed, rule)


def of_no_value(session: Session, quantity: str, entry: tuple) -> str:
    """Which line became infinite or NaN first, with its numbers put in."""
    computation = session.computation
    above = session.evaluator.ancestors(quantity) | {quantity}
    for line in computation.lines:
        name = line.quantity
        bad = ~np.isfinite(np.asarray(computation.floats.arrays[name], dtype=float))
        if name not in above or not bad.any():
            continue
        for at, target in points(line.equation, computation.floats):
            if bad[target]:
                here = f"{pretty(name)}{_at(target)}"
                numbers = inserted(line.equation, at, computation.floats, shown)
                value = shown(float(computation.floats.arrays[name][target]))
                return f"{here} = {numbers} is {value}, and so is what needs it"
    return f"{pretty(quantity)}{_at(entry)} has no value"


def _at(entry: tuple) -> str:
    return f"[{','.join(map(str, entry))}]" if entry else ""


def asked_digits(policy: Rounding) -> str:
    """How many digits a sheet asks for."""
    number = policy.decimals if policy.decimals is not None else policy.significant
    unit = "decimal" if policy.decimals is not None else "significant figure"
    return f"{number} {unit}{'' if number == 1 else 's'}"


def listed(numbers: list[str], rows: list[tuple] | None = None) -> str:
    """One number as it is, several in parentheses; of a matrix, row by row."""
    if len(numbers) == 1:
        return numbers[0]
    if rows is None or len(set(rows)) == 1 or len(set(rows)) == len(rows):
        return f"({', '.join(numbers)})"
    grouped: dict[tuple, list[str]] = {}
    for row, number in zip(rows, numbers, strict=True):
        grouped.setdefault(row, []).append(number)
    return f"({', '.join(listed(g) for g in grouped.values())})"


def shortened_list(numbers: list[str], entries: Sequence[tuple]) -> str:
    """The same in a sentence: of many numbers the first ones, and how many more there are."""
    rows = [e[:-1] for e in entries]
    more = len(numbers) - MOST_NAMED
    if more <= 1:
        return listed(numbers, rows)
    return f"{listed(numbers[:MOST_NAMED], rows[:MOST_NAMED])[:-1]}, … and {more} more)"


def given_text(written: Written, entries: list[tuple]) -> str:
    """What is printed."""
    return listed([signed(str(written.numbers[e])) for e in entries], [e[:-1] for e in entries])


def expected_text(
    written: Written, entries: list[tuple], values: np.ndarray, rule: str = "half-up"
) -> str:
    """What should be printed."""
    numbers = [as_printed(values[e], written.numbers[e], rule) for e in entries]
    return listed(numbers, [e[:-1] for e in entries])


def carrying(session: Session, hypothesis: Hypothesis) -> str:
    """How values were carried, in words; empty if exactly."""
    if hypothesis.rounding is not None:
        return f"every line rounded to {_policy(hypothesis.rounding)}"
    parts = []
    as_printed = sorted(hypothesis.as_printed, key=list(session.evaluator.equations).index)
    if len(as_printed) == 1:
        parts.append(f"{_valued(session, as_printed[0])} carried on as printed")
    elif as_printed:
        parts.append("the printed values carried on")
    for name, rounding in hypothesis.rounded.items():
        parts.append(f"{pretty(name)} rounded to {_policy(rounding)} on the way")
    return " and ".join(parts)


def _policy(rounding) -> str:
    if rounding.decimals is not None:
        return counted(rounding.decimals, "decimal")
    return counted(rounding.significant, "significant figure")


def _valued(session: Session, name: str) -> str:
    written = session.aligned.written[name]
    entries = [e for e, _ in written.printed()]
    if len(entries) > 4:
        return pretty(name)
    return f"{pretty(name)} = {given_text(written, entries)}"


def of_carried(session: Session, written: Written, entries: list[tuple], found: Explanation) -> str:
    """Why a value is right although exact working gives other digits."""
    exact = session.evaluator.right(written.quantity)
    numbers = shortened_list(
        [shown(exact[e], max(6, (written.numbers[e].figures or 4) + 2)) for e in entries], entries
    )
    return f"right with {carrying(session, found.hypothesis)}; carried exactly it is {numbers}"


def of_following(sources: list[str], how: str) -> str:
    """From which earlier lines a value follows, and how they were carried on."""
    *before, last = [pretty(n) for n in sources]
    names = f"{', '.join(before)} and {last}" if before else last
    return f"follows from {names} {how}: worked out from there it is right"


def of_convention(lines: Sequence[Mistake]) -> str:
    """By which convention a gradient is right."""
    names = " and ".join(dict.fromkeys(m.words for m in lines))
    return f"{BY_CONVENTION}, as any subgradient counts here: {names}"


def of_earlier(sources: Sequence[str]) -> str:
    """How earlier mistakes were carried on."""
    return "with its mistake carried on" if len(sources) == 1 else "with their mistakes carried on"


def of_mistake(session: Session, quantity: str, found: Explanation) -> str:
    """What went wrong, in which line if not in the quantity's own, and how values were carried."""
    alone = {m.line for m in found.mistakes} == {quantity}
    parts = [m.words if alone else f"{in_line(m.line)}, {m.words}" for m in found.mistakes]
    same = identified(session, found)
    sentence = "; and ".join(parts) + (f": this is {same}" if same else "")
    how = carrying(session, found.hypothesis)
    return sentence + (f"; with carried rounding ({how})" if how else "")


def identified(session: Session, found: Explanation) -> str:
    """The quantity that a wrong formula really computes, if it is one of the sheet's lines."""
    if len(found.mistakes) != 1:
        return ""
    mistake = found.mistakes[0]
    plain = Hypothesis(variants={mistake.line: mistake.equation})
    values = session.explainer.quick(mistake.line, plain)
    if values is None:  # with nothing taken as printed, the wrong line would need its own result
        return ""
    wrong = np.ravel(np.asarray(values, dtype=float))
    if wrong.size == 0 or not np.any(wrong):
        return ""
    for name, array in session.computation.floats.arrays.items():
        if name == mistake.line or name not in session.evaluator.equations:
            continue
        other = np.ravel(array)
        if other.size == wrong.size and np.allclose(other, wrong, rtol=1e-9, atol=1e-15):
            return pretty(name)
    return ""
