"""Figures on a simulated class that sits a drawn exam: marks beside the truth, causes named."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
from simulated_exam_papers import MAKERS
from simulated_exams import ExamPaper, blank, exams, habit_of, opened
from simulated_figures import ALIKE, NAMED, PERHAPS, PERHAPS_WRONG, WRONGLY, outcome

from deltarule.marking.verdicts import MISTAKE
from deltarule.marking.workings.carrying import with_mistakes
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE

#: Of so many papers of each hundred: what they hold.
SHARES = {
    "right": 24,
    "one mistake": 24,
    "the engine's own": 16,
    "one slip": 8,
    "the pen": 8,
    "transposed": 4,
    "two mistakes": 12,
    "nonsense": 4,
}


def category(student: int) -> str:
    """What a student's paper holds: hundred after hundred by the shares."""
    at = student * 37 % 100
    for name, share in SHARES.items():
        if at < share:
            return name
        at -= share
    return "right"


def paper_of(kind: str, student: int) -> tuple[str, ExamPaper]:
    """A student's paper, written and marked, and what it holds."""
    random = np.random.default_rng([student, list(exams()).index(kind)])
    what = category(student)
    found = blank(kind, student, habit_of(student))
    make: Callable = MAKERS[what]
    make(found, random)
    return what, found.marked()


def named(found: ExamPaper) -> str:
    """What became of the one mistake on a paper that was charged rightly."""
    planted = found.other_shape.get("planted")
    if planted is None:
        return outcome(found)
    verdicts = [v for v in found.accused if v.quantity in found.charged]
    asserted = all(v.verdict == MISTAKE for v in verdicts)
    causes = found.session.explainer.carrying.diagnosed.get(verdicts[0].quantity, [])
    for place, cause in enumerate(causes):
        if any((m.line, m.words) == (planted.line, planted.words) for m in cause) or _equal(
            found, cause, planted
        ):
            return (NAMED if asserted else PERHAPS) if place == 0 else ALIKE
    return WRONGLY if asserted and causes else PERHAPS_WRONG


def _equal(found: ExamPaper, cause, planted) -> bool:
    """Whether a cause gives what the planted mistake gives, at another student's numbers too."""
    variants, _ = opened(found.kind)
    evaluator = variants.draw("somebody else").distances.session.evaluator
    name = found.charged[0]
    try:
        one, other = (
            np.asarray(evaluator.quick(name, with_mistakes(Hypothesis(), m)), dtype=float)
            for m in (cause, (planted,))
        )
    except (*NO_VALUE, KeyError):
        return False
    return np.allclose(one, other, rtol=1e-7, atol=1e-11)


def students(count: int, first: int = 0) -> Iterator[int]:
    yield from islice(range(first, 10**6), count)


def measure(count: int, kinds: list[str], first: int = 0) -> Counter:
    """So many papers of each kind, from the `first` student on; the figures on the screen."""
    total: Counter = Counter()
    for kind in kinds:
        figures: Counter = Counter()
        for student in students(count, first):
            figures += judged(kind, student)
        print(f"{kind}: {summary(figures)}", flush=True)
        total += figures
    print(f"all: {summary(total)}")
    return total


def judged(kind: str, student: int, show: bool = True) -> Counter:
    """The figures of one paper."""
    what, found = paper_of(kind, student)
    figures = Counter({"papers": 1, what: 1})
    if found.charged_rightly is None:
        return figures + Counter({"undecidable": 1})
    figures["decidable"] += 1
    figures["as they should be"] += found.as_it_should
    right = [n for n in found.asked if n not in found.charged_rightly]
    accused = sum(n in found.charged for n in right)
    none = not found.charged_rightly
    figures["right values"] += len(right) if none else 0
    figures["right values accused"] += accused if none else 0
    figures["charged twice"] += 0 if none else accused
    if not found.as_it_should and show:
        _report(kind, student, what, found)
    single = what in ("one mistake", "the engine's own", "one slip", "the pen")
    if single and len(found.charged_rightly) == 1 and found.as_it_should:
        became = named(found)
        figures[became] += 1
        if became not in (NAMED, PERHAPS, ALIKE) and show:
            _report(kind, student, f"{became} ({what})", found)
    return figures


def _report(kind: str, student: int, what: str, found: ExamPaper) -> None:
    planted = found.other_shape.get("planted")
    slips = [(s.name, s.line) for s in found.slips] or (
        [(planted.line, planted.words)] if planted is not None else ""
    )
    print(
        f"  {what}: {kind} {student} {found.habit} {found.decimals}: {slips}; charged "
        f"{found.charged} for {sorted(found.charged_rightly or ())}",
        flush=True,
    )
    for v in found.accused[:3]:
        print(
            "     ",
            v.quantity,
            v.verdict,
            v.finding[:110],
            "|",
            v.given[:50],
            "for",
            v.expected[:50],
        )


def summary(figures: Counter) -> str:
    """The figures as one line."""
    counted = sum(figures[o] for o in (NAMED, PERHAPS, WRONGLY, PERHAPS_WRONG, "not named"))

    def share(*which: str) -> str:
        number = sum(figures[w] for w in which)
        return f"{number} of {counted} ({100 * number / max(counted, 1):.1f} %)"

    return (
        f"{figures['papers']} papers; marks as they should be in {figures['as they should be']} of "
        f"{figures['decidable']} decidable ({figures['undecidable']} not); "
        f"{figures['right values accused']} of {figures['right values']} right values accused; "
        f"{figures['charged twice']} charged twice; causes named {share(NAMED)}, with those "
        f'that say "perhaps" {share(NAMED, PERHAPS)}; named wrongly {share(WRONGLY)}; '
        f"{figures[ALIKE]} as simple as another"
    )


if __name__ == "__main__":
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("count", type=int, help="papers of each kind")
    asked.add_argument("kinds", nargs="*", help=f"some of: {', '.join(exams())}")
    asked.add_argument("--first", type=int, default=0, help="the first student")
    given = asked.parse_intermixed_args()
    measure(given.count, given.kinds or list(exams()), given.first)
