"""Figures on a simulated class: right values accused, slips charged twice, named, named wrongly.

A slip is named if the cause that is found is the one that was planted: it gives the same values at
other numbers too. Slips of reading and writing are known by their kind alone. What prints the same
as right working is no mistake that anybody could see; and where the planted cause is offered beside
a simpler one that prints the same digits, the digits cannot tell the two.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
from simulated import KINDS, Aligned, blank, paper, slips_of
from simulated_lines import Slip, worked

from deltarule.arithmetic.base import entrywise
from deltarule.arithmetic.exact import fraction
from deltarule.marking.mistakes import Mistake
from deltarule.marking.verdicts import MISTAKE, Verdict
from deltarule.marking.workings.carrying import with_mistakes
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.marking.workings.truncations import Truncations
from deltarule.tracing.computation import Computation

UNSEEN, NAMED, ALIKE = "unseen", "named", "as simple as another"
PERHAPS, PERHAPS_WRONG = "perhaps", "perhaps wrongly"
NOT_NAMED, WRONGLY, TWICE = "not named", "named wrongly", "charged twice"
#: What nobody could tell from the printed digits is listed, and not counted.
NOT_COUNTED = (UNSEEN, ALIKE)


def outcome(found: Aligned) -> str:
    """What became of the one slip on a paper."""
    (slip,) = found.slips
    if not found.accused and _as_near(found.written, found.written_with()):
        return UNSEEN
    if len(found.charged) > 1:
        return TWICE
    if not found.accused:
        return NOT_NAMED
    first = found.accused[0]
    causes = found.session.explainer.carrying.diagnosed.get(first.quantity, [])
    asserted = all(v.verdict == MISTAKE for v in found.accused)
    kinds = set(_kinds(found, first))
    if kinds == {"misprint"}:  # no line is worked out wrongly then
        causes = [(), *causes]
    if kinds & set(slip.kinds) or (causes and _is(found, causes[0], slip)):
        return NAMED if asserted else PERHAPS
    if any(_is(found, cause, slip) for cause in causes[1:]):
        return ALIKE if asserted else PERHAPS_WRONG
    if asserted:
        return WRONGLY
    return PERHAPS_WRONG if first.finding.startswith("perhaps") else NOT_NAMED


def _kinds(found: Aligned, verdict: Verdict) -> tuple[str, ...]:
    """The kinds of the first cause of a value, asserted or offered."""
    offered = (c.causes[0].kinds for c in found.session.ledger.open if c.verdict is verdict)
    return verdict.mistakes or next(offered, ())


def _same(one: dict, other: dict) -> bool:
    """Whether the same numbers are written; 0.000 and 0.00 are one number."""
    return all(np.array_equal(one[n].astype(float), other[n].astype(float)) for n in one)


def _as_near(one: dict, other: dict) -> bool:
    """Whether the numbers differ by a unit of the last digit at most, as by rounding on the way."""
    return all(
        abs(Decimal(a) - Decimal(b)) <= Decimal(1).scaleb(Decimal(a).as_tuple().exponent)
        for name in one
        for a, b in zip(np.ravel(one[name]), np.ravel(other[name]), strict=True)
    )


def _is(found: Aligned, cause: tuple[Mistake, ...], slip: Slip) -> bool:
    """Whether a cause is a slip: both give the same values, here and at other numbers."""
    if slip.work is None or not cause:
        return False
    if slip.kinds:
        return bool({m.kind for m in cause} & set(slip.kinds)) and _agree(
            found, found.givens, cause, slip
        )
    return _agree(found, _other_givens(found), cause, slip)


def _other_givens(found: Aligned) -> dict:
    """Other numbers in the same shapes."""
    kind = KINDS[found.kind]
    shapes = {n: np.shape(v) for n, v in found.givens.items()}
    for seed in range(1000):
        other = kind.givens(np.random.default_rng([found.seed, seed, 7]))
        if {n: np.shape(v) for n, v in other.items()} == shapes:
            return other
    raise ValueError(f"no other givens of {found.kind} in these shapes")


def _agree(found: Aligned, givens: dict, cause: tuple[Mistake, ...], slip: Slip) -> bool:
    computation = found.session.computation
    exact = {n: entrywise(fraction, np.array(v, dtype=float)) for n, v in givens.items()}
    other = Computation(
        computation.derivation,
        {n: exact[n].reshape(a.shape) for n, a in computation.givens.items()},
        computation.sizes,
        computation.optimiser,
        computation.rate,
        computation.parameters,
        computation.scalars,
        computation.extra,
    )
    truncations = Truncations(KINDS[found.kind].network, KINDS[found.kind].options, other)
    if any(m.kind == "truncated" for m in cause):
        truncations.mistakes(slip.line)
    evaluator = Evaluator(
        other, {}, {**found.session._truncations.extra_values, **truncations.extra_values}
    )
    planted = worked(KINDS[found.kind], givens, {slip.line: slip.work}, np.asarray)
    try:
        value = evaluator.quick(slip.line, with_mistakes(Hypothesis(), cause))
    except NO_VALUE:
        return False
    return np.allclose(
        np.asarray(value, dtype=float).ravel(), np.ravel(planted[slip.line]), rtol=1e-7, atol=1e-11
    )


def measure(seeds: range, kinds: tuple[str, ...], table: str | None = None) -> Counter:
    """Papers of some kinds, right ones and such with one slip; the figures on the screen.

    With `table`, what became of every slip is written there, a line for each kind of slip.
    """
    total: Counter = Counter()
    slips: dict[tuple[str, str], Counter] = {}
    for kind in kinds:
        figures = Counter()
        for seed in seeds:
            if seed % 4 == 0:
                figures += _right(kind, seed)
            for slip in slips_of(kind, seed):
                became = _wrong(kind, seed, slip)
                slips.setdefault((kind, slip.name), Counter()).update(became)
                figures += became
        print(f"{kind}: {_told(figures)}", flush=True)
        total += figures
        if table is not None:
            _write(table, slips)
    print(f"all: {_told(total)}")
    print(must_show(total))
    return total


def must_show(figures: Counter) -> str:
    """The figures by which marking is measured, as one line."""
    counted = figures["slips"] - sum(figures[o] for o in NOT_COUNTED)

    def share(*outcomes: str) -> str:
        number = sum(figures[o] for o in outcomes)
        return f"{number} of {counted} ({100 * number / max(counted, 1):.1f} %)"

    return (
        f"{figures['papers']} papers: {figures['right accused']} of {figures['right values']} "
        f"right values accused; {figures['later values accused']} later values accused and "
        f"{figures[TWICE]} slips charged twice; {share(NAMED)} slips named, "
        f'{share(NAMED, PERHAPS)} with those named as "perhaps"; {share(WRONGLY)} named wrongly, '
        f'{share(PERHAPS_WRONG)} as a wrong "perhaps", {share(NOT_NAMED)} not named'
    )


def _write(table: str, slips: dict[tuple[str, str], Counter]) -> None:
    lines = [f"{kind}\t{name}\t{_told(figures)}" for (kind, name), figures in slips.items()]
    Path(table).write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")


def _right(kind: str, seed: int) -> Counter:
    found = paper(kind, seed)
    for v in found.accused:
        print("  accused", kind, seed, found.rule, found.decimals, found.carries_all, v)
    return Counter(
        {"papers": 1, "right values": len(found.verdicts), "right accused": len(found.accused)}
    )


def printable(kind: str, seed: int, *slips: Slip) -> bool:
    """Whether numbers come out: log of a share that became negative is none."""
    try:
        written = blank(kind, seed).written_with(*slips)
    except InvalidOperation:  # ∞ has no decimals
        return False
    return all(np.isfinite(texts.astype(float)).all() for texts in written.values())


def _wrong(kind: str, seed: int, slip: Slip) -> Counter:
    if not printable(kind, seed, slip):
        return Counter({"papers without a number": 1})
    found = paper(kind, seed, slip)
    became = outcome(found)
    if became not in (NAMED, UNSEEN):
        print(
            f"  {became}: {kind} {seed}, {slip.name} in {slip.line}, {found.rule} "
            f"{found.decimals} {'all' if found.carries_all else 'printed'} carried",
            flush=True,
        )
        for v in found.accused[:3]:
            print(
                "      ",
                v.quantity,
                v.index,
                v.given[:60],
                "for",
                v.expected[:60],
                "|",
                v.verdict,
                v.mistakes,
                v.finding[:150],
                *v.alternatives[:1],
            )
    others = [v for v in found.verdicts if v.quantity != slip.line]
    wronged = sum(v in found.accused for v in others if v.quantity not in found.charged[:1])
    return Counter({became: 1, "papers": 1, "slips": 1, "later values accused": wronged})


def _told(figures: Counter) -> str:
    return ", ".join(f"{number} {what}" for what, number in figures.items() if number)
