"""Values that follow from an earlier mistake, but for which no work was left.

An early 0, or a value at which a slope vanishes, can make the rest of a sheet trivial: every later
value is 0, or a copy of another. Such a value follows, but shows no work. It is recognised by what
it depends on: with the wrong value held, everything else that goes into it is changed; if it stays
the same, or is one of these others itself, while the right value would not, no work was
needed. Lines of a recurrence, which go into each other, are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.marking import verdicts
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.networks.reachability import reachable
from deltarule.spelling.names import pretty

Arrays = Mapping[str, np.ndarray]

#: Two changes of everything else: factors, and what is put in the place of a 0.
_CHANGES = ((1.37, 0.41), (0.71, 0.83))


def without_work(session: Session, found: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts, those of values that follow trivially said to be so."""
    return _Guard(session, list(found)).verdicts()


class _Guard:
    """Guards verdicts, each behind those of the values that it follows from."""

    def __init__(self, session: Session, found: list[Verdict]):
        self.session, self.found = session, found
        self.follows = {v.quantity for v in found if v.verdict == verdicts.FOLLOWS}
        self.why: dict[str, str] = {}

    def verdicts(self) -> list[Verdict]:
        return [self._guarded(v) if v.verdict == verdicts.FOLLOWS else v for v in self.found]

    def _guarded(self, verdict: Verdict) -> Verdict:
        why = self._of(verdict.quantity)
        if not why:
            return verdict
        finding = f"{verdict.finding}; {why}, so that no work is shown"
        return replace(verdict, verdict=verdicts.TRIVIAL, finding=finding)

    def _of(self, name: str) -> str:
        if name not in self.why:
            self.why[name] = ""  # while it is looked for
            self.why[name] = self._why_trivial(name)
        return self.why[name]

    def _degenerate(self, source: str) -> bool:
        """Whether a wrong value is one that saves work: a 0 or a 1 that somebody wrote.

        Not so where a ReLU is dead at the numbers written before it: its 0 follows.
        """
        if source in self.follows and not self._of(source):
            return False
        printed = [p for p in self.session.evaluator.printed(source).ravel() if p is not None]
        return any(abs(float(p)) in (0.0, 1.0) for p in printed)

    def _why_trivial(self, name: str) -> str:
        """Why nothing was left to work out; empty where something was."""
        session = self.session
        evaluator, carrying = session.evaluator, session.explainer.carrying
        if name not in evaluator.equations or name in evaluator.groups:
            return ""
        cut = carrying.printed_above(name)
        wrong = [n for n in cut if n in carrying.not_right and n not in evaluator.groups]
        wrong = [n for n in wrong if self._degenerate(n)]
        if not wrong:
            return ""
        try:
            lines = _Lines(session, name, frozenset(cut))
            return next(filter(None, map(lines.trivial_by, wrong)), "")
        except NO_VALUE:
            return ""


class _Lines:
    """The lines between a quantity and what is printed above it, with what goes into them."""

    def __init__(self, session: Session, name: str, cut: frozenset[str]):
        self.session, self.name, self.cut = session, name, cut
        needs, equations = session.evaluator.needs, session.evaluator.equations
        above = reachable([name], lambda n: needs.get(n, frozenset()) - cut)
        within = ({*above} & equations.keys()) | {name}
        self.equations = [e for n, own in equations.items() if n in within for e in own]
        self.inputs = sorted({r for e in self.equations for r in e.read_names()} - within)

    def trivial_by(self, source: str) -> str:
        """Why the printed value of a source leaves nothing to work out; empty where it does not."""
        if source not in self.inputs:
            return ""
        others = [n for n in self.inputs if n != source and not self._whole(n)]
        if not others:
            return ""
        printed = {n: self._printed(n) for n in self.inputs if n in self.cut}
        right = {n: np.asarray(self._exact(n), float) for n in self.inputs if n in self.cut}
        if not self._moves(right, others):
            return ""
        held = f"with {pretty(source)} as printed"
        if not self._moves(printed, others):
            return f"{held} it is the same whatever {_listed(others)} may be"
        copied = self._copied(printed, others)
        if copied and not self._copied(right, others):
            return f"{held} it is {pretty(copied)} itself"
        return ""

    def _whole(self, name: str) -> bool:
        tensor = self.session.computation.network.tensors.get(name)
        return tensor is not None and tensor.integral

    def _exact(self, name: str) -> np.ndarray:
        return self.session.computation.floats.arrays[name]

    def _printed(self, name: str) -> np.ndarray:
        """The printed values; entries that are not printed are right."""
        printed = self.session.evaluator.printed(name)
        exact = np.asarray(self._exact(name), float)
        mixed = [e if p is None else float(p) for p, e in zip(printed.ravel(), exact.ravel())]
        return np.array(mixed).reshape(exact.shape)

    def _values(self, cut: Arrays, others: list[str]) -> Iterator[tuple]:
        """The quantity, and what goes into it: as it is, then with all the others changed."""
        given = {n: cut[n] if n in cut else np.asarray(self._exact(n)) for n in self.inputs}
        yield self._value(given), given
        for factor, for_zero in _CHANGES:
            changed = dict(given)
            for other in others:
                array = np.asarray(given[other], float)
                changed[other] = np.where(array == 0, for_zero, array * factor)
            yield self._value(changed), changed

    def _value(self, given: Arrays) -> np.ndarray:
        computation = self.session.computation
        values = Values(
            dict(given), computation.sizes, computation.symbols, computation.network.tensors
        )
        run(self.equations, values, Float64())
        return np.asarray(values.arrays[self.name], float)

    def _moves(self, cut: Arrays, others: list[str]) -> bool:
        """Whether the quantity changes with the others."""
        (first, _), *changed = self._values(cut, others)
        return any(not np.allclose(value, first, 1e-12, 1e-15) for value, _ in changed)

    def _copied(self, cut: Arrays, others: list[str]) -> str:
        """The other that the quantity is a copy of; empty for none."""
        found = list(self._values(cut, others))
        for other in others:
            if all(
                np.shape(given[other]) == value.shape
                and np.allclose(value, given[other], 1e-12, 1e-15)
                for value, given in found
            ):
                return other
        return ""


def _listed(names: list[str]) -> str:
    *first, last = map(pretty, names)
    return f"{', '.join(first)} or {last}" if first else last
