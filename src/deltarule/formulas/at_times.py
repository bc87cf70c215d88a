"""Times in brackets: x[t] and c[t − 1] of what has more axes than times are x_{t} and c_{t−1}."""

from __future__ import annotations

import re

from deltarule.errors import DeltaruleError
from deltarule.formulas.named_states import place_of, time_index
from deltarule.formulas.tokens import tokens
from deltarule.formulas.vocabulary import Vocabulary

_NAMES = ("name", "derivative", "primed")
_LONGEST = 6  # tokens of [t − 1] and what is behind it


def with_times_below(formula: str, vocabulary: Vocabulary, place: str) -> str:
    """The formula with _{t − 1} for [t − 1], where the other axes are left out."""
    time = time_index(vocabulary) if "[" in formula else None
    if time is None:
        return formula
    found = tokens(formula, place)
    changed = list(formula)
    for k, token in enumerate(found[:-2]):
        if token.kind not in _NAMES or found[k + 1].text != "[":
            continue
        inside = [t.text for t in found[k + 2 : k + _LONGEST]]
        end = inside.index("]") if "]" in inside else 0
        if not end or not re.fullmatch(rf"{re.escape(time.name)}([-+]\d)?", "".join(inside[:end])):
            continue
        if _axes(token.text, vocabulary) > 1:
            changed[found[k + 1].start] = "_{"
            changed[found[k + 2 + end].start] = "}"
    return "".join(changed)


def _axes(name: str, vocabulary: Vocabulary) -> int:
    """How many axes a quantity has; 0 for what is none."""
    try:
        found = place_of(name, vocabulary, lambda _: False)
    except DeltaruleError:
        return 0
    return 0 if found is None or found.at else len(vocabulary.tensors[found.name].axes)
