"""Indices of sums that are local to their lines: k of features in one line, of nodes in the next.

    s_ij = tanh(Σ_k a_k h_ik + Σ_k b_k h_jk); α_ij = A_ij exp(s_ij)/Σ_k A_ik exp(s_ik)

A letter that runs along the axis of other letters in one line, and along another axis in others,
is called otherwise there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Reduction
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import rename_indices
from deltarule.expressions.symbols import Index
from deltarule.formulas.commas import parted_tokens
from deltarule.typed.equation_texts import TypedEquation, summed_letters

#: For each line the letters that it has instead of others: {"m": "k"}.
Renamed = list[dict[str, str]]


def with_local_indices(
    typed: Sequence[TypedEquation],
    extents_of: Callable[[Sequence[TypedEquation]], Mapping[str, Expr]],
) -> tuple[list[TypedEquation], Renamed]:
    """The lines with other letters where an index runs along another axis than in other lines.

    `extents_of` says how far the indices of lines run.
    """
    renamed: Renamed = [{} for _ in typed]
    summed = [summed_letters(e) - {*e.indices} - e.reads().keys() for e in typed]
    found = list(typed)
    for letter in sorted(set().union(*summed)):
        lines = [k for k, e in enumerate(typed) if letter in {*e.indices, *summed_letters(e)}]
        own = [k for k in lines if letter in summed[k]]
        moved = own if len(own) < len(lines) else own[1:]
        if moved:
            for k in _along_others(found, letter, moved, own, extents_of):
                other = _unused(found)
                found[k] = _with_letter(found[k], letter, other)
                renamed[k][other] = letter
    return found, renamed


def _along_others(found: list, letter: str, moved: list, own: list, extents_of) -> list[int]:
    """The lines whose letter runs along the axis of other letters, and not as in other lines."""
    apart, names = list(found), {own[0]: letter}
    for k in moved:
        names[k] = _unused(apart)
        apart[k] = _with_letter(apart[k], letter, names[k])
    try:
        extents = extents_of(apart)
    except DeltaruleError:
        return []
    others = {n for i, n in extents.items() if i not in (letter, *names.values())}
    known = {k: extents.get(i) for k, i in names.items()}
    along = [k for k, n in known.items() if n in others]
    base = extents.get(letter)
    if base is None or None in known.values() or len({base, *known.values()}) == 1:
        return []
    first = [k for k in along if names[k] == letter]
    return [k for k in along if known[k] != base] or first


def _with_letter(equation: TypedEquation, letter: str, other: str) -> TypedEquation:
    """A line with another letter in the place of one."""
    formula = equation.formula
    for token in reversed(parted_tokens(formula, equation.place)):
        if token.kind == "name" and token.text == letter:
            end = token.start + len(letter)
            formula = f"{formula[: token.start]}{other}{formula[end:]}"
    return replace(equation, formula=formula, letters=equation.letters | {other})


def called_as_typed(node: Expr, letters: Mapping[str, str]) -> Expr:
    """A right side with the letters in it that were typed."""
    node = rebuild(node, lambda part: called_as_typed(part, letters))
    if not letters or not isinstance(node, Reduction):
        return node
    own = {i: Index(letters[i.name]) for i in node.indices if i.name in letters}
    return rename_indices(node, own)  # type: ignore[return-value]


def _unused(typed: Sequence[TypedEquation]) -> str:
    """A letter that stands nowhere, nor does its capital; a longer name where there is none."""
    text = " ".join(f"{e.name} {' '.join(e.indices)} {e.formula}" for e in typed)
    letter = next((c for c in "lmopqruvwabcfg" if not {c, c.upper()} & {*text}), "")
    return letter or next(c for k in count() if (c := f"index{k}") not in text)
