"""Which wrong line of a derivation gives what a student's function returned, at all settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from time import process_time

import numpy as np

from deltarule.expressions.gradient_names import is_gradient
from deltarule.marking.mistakes import Mistake
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.student_arrays import ROUGHLY, SAME, rows_like, same
from deltarule.submissions.wrong_lines import JOINT, RIGHT, WrongLines, with_mistake

#: Processor seconds that a search may take before it is given up.
SECONDS = 1.5

#: What it costs to suppose a mistake of a forward line where the forward pass is right.
HIDDEN = 0.8


@dataclass
class Seen:
    """What an output was at one setting: by tensor, or as it came where its shape is wrong."""

    setting: Setting
    right: RightValues
    raw: object
    tensors: Mapping[str, np.ndarray] | None
    wrong: bool

    @property
    def near(self) -> float:
        """How near a value has to come to be the same."""
        return SAME if self.setting.numbers == "usual" else ROUGHLY

    @property
    def finite(self) -> bool:
        """Whether it has the right shape, and all its numbers are finite."""
        return self.tensors is not None and all(np.isfinite(a).all() for a in self.tensors.values())


@dataclass(frozen=True, eq=False)
class Explained:
    """A mistake that gives an output."""

    mistake: Mistake
    cost: float


class Explanations:
    """Looks for mistakes that give an output at every setting; `base` is what is wrong before."""

    def __init__(self, wrong: WrongLines, base: Hypothesis = RIGHT):
        self.wrong, self.base = wrong, base
        self._until, self._jointly = process_time() + SECONDS, False

    def of(self, seen: Sequence[Seen], forward: bool, joint: bool = False) -> list[Explained]:
        """The mistakes that give an output, simplest first; `forward` where it is no gradient.

        Where `joint`, those of several lines at once are gone through, not those of one.
        """
        first = _telling(seen)
        if first is None or first.tensors is None:
            return []
        if joint and not self._jointly:
            self._jointly = bool(self.wrong.mistakes(JOINT))
            self._until = process_time() + SECONDS
        found = []
        for line in [JOINT] if joint else self._lines(first.tensors):
            if process_time() > self._until:
                break
            begun = process_time()
            self.wrong.mistakes(line)
            self._until += process_time() - begun  # that they are made counts for none
            unfit = self._unfit(first, line)
            for row in (*self._fitting(first, line), *unfit):
                mistake = self.wrong.mistakes(line)[row]
                hypothesis = with_mistake(self.base, mistake)
                others = [s for s in seen if s is not first]
                shown = row not in unfit or self._shown(hypothesis, seen)
                if shown and self._everywhere(hypothesis, others):
                    hidden = not forward and not is_gradient(mistake.line)
                    found.append(Explained(mistake, mistake.cost + hidden * HIDDEN))
        return sorted(found, key=lambda e: e.cost)

    def again(
        self, known: Sequence[Explained], seen: Sequence[Seen], forward: bool
    ) -> list[Explained]:
        """The mistakes, known from another output, that give this one at every setting, too."""
        first = _telling(seen)
        found = []
        for one in known if first is not None and first.tensors is not None else ():
            hypothesis = with_mistake(self.base, one.mistake)
            if self._everywhere(hypothesis, seen):
                hidden = not forward and not is_gradient(one.mistake.line)
                found.append(Explained(one.mistake, one.mistake.cost + hidden * HIDDEN))
        return found

    def _lines(self, tensors: Mapping[str, np.ndarray]) -> list[str]:
        """The lines that it depends on: its own first, then from the last to the first."""
        above = frozenset().union(*(self.wrong.above(n) for n in tensors))
        order = [n for n in self.wrong.lines if n in above]
        return [*(n for n in order if n in tensors), *(n for n in order[::-1] if n not in tensors)]

    def _fitting(self, seen: Seen, line: str) -> Iterator[int]:
        """The wrong versions of a line that give what was seen at one setting."""
        fits: np.ndarray | None = None
        for name, array in (seen.tensors or {}).items():
            if line == JOINT or line in self.wrong.above(name):
                rows = self.wrong.values(seen.setting, line, name, self.base)
                if rows is None:
                    return
                mine = rows_like(rows, array, seen.near)
            else:
                right = self.wrong.value(seen.setting, name, self.base)
                if right is None or not same(right, array, seen.near):
                    return
                continue
            fits = mine if fits is None else fits & mine
            if not fits.any():
                return
        yield from () if fits is None else map(int, np.flatnonzero(fits))

    def _unfit(self, seen: Seen, line: str) -> list[int]:
        """The mistakes of several lines that have no value at a setting, for which others tell."""
        if line != JOINT or len(seen.tensors or ()) != 1:
            return []
        name = next(iter(seen.tensors or ()))
        rows = self.wrong.values(seen.setting, line, name, self.base)
        if rows is None:
            return []
        return [*map(int, np.flatnonzero(np.isnan(rows.reshape(len(rows), -1)).all(axis=1)))]

    def _shown(self, hypothesis: Hypothesis, seen: Sequence[Seen]) -> bool:
        """Whether it gives what was wrong at two settings, or at the only one."""
        wrong = [s for s in seen if s.wrong]
        found = (True for s in wrong if self.gives(hypothesis, s))
        return len([*islice(found, min(2, len(wrong)))]) == min(2, len(wrong))

    def _everywhere(self, hypothesis: Hypothesis, seen: Sequence[Seen]) -> bool:
        """Whether it gives what was seen at all other settings, and at one at least."""
        found = [self.gives(hypothesis, s) for s in seen]
        return all(f is not False for f in found) and any(found)

    def refuted(self, mistake: Mistake, proved: Sequence[Sequence[Seen]]) -> bool:
        """Whether a mistake would make something wrong that is right, at any setting."""
        hypothesis = with_mistake(self.base, mistake)
        return any(self.gives(hypothesis, s) is False for seen in proved for s in seen)

    def gives(self, hypothesis: Hypothesis, seen: Seen) -> bool | None:
        """Whether a hypothesis gives what was seen at a setting; None where it has no value.

        What is right at ties is so by any rule, and NaN of large numbers has a reason of its own.
        """
        if seen.setting.numbers == "edges" and not seen.wrong:
            return None
        if seen.tensors is None:
            return False
        if not seen.finite and seen.setting.numbers == "large":
            return None
        for name, array in seen.tensors.items():
            value = self.wrong.value(seen.setting, name, hypothesis)
            if value is None or not np.isfinite(value).all():
                return None
            if not same(value, array, seen.near):
                return False
        return True


def _telling(seen: Sequence[Seen]) -> Seen | None:
    """The setting at which candidates are looked for: a wrong one, of usual numbers if any is."""
    wrong = [s for s in seen if s.wrong and s.finite]
    usual = [s for s in wrong if s.setting.numbers == "usual"]
    return next(iter((*usual, *wrong)), None)
