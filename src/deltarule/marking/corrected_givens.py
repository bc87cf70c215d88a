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
from deltarule.marking.session import Session
from deltarule.marking.sheet_files.arrays import entries, shape
from deltarule.marking.sheet_files.sheets import Run
from deltarule.marking.verdicts import CONTRADICTORY, Verdict
from deltarule.spelling.names import canonical, pretty
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


def mended(session: Session) -> tuple[Session, list[Verdict]]:
    """The session with its givens mended where the printed values ask for it, and what was found.

    A second printing of a given that differs is always reported; another change only if it makes
    a printed value right that is wrong without it, and none wrong that is right, and if what it
    makes right tells more than the search for it, as for every other cause (evidence.py).
    """
    found: list[Verdict] = []
    for name, entry, first, second in _disagreements(session):
        mend = Mend(name, entry, first, second, "as it is printed the second time")
        before, after = _score(session), _score(_changed(session, mend))
        if after > before:
            session = _changed(session, mend)
        found.append(_of_two_printings(mend, before, after, session))
    while (mend := _best(session)) is not None:
        session = _changed(session, mend)
        found.append(_of_change(mend, session))
    return session, found


def _disagreements(session: Session) -> Iterator[tuple[str, tuple, Fraction, Fraction]]:
    for name, second in restatements(session.run).items():
        first = session.computation.givens[name]
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


def _changed(session: Session, mend: Mend) -> Session:
    array = session.computation.givens[mend.given].copy()
    array[mend.entry] = mend.new
    return session.with_givens({mend.given: array})


def _score(session: Session) -> int:
    """How many printed forward entries are right, exactly or from the printed ones before."""
    return sum(len(good) for good, _ in _forward(session))


def _forward(session: Session) -> Iterator[tuple[list, list]]:
    """The right and the wrong entries of each printed forward quantity."""
    for name, written in session.aligned.written.items():
        if (
            name not in session.computation.network.tensors
            or name not in session.evaluator.equations
        ):
            continue
        good, bad = [], []
        for entry, _ in written.printed():
            found = session.explainer.right(written, [entry])
            (bad if found is None else good).append((name, entry))
        yield good, bad


def _best(session: Session) -> Mend | None:
    """The simplest change that makes the first wrong forward value right and harms none."""
    wrong = next((bad for _, bad in _forward(session) if bad), None)
    if wrong is None:
        return None
    name = wrong[0][0]
    candidates = list(_candidates(session, name))
    searched = math.log2(len(candidates) + 1)
    everything = _evidence(session, [entry for _, bad in _forward(session) for entry in bad])
    if not everything.beyond(searched):
        return None
    before = _score(session)
    for mend in candidates:
        if _prints(session, mend, wrong):
            changed = _changed(session, mend)
            if _score(changed) >= before + len(wrong) and _mended(session, changed).beyond(
                searched
            ):
                return mend
    return None


def _mended(session: Session, changed: Session) -> Evidence:
    """What the wrong entries tell that a change makes right."""
    right = {entry for good, _ in _forward(changed) for entry in good}
    return _evidence(session, [e for _, bad in _forward(session) for e in bad if e in right])


def _evidence(session: Session, wrong: list[tuple[str, tuple]]) -> Evidence:
    """What wrong entries of several quantities tell."""
    found = Evidence()
    for name in dict.fromkeys(name for name, _ in wrong):
        entries = [entry for other, entry in wrong if other == name]
        found += of_entries(session.aligned.written[name], entries, session.evaluator.right(name))
    return found


def _candidates(session: Session, name: str) -> Iterator[Mend]:
    """Slips in the givens that a quantity depends on directly, commonest first."""
    nearest = [n for n in session.evaluator.needs[name] if n in session.computation.givens]
    slips = (
        ("with the other sign", lambda v: -v),
        ("with the decimal point one place on", lambda v: v * 10),
        ("with the decimal point one place back", lambda v: v / 10),
    )
    for how, slip in slips:
        for given in nearest:
            array = session.computation.givens[given]
            for entry in np.ndindex(*array.shape):
                if slip(array[entry]) != array[entry]:
                    yield Mend(given, entry, array[entry], slip(array[entry]), how)


def _prints(session: Session, mend: Mend, wrong: list) -> bool:
    """A quick look whether a change makes the wrong values right."""
    computation = session.computation
    values = computation.start(Float64())
    values.arrays.update(computation.floats.arrays)
    array = np.array(values.arrays[mend.given])
    array[mend.entry] = float(mend.new)
    values.arrays[mend.given] = array
    run(downstream(computation.network, mend.given), values, Float64())
    for name, entry in wrong:
        printed = session.aligned.written[name].numbers[entry]
        unit = printed.rough[1] or 1e-9
        if abs(float(values.arrays[name][entry]) - printed.rough[0]) > unit:
            return False
    return True


def _named(mend: Mend) -> str:
    inside = ",".join(str(k) for k in mend.entry)
    return f"{pretty(mend.given)}[{inside}]" if inside else pretty(mend.given)


def _of_two_printings(mend: Mend, before: int, after: int, session: Session) -> Verdict:
    old, new = shown(mend.old), shown(mend.new)
    said = f"{_named(mend)} is printed as {old} and as {new}"
    if after == before:
        finding = f"{said}; the printed values after it do not tell which is meant"
        expected = f"{old} or {new}"
    else:
        kept = new if after > before else old
        finding = f"{said}; the values printed after it follow from {kept}, so it must be {kept}"
        expected = kept
    return _verdict(mend, finding, expected, old, session)


def _of_change(mend: Mend, session: Session) -> Verdict:
    old, new = shown(mend.old), shown(mend.new)
    finding = (
        f"{_named(mend)} is given as {old}, but the values printed after it follow from {new} "
        f"({mend.how}): it must be {new}"
    )
    return _verdict(mend, finding, new, old, session)


def _verdict(mend: Mend, finding: str, expected: str, given: str, session: Session) -> Verdict:
    return Verdict(
        mend.given, mend.entry or None, CONTRADICTORY, finding, expected, given, run=session.number
    )


def restatements(run: Run) -> dict[str, np.ndarray]:
    """What is printed of a given for the second time, the right way round."""
    found = {}
    for key, value in run.restated.items():
        numbers = np.empty(shape(value), dtype=object)
        for entry, printed in entries(value):
            numbers[entry] = printed
        name = key.removesuffix(" transposed")
        found[canonical(name)] = numbers.T if key.endswith(" transposed") else numbers
    return found
