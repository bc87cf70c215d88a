"""Entries of parentheses at a label, softmax(W x)_y, as softmax(W x)[y]; others are asked about."""

from __future__ import annotations

import re

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.typed.lecture_notation.nesting import opened
from deltarule.typed.quantities.typed_names import LABELS

_BEHIND = re.compile(r"\)\s*_(?:(\w+)(?!\w)|\{\s*(\w+)\s*\})")
_WORD = re.compile(r"\w*$")


def with_entries_behind(formula: str, place: str) -> str:
    """A right side with brackets for labels; its indices have brackets before. Raises
    DeltaruleError for another letter, or a number."""
    for match in reversed(list(_BEHIND.finditer(formula))):
        at = match[1] or match[2]
        if at in LABELS:
            formula = f"{formula[: match.start()]})[{at}]{formula[match.end() :]}"
            continue
        begin = max(opened(formula, match.start()), 0)
        word = _WORD.search(formula[:begin])
        whole = formula[word.start() if word else begin : match.start() + 1]
        if at.isdecimal():
            raise DeltaruleError(
                f"{shortened(whole)}_{at} may be counted from 1, or from 0",
                place,
                f"write {whole}[{at}] for the entry at {at}, counted from 0",
            )
        raise DeltaruleError(
            f"{at} of {shortened(whole)}_{at} stands below no Σ and not left of =",
            place,
            f"write {whole}[y] for the entry of a label y, or put it on the left: p_{at} = …",
        )
    return formula
