"""Givens that contradict the values printed after them, and the change that mends it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.errors import DeltaruleError
from deltarule.marking.evidence import Evidence, of_entries
from deltarule.marking.session import Desk, restatements
from deltarule.marking.verdicts import CONTRADICTORY, Verdict
from deltarule.spelling.names import pretty
from deltarule.tracing.format_numbers import shown
from deltarule.tracing.reference_derivatives import downstream


@dataclass(frozen=True)
class Mend:
    """A change of one given entry."""

    given: str
    entry: tuple[int, ...]
    old: Fraction
    new: Fraction
    how: str


def mended(desk: Desk) -> tuple[Desk, list[Verdict]]:
    """The desk with its givens mended where the printed values ask for it, and what was found.

    A second printing of a given that differs is always reported; another change only if it makes
    a printed value right that is wrong without it, and none wrong that is right, and if what it
    makes right tells more than the search for it, as for every other cause (evidence.py).
    """
    found: list[Verdict] = []
    for name, entry, first, second in _disagreements(desk):
        mend = Mend(name, entry, first, second, "as it is printed the second time")
        before, after = _score(desk), _score(_changed(desk, mend))
        if after > before:
            desk = _changed(desk, mend)
        found.append(_of_two_printings(mend, before, after, desk))
    while (mend := _best(desk)) is not None:
        desk = _changed(desk, mend)
        found.append(_of_change(mend, desk))
    return desk, found


def _disagreements(desk: Desk) -> Iterator[tuple[str, tuple, Fraction, Fraction]]:
    for name, second in restatements(desk.run).items():
        first = desk.course.givens[name]
        if second.size != first.size or second.ndim > first.ndim:
            raise DeltaruleError(
                f"{pretty(name)} is printed a second time in another shape",
                f"restated {name}",
                "write every entry again, or add the word transposed to its name",
            )
        second = second.reshape(first.shape)
        for entry in np.ndindex(*first.shape):
            if second[entry] is not None and second[entry].value != first[entry]:
                yield name, entry, first[entry], Fraction(second[entry].value)


def _changed(desk: Desk, mend: Mend) -> Desk:
    array = desk.course.givens[mend.given].copy()
    array[mend.entry] = mend.new
    return desk.with_givens({mend.given: array})


def _score(desk: Desk) -> int:
    """How many printed forward entries are right, exactly or from the printed ones before."""
    return sum(len(good) for good, _ in _forward(desk))


def _forward(desk: Desk) -> Iterator[tuple[list, list]]:
    """The right and the wrong entries of each printed forward quantity."""
    for name, written in desk.paper.written.items():
        if name not in desk.course.network.tensors or name not in desk.bench.equations:
            continue
        good, bad = [], []
        for entry, _ in written.printed():
            found = desk.explainer.right(written, [entry])
            (bad if found is None else good).append((name, entry))
        yield good, bad


def _best(desk: Desk) -> Mend | None:
    """The simplest change that makes the first wrong forward value right and harms none."""
    wrong = next((bad for _, bad in _forward(desk) if bad), None)
    if wrong is None:
        return None
    name = wrong[0][0]
    candidates = list(_candidates(desk, name))
    searched = math.log2(len(candidates) + 1)
    everything = _told(desk, [entry for _, bad in _forward(desk) for entry in bad])
    if not everything.beyond(searched):
        return None
    before = _score(desk)
    for mend in candidates:
        if _prints(desk, mend, wrong):
            changed = _changed(desk, mend)
            if _score(changed) >= before + len(wrong) and _mended(desk, changed).beyond(searched):
                return mend
    return None


def _mended(desk: Desk, changed: Desk) -> Evidence:
    """What the wrong entries tell that a change makes right."""
    right = {entry for good, _ in _forward(changed) for entry in good}
    return _told(desk, [e for _, bad in _forward(desk) for e in bad if e in right])


def _told(desk: Desk, wrong: list[tuple[str, tuple]]) -> Evidence:
    """What wrong entries of several quantities tell."""
    found = Evidence()
    for name in dict.fromkeys(name for name, _ in wrong):
        entries = [entry for other, entry in wrong if other == name]
        found += of_entries(desk.paper.written[name], entries, desk.bench.right(name))
    return found


def _candidates(desk: Desk, name: str) -> Iterator[Mend]:
    """Slips in the givens that a quantity depends on directly, commonest first."""
    nearest = [n for n in desk.bench.needs[name] if n in desk.course.givens]
    slips = (
        ("with the other sign", lambda v: -v),
        ("with the decimal point one place on", lambda v: v * 10),
        ("with the decimal point one place back", lambda v: v / 10),
    )
    for how, slip in slips:
        for given in nearest:
            array = desk.course.givens[given]
            for entry in np.ndindex(*array.shape):
                if slip(array[entry]) != array[entry]:
                    yield Mend(given, entry, array[entry], slip(array[entry]), how)


def _prints(desk: Desk, mend: Mend, wrong: list) -> bool:
    """A quick look whether a change makes the wrong values right."""
    course = desk.course
    values = course.start(Float64())
    values.arrays.update(course.floats.arrays)
    array = np.array(values.arrays[mend.given])
    array[mend.entry] = float(mend.new)
    values.arrays[mend.given] = array
    run(downstream(course.network, mend.given), values, Float64())
    for name, entry in wrong:
        printed = desk.paper.written[name].numbers[entry]
        unit = float(printed.unit or Fraction(1, 10**9))
        if abs(float(values.arrays[name][entry]) - float(printed.value)) > unit:
            return False
    return True


def _named(mend: Mend) -> str:
    inside = ",".join(str(k) for k in mend.entry)
    return f"{pretty(mend.given)}[{inside}]" if inside else pretty(mend.given)


def _of_two_printings(mend: Mend, before: int, after: int, desk: Desk) -> Verdict:
    old, new = shown(mend.old), shown(mend.new)
    said = f"{_named(mend)} is printed as {old} and as {new}"
    if after == before:
        finding = f"{said}; the printed values after it do not tell which is meant"
        expected = f"{old} or {new}"
    else:
        kept = new if after > before else old
        finding = f"{said}; the values printed after it follow from {kept}, so it must be {kept}"
        expected = kept
    return _verdict(mend, finding, expected, old, desk)


def _of_change(mend: Mend, desk: Desk) -> Verdict:
    old, new = shown(mend.old), shown(mend.new)
    finding = (
        f"{_named(mend)} is given as {old}, but the values printed after it follow from {new} "
        f"({mend.how}): it must be {new}"
    )
    return _verdict(mend, finding, new, old, desk)


def _verdict(mend: Mend, finding: str, expected: str, given: str, desk: Desk) -> Verdict:
    return Verdict(
        mend.given, mend.entry or None, CONTRADICTORY, finding, expected, given, run=desk.number
    )
