"""What else may go wrong: numbers read wrongly, and two mistakes at once.

Papers are drawn so that every single mistake of the engine's is seen (`drawn_variants.py`). Of a
sign lost in copying, or of two mistakes that mend each other, it is said how many a paper lets one
see, and which of them print what right working prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from deltarule.exams.distances import in_words_of, number
from deltarule.exams.drawn_variants import Variant, Variants
from deltarule.marking.mistakes import Mistake
from deltarule.marking.pairs import ON_TOP, couples, with_slip
from deltarule.marking.workings.wrong_rows import WrongRows
from deltarule.networks.reachability import reachable

#: How many lines that are not asked are doubted together with an asked one, the nearest.
MOST_BETWEEN = 4

#: What is looked for.
MISREAD, PAIRS = "givens read wrongly", "two mistakes at once"


@dataclass(frozen=True)
class Further:
    """Of one kind: how many there are, how many are seen, the nearest of these in words, and those
    that are not seen."""

    kind: str
    count: int
    seen: int
    nearest: str
    hidden: tuple[str, ...]


def further_distances(variants: Variants, variant: Variant) -> tuple[Further, ...]:
    """Givens read wrongly and pairs of mistakes on one paper, by the same distances."""
    kinds = {MISREAD: _misread(variants), PAIRS: _pairs(variants)}
    return tuple(_summed(kind, variant, found) for kind, found in kinds.items())


#: A quantity that is asked, the line in which the first mistake is made, and sets of mistakes.
_Sets = tuple[str, str, list[tuple[Mistake, ...]]]


def _summed(kind: str, variant: Variant, found: Iterator[_Sets]) -> Further:
    best: dict[tuple[Mistake, ...], tuple[float, float, str]] = {}
    for quantity, line, sets in found:
        units, reach = variant.distances.of_sets(line, WrongRows(sets), quantity)
        for one, far, near in zip(sets, units, reach, strict=True):
            known = best.get(one)
            if np.isfinite(far) and (known is None or far - near > known[0] - known[1]):
                best[one] = float(far), float(near), quantity
    seen = {one: at for one, at in best.items() if at[0] > at[1]}
    nearest = min(seen, key=lambda one: seen[one][0] - seen[one][1], default=None)
    detail = ""
    if nearest is not None:
        units, reach, _ = seen[nearest]
        detail = (
            f"{in_words_of(nearest)}: {number(units)} units of the last digit away, and rounding "
            f"reaches {number(reach)}"
        )
    hidden = dict.fromkeys(in_words_of(one) for one in best if one not in seen)
    return Further(kind, len(best), len(seen), detail, tuple(hidden))


def _misread(variants: Variants) -> Iterator[_Sets]:
    """Of each line, the givens that somebody reads wrongly in it, where they are seen."""
    for line, quantities in variants.asked.seen_in.items():
        sets = [(m,) for m in variants.first.seldom_mistakes(line)]
        if sets:
            yield from ((quantity, line, sets) for quantity in quantities)


def _pairs(variants: Variants) -> Iterator[_Sets]:
    """Of each quantity that is asked, the pairs that the marking looks for: two common mistakes
    there and in the lines before it that are not asked, and a slip on top of one."""
    first, asked = variants.first, variants.asked
    needs, in_time = first.evaluator.needs, bool(first.evaluator.groups)
    unasked = first.evaluator.equations.keys() - asked.entries.keys()
    for quantity in asked.entries:
        before = reachable([quantity], lambda line: sorted(needs[line] & unasked))
        places = [quantity, *(line for line in before if line != quantity)][: 1 + MOST_BETWEEN]
        alone = first.mistakes(quantity)
        sets: list[tuple[Mistake, ...]] = [
            pair for slip in ON_TOP for m in alone if (pair := with_slip(m, slip))
        ]
        sets += couples(first.mistakes, places, in_time)
        if sets:
            yield quantity, _earliest(first.evaluator.equations, places), sets


def _earliest(order: Sequence[str] | dict, places: Sequence[str]) -> str:
    """The first of some lines in the order of computation."""
    return min(places, key=list(order).index)
