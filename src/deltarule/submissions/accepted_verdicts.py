"""Which verdicts pass: right always, and what the teacher's policy accepts besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.submissions.verdict_names import FunctionVerdict

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


def accepted_verdicts(
    words: str | Iterable[str] = USUAL, place: str = "--accept"
) -> frozenset[FunctionVerdict]:
    """The verdicts that pass, of words as `follows,convention`; `none` accepts right alone.

    Raises DeltaruleError at the place for a word that is no verdict, or one that cannot pass.
    """
    found = {FunctionVerdict.RIGHT}
    for word in words.replace(" ", "").split(",") if isinstance(words, str) else words:
        if word in ("", "right", _NONE):
            continue
        if word not in CHOICES:
            known = [*CHOICES, _NONE]
            raise DeltaruleError(
                f"{word!r} is no verdict that may pass",
                place,
                did_you_mean(str(word), known) or f"they are {', '.join(known)}",
            )
        found.add(CHOICES[word])
    if FunctionVerdict.FOLLOWS in found:
        found.add(FunctionVerdict.CALLS)  # that follows, too
    return frozenset(found)


class Found(Protocol):
    """What is found of a function, as far as a policy needs it."""

    @property
    def name(self) -> str: ...
    @property
    def verdict(self) -> FunctionVerdict: ...


@dataclass(frozen=True)
class Policy:
    """The verdicts that pass, and those of single `functions` or classes, by their names."""

    accepted: frozenset[FunctionVerdict] = field(default_factory=accepted_verdicts)
    functions: Mapping[str, frozenset[FunctionVerdict]] = field(default_factory=dict)

    def accepts(self, finding: Found) -> bool:
        """Whether what was found of a function counts as right."""
        owner = finding.name.partition(".")[0]
        own = self.functions.get(finding.name) or self.functions.get(owner)
        return finding.verdict in (own or self.accepted)

    def words(self) -> str:
        """What passes besides right: `follows, convention; affine_forward: none`."""
        said = [_words(self.accepted)]
        said += [f"{name}: {_words(own)}" for name, own in self.functions.items()]
        return "; ".join(said)


def _words(verdicts: frozenset[FunctionVerdict]) -> str:
    return ", ".join(word for word, v in CHOICES.items() if v in verdicts) or _NONE
