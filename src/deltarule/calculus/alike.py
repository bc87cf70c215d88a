"""Gradients whose steps are the same but for the names of tensors, such as those of an LSTM's
gates: one is shown whole, of the others it is said which names stand in the place of which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deltarule.calculus.steps import Derivation, Gradient
from deltarule.spelling.counted import counted
from deltarule.spelling.text import text


@dataclass(frozen=True)
class Alike:
    """A gradient with the steps of an earlier one, `first`; `names` of its tensors by theirs."""

    first: Gradient
    names: Mapping[str, str]

    def sentence(self, own: str) -> str:
        """`the same 5 steps as ∂L/∂W_xi, with s_f for s_i`; `own` is the gradient's tensor."""
        others = [
            f"{new} for {old}" for old, new in self.names.items() if old != new and new != own
        ]
        put = f", with {', '.join(others)}" if others else ""
        steps = counted(len(self.first.steps), "step")
        return f"the same {steps} as {text.name(self.first.name)}{put}"


def alike(derivation: Derivation, gradients: Iterable[Gradient]) -> dict[str, Alike]:
    """Of some gradients in their order, those that are like an earlier one, by name.

    Two are alike where renaming tensors one to one turns every line of the one, with its reason,
    condition and check, into that of the other.
    """
    names = sorted({text.name(name) for name in derivation.network.tensors}, key=len, reverse=True)
    if not names:
        return {}
    known = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    first: dict[tuple[str, ...], tuple[Gradient, list[str]]] = {}
    found: dict[str, Alike] = {}
    for gradient in gradients:
        pattern, own = _pattern(gradient, known)
        if len(gradient.steps) > 1 and pattern in first:
            earlier, theirs = first[pattern]
            found[gradient.name] = Alike(earlier, dict(zip(theirs, own)))
        else:
            first.setdefault(pattern, (gradient, own))
    return found


def _pattern(gradient: Gradient, known: re.Pattern) -> tuple[tuple[str, ...], list[str]]:
    """The lines of a gradient with numbers for its tensors, and the tensors by their numbers."""
    places: dict[str, int] = {}

    def numbered(match: re.Match) -> str:
        return f"⟨{places.setdefault(match[0], len(places))}⟩"

    def of_prose(match: re.Match) -> str:
        # In a sentence, one letter is hardly ever a tensor: "the one with i = u".
        return numbered(match) if len(match[0]) > 1 else match[0]

    lines = [known.sub(numbered, text(gradient.lhs))]
    for step in gradient.steps:
        formulas = text(step.before), text(step.after), step.condition, step.verified
        lines += [step.rule, known.sub(of_prose, step.reason)]
        lines += [known.sub(numbered, formula) for formula in formulas]
    lines += [known.sub(numbered, line) for line in (gradient.words, *gradient.notes)]
    return tuple(lines), list(places)
