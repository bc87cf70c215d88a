"""All wrong versions of one line, each with the words for it and how simple it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
import sympy
from sympy import Basic, Expr

from deltarule.errors import DeltaruleError, in_short
from deltarule.expressions.matrices import Inverse
from deltarule.expressions.nodes import free_indices, reads, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.marking.mistakes.context import Context, Mistake, Wrong
from deltarule.marking.mistakes.generators import ROWS
from deltarule.marking.mistakes.reread import Reread, distinct_marks, marks
from deltarule.tracing.computation import Computation

_NOT_NUMBERS = frozenset((sympy.nan, sympy.zoo, sympy.oo, -sympy.oo))


def contexts(
    computation: Computation,
    name: str | None = None,
    decimals: Mapping[str, np.ndarray] | None = None,
) -> Iterator[Context]:
    """The context of each line of a computation, or of those of one quantity; `decimals` are those
    that givens are printed with."""
    lines = {line.quantity: line for line in computation.lines}
    floats = computation.floats
    shapes = {n: np.shape(a) for n, a in floats.arrays.items() if a.dtype.kind == "f"}
    for line in computation.lines:
        if name in (None, line.quantity):
            yield Context(
                computation.network,
                line,
                lines,
                shapes,
                floats.extent,
                computation.givens,
                decimals or {},
            )


def mistakes_in(
    context: Context, rows: Iterable[Callable[[Context], Iterator[Wrong]]] = ROWS
) -> list[Mistake]:
    """The wrong versions of a line, simplest first; equal formulas are kept once."""
    found: dict[tuple, Wrong] = {}
    for wrong, key in _distinct([wrong for row in rows for wrong in _generated(row, context)]):
        if not isinstance(wrong.formula, Reread) and not _sound(wrong.formula, context):
            continue
        known = found.get(key)
        if known is None or wrong.cost < known.cost:
            found[key] = wrong
    ordered = sorted(found.values(), key=lambda w: w.cost)
    return [_mistake(context, wrong) for wrong in ordered]


def _generated(row: Callable[[Context], Iterator[Wrong]], context: Context) -> list[Wrong]:
    """What a row gives for a line. Raises DeltaruleError with its name where that is no mistake."""
    try:
        found = list(row(context))
    except DeltaruleError:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {str(error)[:200]}"
        raise _misbehaves(row, context, f"fails: {why}") from error
    for wrong in found:
        fault = _fault(wrong, context)
        if fault:
            raise _misbehaves(row, context, fault)
    return found


def _fault(wrong: object, context: Context) -> str:
    """What is no mistake in what a row gives; empty for nothing."""
    if not isinstance(wrong, Wrong):
        return f"gives {in_short(wrong)}, which is no Wrong"
    stray = next((name for name, _ in wrong.also if name not in context.lines), None)
    if stray is not None:
        return f"changes {stray}, which is no line"
    if isinstance(wrong.formula, Reread):
        return ""
    if not isinstance(wrong.formula, Expr):
        return f"gives {in_short(wrong.formula)}, which is no formula"
    for access in reads(wrong.formula):
        name = tensor_name(access)
        if name not in context.known:
            return f"reads {name}, which there is not"
        if name in context.shapes and len(access.indices) != len(context.shapes[name]):
            return f"reads {access} with too many or few indices"
    return ""


def _misbehaves(row: Callable, context: Context, what: str) -> DeltaruleError:
    return DeltaruleError(
        f"the mistake {getattr(row, '__name__', row)} {what}",
        f"the line {context.line.quantity}",
        "a row takes a Context and gives Wrong(kind, cost, formula, words), a formula of SymPy",
    )


def _distinct(tried: list[Wrong]) -> Iterator[tuple[Wrong, tuple]]:
    """Each with what tells it from the others. Those that only read something else stay as they
    are where that alone tells them apart; all others are written out."""
    late = {
        id(w): found
        for w in tried
        if isinstance(w.formula, Reread) and (found := distinct_marks(w.formula)) is not None
    }
    written = [w if id(w) in late else _written_out(w) for w in tried]
    taken = {marks(w.formula) for w in written if not isinstance(w.formula, Reread)}
    for wrong in written:
        if isinstance(wrong.formula, Reread) and late[id(wrong)] in taken:
            wrong = _written_out(wrong)
        yield wrong, (wrong.formula, wrong.also)


def _written_out(wrong: Wrong) -> Wrong:
    """The same with its formula written out."""
    formula = wrong.formula
    return replace(wrong, formula=formula.rhs) if isinstance(formula, Reread) else wrong


def _mistake(context: Context, wrong: Wrong) -> Mistake:
    formula = wrong.formula
    late = isinstance(formula, Reread)
    equation = formula if late else replace(context.equation, rhs=formula)
    also = tuple((n, replace(context.lines[n].equation, rhs=rhs)) for n, rhs in wrong.also)
    return Mistake(wrong.kind, wrong.cost, context.line.quantity, equation, wrong.words, also)


def _sound(formula: Expr, context: Context) -> bool:
    """Whether it is another formula, and one at all: all indices have ranges, nothing is ∞, and
    entries of inverses are read at rows and columns."""
    right = context.equation
    known = free_indices(formula) <= set(right.indices)
    return formula != right.rhs and known and _finite(formula) and _inverses_whole(formula)


@lru_cache(maxsize=1 << 16)
def _inverses_whole(node: Basic) -> bool:
    if isinstance(node, Inverse):
        _, row, column, _ = node.args
        if not (isinstance(row, Index) and isinstance(column, Index) and row != column):
            return False
    return all(map(_inverses_whole, node.args))


@lru_cache(maxsize=1 << 16)
def _finite(node: Basic) -> bool:
    return node not in _NOT_NUMBERS and all(_finite(a) for a in node.args)
