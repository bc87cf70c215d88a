"""Formulas written otherwise: terms and factors in another order, other letters, other signs."""

from __future__ import annotations

import re
from random import Random

_OPENING, _CLOSING = "([{", ")]}"
_SUM = re.compile(r"Σ_(?:\{([\w,′]+)\}|([a-zA-Z])) ")
_SPARE = "αuvwξ"


def parted(formula: str, signs: tuple[str, ...]) -> list[str]:
    """A formula parted in front of signs that stand in no brackets."""
    parts, depth, begin = [], 0, 0
    for k, sign in enumerate(formula):
        depth += (sign in _OPENING) - (sign in _CLOSING)
        found = next((s for s in signs if formula.startswith(s, k)), None)
        if found is not None and depth == 0 and k:
            parts.append(formula[begin:k])
            begin = k
    return [*parts, formula[begin:]]


def rewritten(formula: str, random: Random) -> str:
    """The same formula as somebody else might write it."""
    terms = parted(formula, (" + ", " − "))
    random.shuffle(terms)
    found = "".join(_term(term, random) for term in terms).removeprefix(" + ")
    if random.random() < 0.5:
        found = found.replace("·", "*").replace("−", "-")
    return found.replace(", ", ",") if random.random() < 0.5 else found


def _term(term: str, random: Random) -> str:
    sign = " − " if term.startswith((" − ", "−")) else " + "
    factors = parted(term.removeprefix(" + ").removeprefix(" − ").removeprefix("−"), ("·",))
    summed = next((k for k, f in enumerate(factors) if "Σ" in f.partition("(")[0]), len(factors))
    plain = [f.removeprefix("·") for f in factors]
    before, behind = plain[:summed], plain[summed:]
    random.shuffle(before)
    return sign + "·".join([*before, *(_sum("·".join(behind), random) for _ in behind[:1])])


def _sum(summed: str, random: Random) -> str:
    """Σ_m a·b, with its factors in another order, and another letter for m."""
    found = _SUM.match(summed)
    if found is None:
        return summed
    factors = [f.removeprefix("·") for f in parted(summed[found.end() :], ("·",))]
    if not any("Σ" in f for f in factors):
        random.shuffle(factors)
    letters, body = (found[1] or found[2]).split(","), "·".join(factors)
    if random.random() < 0.5:
        for old, new in zip(letters, random.sample(_SPARE, len(letters)), strict=True):
            body = re.sub(rf"(?<![\w∂]){old}(?![\w/′])", new, body)
            letters = [new if letter == old else letter for letter in letters]
    if random.random() < 0.5:
        return f"sum({', '.join(letters)}, {body})"
    return f"Σ_{{{','.join(letters)}}} {body}"
