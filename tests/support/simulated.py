"""A simulated class: papers worked out in NumPy, right or with one slip planted in one line.

Dense, convolutional, recurrent, normalised and attention networks. Everybody rounds by one of three
habits and carries on either the printed digits or everything the calculator holds. Nothing here
comes from the engine but the verdicts.

    python tests/support/simulated.py 80 dense batch --first 1000 --table slips.txt
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from unittest.mock import patch

import numpy as np
from simulated_chain_rule import IN_STEPS
from simulated_convolutions import AVERAGED, POOLED, STRIDED
from simulated_dense import BATCH, BINARY, DENSE
from simulated_lines import Slip, worked
from simulated_norms import ATTENTION, BATCH_NORM, LAYER_NORM
from simulated_recurrent import GRU, LSTM, RNN
from simulated_slips import anywhere

from deltarule.marking import mark
from deltarule.marking.session import Session
from deltarule.marking.sheet_files.answers import Answers
from deltarule.marking.sheet_files.arrays import read_numbers
from deltarule.marking.sheet_files.sheets import Rounding, Run, Sheet
from deltarule.marking.verdicts import FOLLOWS, Marking, Verdict

KINDS = {
    "dense": DENSE, "batch": BATCH, "binary": BINARY, "conv": POOLED, "strided": STRIDED,
    "averaged": AVERAGED, "rnn": RNN, "lstm": LSTM, "gru": GRU, "batch norm": BATCH_NORM,
    "layer norm": LAYER_NORM, "attention": ATTENTION, **IN_STEPS,
}  # fmt: skip
#: The module behind the function of the same name.
_MARKING = sys.modules[mark.__module__]
HABITS = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "truncate": ROUND_DOWN}


@dataclass
class Aligned:
    """One paper: what was given and worked out, whose habits, which slips, and what was marked."""

    kind: str
    seed: int
    givens: dict
    rule: str
    decimals: int
    carries_all: bool
    slips: tuple[Slip, ...]
    written: dict[str, np.ndarray] = field(default_factory=dict)
    marking: Marking | None = None
    session: Session | None = None

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What was said of every line."""
        assert self.marking is not None
        return self.marking.verdicts

    @property
    def accused(self) -> list[Verdict]:
        """The verdicts that are neither right nor follow."""
        return [v for v in self.verdicts if not v.right and v.verdict != FOLLOWS]

    @property
    def charged(self) -> list[str]:
        """The quantities that are accused."""
        return list(dict.fromkeys(v.quantity for v in self.accused))

    def written_with(self, *slips: Slip) -> dict[str, np.ndarray]:
        """What this person would have written with other slips."""
        wrong = {s.line: s.work for s in slips if s.work is not None}
        values = worked(KINDS[self.kind], self.givens, wrong, self._kept)
        written = {n: shortened(v, self.decimals, self.rule) for n, v in values.items()}
        for slip in slips:
            if slip.write is not None:
                written[slip.line] = slip.write(written[slip.line], values[slip.line])
        return written

    def _kept(self, values) -> np.ndarray:
        values = np.asarray(values, dtype=float)
        if self.carries_all:
            return values
        return shortened(values, self.decimals, self.rule).astype(float)


def shortened(values, decimals: int, rule: str) -> np.ndarray:
    """Numbers as somebody prints them, as text; three digits more undo the noise of float64."""
    unit, kept = Decimal(1).scaleb(-decimals), max(12, decimals + 3)
    return np.vectorize(
        lambda v: str(Decimal(f"{v:.{kept}f}").quantize(unit, HABITS[rule])), otypes=[object]
    )(np.asarray(values, dtype=float))


def paper(kind: str, seed: int, *slips: str | Slip) -> Aligned:
    """A paper of a kind with some slips, marked; habits and digits come from the seed."""
    found = blank(kind, seed)
    named = {s.name: s for s in KINDS[kind].slips}
    found.slips = tuple(named[s] if isinstance(s, str) else s for s in slips)
    found.written = found.written_with(*found.slips)
    opened = _MARKING.open_session

    def remembered(*arguments, **options):
        found.session = opened(*arguments, **options)
        return found.session

    with patch.object(_MARKING, "open_session", remembered):
        found.marking = mark(
            _sheet(found),
            Answers(
                None,
                "",
                {name: read_numbers(texts.tolist(), name) for name, texts in found.written.items()},
                "simulated.py",
            ),
        )
    return found


def blank(kind: str, seed: int) -> Aligned:
    """A paper on which nothing is written yet.

    Its sheet asks for 5 to 8 decimals: 3 or 4 leave two or three figures of most gradients, which
    cannot tell one of a hundred ways to misread a number from chance.
    """
    random = np.random.default_rng([seed, list(KINDS).index(kind)])
    givens = KINDS[kind].givens(random)
    rule = list(HABITS)[random.integers(3)]
    decimals, carries_all = int(random.integers(5, 9)), bool(random.integers(2))
    if kind.endswith("norm"):
        decimals += 2  # variances are that much smaller
    return Aligned(kind, seed, givens, rule, decimals, carries_all, ())


def _sheet(found: Aligned) -> Sheet:
    of = KINDS[found.kind]
    updates = {} if of.rate is None else {"rate": read_numbers(of.rate, "rate"), "updates": 1}
    run = Run(
        "simulated",
        of.network,
        of.options,
        rounding=Rounding(found.decimals, None, found.rule),
        given={
            n: read_numbers(shortened(v, 5, "half-up").tolist(), n) for n, v in found.givens.items()
        },
        **updates,
    )
    return Sheet("simulated", "", "simulated.py", (run,))


def slips_of(kind: str, seed: int) -> list[Slip]:
    """The slips of a kind, and those that may happen in a line that the seed chooses."""
    of, random = KINDS[kind], np.random.default_rng([seed, 1])
    line = random.choice(list(of.lines))
    common = list(anywhere(of, str(line), blank(kind, seed).givens, random))
    return [of.slips[seed % len(of.slips)], common[seed % len(common)]]


if __name__ == "__main__":
    from argparse import ArgumentParser

    from simulated_figures import measure

    reader = ArgumentParser(description="Figures on a simulated class.")
    reader.add_argument("count", type=int, help="so many seeds, two papers with a slip of each")
    reader.add_argument("kinds", nargs="*", help=", ".join(KINDS))
    reader.add_argument("--first", type=int, default=0, help="the first seed")
    reader.add_argument("--table", help="a file for what became of every kind of slip")
    wanted = reader.parse_args()
    seeds = range(wanted.first, wanted.first + wanted.count)
    measure(seeds, tuple(wanted.kinds) or tuple(KINDS), wanted.table)
