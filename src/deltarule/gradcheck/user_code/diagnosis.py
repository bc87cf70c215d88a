"""What is wrong with a gradient: the first slip that explains all its numbers, in every round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from deltarule.gradcheck.result import GradientCheck
from deltarule.gradcheck.user_code.comparing import Comparison
from deltarule.gradcheck.user_code.frozen import frozen
from deltarule.gradcheck.user_code.function import OwnFunction
from deltarule.gradcheck.user_code.otherwise import exchanged, never_read, with_other_arrays
from deltarule.gradcheck.user_code.slips import NEAR, Seen, Slip, matching, slips

#: Rounds with larger arguments, and any beyond so many, are left out.
MOST_ENTRIES, MOST_ROUNDS = 400, 6


@dataclass
class _Entry:
    compared: Comparison
    check: GradientCheck


class Diagnosis:
    """The rounds of one function, from which hints are drawn."""

    def __init__(self, function: OwnFunction):
        self.function = function
        self.rounds: dict[str, list[_Entry]] = {}
        self.found: dict[str, str] = {}

    def add(self, compared: Comparison, name: str, check: GradientCheck) -> None:
        """Keep what a round gave."""
        self.rounds.setdefault(name, []).append(_Entry(compared, check))

    def hint(self, name: str) -> str:
        """In words what is wrong with a gradient; empty where no slip explains everything."""
        if name not in self.found:
            self.found[name] = self._hint(name, self.rounds.get(name, []))
        return self.found[name]

    def _hint(self, name: str, rounds: list[_Entry]) -> str:
        small = [e for e in rounds if e.compared.at.arrays[name].size <= MOST_ENTRIES]
        wrong = [e for e in small if not e.check.right][:MOST_ROUNDS]
        right = [e for e in small if e.check.right][:2]
        if not wrong:
            return ""
        for kind in (_simple, _frozen, _arrays, _exchanged, _never_read):
            found: list[str] = []
            for k, entry in enumerate(wrong + right if kind in _PREDICTING else wrong):
                right_here = None if entry.check.right else entry.compared.right(name)
                words = matching(
                    kind(entry.compared, name), _given(entry, name), right_here, _near(entry)
                )
                found = words if k == 0 else [w for w in found if w in words]
                if not found:
                    break
            if found:
                return found[0]
        return _pattern(rounds)


def _given(entry: _Entry, name: str) -> np.ndarray:
    return np.asarray((entry.compared.given or {})[name], dtype=float)


def _near(entry: _Entry) -> float:
    return max(NEAR, 3 * entry.compared.at.box.precision.tolerance)


def _simple(compared: Comparison, name: str) -> Iterator[Slip]:
    at = compared.at
    others = {
        n: np.tensordot(at.upstream, compared.jacobian(n), 1)
        for n in at.real
        if n != name and at.arrays[n].shape == at.arrays[name].shape
    }
    outputs = [o.shape for o in at.value.outputs]
    given = np.asarray((compared.given or {})[name], dtype=float)
    return slips(Seen(given, compared.jacobian(name), at.upstream, outputs, at.sizes, others))


def _frozen(compared: Comparison, name: str) -> Iterator[Slip]:
    return frozen(compared.at, name)


def _arrays(compared: Comparison, name: str) -> Iterator[Slip]:
    return with_other_arrays(compared.at, name)


def _exchanged(compared: Comparison, name: str) -> Iterator[Slip]:
    return exchanged(compared.at, name, compared.right(name))


def _never_read(compared: Comparison, name: str) -> Iterator[Slip]:
    return never_read(compared.at, name, np.asarray((compared.given or {})[name], dtype=float))


#: Slips that predict numbers, also where those happen to be right.
_PREDICTING = (_simple, _frozen, _arrays)


def _pattern(rounds: Iterable[_Entry]) -> str:
    """Where it is right, and where not, by one of the settings."""
    right = [e.check.settings for e in rounds if e.check.right]
    wrong = [e.check.settings for e in rounds if not e.check.right]
    if not right or not wrong:
        return ""
    names = [n for n in right[0] if all(n in s for s in (*right, *wrong))]
    for one, others, words in (
        (right, wrong, "it is right at {} alone"),
        (wrong, right, "it is wrong at {} alone"),
    ):
        apart = {
            name: one[0][name]
            for name in names
            if len({s[name] for s in one}) == 1 and one[0][name] not in {s[name] for s in others}
        }
        if apart:
            return words.format(", ".join(f"{name} = {value}" for name, value in apart.items()))
    return ""
