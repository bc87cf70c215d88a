"""Charges: causes of wrong values, asserted where the digits prove them, else offered.

What is offered may be proved by later lines: by values that only the cause gives, carried on with
more digits than are printed, and by the same slip made again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from deltarule.marking import verdicts
from deltarule.marking.aligned_answers import Written
from deltarule.marking.evidence import Evidence, of_entries, weight
from deltarule.marking.mistakes import Mistake
from deltarule.marking.verdicts import Verdict

#: How many other explanations are listed.
MOST_ALTERNATIVES = 5


@dataclass(frozen=True)
class Cause:
    """One explanation: its mistakes if it supposes any, their kinds, the sentence, and how much
    the search for it took, in bits."""

    kinds: tuple[str, ...]
    sentence: str
    searched: float
    mistakes: tuple[Mistake, ...] = ()


@dataclass
class Charge:
    """The causes of one wrong value, simplest first, and what its digits tell.

    `later` is what other lines tell of single causes.
    """

    verdict: Verdict
    causes: list[Cause]
    evidence: Evidence
    later: dict[int, Evidence] = field(default_factory=dict)

    def evidence_of(self, k: int, elsewhere: Evidence | None = None) -> Evidence:
        """What is known of a cause, by its own value and by others."""
        return self.evidence + self.later.get(k, Evidence()) + (elsewhere or Evidence())


@dataclass
class Ledger:
    """All charges of a submission that its digits have not proved so far.

    `habits` are ways of shortening numbers, each with the quantity that was charged with it.
    """

    open: list[Charge] = field(default_factory=list)
    habits: dict[str, str] = field(default_factory=dict)

    def verdict(self, verdict: Verdict, causes: list[Cause], evidence: Evidence) -> Verdict:
        """The verdict on a value with causes: a mistake if it is proved, else perhaps one."""
        first = causes[0]
        if evidence.beyond(first.searched):
            return _asserted(verdict, causes, 0)
        offered = replace(
            verdict,
            verdict=verdicts.WRONG,
            mistakes=(),
            finding=f"perhaps {first.sentence}; so few digits may agree by chance",
            alternatives=_sentences(causes)[1:],
        )
        self.open.append(Charge(offered, causes, evidence))
        return offered

    def carried_on(self, earlier: Iterable[Mistake], evidence: Evidence) -> None:
        """Digits of a later line that come of mistakes before it."""
        carried = set(earlier)
        for charge in self.open:
            for k, cause in enumerate(charge.causes):
                if cause.mistakes and carried.issuperset(cause.mistakes):
                    charge.later[k] = charge.later.get(k, Evidence()) + evidence

    def settled(self, found: list[Verdict]) -> list[Verdict]:
        """The verdicts, with what is proved by the submission as a whole."""
        proved = {id(c.verdict): v for c in self.open if (v := self._proved(c)) is not None}
        return [proved.get(id(v), v) for v in found]

    def _proved(self, charge: Charge) -> Verdict | None:
        for k in sorted(charge.later, key=lambda k: -charge.later[k].apart):
            if charge.evidence_of(k).beyond(charge.causes[k].searched):
                return _asserted(charge.verdict, charge.causes, k)
        same = sum(
            (c.evidence for c in self.open if c is not charge and _alike(c, charge)),
            start=Evidence(),
        )
        if same.apart and charge.evidence_of(0, same).beyond(charge.causes[0].searched):
            return _asserted(charge.verdict, charge.causes, 0)
        return None


def _alike(one: Charge, other: Charge) -> bool:
    """Whether two values are wrong by the same slip in different lines."""
    return one.causes[0].kinds == other.causes[0].kinds


def _asserted(verdict: Verdict, causes: list[Cause], k: int) -> Verdict:
    others = _sentences(causes)[1:] if k == 0 else ()
    return replace(
        verdict,
        verdict=verdicts.MISTAKE,
        finding=causes[k].sentence,
        mistakes=causes[k].kinds,
        alternatives=others,
    )


def _sentences(causes: list[Cause]) -> tuple[str, ...]:
    sentences = dict.fromkeys(c.sentence for c in causes)
    return tuple(sentences)[: 1 + MOST_ALTERNATIVES]


def evidence_of_following(
    written: Written, entries: list[tuple], exact: np.ndarray, reach: np.ndarray | None
) -> Evidence:
    """What later entries tell of a mistake: the digits that the printed wrong value leaves open.

    `reach` is how far each entry may lie from what the printed value gives; None if no wrong value
    is printed before it.
    """
    wrong = [e for e in entries if not written.numbers[e].nearest(exact[e])]
    if reach is None:
        return of_entries(written, wrong, exact)
    bits = 0.0
    for e in wrong:
        unit = float(written.numbers[e].unit or 0)
        bits += min(weight(written, e, exact), np.log2(1 + 2 * reach[e] / unit) if unit else 0.0)
    return Evidence(bits, bits)
