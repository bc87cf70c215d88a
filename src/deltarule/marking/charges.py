"""Charges: causes of wrong values, asserted where the digits prove them, else offered.

What is offered may be proved by later lines: by values that only the cause gives, carried on with
more digits than are printed, and by the same slip made again. What comes of one decision is charged
once, in the first line where it is proved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from deltarule.marking import verdicts
from deltarule.marking.aligned_answers import Written
from deltarule.marking.evidence import Evidence, of_entries, weight
from deltarule.marking.mistakes import Mistake
from deltarule.marking.one_decision import Decisions, decisions
from deltarule.marking.verdicts import Verdict
from deltarule.spelling.names import pretty

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

    `proved` is the cause that is asserted, by its place in `causes`; None while there is none.
    `later` is what other lines tell of single causes.
    """

    verdict: Verdict
    causes: list[Cause]
    evidence: Evidence
    proved: int | None = None
    later: dict[int, Evidence] = field(default_factory=dict)

    def evidence_of(self, k: int, elsewhere: Evidence | None = None) -> Evidence:
        """What is known of a cause, by its own value and by others."""
        return self.evidence + self.later.get(k, Evidence()) + (elsewhere or Evidence())


@dataclass
class Ledger:
    """All charges of a submission, in the order in which they were made.

    `habits` are ways of shortening numbers, each with the quantity that was charged with it.
    """

    decisions: Decisions = field(default_factory=lambda: decisions(()))
    charges: list[Charge] = field(default_factory=list)
    habits: dict[str, str] = field(default_factory=dict)

    @property
    def open(self) -> list[Charge]:
        """The charges that the digits of their own values have not proved."""
        return [c for c in self.charges if c.proved is None]

    def verdict(self, verdict: Verdict, causes: list[Cause], evidence: Evidence) -> Verdict:
        """The verdict on a value with causes: a mistake if it is proved, else perhaps one."""
        first = causes[0]
        proved = evidence.beyond(first.searched)
        said = (
            _asserted(verdict, causes, 0)
            if proved
            else replace(
                verdict,
                verdict=verdicts.WRONG,
                mistakes=(),
                finding=f"perhaps {first.sentence}; so few digits may agree by chance",
                alternatives=_sentences(causes)[1:],
            )
        )
        self.charges.append(Charge(said, causes, evidence, 0 if proved else None))
        return said

    def carried_on(self, earlier: Iterable[Mistake], evidence: Evidence) -> None:
        """Digits of a later line that come of mistakes before it."""
        carried = set(earlier)
        for charge in self.open:
            for k, cause in enumerate(charge.causes):
                if cause.mistakes and carried.issuperset(cause.mistakes):
                    charge.later[k] = charge.later.get(k, Evidence()) + evidence

    def settled(self, found: list[Verdict]) -> list[Verdict]:
        """The verdicts, with what is proved by the submission as a whole; one decision is charged
        once, and its other lines follow."""
        kept = {id(v) for v in found}
        charges = [c for c in self.charges if id(c.verdict) in kept]
        proved = [(c, self._proved(c, charges)) for c in charges]
        said = {
            id(c.verdict): _asserted(c.verdict, c.causes, k)
            for c, k in proved
            if c.proved is None and k is not None
        }
        said |= self._again(proved)
        return [said.get(id(v), v) for v in found]

    def _proved(self, charge: Charge, charges: list[Charge]) -> int | None:
        """The cause that is proved, by its own digits or by those of others."""
        if charge.proved is not None:
            return charge.proved
        for k in sorted(charge.later, key=lambda k: -charge.later[k].apart):
            if charge.evidence_of(k).beyond(charge.causes[k].searched):
                return k
        same = sum(
            (c.evidence for c in charges if c is not charge and self._alike(c, charge)),
            start=Evidence(),
        )
        if same.apart and charge.evidence_of(0, same).beyond(charge.causes[0].searched):
            return 0
        return None

    def _alike(self, one: Charge, other: Charge) -> bool:
        """Whether two values are wrong by the same slip in different lines."""
        if one.proved is None:
            return one.causes[0].kinds == other.causes[0].kinds
        decided = [self.decisions.of_all(c.causes[0].mistakes) for c in (one, other)]
        return bool(decided[0]) and decided[0] == decided[1]

    def _again(self, proved: list[tuple[Charge, int | None]]) -> dict[int, Verdict]:
        """The verdicts on what comes of a decision that another line is charged with."""
        charged: dict[object, str] = {}
        found = {}
        for charge, k in sorted(proved, key=lambda c: c[1] is None):
            source = self._source(charge, k, charged)
            if source is not None:
                found[id(charge.verdict)] = _the_same(charge.verdict, *source)
            elif k is not None:
                for decision in self.decisions.of_all(charge.causes[k].mistakes):
                    charged.setdefault(decision, charge.verdict.quantity)
        return found

    def _source(
        self, charge: Charge, k: int | None, charged: dict[object, str]
    ) -> tuple[list[str], Cause] | None:
        """The lines that are charged already with all decisions behind one of the causes."""
        order = list(charge.causes) if k is None else [charge.causes[k], *charge.causes]
        for cause in order:
            decided = self.decisions.of_all(cause.mistakes)
            if decided and decided <= charged.keys():
                lines = dict.fromkeys(charged[d] for d in decided)
                if charge.verdict.quantity not in lines:
                    return list(lines), cause
        return None


def _the_same(verdict: Verdict, sources: list[str], cause: Cause) -> Verdict:
    """The verdict on a value that is wrong by mistakes that other lines are charged with."""
    lines = " and ".join(pretty(n) for n in sources)
    return replace(
        verdict,
        verdict=verdicts.FOLLOWS,
        sources=tuple(sources),
        finding=f"the same mistake as in {lines}, charged there: {cause.sentence}",
        mistakes=(),
        alternatives=(),
    )


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
