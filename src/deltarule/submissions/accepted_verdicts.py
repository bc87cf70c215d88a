"""Which verdicts pass: right always, and what the teacher's policy accepts besides."""

from __future__ import annotations

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.submissions.findings import FunctionVerdict

#: The verdicts about which there is something to decide, by the word for each.
CHOICES = {
    "follows": FunctionVerdict.FOLLOWS,
    "convention": FunctionVerdict.CONVENTION,
    "changes": FunctionVerdict.CHANGES,
    "partly": FunctionVerdict.PARTLY,
    "unfinished": FunctionVerdict.UNFINISHED,
}
#: What passes besides where nothing is said: one mistake is not charged twice.
USUAL = "follows"
_NONE = "none"


def accepted_verdicts(words: str | None = None) -> frozenset[FunctionVerdict]:
    """The verdicts that pass, of words as `follows,convention`; `none` accepts right alone.

    Raises DeltaruleError for a word that is no verdict, or one that cannot pass.
    """
    found = {FunctionVerdict.RIGHT}
    for word in (USUAL if words is None else words).replace(" ", "").split(","):
        if word in ("", "right", _NONE):
            continue
        if word not in CHOICES:
            known = [*CHOICES, _NONE]
            raise DeltaruleError(
                f"{word!r} is no verdict that may pass",
                "--accept",
                did_you_mean(word, known) or f"they are {', '.join(known)}",
            )
        found.add(CHOICES[word])
    return frozenset(found)
