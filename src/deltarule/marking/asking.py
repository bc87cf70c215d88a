"""What a sheet asks for: its quantities in their order, with the entries and the points of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.marking import verdicts
from deltarule.marking.points import Item, items, scored
from deltarule.marking.run_computations import Known, derivation_for_numbers, run_computation
from deltarule.marking.session import Session
from deltarule.marking.sheet_files.sheets import Run
from deltarule.marking.verdicts import Score, Verdict
from deltarule.spelling.names import pretty
from deltarule.tracing.computation import Computation
from deltarule.tracing.format_numbers import shown
from deltarule.tracing.quantities import locate


def without_strangers(run: Run, number: int, known: Known) -> tuple[Run, list[Verdict]]:
    """The run without what it asks that there is not, and a verdict on each such name."""
    kept, found = [], []
    unread = {u.name for u in run.unread}
    for reference in run.asked or (*run.published, *run.formulas):
        if reference in run.published or reference in run.formulas:
            kept.append(reference)  # what is published is said of by itself
            continue
        try:
            run_computation(run, (reference,), known).locate(reference)
            kept.append(reference)
        except DeltaruleError as error:
            if reference in unread:
                continue  # and so is what it publishes and nobody can read
            finding = f"the sheet asks for it, but {in_one_line(error)}"
            found.append(
                Verdict(
                    shortened(reference), None, verdicts.UNREADABLE, finding, "", "", run=number
                )
            )
    return replace(run, asked=tuple(kept)), found


def asked_items(
    run: Run,
    number: int,
    computation: Computation | None,
    known: Known,
    answered: Iterable[str] = (),
) -> list[Item]:
    """The items of a run in the sheet's order; where it asks for nothing, what is answered."""
    derivation = derivation_for_numbers(run, known)
    asked: dict[str, list] = {}
    for reference in dict.fromkeys(run.asked or tuple(answered)):
        try:
            kept = computation and computation.memory(reference)
            name, entry = kept or locate(reference, derivation)
        except DeltaruleError:
            continue
        shape = _shape(computation, name)
        entries = [entry] if len(entry) == len(shape) else list(np.ndindex(*shape))
        asked.setdefault(name, []).append((reference, entries))
    marks = {name: Fraction(printed.value) for name, printed in run.marks.items()}
    return items(number, asked, marks)


def _shape(computation: Computation | None, name: str) -> tuple[int, ...]:
    if computation is None or name not in computation.floats.arrays:
        return ()
    return np.shape(computation.floats.arrays[name])


def in_order(found: Iterable[Verdict], asked: Iterable[Item]) -> list[Verdict]:
    """Verdicts in the order of the sheet: of its givens, of what it asks, of what is written
    besides."""
    place = {item.quantity: k for k, item in enumerate(asked)}
    last = len(place)
    return sorted(
        found,
        key=lambda v: -1 if v.verdict == verdicts.CONTRADICTORY else place.get(v.quantity, last),
    )


def scores(asked: list[Item], found: Iterable[Verdict], run: Run) -> list[Score]:
    """What is earned for each item."""
    return scored(asked, found, run.credit)


def missing(asked: Iterable[Item], found: Iterable[Verdict]) -> list[Verdict]:
    """A verdict on each quantity that is asked and not answered, and on entries left out."""
    answered: dict[str, set] = {}
    whole = set()
    for v in found:
        answered.setdefault(v.quantity, set()).update(v.entries)
        if not v.entries:
            whole.add(v.quantity)
    result = []
    for item in asked:
        if item.quantity in whole:
            continue
        left = tuple(e for e in item.worth if e not in answered.get(item.quantity, ()))
        if left:
            result.append(_missing(item, left, everything=len(left) == len(item.worth)))
    return result


def _missing(item: Item, left: tuple, everything: bool) -> Verdict:
    if everything:
        return Verdict(
            item.quantity, None, verdicts.MISSING, "nothing is written", "", "", run=item.run
        )
    return Verdict(
        item.quantity,
        left[0] if len(left) == 1 else None,
        verdicts.MISSING,
        "nothing is written",
        "",
        "",
        run=item.run,
        entries=left,
        wrong=left,
        whole=False,
    )


def notes_on_givens(session: Session, answered: Mapping[str, object]) -> list[str]:
    """That what is written for a given is not marked, and whether it is the given's number."""
    found = []
    for name in answered:
        written = session.aligned.written.get(session.computation.locate(name)[0])
        if written is None or written.quantity in session.evaluator.equations:
            continue
        given = session.computation.givens[written.quantity]
        other = [e for e, p in written.printed() if not p.nearest(given[e])]
        note = f"{pretty(written.quantity)} is given: what is written for it is not marked"
        if other:
            at = f"[{','.join(map(str, other[0]))}]" if other[0] else ""
            note += (
                f"; {pretty(written.quantity)}{at} is {shown(given[other[0]])}, "
                f"and {written.numbers[other[0]]} is written"
            )
        found.append(note)
    return list(dict.fromkeys(found))
