"""Values of what a sheet does not have, or not in that shape: each costs only itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

import numpy as np

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.marking import verdicts
from deltarule.marking.aligned_answers import lay_out
from deltarule.marking.run_computations import Known, run_computation
from deltarule.marking.sheet_files.answers import Answers
from deltarule.marking.sheet_files.arrays import Numbers, entries
from deltarule.marking.sheet_files.sheets import Run
from deltarule.marking.sheet_files.unread import Unread
from deltarule.marking.verdicts import Verdict
from deltarule.tracing.computation import Computation


def only_known(run: Run, answers: Answers, known: Known) -> Answers:
    """The answers to quantities of a run, in their shapes; the others are said as unread.

    Raises DeltaruleError for a run that cannot be evaluated itself.
    """
    values, strange = _sorted(run, answers.values, known)
    if not strange:
        return answers
    return replace(answers, values=values, unread=(*answers.unread, *strange))


def only_known_published(run: Run, known: Known) -> Run:
    """The run with those of its published values that are quantities of it, in their shapes."""
    if not run.published:
        return run
    values, strange = _sorted(run, run.published, known)
    if not strange:
        return run
    return replace(run, published=values, unread=(*run.unread, *strange))


def _sorted(
    run: Run, values: Mapping[str, Numbers], known: Known
) -> tuple[dict[str, Numbers], list[Unread]]:
    """The values of quantities of a run, in their shapes, and the others."""
    run_computation(run, (), known)
    try:
        lay_out(values, run_computation(run, tuple(values), known), run.rounding)
        return dict(values), []
    except DeltaruleError:
        pass
    fitting: dict[str, Numbers] = {}
    strange = []
    for name, value in values.items():
        try:
            lay_out({name: value}, run_computation(run, (name,), known), run.rounding)
            fitting[name] = value
        except DeltaruleError as error:
            strange.append(Unread(name, (), _text(value), in_one_line(error)))
    return fitting, strange


def named(run: Run, unread: Iterable[Unread], known: Known) -> list[str]:
    """The quantities among what was not read that the run has."""
    found = []
    for name in dict.fromkeys(u.name for u in unread):
        try:
            run_computation(run, (name,), known).locate(name)
            found.append(name)
        except DeltaruleError:
            continue
    return found


def _text(value: Numbers) -> str:
    texts = [str(number) for _, number in entries(value)]
    return shortened(texts[0] if len(texts) == 1 else f"({', '.join(texts)})")


def _entry(name: str, index: tuple[int, ...], computation: Computation | None) -> tuple[int, ...]:
    """The entry of a quantity that a place in a list is: of a column or row, with its 0."""
    arrays = {} if computation is None else computation.floats.arrays
    shape = np.shape(arrays[name]) if name in arrays else ()
    along = [axis for axis, extent in enumerate(shape) if extent != 1]
    if not 0 < len(index) < len(shape) or len(along) != len(index):
        return index
    places = dict(zip(along, index, strict=True))
    return tuple(places.get(axis, 0) for axis in range(len(shape)))


def unread_verdict(unread: Unread, run: int, computation: Computation | None) -> Verdict:
    """The verdict on what cannot be read; it costs nothing but itself."""
    name, entry = unread.name, ()
    if computation is not None:
        with suppress(DeltaruleError):
            name, entry = computation.locate(unread.name)
    index = _entry(name, (*entry, *unread.index), computation) or None
    return Verdict(
        name,
        index,
        verdicts.UNREADABLE,
        unread.why,
        "",
        unread.text,
        run=run,
        entries=(index,) if index else (),
        wrong=(index,) if index else (),
    )
