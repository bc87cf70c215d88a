"""Formulas that stand where a number belongs."""

from __future__ import annotations

from deltarule.errors import DeltaruleError
from deltarule.formulas.limits import check_length
from deltarule.formulas.spelled import known_functions
from deltarule.formulas.tokens import tokens

_OPERATIONS = ("+", "-", "*", "/", "^", "⊙", "⊗", "(")
_NAMES = ("name", "derivative", "primed")
#: Latin words that formulas are made of, besides names with digits or signs of other scripts.
_WORDS = (
    "yhat", "theta", "sigma", "delta", "alpha", "beta", "gamma", "epsilon", "eta", "lambda", "mu",
    "phi", "pi", "rho", "tau", "net", "out",
)  # fmt: skip


def looks_like(written: str, place: str) -> DeltaruleError | None:
    """What is said of a formula, or a calculation, instead of a number; None for other texts."""
    try:
        check_length(written, place)
        found = tokens(written, place)
    except DeltaruleError:
        return None
    names = [t.text for t in found if t.kind in _NAMES]
    signs = [t for t in found if t.text in _OPERATIONS or t.kind in ("superscript", "transposed")]
    special = any(t.kind in ("derivative", "primed", "reduction", "root") for t in found)
    if any(map(_prose, names)) or written.strip().lower() in ("n/a", "n.a.", "tba"):
        return None
    if special or (names and signs):
        return DeltaruleError("that is a formula", place, "put it under [formulas]")
    numbers = [t for t in found if t.kind == "number"]
    if signs and len(numbers) > 1 and [t.text for t in found][1:] != ["/", "0"]:
        return DeltaruleError("that is a calculation", place, "write the number that comes of it")
    return None


def _prose(name: str) -> bool:
    """Whether a name is a word of everyday language."""
    plain = name.isascii() and name.isalpha() and len(name) > 2
    return plain and name.lower() not in (*_WORDS, *known_functions())
