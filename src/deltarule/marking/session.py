"""A desk: one run of a sheet with its course, what is written, and the mistakes of its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from deltarule.calculus import Derivation, derive
from deltarule.language.load import network_of
from deltarule.marking.aligned_answers import Paper, lay_out
from deltarule.marking.arrays import Numbers, entries, shape
from deltarule.marking.carried_back import carried_back
from deltarule.marking.charges import Ledger
from deltarule.marking.conventions import conventions
from deltarule.marking.cost import check_course, check_network
from deltarule.marking.explain import Doubts, Explainer
from deltarule.marking.hypotheses import Bench
from deltarule.marking.mistakes import Mistake, Scene, mistakes_in, scenes
from deltarule.marking.mistakes.generators import OFTEN_HIDDEN, SELDOM
from deltarule.marking.mistakes.times import cut, nothing_carried
from deltarule.marking.mistakes.wrong_tensor import TOO_EARLY, stand_in
from deltarule.marking.other_times import AFTER, BEFORE, OtherTime
from deltarule.marking.sheets import Run
from deltarule.marking.truncations import Truncations
from deltarule.spelling.names import canonical
from deltarule.tracing.computation import Course
from deltarule.tracing.trace import course_of

#: What is worked out of a sheet once, for all answers to it: derivations, courses, and more.
Known = dict[tuple, Any]


@dataclass
class Desk:
    """Everything that is needed to judge what is written for one run of a sheet.

    `others` are desks with other givens, from which answers are right too. `kept` holds what
    depends on the course alone, for other answers to the same run. `before` is the course of the
    update before, where `course` starts from updated parameters.
    """

    run: Run
    number: int
    course: Course
    paper: Paper
    others: tuple[Desk, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict)
    before: Course | None = None

    @cached_property
    def bench(self) -> Bench:
        """Values of the course under hypotheses."""
        bench = Bench(self.course, written_values(self.paper), self._truncations.lent)
        bench.quick_lines = self.kept.setdefault("quick lines", bench.quick_lines)
        bench.scans = self.kept.setdefault("scans", bench.scans)
        return bench

    @cached_property
    def explainer(self) -> Explainer:
        """The search for explanations."""
        doubts = Doubts(
            self.common_mistakes, self.mistakes, self.costly_mistakes, self.seldom_mistakes
        )
        explainer = Explainer(self.bench, self.paper, doubts)
        explainer.carrying.conventions = lambda: self.conventions
        explainer.carrying.carried_back = self._carried_back
        return explainer

    @cached_property
    def ledger(self) -> Ledger:
        """What is charged and not proved so far."""
        return Ledger()

    @cached_property
    def conventions(self) -> list[tuple[Mistake, ...]]:
        """What the lines are by other conventions at ties and kinks than the network's."""
        return conventions(self.course, self.bench, self.run.options, self._truncations.lent)

    @property
    def _truncations(self) -> Truncations:
        if "truncations" not in self.kept:
            network, options = self.run.network, self.run.options
            self.kept["truncations"] = Truncations(network, options, self.course)
        return self.kept["truncations"]

    @property
    def _other_time(self) -> OtherTime:
        if "other time" not in self.kept:
            before, course, lent = self.before, self.course, self._truncations.lent
            self.kept["other time"] = (
                OtherTime(course, lambda: course.updated(1), AFTER, lent)
                if before is None
                else OtherTime(course, lambda: before, BEFORE, lent)
            )
        return self.kept["other time"]

    def _once(self, which: str, name: str, make: Callable[[str], list[Mistake]]) -> list[Mistake]:
        """The mistakes of one sort in a line, made when they are first asked for."""
        known = self.kept.setdefault(which, {})
        if name not in known:
            known[name] = make(name)
        return known[name]

    def mistakes(self, name: str) -> list[Mistake]:
        """The wrong versions of a line."""
        return self._once("mistakes", name, self._all)

    def _all(self, name: str) -> list[Mistake]:
        found = [m for scene in self._scenes(name) for m in mistakes_in(scene)]
        return sorted([*found, *self._between_times(name)], key=lambda m: m.cost)

    def common_mistakes(self, name: str) -> list[Mistake]:
        """Of a network over time, what is most often lost: the paths between the times."""
        return self._once("common", name, self._common)

    def _common(self, name: str) -> list[Mistake]:
        found = self._between_times(name)
        if self.bench.groups:
            found += [m for s in self._scenes(name) for m in mistakes_in(s, (cut,))]
        return found

    def costly_mistakes(self, name: str) -> list[Mistake]:
        """Those wrong versions of a line for which another network has to be derived."""
        return self._once(
            "costly",
            name,
            lambda line: [*self._truncations.mistakes(line), *self._other_time.mistakes(line)],
        )

    def _carried_back(self, mistake: Mistake) -> tuple[Mistake, ...]:
        """A forward mistake in the gradients of who differentiates what was written."""
        known = self.kept.setdefault("carried back", {})
        key = mistake.line, mistake.equation
        if key not in known:
            known[key] = carried_back(self.course, mistake)
        return known[key]

    def updated_too_early(self, name: str) -> list[Mistake]:
        """The wrong versions of a line that read weights when they have been updated already."""
        found = [m for scene in self._scenes(name) for m in mistakes_in(scene, (stand_in,))]
        return [m for m in found if m.kind == TOO_EARLY]

    def seldom_mistakes(self, name: str) -> list[Mistake]:
        """Numbers copied or read wrongly, of which there are many for every line."""
        return self._once("seldom", name, self._seldom)

    def _seldom(self, name: str) -> list[Mistake]:
        return [m for scene in self._scenes(name) for m in mistakes_in(scene, SELDOM)]

    def _between_times(self, name: str) -> list[Mistake]:
        if name not in self.bench.groups:
            return []
        lines = {line.quantity: line.equation for line in self.course.lines}
        return list(nothing_carried(lines, name))

    def often_hidden(self, name: str) -> list[Mistake]:
        """Those wrong versions of a line that numbers hide most often."""
        return [
            m
            for scene in self._scenes(name)
            for m in mistakes_in(scene, OFTEN_HIDDEN)
            if m.cost <= 4.0
        ]

    def _scenes(self, name: str) -> Iterator[Scene]:
        return scenes(self.course, name)

    def take(self, course: Course) -> None:
        """Go on with another course; what was worked out from the old one is forgotten."""
        if course is not self.course:
            self.course, self.kept = course, {}
        for name in ("bench", "explainer", "ledger", "conventions"):
            self.__dict__.pop(name, None)

    def with_course(self, course: Course, before: Course | None = None) -> Desk:
        """A desk for the same paper beside another course."""
        return Desk(self.run, self.number, course, self.paper, before=before)

    def with_givens(self, changed: Mapping[str, np.ndarray]) -> Desk:
        """The same desk with other numbers for some givens."""
        same = [(self.course.givens, self.course, self.kept), *self.kept.get("others", ())]
        for givens, course, kept in same:
            if all(np.array_equal(givens[n], a) for n, a in changed.items()):
                return Desk(self.run, self.number, course, self.paper, kept=kept)
        course = self.course.with_givens(changed)
        other = Desk(self.run, self.number, course, self.paper)
        self.kept.setdefault("others", []).append((course.givens, course, other.kept))
        return other


def open_desk(
    run: Run, number: int, numbers: Mapping[str, Numbers], known: Known, extra: Iterable[str] = ()
) -> Desk:
    """The desk for what is written for a run; derivations are kept in `known`.

    `extra` names quantities that are worked out although nothing is written for them.
    """
    course = run_course(run, tuple(dict.fromkeys((*numbers, *extra))), known)
    desk = Desk(run, number, course, lay_out(numbers, course, run.rounding))
    desk.kept = known.setdefault(("of a course", id(course)), desk.kept)
    return desk


def run_course(run: Run, wanted: tuple[str, ...], known: Known) -> Course:
    """The course of a run: its network, derived, with its givens; kept in `known`.

    Raises DeltaruleError for what would take long, before anything is worked out.
    """
    means = (
        run.network,
        run.options,
        run.given,
        run.optimiser,
        run.rate,
        run.updates,
        run.not_updated,
    )
    courses = known.setdefault(("courses", *sorted(wanted)), [])
    for same, course in courses:
        if same == means:
            return course
    courses.append((means, _new_course(run, wanted, known)))
    return courses[-1][1]


def _new_course(run: Run, wanted: tuple[str, ...], known: Known) -> Course:
    course = course_of(
        derivation_of(run, known),
        {name: nested(value) for name, value in run.given.items()},
        optimiser=run.optimiser if run.updates else None,
        rate=None if run.rate is None or not run.updates else run.rate.value,
        not_updated=run.not_updated,
        extra=wanted,
    )
    check_course(course, run.updates)
    return course


def derivation_of(run: Run, known: Known) -> Derivation:
    """The derivation of a run's network, made once."""
    given = run.network if isinstance(run.network, str) else id(run.network)
    key = (given, repr(sorted(run.options.items())))
    if key not in known:
        network = network_of(run.network, **run.options)
        check_network(network, network.name)
        known[key] = derive(network)
    return known[key]


def nested(numbers: Numbers):
    """Printed numbers as nested lists of fractions."""
    if isinstance(numbers, tuple):
        return [nested(n) for n in numbers]
    return None if numbers is None else numbers.value


def written_values(paper: Paper) -> dict[str, np.ndarray]:
    """The printed values of each quantity, as fractions, None where nothing is printed."""
    found = {}
    for name, written in paper.written.items():
        values = np.full(written.numbers.shape, None, dtype=object)
        for entry, printed in written.printed():
            values[entry] = Fraction(printed.value)
        found[name] = values
    return found


def restatements(run: Run) -> dict[str, np.ndarray]:
    """What is printed of a given for the second time, the right way round."""
    found = {}
    for key, value in run.restated.items():
        numbers = np.empty(shape(value), dtype=object)
        for entry, printed in entries(value):
            numbers[entry] = printed
        name = key.removesuffix(" transposed")
        found[canonical(name)] = numbers.T if key.endswith(" transposed") else numbers
    return found
