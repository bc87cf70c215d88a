"""A phrase with its rows and columns exchanged, said with as few transposes as possible.

(A·B)ᵀ is Bᵀ·Aᵀ, which is shorter where A or B is transposed itself; sums and products entry by
entry are transposed part by part where that is shorter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.tree import Phrase


def transposes(phrase: Phrase) -> int:
    """How many transposes a phrase has."""
    return sum(isinstance(part, ph.Transpose) for part in phrase.walk())


def transposed(phrase: Phrase) -> Phrase:
    """The phrase, of two labels, with them the other way round."""
    if isinstance(phrase, ph.Transpose):
        return phrase.of
    labels = phrase.labels[::-1]
    if isinstance(phrase, ph.Leaf) and phrase.symmetric:
        return replace(phrase, labels=labels)
    turn = _TURNS.get(type(phrase))
    outside = ph.Transpose(labels, phrase)
    inside = None if turn is None else turn(phrase, labels)
    if inside is None:
        return outside
    gained = transposes(outside) - transposes(inside)
    whole = type(phrase) in _AS_A_WHOLE and not any(isinstance(p, ph.MatMul) for p in phrase.walk())
    return inside if gained > 0 or gained == 0 and not whole else outside


def _part(phrase: Phrase) -> Phrase:
    return transposed(phrase) if len(phrase.labels) == 2 else phrase


def _matmul(p: ph.MatMul, labels: tuple[Index, ...]) -> Phrase | None:
    if len(p.left.labels) != 2 or len(p.right.labels) != 2:
        return None
    return ph.MatMul(labels, transposed(p.right), transposed(p.left), p.index)


def _parts(names: tuple[str, ...]) -> Callable[[Phrase, tuple[Index, ...]], Phrase]:
    """A turn of what works entry by entry: each of these parts is turned."""

    def turned(p: Phrase, labels: tuple[Index, ...]) -> Phrase:
        found: dict = {"labels": labels}
        for name in names:
            part = getattr(p, name)
            found[name] = tuple(map(_part, part)) if isinstance(part, tuple) else _part(part)
        return replace(p, **found)

    return turned


_TURNS: dict[type, Callable] = {
    ph.MatMul: _matmul,
    ph.Scaled: _parts(("of",)),
    ph.Plus: _parts(("terms",)),
    ph.Hadamard: _parts(("top", "bottom")),
    ph.Power: _parts(("base",)),
    ph.Edge: _parts(("inside", "beyond")),
    ph.SumOfSlices: _parts(("of",)),
    ph.Guarded: _parts(("of",)),
    ph.Outer: lambda p, labels: ph.Outer(labels, p.factors[::-1]),
    ph.Dyad: lambda p, labels: ph.Dyad(labels, p.right, p.left),
    ph.Diagonal: lambda p, labels: replace(p, labels=labels),
    ph.Identity: lambda p, labels: replace(p, labels=labels),
}

#: (x − y)ᵀ and (x²)ᵀ read better than what is turned part by part, if that has as many transposes;
#: of (A·B·yᵀ + W·yᵀ)ᵀ the products are turned.
_AS_A_WHOLE = {ph.Plus, ph.Hadamard, ph.Power}
