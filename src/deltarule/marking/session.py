"""A session: one run of a sheet, its computation, what is written, the mistakes of its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from deltarule.marking.aligned_answers import Aligned, lay_out, written_values
from deltarule.marking.charges import Ledger
from deltarule.marking.conventions import conventions
from deltarule.marking.explain import Explainer
from deltarule.marking.mistakes import Context, Mistake, contexts, mistakes_in
from deltarule.marking.mistakes.generators import OFTEN_HIDDEN, TRIED_LAST
from deltarule.marking.mistakes.times import cut, nothing_carried
from deltarule.marking.mistakes.wrong_tensor import TOO_EARLY, stand_in
from deltarule.marking.one_decision import decisions
from deltarule.marking.other_formulas import other_formulas
from deltarule.marking.pairs_in_line import made_again
from deltarule.marking.run_computations import (
    FIRST_SESSIONS,
    MOST_COMPUTATIONS,
    Known,
    kept_of,
    run_computation,
)
from deltarule.marking.sheet_files.arrays import Numbers
from deltarule.marking.sheet_files.printed_decimals import printed_decimals
from deltarule.marking.sheet_files.sheets import Run
from deltarule.marking.verdicts import TakenEntry
from deltarule.marking.workings.carried_back import carried_back
from deltarule.marking.workings.doubts import Doubts
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.other_times import AFTER, BEFORE, OtherTime
from deltarule.marking.workings.truncations import Truncations
from deltarule.networks.equations import Equation
from deltarule.tracing.computation import Computation

#: Whatever is made once for a line.
Made = TypeVar("Made")


@dataclass
class Session:
    """Everything that is needed to judge what is written for one run of a sheet.

    `others` are sessions with other givens, from which answers are right too; `before` is that of
    the update before, where `computation` starts from updated parameters. `kept` holds what depends
    on the computation alone, for other answers to the same run. `taken` names entries of givens
    that the sheet leaves open, and are others here than it gives first.
    """

    run: Run
    number: int
    computation: Computation
    aligned: Aligned
    others: tuple[Session, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict)
    before: Computation | None = None
    taken: tuple[TakenEntry, ...] = ()

    @cached_property
    def evaluator(self) -> Evaluator:
        """Values of the computation under hypotheses."""
        computation, extra = self.computation, self._truncations.extra_values
        written, others = written_values(self.aligned), self._other_formulas
        evaluator = Evaluator(computation, written, extra, others)
        evaluator.quick_lines = self.kept.setdefault("quick lines", evaluator.quick_lines)
        evaluator.scans = self.kept.setdefault("scans", evaluator.scans)
        evaluator.carried_extra = self._truncations.carried
        return evaluator

    @cached_property
    def explainer(self) -> Explainer:
        """The search for explanations."""
        doubts = Doubts(
            self.common_mistakes,
            self.mistakes,
            self.costly_mistakes,
            self.mistakes_otherwise,
            self.seldom_mistakes,
            self.mistakes_again,
        )
        explainer = Explainer(self.evaluator, self.aligned, doubts)
        explainer.carrying.conventions = lambda: self.conventions
        explainer.carrying.carried_back = self._carried_back
        return explainer

    @cached_property
    def ledger(self) -> Ledger:
        """What is charged."""
        lines = (line.quantity for line in self.computation.lines)
        return Ledger(decisions((*lines, *self.computation.givens)))

    @cached_property
    def conventions(self) -> list[tuple[Mistake, ...]]:
        """What the lines are by other conventions at ties and kinks than the network's."""
        return conventions(
            self.computation, self.evaluator, self.run.options, self._truncations.extra_values
        )

    @property
    def _other_formulas(self) -> dict[str, list[Equation]]:
        return self._kept("other formulas", lambda: other_formulas(self.computation))

    def _kept(self, key: str, make: Callable[[], Any]) -> Any:
        """What depends on the computation alone, made when it is first asked for."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    @property
    def _truncations(self) -> Truncations:
        of = self.run.network, self.run.options, self.computation
        return self._kept("truncations", lambda: Truncations(*of))

    @property
    def _other_time(self) -> OtherTime:
        before, computation, extra = self.before, self.computation, self._truncations.extra_values

        def other() -> Computation:
            return computation.updated(1) if before is None else before

        when = AFTER if before is None else BEFORE
        return self._kept("other time", lambda: OtherTime(computation, other, when, extra))

    def once(self, which: str, name: str, make: Callable[[str], list[Made]]) -> list[Made]:
        """What there is of one sort for a line, made when it is first asked for.

        It is kept for all answers to the same numbers, so it must not depend on what is written.
        """
        known = self.kept.setdefault(which, {})
        if name not in known:
            known[name] = make(name)
        return known[name]

    def mistakes(self, name: str) -> list[Mistake]:
        """The wrong versions of a line."""
        return self.once("mistakes", name, self._all)

    def _all(self, name: str) -> list[Mistake]:
        found = [m for context in self._scenes(name) for m in mistakes_in(context)]
        return sorted([*found, *self._between_times(name)], key=lambda m: m.cost)

    def common_mistakes(self, name: str) -> list[Mistake]:
        """Of a network over time, what is most often lost: the paths between the times."""
        return self.once("common", name, self._common)

    def _common(self, name: str) -> list[Mistake]:
        scenes = self._scenes(name) if self.evaluator.groups else ()
        return [*self._between_times(name), *(m for s in scenes for m in mistakes_in(s, (cut,)))]

    def costly_mistakes(self, name: str) -> list[Mistake]:
        """Those wrong versions of a line for which another network has to be derived."""
        cut_short, other = self._truncations, self._other_time
        return self.once("costly", name, lambda n: [*cut_short.mistakes(n), *other.mistakes(n)])

    def mistakes_otherwise(self, name: str) -> list[Mistake]:
        """The wrong versions of a line's other right formulas, from which many go on."""
        return self.once("otherwise", name, self._otherwise)

    def _otherwise(self, name: str) -> list[Mistake]:
        found = [
            mistake
            for context in self._scenes(name)
            for equation in self._other_formulas.get(name, ())
            for mistake in mistakes_in(context.by(equation))
        ]
        return sorted(found, key=lambda m: m.cost)

    def _carried_back(self, mistake: Mistake) -> tuple[Mistake, ...]:
        """A forward mistake in the gradients of who differentiates what was written."""
        known = self._kept("carried back", dict)
        key = mistake.line, mistake.equation
        if key not in known:
            known[key] = carried_back(self.computation, mistake)
        return known[key]

    def updated_too_early(self, name: str) -> list[Mistake]:
        """The wrong versions of a line that read weights when they have been updated already."""
        found = [m for context in self._scenes(name) for m in mistakes_in(context, (stand_in,))]
        return [m for m in found if m.kind == TOO_EARLY]

    def seldom_mistakes(self, name: str) -> list[Mistake]:
        """Numbers copied or read wrongly, of which there are many for every line."""
        return self.once(
            "seldom",
            name,
            lambda n: [m for c in self._scenes(n) for m in mistakes_in(c, TRIED_LAST)],
        )

    def mistakes_again(self, mistake: Mistake) -> list[Mistake]:
        """The wrong versions of a line in which a mistake is made already."""
        scenes = self._scenes(mistake.line)  # the key is an identity: kept beside, it stays one
        return self._kept(f"again {id(mistake)}", lambda: (mistake, made_again(scenes, mistake)))[1]

    def _between_times(self, name: str) -> list[Mistake]:
        if name not in self.evaluator.groups:
            return []
        lines = {line.quantity: line.equation for line in self.computation.lines}
        return list(nothing_carried(lines, name))

    def often_hidden(self, name: str) -> list[Mistake]:
        """Those wrong versions of a line that numbers hide most often."""
        return self.once("often hidden", name, self._often_hidden)

    def _often_hidden(self, name: str) -> list[Mistake]:
        return [
            m
            for context in self._scenes(name)
            for m in mistakes_in(context, OFTEN_HIDDEN)
            if m.cost <= 4.0
        ]

    def _scenes(self, name: str) -> Iterator[Context]:
        return contexts(self.computation, name, self._printed_decimals)

    @property
    def _printed_decimals(self) -> dict[str, np.ndarray]:
        given, computation = self.run.given, self.computation
        return self._kept("printed decimals", lambda: printed_decimals(given, computation))

    def take(self, computation: Computation) -> None:
        """Go on with another computation; what was evaluated from the old one is forgotten."""
        if computation is not self.computation:
            self.computation, self.kept = computation, {}
        for name in ("evaluator", "explainer", "ledger", "conventions"):
            self.__dict__.pop(name, None)

    def with_computation(
        self, computation: Computation, before: Computation | None = None
    ) -> Session:
        """A session for the same paper beside another computation."""
        return Session(self.run, self.number, computation, self.aligned, before=before)

    def with_givens(self, changed: Mapping[str, np.ndarray]) -> Session:
        """The same session with other numbers for some givens."""
        same = [
            (self.computation.givens, self.computation, self.kept),
            *self.kept.get("others", ()),
        ]
        for givens, computation, kept in same:
            if all(np.array_equal(givens[n], a) for n, a in changed.items()):
                return Session(self.run, self.number, computation, self.aligned, kept=kept)
        computation = self.computation.with_givens(changed)
        other = Session(self.run, self.number, computation, self.aligned)
        self.kept.setdefault("others", []).append((computation.givens, computation, other.kept))
        return other


def open_session(
    run: Run, number: int, numbers: Mapping[str, Numbers], known: Known, extra: Iterable[str] = ()
) -> Session:
    """The session for what is written for a run; derivations are kept in `known`.

    `extra` names quantities that are evaluated although nothing is written for them.
    """
    computation = run_computation(run, tuple(dict.fromkeys((*numbers, *extra))), known)
    session = Session(run, number, computation, lay_out(numbers, computation, run.rounding))
    key = kept_of(computation)
    if key not in known:
        known[key] = _kept_of_same_lines(session, known)
    session.kept = known[key]
    return session


def _kept_of_same_lines(session: Session, known: Known) -> dict[str, Any]:
    """What is kept for a new computation: of an earlier one with other givens, if there is one
    with the same lines, what depends on these alone."""
    firsts: list[Session] = known.get(FIRST_SESSIONS, [])
    computation = session.computation
    for k, first in enumerate(firsts):
        if first.computation.has_lines_of(computation):
            firsts.append(firsts.pop(k))
            computation.__dict__["lines"] = first.computation.lines
            kept = with_same_lines(first, computation, session.run, session.aligned).kept
            return kept | {"quick lines": first.evaluator.quick_lines.copied()}
    if FIRST_SESSIONS in known:
        firsts.append(session)
        del firsts[:-MOST_COMPUTATIONS]
    return session.kept


#: What is kept of a computation that depends on its lines and sizes alone, not on its givens.
OF_THE_LINES = ("mistakes", "common", "often hidden", "other formulas")


def with_same_lines(
    first: Session, computation: Computation, run: Run, aligned: Aligned
) -> Session:
    """A session for other givens of the same sizes, whose `computation` has the very lines of the
    `first`: the mistakes in these, and what is prepared to evaluate them, are not made again."""
    prepared = {"quick lines": first.evaluator.quick_lines, "scans": first.evaluator.scans}
    kept = prepared | {name: first.kept.setdefault(name, {}) for name in OF_THE_LINES}
    kept["truncations"] = first._truncations.beside(computation)
    return Session(run, first.number, computation, aligned, kept=kept)
