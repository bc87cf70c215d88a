"""The softmax of what is given entry by entry: s_i = …; α = softmax(s); c = Σ_i α_i h_i."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from deltarule.typed.equation_texts import TypedEquation

_SOFTMAX = re.compile(r"\s*softmax\(\s*([^\W\d_]\w*)\s*\)\s*")


def with_softmax_of_entries(equations: Sequence[TypedEquation]) -> list[TypedEquation]:
    """The equations, each softmax of a name that another line gives by one index at that index."""
    written = {e.name: e.indices for e in equations}
    found = []
    for e in equations:
        match = _SOFTMAX.fullmatch(e.formula)
        own = written.get(match[1], ()) if match and not e.indices else ()
        if match is None or len(own) != 1 or own == ("-1",):
            found.append(e)
            continue
        other = next(c for c in "jklmnp" if c != own[0] and c not in e.letters)
        name = match[1]
        formula = f"(exp({name}[{own[0]}])/(Σ_{{{other}}}(exp({name}[{other}]))))"
        found.append(replace(e, indices=own, formula=formula))
    return found
