"""A simulated class: papers worked out in NumPy, right or with one mistake planted in one line.

Four kinds of network: a small dense one as on a slide, a batch with softmax, convolution with max
pooling, a recurrent one of two times. Everybody rounds by one of three habits and carries on
either the printed digits or everything the calculator holds. Nothing here comes from the engine.

    python tests/support/simulated.py 40        # so many papers of each kind, and the figures
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
from simulated_kinds import KINDS, Kind, Lines

from deltarule.marking import mark
from deltarule.marking.answers import Answers
from deltarule.marking.arrays import read_numbers
from deltarule.marking.sheets import Rounding, Run, Sheet
from deltarule.marking.verdicts import FOLLOWS, Marking

HABITS = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "truncate": ROUND_DOWN}


@dataclass(frozen=True)
class Paper:
    """One paper: whose habits, which mistake, and what was marked."""

    kind: str
    seed: int
    rule: str
    carries_all: bool
    mistakes: tuple[str, ...]
    marking: Marking

    @property
    def accused(self) -> list:
        """The verdicts that are neither right nor follow."""
        return [v for v in self.marking.verdicts if not v.right and v.verdict != FOLLOWS]

    @property
    def charged(self) -> list[str]:
        """The quantities that are accused."""
        return list(dict.fromkeys(v.quantity for v in self.accused))


def shortened(values, decimals: int, rule: str) -> np.ndarray:
    """Numbers as somebody prints them, as text; twelve digits undo the noise of float64."""
    unit = Decimal(1).scaleb(-decimals)
    return np.vectorize(
        lambda v: str(Decimal(f"{v:.12f}").quantize(unit, HABITS[rule])), otypes=[object]
    )(np.asarray(values, dtype=float))


def worked(kind: Kind, givens: dict, wrong: Lines, keep: Callable) -> dict:
    """Every line, each kept as `keep` says before it is used."""
    q = dict(givens)
    for name, line in {**kind.lines, **{n: wrong[n] for n in kind.lines if n in wrong}}.items():
        if not isinstance(line, tuple):
            q[name] = keep(line(q))
            continue
        parts = name.split()
        for t in (0, 1) if parts[0] == "s" else (1, 0):
            for part, step in zip(parts, line, strict=True):
                found = keep(step(q, t))
                q.setdefault(part, np.zeros((2, *found.shape)))[t] = found
    return {n: v for n, v in q.items() if n not in givens}


def paper(kind: str, seed: int, *mistakes: str) -> Paper:
    """A paper of a kind with some mistakes, marked; habits and digits come from the seed."""
    of = KINDS[kind]
    random = np.random.default_rng([seed, list(KINDS).index(kind)])
    givens = of.givens(random)
    rule = list(HABITS)[random.integers(3)]
    decimals, carries_all = int(random.integers(3, 7)), bool(random.integers(2))

    def keep(values):
        values = np.asarray(values, dtype=float)
        return values if carries_all else shortened(values, decimals, rule).astype(float)

    wrong = {name: line for m in mistakes for name, line in of.mistakes[m].items()}
    values = worked(of, givens, wrong, keep)
    numbers = {n: read_numbers(shortened(v, decimals, rule).tolist(), n) for n, v in values.items()}
    run = Run(
        "simulated", of.network, of.options, rounding=Rounding(decimals, None, rule),
        given={n: read_numbers(shortened(v, 2, rule).tolist(), n) for n, v in givens.items()},
        **({} if of.rate is None else {
            "rate": read_numbers("0.5", "rate"), "updates": 1}),
    )
    sheet = Sheet("simulated", "", "simulated.py", (run,))
    marking = mark(sheet, Answers(None, "", numbers, "simulated.py"))
    return Paper(kind, seed, rule, carries_all, mistakes, marking)


def measure(count: int, kinds=tuple(KINDS)) -> None:
    """Right values accused, mistakes charged more than once, mistakes named: figures on screen."""
    for kind in kinds:
        accused = double = named = unseen = papers = values = 0
        names = list(KINDS[kind].mistakes)
        for seed in range(count):
            right = paper(kind, seed)
            values += len(right.marking.verdicts)
            for v in right.accused:
                accused += 1
                print("  accused", kind, seed, right.rule, right.carries_all, v.quantity, v.given,
                      v.verdict, v.expected)
            wrong = paper(kind, seed, names[seed % len(names)])
            papers += 1
            named += any(v.mistakes for v in wrong.accused)
            unseen += not wrong.charged
            if len(wrong.charged) > 1:
                double += 1
                print("  double", kind, seed, wrong.mistakes, wrong.rule, wrong.carries_all)
                for v in wrong.accused:
                    print("      ", v.quantity, v.index, v.given, v.verdict, v.finding[:110])
        print(f"{kind}: {accused} of {values} right values accused; of {papers} mistakes "
              f"{double} charged twice, {named} named, {unseen} not seen", flush=True)


if __name__ == "__main__":
    measure(int(sys.argv[1]), *([tuple(sys.argv[2:])] if sys.argv[2:] else []))
