"""Formulas that one change to what is typed makes right: another product, order, sum or name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Expr

from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.formulas.matrix_arrays import TooManyWays
from deltarule.formulas.matrix_words import written_as_program
from deltarule.formulas.readings import all_readings
from deltarule.formulas.target import Target
from deltarule.marking import verdicts
from deltarule.marking.formula_answers.comparison import Comparison
from deltarule.marking.formula_answers.exchanged import one_name_off
from deltarule.marking.formula_answers.formula_mistakes import causes, in_one_sentence
from deltarule.marking.formula_answers.sums_lost import sum_lost
from deltarule.marking.formula_answers.transposed import (
    EXCHANGED,
    as_transposed,
    order_of_indices,
    transposed_in_words,
)

#: A verdict, what is found, other explanations, and the kinds of the mistakes.
Judged = tuple[str, str, tuple[str, ...], tuple[str, ...]]

#: What is said of a program that is right only if * is a product of matrices.
STAR = "right as a product of matrices, but in NumPy * is entry by entry: write a @ b"


def near_miss(
    derivation: Derivation,
    formula: str,
    quantity: str,
    target: Target,
    refused: DeltaruleError | None,
    written: Sequence[Expr],
    reread: Callable[[str], list[Expr]],
    compared: Callable[[Expr], Comparison],
) -> Judged | None:
    """The verdict on a formula that is right but for one thing in how it is typed, or of which the
    transpose is right but for one slip; else None.

    `refused` is why it could not be read, `written` what it may mean if it could.
    """
    if isinstance(refused, TooManyWays):
        return None
    star = _star(derivation, formula, quantity, target, compared)
    if star is not None:
        return star
    lost = sum_lost(refused, compared)
    if lost:
        return verdicts.MISTAKE, lost, (), ("sum lost",)
    order = order_of_indices(formula, target, refused, written, reread, compared)
    if order is not None:
        return verdicts.MISTAKE, order[0], (), (order[1],)
    turned = [w for w in as_transposed(target, refused, written) if _can_be_compared(w, compared)]
    for found in (cause for w in turned for cause in causes(compared(w)) if len(cause) == 1):
        said = f"{transposed_in_words(target)}; and {in_one_sentence(found)}"
        return verdicts.MISTAKE, said, (), (EXCHANGED, *(m.kind for m in found))
    if refused is not None:
        return None
    exchanged = one_name_off(
        derivation, formula, quantity, lambda other: [compared(w) for w in reread(other)]
    )
    return (verdicts.MISTAKE, exchanged, (), ("wrong tensor",)) if exchanged else None


def _can_be_compared(written: Expr, compared: Callable[[Expr], Comparison]) -> bool:
    """Whether a reading has values at all sizes that are tried."""
    try:
        return not compared(written).right()
    except (DeltaruleError, ZeroDivisionError, OverflowError):
        return False


def _star(
    derivation: Derivation, formula: str, quantity: str, target: Target, compared
) -> Judged | None:
    """The verdict on a program that is right if its * are products of matrices; else None."""
    sort = written_as_program(formula, quantity)
    if not sort or "*" not in formula:
        return None
    try:
        loose = all_readings(formula, derivation, quantity, target, loose=True)
        if not any(compared(w).right() for w in loose):
            return None
    except DeltaruleError:
        return None
    if sort == "program":
        return verdicts.MISTAKE, STAR, (), ("wrong product",)
    return verdicts.RIGHT, STAR, (), ()
