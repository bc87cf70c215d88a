"""Formulas in a sheet's own names, such as W2 for Theta2, in the network's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deltarule.formulas.limits import MOST_CHARACTERS
from deltarule.formulas.tokens import tokens
from deltarule.spelling.names import ascii_name, name_or_none

_KINDS = ("name", "derivative", "primed", "call")
#: Differentials around names, as in dE/dW2, ∂W2 and dW2.
_PARTS = re.compile(r"(?P<d>[d∂]?)(?P<name>[^/\s]+?)(?P<prime>[\'′’]*)(?=\s*/|\s*$)")


def in_own_names(formula: str, names: Mapping[str, str], place: str) -> str:
    """The formula with the network's names for a sheet's own."""
    if not names or len(formula) > MOST_CHARACTERS:
        return formula
    parts, end = [], 0
    for token in tokens(formula, place):
        if token.kind in _KINDS:
            text = formula[token.start : token.start + len(token.text)]
            parts += [formula[end : token.start], _PARTS.sub(lambda m: _own(m, names), text)]
            end = token.start + len(token.text)
    return "".join(parts) + formula[end:]


def _own(found: re.Match[str], names: Mapping[str, str]) -> str:
    for d in ("", found["d"]):
        whole = found[0].removesuffix(found["prime"]).removeprefix(d)
        name, bar, subscripts = whole, "", ""
        while True:
            known = name_or_none(name, ascii_name)
            if known in names:
                return d + names[known] + bar + subscripts + found["prime"]
            name, bar, last = name.rpartition("_")
            subscripts = last + ("_" + subscripts if subscripts else "")
            if not name:
                break
    return found[0]
