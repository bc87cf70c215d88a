"""A slip in a typed equation: what is wrong, where, and what to write."""

from __future__ import annotations

from typing import NamedTuple

from deltarule.expressions.functions import FUNCTIONS
from deltarule.formulas.no_functions import NO_FUNCTIONS
from deltarule.formulas.spelled import NORMS, SAME, known_functions
from deltarule.typed.quantities.typed_names import CALLED, WORDS

NAME = r"(?<![\w.\\])[^\W\d_]\w*"
REDUCTION = r"\b(Sum|Mean|Max|Min|Prod|Product|Softmax|LogSoftmax|LogSumExp|Var|Std|Norm)"
#: Functions of one number, and all words that may stand before parentheses.
OF_NUMBERS = tuple(n for n, f in FUNCTIONS.items() if f.row.arity == 1 and len(n) > 2)
KNOWN = {
    *CALLED, *WORDS, *FUNCTIONS, *known_functions(), *NO_FUNCTIONS, "where", "frozen",
    "stop_gradient", "and", "or", "not", "inverse", "inv", "det",
    "straight_through", *NORMS, *(f.row.symbol for f in FUNCTIONS.values() if f.row.symbol),
}  # fmt: skip
#: Words that can be suggested for one that is none: those that are read before parentheses.
_BETWEEN = {"and", "or", "not", "if", "else", "mod", "e", "∑"}
SUGGESTED = sorted(KNOWN - {*NO_FUNCTIONS, *NORMS, *SAME, *_BETWEEN, "trigamma", "ψ₁", "einsum"})
#: Letters that are spelled out, of which a product may be meant: alpha(x + 1).
LETTERS = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho tau phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega yhat net out".split()
)


class Slip(NamedTuple):
    """What is wrong, where it begins and ends in the text, and what to write."""

    fact: str
    start: int
    end: int
    remedy: str


def argument(part: str, start: int) -> str:
    """What stands in the parentheses that open behind a place."""
    depth, begin = 0, part.find("(", start)
    if begin < 0 or part[start:begin].strip():
        return ""
    for k in range(begin, len(part)):
        depth += (part[k] == "(") - (part[k] == ")")
        if depth == 0:
            return part[begin : k + 1]
    return part[begin:]
