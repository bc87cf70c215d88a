"""How something typed is read, as it is typed: a number with its digits, a formula as it is set."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sympy import Expr

from deltarule.arithmetic.printed import LARGEST_ANSWER, Printed
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import Exam
from deltarule.formulas.limits import not_too_deep
from deltarule.formulas.readings import readings
from deltarule.formulas.target import Target, target_of
from deltarule.marking.formula_answers.judging import as_typed
from deltarule.marking.formula_answers.left_out_axes import left_out, read_as_printed
from deltarule.marking.formula_answers.misplaced import looks_like
from deltarule.marking.formula_answers.renamed_formulas import in_own_names as with_own_names
from deltarule.marking.formula_answers.update_formulas import update_target
from deltarule.marking.formula_verdicts import numbers_of
from deltarule.marking.run_computations import Known, derivation_of
from deltarule.marking.sheet_files.other_names import in_own_names
from deltarule.marking.sheet_files.sheets import Run
from deltarule.pages.mathml import equation_mathml, mathml, mathml_row, number_mathml
from deltarule.pages.mathml_names import mathml_name, sign
from deltarule.tracing.format_numbers import with_decimals

#: A number with more zeros before or behind its digits is shown with a power of ten.
MOST_ZEROS = 12
#: Derivations by their networks, kept for what is typed next.
_KNOWN: Known = {}


def preview(exam: Exam, job: Mapping[str, Any]) -> dict[str, Any]:
    """The reading of a `text` for a `quantity` of a `run`, "number" or "formula" by `as`, as HTML.

    Raises DeltaruleError for what cannot be read.
    """
    typed = job["text"].strip()
    if not typed:
        return {"html": ""}
    if job["as"] == "number":
        return {"html": mathml(_number(typed), block=False)}
    run = exam.sheet.runs[job["run"] - 1]
    quantity = in_own_names(job["quantity"], run.names)
    with not_too_deep(quantity):
        return {"html": mathml(_formula(run, quantity, typed), block=False)}


def _as_printed(
    run: Run,
    derivation: Derivation,
    formula: str,
    quantity: str,
    target: Target,
    error: DeltaruleError,
) -> tuple[Target, Expr]:
    """A formula as it is marked where it cannot be read: of tensors in the shapes that the sheet
    prints, which may leave axes of length 1 out. Raises the error for one that is read in neither.
    """
    numbers = numbers_of(run, _KNOWN)
    sizes = () if numbers is None else left_out(run.given, numbers)
    as_printed = read_as_printed(derivation, formula, quantity, target, sizes)
    if as_printed is None:
        raise error
    printed, read = as_printed
    try:
        return printed, read(formula)[0]
    except DeltaruleError:
        raise error from None


def _number(typed: str) -> str:
    """The number with the digits that count; a fraction stays one."""
    try:
        found = Printed(typed, "what is typed", LARGEST_ANSWER)
    except DeltaruleError as error:
        raise looks_like(typed, "what is typed") or error from None
    value, decimals = found.value, found.decimals
    if decimals is None:
        whole = number_mathml(str(abs(value.numerator)))
        minus = sign("−") if value < 0 else ""
        below = f"<mfrac>{whole}<mn>{value.denominator}</mn></mfrac>"
        return minus + (below if value.denominator != 1 else whole)
    tiny = decimals > MOST_ZEROS and abs(value) < Fraction(1, 10**MOST_ZEROS)
    if tiny or decimals < -MOST_ZEROS:
        return _with_power(value, decimals)
    return number_mathml(with_decimals(value, decimals))


def _with_power(value: Fraction, decimals: int) -> str:
    """A very large or small number as 3.07·10⁻⁵², with the digits that were typed."""
    figures, power = str(abs(value) * Fraction(10) ** decimals), -decimals
    power += len(figures) - 1
    point = f"{figures[0]}.{figures[1:]}".rstrip(".")
    exponent = f"<mrow>{number_mathml(str(power))}</mrow>"
    minus = sign("−") if value < 0 else ""
    return f"{minus}{number_mathml(point)}{sign('·')}<msup><mn>10</mn>{exponent}</msup>"


def _formula(run: Run, quantity: str, typed: str) -> str:
    """`quantity = formula`, the likeliest reading; of a chain a = b, the last part."""
    derivation = derivation_of(run, _KNOWN)
    rate = None if run.rate is None else run.rate.value
    optimiser = run.optimiser if run.updates else None
    updated = update_target(derivation, quantity, optimiser, rate)
    derivation, target = updated or (derivation, target_of(derivation, quantity))
    formula = with_own_names(typed, run.names, quantity)
    part = as_typed(derivation, formula, quantity, target)[-1]
    try:
        found = readings(part, derivation, quantity, target)[0]
    except DeltaruleError as error:
        target, found = _as_printed(run, derivation, part, quantity, target, error)
    if target.entry:
        return f"{mathml_name(quantity)}{sign('=')}{mathml_row(found)}"
    return equation_mathml(target.equation.lhs, found)
