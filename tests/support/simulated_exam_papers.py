"""What the papers of a simulated exam hold: right working, slips, two of them, nonsense."""

from __future__ import annotations

import numpy as np
from simulated_exams import ExamPaper, first_charged, opened, slips_for
from simulated_lines import Slip

from deltarule.errors import DeltaruleError
from deltarule.exams.draws import mistake_of
from deltarule.exams.rounding_habits import habits, rounded


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


#: The second is the gradient of what the first makes of its line.
ONE_DECISION = {
    ("mean for the largest", "spread over the window"),
    ("sum for the largest", "to every entry of the window"),
    ("no σ at the output", "slope lost in the weights"),
}


def _two_mistakes(found: ExamPaper, random: np.random.Generator) -> None:
    """Two slips in two lines that are asked, of two families."""
    slips = [s for s in slips_for(found, random)["mistake"] if s.line in found.asked]
    order = list(found.asked)
    for _ in range(40):
        one, other = (slips[k] for k in random.choice(len(slips), 2, replace=False))
        first, second = sorted((one, other), key=lambda s: order.index(s.line))
        if first.line == second.line or set(_family(first)) & set(_family(second)):
            continue
        if (first.name, second.name) in ONE_DECISION:
            continue
        if not _finite(found, first, second):
            continue
        found.slips = (first, second)
        found.written = found.written_with(first, second)
        alone = found.written_with(first)
        moved = _moved(found, second.line, alone)
        # Two signs may cancel: what is right in the end is not charged.
        wrong = all(found.beyond_rounding(s.line, found.written) for s in (first, second))
        sure = wrong and moved
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
    own, first = (np.ravel(w[name]).astype(float) for w in (found.written, alone))
    both = zip(own, first, balls, strict=True)
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
