"""Answers to what the sheet does not have, or not in that shape: each costs only itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deltarule.errors import DeltaruleError, in_one_line
from deltarule.marking.aligned_answers import lay_out
from deltarule.marking.answers import Answers
from deltarule.marking.arrays import Numbers, entries
from deltarule.marking.printed import shortened
from deltarule.marking.run_computations import Known, run_computation
from deltarule.marking.sheets import Run
from deltarule.marking.unread import Unread


def only_known(run: Run, answers: Answers, known: Known) -> Answers:
    """The answers to quantities of a run, in their shapes; the others are said as unread.

    Raises DeltaruleError for a run that cannot be evaluated itself.
    """
    run_computation(run, (), known)
    try:
        lay_out(answers.values, run_computation(run, tuple(answers.values), known), run.rounding)
        return answers
    except DeltaruleError:
        pass
    values: dict[str, Numbers] = {}
    unread = list(answers.unread)
    for name, value in answers.values.items():
        try:
            lay_out({name: value}, run_computation(run, (name,), known), run.rounding)
            values[name] = value
        except DeltaruleError as error:
            unread.append(Unread(name, (), _text(value), in_one_line(error)))
    return replace(answers, values=values, unread=tuple(unread))


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
