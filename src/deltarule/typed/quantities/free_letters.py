"""Letters below a name that are no indices, where the equation has others: x_k in Σ_j W_ij x_k.

Where nothing has indices x_k is a name. Beside indices it is nearly always a slip, as is p_k behind
p_k = …, and a number of that name would be read in silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from deltarule.errors import DeltaruleError
from deltarule.typed.equation_texts import TypedEquation, summed_letters

#: What indices are called wherever they stand; other letters are labels more often: b_f, W_h.
_INDICES = frozenset("ijklmn")
#: One small letter, or several of a matrix; W_i alone is a gate's matrix, W_in that of inputs.
_BELOW = re.compile(r"([a-z](?:hat|bar|tilde)?)_([a-z])|([A-Z])_([a-z]{2,3})")
#: A sum over two indices, of which one is below the other.
_PAIR = re.compile(r"[Σ∑]\s*_?\s*\{\s*([a-z])\s*([<>≤≥])\s*([a-z])\s*\}")
_LABELS = ("in", "ln", "min", "nil")


def refuse_free_letters(equations: Sequence[TypedEquation]) -> None:
    """Raises DeltaruleError for letters below a name that stand below no Σ and not on the left."""
    given = {e.name: {*e.indices} for e in equations}
    every = frozenset().union(*(e.indices for e in equations), *map(summed_letters, equations))
    for equation in equations:
        reads = equation.reads()
        own = {*equation.indices, *summed_letters(equation)}
        _refuse_pairs(equation)
        for name, uses in reads.items():
            match = _BELOW.fullmatch(name)
            if match is None or None not in uses or name in given:
                continue
            stem, letters = match[1] or match[3], match[2] or match[4]
            if not own & _INDICES and not {*letters} <= given.get(stem, set()) & _INDICES:
                continue
            free = [i for i in letters if i not in own]
            if letters in _LABELS or not free or not {*letters} <= _INDICES | every:
                continue
            raise _free(equation, stem, letters, free)


def _free(equation: TypedEquation, stem: str, letters: str, free: list[str]) -> DeltaruleError:
    name = "y" if equation.bare else equation.name
    left = f"{name}[{', '.join((*equation.indices, *free))}]"
    return DeltaruleError(
        f"{free[0]} of {stem}_{letters} stands below no Σ and not left of =",
        equation.place,
        f"write another index, sum over it: Σ_{free[0]} …, or put it on the left: {left} = …; "
        f"what is no entry of {stem} has a name without _, such as {stem}2",
    )


def _refuse_pairs(equation: TypedEquation) -> None:
    """Raises DeltaruleError for Σ_{i<k} x_i, where k stands nowhere else."""
    for match in _PAIR.finditer(equation.formula):
        rest = equation.formula[: match.start()] + equation.formula[match.end() :]
        for letter, other in ((match[3], match[1]), (match[1], match[3])):
            if letter in equation.indices or re.search(rf"(?<![^\W_]){letter}(?![^\W_])", rest):
                continue
            pair = f"{match[1]}{match[2]}{match[3]}"
            raise DeltaruleError(
                f"{letter} of Σ_{{{pair}}} stands nowhere else, and may be an index of the sum or "
                "where it ends",
                equation.place,
                f"write Σ_{{{other},{letter}}} [{match[1]} {match[2]} {match[3]}] for a sum over "
                f"both, and a number for where it ends: Σ_{{{other}=1}}^{{3}}",
            )
