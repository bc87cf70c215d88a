"""The colour of a verdict: one for each, whatever page it stands on."""

from __future__ import annotations

from deltarule.marking import verdicts

_KINDS = {
    verdicts.RIGHT: "good",
    verdicts.CARRIED: "good",
    verdicts.FOLLOWS: "follows",
    verdicts.TRIVIAL: "follows",
    verdicts.UNDECIDED: "open",
    verdicts.UNREADABLE: "open",
    verdicts.MISSING: "missing",
}


def verdict_kind(verdict: str) -> str:
    """The class of style of a verdict; what is none of these is a mistake."""
    return _KINDS.get(verdict, "bad")
