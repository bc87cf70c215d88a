"""Audit: which mistakes a given sheet cannot see, and the smallest change after which it does.

With all weights 0.5 nobody sees which weight was taken, with x = 1 nobody sees it left out, with
one time or one example nothing is seen of sums over them. A sheet's own numbers hide what other
numbers of its kind would show (`drawn_variants.py`). Changes are tried before they are proposed:
of single entries first, then of one given as a whole, then of more digits; sizes last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.exams.answer_digits import digits_of, draw_balls, in_digits, more_digits
from deltarule.exams.changed_givens import ChangedGivens, Tried
from deltarule.exams.distance_table import LineSummary, line_summaries
from deltarule.exams.distances import Distance, in_words
from deltarule.exams.drawn_variants import MORE_DIGITS, Variants
from deltarule.exams.draws import Draw, Key, mistake_of
from deltarule.exams.enclosures import enclosed
from deltarule.exams.givens_as_printed import as_printed
from deltarule.exams.other_sizes import SizeChange, size_changes
from deltarule.marking.sheet_files.arrays import Numbers
from deltarule.marking.sheet_files.sheets import Run
from deltarule.spelling.names import pretty

#: So many changes are proposed.
MOST_CHANGES = 4


@dataclass(frozen=True)
class Change:
    """A change of givens, in words, and the mistakes that are seen after it and not before."""

    words: str
    given: str
    numbers: Numbers
    seen: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """What a run of a sheet cannot see.

    `hidden` are mistakes, in words, that other numbers would show, `left` those of them that no
    change that was tried shows; `finer` what other numbers show with more digits alone, `never`
    what no numbers show at these sizes, `sizes` which other sizes would. `lines` summarise.
    """

    title: str
    digits: str
    mistakes: int
    seen: int
    hidden: tuple[str, ...]
    changes: tuple[Change, ...]
    left: tuple[str, ...]
    never: tuple[str, ...]
    finer: tuple[str, ...] = ()
    sizes: tuple[SizeChange, ...] = ()
    notes: tuple[str, ...] = ()
    lines: tuple[LineSummary, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is hidden that other numbers would show."""
        return not self.hidden


def audit(run: Run, number: int = 1, seed: str = "audit") -> Audit:
    """What a run of a sheet cannot see with its own numbers and digits.

    Raises DeltaruleError for a run that asks for no number.
    """
    return _Auditor(run, number, seed).found()


class _Auditor:
    def __init__(self, run: Run, number: int, seed: str):
        self.rounding, self.seed = digits_of(run), seed
        self.notes: list[str] = []
        self.variants = Variants(run, seed, self.rounding, number=number)
        self.variants.ties = self._has_ties()
        self.changed = ChangedGivens(self.variants, seed)

    def _has_ties(self) -> bool:
        own = self.variants.first.computation
        if enclosed(own, self.rounding) is not None:
            return False
        self.notes.append(
            "there are ties or kinks, or rounding on the way may decide what is largest: what "
            "cannot be enclosed is compared without rounding"
        )
        return True

    def found(self) -> Audit:
        own = self._draw(self.variants.first.computation.givens)
        decisive = self._decisive(own)
        seen = _apart(decisive)
        can = seen | self._of_other_numbers()
        hidden = [k for k in decisive if k in can and k not in seen]
        changes, left = self._mended(own, frozenset(hidden), seen)
        digits = self._more_digits(own, left)
        if digits is not None:
            changes = (*changes, self._change(digits[0], "", None, digits[1]))
            left -= digits[1]
        finer = can
        if len(can) < len(decisive):
            finer |= self.variants.seen_with(more_digits(self.rounding, MORE_DIGITS))
        never = [k for k in decisive if k not in finer]
        named = {k: in_words(decisive[k]) for k in hidden}
        return Audit(
            self.variants.run.title,
            in_digits(self.rounding),
            len(decisive),
            len(seen),
            tuple(named.values()),
            changes,
            tuple(named[k] for k in hidden if k in left),
            tuple(map(self._words, never)),
            tuple(self._words(k) for k in decisive if k in finer - can),
            size_changes(self.variants, can, self.seed),
            tuple(self.notes),
            line_summaries(self.variants.asked.seen_in, decisive),
        )

    def _of_other_numbers(self) -> frozenset[Key]:
        try:
            return self.variants.setting.required
        except DeltaruleError:
            self.notes.append("no other numbers of this kind make a fair paper")
            return frozenset()

    def _draw(self, givens: Mapping[str, np.ndarray]) -> Draw:
        return Draw(self.variants.first, self.variants.asked, givens, self.variants.ties)

    def _decisive(self, draw: Draw) -> dict[Key, Distance]:
        """Where each mistake is seen best; nothing for numbers that make no paper."""
        balls = draw_balls(draw, self.rounding)
        if balls is None:
            return {}
        return dict(draw.decisive(draw.distances(self.rounding, balls)))

    def _words(self, key: Key) -> str:
        mistake = mistake_of(self.variants.first, self.variants.asked, key)
        return f"in {pretty(key[0])}, {mistake.words}"

    def _mended(
        self, own: Draw, hidden: frozenset[Key], seen: frozenset[Key]
    ) -> tuple[tuple[Change, ...], frozenset[Key]]:
        """Changes, one after the other, each the one that shows most; and what stays hidden."""
        changes: list[Change] = []
        givens, left = dict(own.givens), hidden
        while left and len(changes) < MOST_CHANGES:
            best = None
            for tried in (self.changed.entries, self.changed.whole):
                best = self._best(tried(givens, len(changes)), givens, left, seen)
                if best is not None:
                    break
            if best is None:
                break
            name, array, words, gained = best
            printed = as_printed(array, self.variants.run.given.get(name))
            changes.append(self._change(words, name, printed, gained))
            givens[name], left, seen = array, left - gained, seen | gained
        return tuple(changes), left

    def _change(self, words: str, name: str, numbers: Numbers, seen: frozenset[Key]) -> Change:
        return Change(words, name, numbers, tuple(self._words(k) for k in sorted(seen)))

    def _more_digits(self, own: Draw, left: frozenset[Key]) -> tuple[str, frozenset[Key]] | None:
        """The fewest digits more with which the sheet's own numbers show most of what is left."""
        best = None
        for more in range(1, MORE_DIGITS + 1):
            digits = more_digits(self.rounding, more)
            balls = draw_balls(own, digits)
            found = {} if balls is None else dict(own.decisive(own.distances(digits, balls)))
            gained = left & _apart(found)
            if gained and (best is None or len(gained) > len(best[1])):
                best = f"{in_digits(digits)} for {in_digits(self.rounding)}", gained
            if gained == left:
                break
        return best

    def _best(
        self,
        tried: Iterable[Tried],
        givens: Mapping[str, np.ndarray],
        left: frozenset[Key],
        seen: frozenset[Key],
    ) -> tuple[str, np.ndarray, str, frozenset[Key]] | None:
        """The change that shows most of what is left and hides nothing; None if none does."""
        best = None
        for name, array, words in tried:
            found = _apart(self._decisive(self._draw({**givens, name: array})))
            gained = left & found
            if seen <= found and gained and (best is None or len(gained) > len(best[3])):
                best = name, array, words, gained
                if gained == left:
                    break
        return best


def _apart(decisive: Mapping[Key, Distance]) -> frozenset[Key]:
    return frozenset(key for key, distance in decisive.items() if distance.apart)
