"""Several files of answers to one run, as one: what is answered twice counts as in the newest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deltarule.marking.sheet_files.answers import Answers


def merged(found: Sequence[Answers]) -> tuple[tuple[Answers, ...], list[str]]:
    """The answers to each run, those of later files before those of earlier, and what is said."""
    of_run: dict[int, Answers] = {}
    notes: list[str] = []
    for newer in found:
        older = of_run.get(newer.run)
        of_run[newer.run] = newer if older is None else _both(older, newer, notes)
    return tuple(of_run[run] for run in sorted(of_run)), notes


def _both(older: Answers, newer: Answers, notes: list[str]) -> Answers:
    unread = {u.name for u in newer.unread}
    written = {*newer.values, *newer.formulas, *unread}
    twice = [n for n in (*older.values, *older.formulas) if n in written]
    if twice:
        named = ", ".join(dict.fromkeys(twice))
        notes.append(f"{named}: in {older.path} and in {newer.path}, which counts as the newer one")
    kept_values = {n: v for n, v in older.values.items() if n not in written}
    kept_formulas = {n: f for n, f in older.formulas.items() if n not in written}
    kept = tuple(u for u in older.unread if u.name not in written)
    return replace(
        newer,
        values={**kept_values, **newer.values},
        formulas={**kept_formulas, **newer.formulas},
        unread=(*kept, *newer.unread),
        notes=(*older.notes, *newer.notes),
    )
