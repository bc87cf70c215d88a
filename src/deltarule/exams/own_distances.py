"""The distances of a sheet's own numbers: which mistakes they let a marker see, and how clearly."""

from __future__ import annotations

from dataclasses import dataclass

from deltarule.errors import DeltaruleError
from deltarule.exams.answer_digits import digits_of, draw_balls
from deltarule.exams.distance_table import DistanceTable, distance_table
from deltarule.exams.drawn_variants import Variant, Variants
from deltarule.exams.draws import Draw
from deltarule.exams.enclosures import enclosed
from deltarule.marking.sheet_files.sheets import Run


@dataclass(frozen=True)
class OwnDistances:
    """A run with its own numbers as a variant of itself, and what that lets a marker see."""

    variants: Variants
    variant: Variant
    table: DistanceTable


def own_distances(run: Run, number: int = 1) -> OwnDistances:
    """The distances of all mistakes from a run's own numbers.

    Raises DeltaruleError for a run that asks for no number, and where nothing encloses its values.
    """
    rounding = digits_of(run)
    variants = Variants(run, "audit", rounding, number=number)
    own = variants.first.computation
    variants.ties = enclosed(own, rounding) is None
    draw = Draw(variants.first, variants.asked, own.givens, variants.ties)
    balls = draw_balls(draw, rounding)
    if balls is None:
        raise DeltaruleError(
            "rounding may decide what these numbers give", run.title, "ask for more digits"
        )
    distances = draw.distances(rounding, balls)
    decisive = dict(draw.decisive(distances))
    required = variants.setting.required
    hidden = tuple(k for k, d in decisive.items() if k in required and not d.apart)
    variant = Variant("", run, 0, decisive, distances, hidden)
    return OwnDistances(variants, variant, distance_table(variants, variant))
