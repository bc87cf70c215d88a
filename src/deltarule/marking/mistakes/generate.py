"""All wrong versions of one line, each with the words for it and how simple it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

import sympy
from sympy import Basic, Expr

from deltarule.expressions.nodes import free_indices
from deltarule.marking.mistakes.context import Mistake, Scene, Wrong
from deltarule.marking.mistakes.generators import ROWS

_NOT_NUMBERS = frozenset((sympy.nan, sympy.zoo, sympy.oo, -sympy.oo))


def mistakes_in(
    scene: Scene, rows: Iterable[Callable[[Scene], Iterator[Wrong]]] = ROWS
) -> list[Mistake]:
    """The wrong versions of a line, simplest first; equal formulas are kept once."""
    found: dict[tuple, Wrong] = {}
    for row in rows:
        for wrong in row(scene):
            if wrong.formula == scene.equation.rhs or not _sound(wrong.formula, scene):
                continue
            key = wrong.formula, wrong.also
            known = found.get(key)
            if known is None or wrong.cost < known.cost:
                found[key] = wrong
    ordered = sorted(found.values(), key=lambda w: w.cost)
    return [_mistake(scene, wrong) for wrong in ordered]


def _mistake(scene: Scene, wrong: Wrong) -> Mistake:
    equation = replace(scene.equation, rhs=wrong.formula)
    also = tuple((n, replace(scene.lines[n].equation, rhs=rhs)) for n, rhs in wrong.also)
    return Mistake(wrong.kind, wrong.cost, scene.line.quantity, equation, wrong.words, also)


def _sound(formula: Expr, scene: Scene) -> bool:
    """Whether the formula is one at all: no index without a range, nothing infinite."""
    return _finite(formula) and free_indices(formula) <= set(scene.equation.indices)


@lru_cache(maxsize=1 << 16)
def _finite(node: Basic) -> bool:
    return node not in _NOT_NUMBERS and all(_finite(a) for a in node.args)
