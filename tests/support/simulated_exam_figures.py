"""Figures on a simulated class that sits a drawn exam: marks beside the truth, causes named."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
from simulated_exams import ExamPaper, blank, exams, first_charged, habit_of, opened, slips_for
from simulated_figures import ALIKE, NAMED, PERHAPS, PERHAPS_WRONG, WRONGLY, outcome
from simulated_lines import Slip

from deltarule.errors import DeltaruleError
from deltarule.exams.draws import mistake_of
from deltarule.exams.rounding_habits import habits, rounded
from deltarule.marking.carrying import with_mistakes
from deltarule.marking.hypotheses import NO_VALUE
from deltarule.marking.hypothesis import Hypothesis
from deltarule.marking.verdicts import MISTAKE

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


def _right(found: ExamPaper, random: np.random.Generator) -> None:
    found.written = found.written_with()


def _planted(found: ExamPaper, slips: list[Slip], random: np.random.Generator) -> None:
    """One of some slips that can be written at all."""
    for slip in random.permutation(np.array(slips, dtype=object)):
        if _finite(found, slip):
            found.slips = (slip,)
            found.written = found.written_with(slip)
            found.charged_rightly = first_charged(found, slip)
            return
    _right(found, random)


def _finite(found: ExamPaper, *slips: Slip) -> bool:
    with np.errstate(all="ignore"):
        try:
            written = found.written_with(*slips)
        except ArithmeticError:
            return False
    return all(np.isfinite(w.astype(float)).all() for w in written.values())


def _one_mistake(found: ExamPaper, random: np.random.Generator) -> None:
    _planted(found, slips_for(found, random)["mistake"], random)


def _one_slip(found: ExamPaper, random: np.random.Generator) -> None:
    _planted(found, slips_for(found, random)["slip"], random)


def _pen(found: ExamPaper, random: np.random.Generator) -> None:
    _planted(found, slips_for(found, random)["pen"], random)


def _transposed(found: ExamPaper, random: np.random.Generator) -> None:
    """A matrix written with rows for columns: right where its shape says so, else a slip."""
    _right(found, random)
    matrices = [n for n in found.asked if found.written[n].ndim == 2]
    if not matrices:
        return
    name = str(random.choice(matrices))
    turned = found.written[name].T
    if len(set(turned.shape)) == 1:
        found.charged_rightly = (
            frozenset([name]) if found.beyond_rounding(name, {name: turned}) else None
        )
    found.written[name] = turned


def _nonsense(found: ExamPaper, random: np.random.Generator) -> None:
    """Numbers out of nowhere in one line, carried on."""
    name = str(random.choice(list(found.asked)))
    right = found.values_with()[name]
    out = np.round(random.uniform(-2, 2, np.shape(right)), found.decimals)
    slip = Slip("nonsense", name, lambda q, *t: out[t[0]] if t else out)
    found.slips = (slip,)
    if not _finite(found, slip):
        found.slips = ()
        _right(found, random)
        return
    found.written = found.written_with(slip)
    found.charged_rightly = first_charged(found, slip)


def _two_mistakes(found: ExamPaper, random: np.random.Generator) -> None:
    """Two slips in two lines that are asked, of two families."""
    slips = [s for s in slips_for(found, random)["mistake"] if s.line in found.asked]
    order = list(found.asked)
    for _ in range(40):
        one, other = (slips[k] for k in random.choice(len(slips), 2, replace=False))
        first, second = sorted((one, other), key=lambda s: order.index(s.line))
        if first.line == second.line or set(_family(first)) & set(_family(second)):
            continue
        if not _finite(found, first, second):
            continue
        found.slips = (first, second)
        found.written = found.written_with(first, second)
        alone = found.written_with(first)
        moved = _moved(found, second.line, alone)
        sure = found.beyond_rounding(first.line, found.written) and moved
        found.charged_rightly = frozenset([first.line, second.line]) if sure else None
        return
    _right(found, random)


def _family(slip: Slip) -> list[str]:
    """What two slips have in common that are one decision: a word that both names have."""
    small = {"of", "the", "in", "for", "a", "at", "and", "by", "once"}
    return [w for w in slip.name.casefold().split() if w not in small]


def _moved(found: ExamPaper, name: str, alone: dict[str, np.ndarray]) -> bool:
    """Whether the second slip moves its line by more than rounding from where the first did."""
    balls = np.ravel(found.variant.distances.balls[name])
    unit = 10.0**-found.decimals
    both = zip(
        np.ravel(found.written[name]).astype(float), np.ravel(alone[name]).astype(float), balls,
        strict=True,
    )  # fmt: skip
    return any(abs(a - b) > 6 * float(ball.rad()) + 4 * unit for a, b, ball in both)


def _engines_own(found: ExamPaper, random: np.random.Generator) -> None:
    """A mistake that the engine generates, in exact arithmetic, by the habits of rounding."""
    variants, _ = opened(found.kind)
    keys = sorted(variants.setting.required)
    computation = found.variant.distances.session.computation
    rounding = found.variant.run.rounding
    for k in random.permutation(len(keys)):
        mistake = mistake_of(variants.first, variants.asked, keys[k])
        if any("is taken" in m for m in (mistake.words,)) or mistake.kind == "truncated":
            continue
        try:
            wrong = computation
            for line, equation in mistake.equations:
                wrong = wrong.with_equation(line, equation)
            worked = habits(wrong, set(found.asked), rounding)
            arrays = {n: rounded(worked.raw[found.habit][n], rounding) for n in found.asked}
            written = {n: _texts(a, found.decimals) for n, a in arrays.items()}
        except (DeltaruleError, ArithmeticError, ValueError, TypeError):
            continue
        if not all(np.isfinite(w.astype(float)).all() for w in written.values()):
            continue
        found.written = written
        found.other_shape = {"planted": mistake}
        line = keys[k][0]
        names = (line,) if line in found.asked else variants.asked.seen_in[line]
        found.charged_rightly = next(
            (frozenset([n]) for n in names if found.beyond_rounding(n, written)), None
        )
        return
    _right(found, random)


def _texts(array: np.ndarray, decimals: int) -> np.ndarray:
    return np.vectorize(lambda v: f"{float(v):.{decimals}f}", otypes=[object])(np.asarray(array))


MAKERS = {
    "right": _right,
    "one mistake": _one_mistake,
    "the engine's own": _engines_own,
    "one slip": _one_slip,
    "the pen": _pen,
    "transposed": _transposed,
    "two mistakes": _two_mistakes,
    "nonsense": _nonsense,
}


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


def students(count: int) -> Iterator[int]:
    yield from islice(range(10**6), count)


def measure(count: int, kinds: list[str]) -> Counter:
    """So many papers of each kind; the figures on the screen."""
    total: Counter = Counter()
    for kind in kinds:
        figures: Counter = Counter()
        for student in students(count):
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
    measure(int(sys.argv[1]), sys.argv[2:] or list(exams()))
