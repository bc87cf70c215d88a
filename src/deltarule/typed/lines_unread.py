"""Lines that give a value to an entry of what is given, as w_k = 3, and that no other reads."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deltarule.errors import DeltaruleError
from deltarule.spelling.names import pretty
from deltarule.typed.equation_texts import TypedEquation

_ENTRY = re.compile(r"(\D\w*?)_?([a-z]|\d)")


def refuse_values_of_entries(equations: Sequence[TypedEquation]) -> None:
    """Raises DeltaruleError for w_k = 3 behind a line that reads w_j: it would be taken as what
    comes out."""
    given = {e.name for e in equations}
    reads = {e.name: e.reads() for e in equations}
    for equation in equations:
        entry = _ENTRY.fullmatch(equation.name)
        if entry is None or equation.indices or reads[equation.name] or entry[1] in given:
            continue
        others = [r for name, r in reads.items() if name != equation.name]
        stem = entry[1].rstrip("_")
        if any(equation.name in r for r in others):
            continue
        if any(use for r in others for use in r.get(stem, ())):
            raise DeltaruleError(
                f"{pretty(equation.name)} is an entry of {pretty(stem)}, which is given, and no "
                "line reads it",
                equation.place,
                f"leave the line out, as the values of {pretty(stem)} are given with its array; "
                "what is no entry of it has another letter",
            )
