"""One decision behind the same mistake in several lines: it is charged once.

Who takes another learning rate takes it for every parameter, and who loses γ loses it wherever γ
belongs: one thing is misunderstood, though many lines come of it that do not depend on each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from deltarule.marking.mistakes import Mistake
from deltarule.marking.mistakes.wrong_tensor import TOO_EARLY
from deltarule.spelling.names import pretty

#: Kinds of which one rule is misremembered, whatever tensors it is applied to.
RULES = frozenset((
    "another learning rate", "no bias correction", "stale value", TOO_EARLY,
    "mean for sum", "sum for mean", "another divisor", "divisor lost", "one path only",
    "assignment for accumulation", "recurrence cut", "truncated", "time order reversed",
    "slope lost", "slope twice", "slope misremembered", "constant misremembered",
    "slope of another function",
    "slope inverted", "slope at the wrong place", "slope at the wrong layer", "slopes exchanged",
    "activation lost", "another activation", "s and h exchanged", "sign in the exponent",
    "another logarithm", "transposed", "layout", "kernel turned", "path frozen", "all of a tie",
    "bias regularised", "bias from weights", "scalar gate", "shares alike",
    "gates exchanged", "wrong groups",
))  # fmt: skip

#: Kinds that are slips of one moment: twice the same is twice made.
MOMENTS = frozenset(("sign", "constant factor", "decimal point", "given misread"))

#: A term that is nothing but a tensor, as a bias is: who forgets it forgets it in every layer.
_BARE_TERM = "the term • is missing"

_INDICES = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True)
class Decisions:
    """What tells decisions apart; `names` are those of all tensors and lines, as in findings."""

    names: re.Pattern

    def of(self, mistake: Mistake) -> tuple[str, str] | None:
        """What the same mistake has in common in all lines; None for a slip of a moment."""
        words = _INDICES.sub("", mistake.words)
        rule = self.names.sub("•", words)
        if mistake.kind in RULES or mistake.line.endswith(" after") or rule == _BARE_TERM:
            return mistake.kind, rule
        named = self.names.search(words) is not None
        return None if mistake.kind in MOMENTS or not named else (mistake.kind, words)

    def of_all(self, mistakes: Iterable[Mistake]) -> frozenset:
        """The decisions behind mistakes that are supposed together; empty if one has none."""
        found = [self.of(m) for m in mistakes]
        return frozenset() if None in found else frozenset(found)


def decisions(names: Iterable[str]) -> Decisions:
    """The decisions of a network with lines and tensors of these names."""
    shown = sorted({pretty(n) for n in names}, key=len, reverse=True)
    either = "|".join(map(re.escape, shown)) or r"(?!)"
    return Decisions(re.compile(rf"(?<!\w)(?:{either})(?!\w)"))
