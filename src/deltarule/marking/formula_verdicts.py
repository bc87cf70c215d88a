"""The verdicts on the formulas of a sheet, or on those that somebody typed as answers to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.marking import verdicts
from deltarule.marking.run_computations import Known, derivation_of, run_computation
from deltarule.marking.sheet_files.sheets import Run
from deltarule.marking.verdicts import Verdict
from deltarule.tracing.computation import Computation


def judged_formulas(run: Run, number: int, typed: Mapping[str, str], known: Known) -> list[Verdict]:
    """The verdicts on formulas; one that cannot be read stops no other."""
    if not typed:
        return []
    # Most sheets have none, and need nothing of what reads them.
    from deltarule.marking.formula_answers import Grounds, judge_formula
    from deltarule.marking.formula_answers.left_out_axes import left_out
    from deltarule.marking.formula_answers.renamed_formulas import in_own_names

    derivation = derivation_of(run, known)
    rate = None if run.rate is None else run.rate.value
    optimiser = run.optimiser if run.updates else None
    numbers = numbers_of(run, known)
    unprinted = () if numbers is None else left_out(run.given, numbers)
    grounds = Grounds(numbers, run.properties, optimiser, rate, unprinted)
    found = []
    for quantity, formula in typed.items():
        try:
            read = in_own_names(formula, run.names, quantity)
            verdict = judge_formula(derivation, quantity, read, number, grounds)
            found.append(replace(verdict, given=formula))
        except DeltaruleError as error:
            message = in_one_line(error)
            found.append(
                Verdict(
                    quantity, None, verdicts.UNREADABLE, message, "", shortened(formula), run=number
                )
            )
    return found


def numbers_of(run: Run, known: Known) -> Computation | None:
    """The computation of a run with its numbers; None if a sheet of formulas has none."""
    try:
        return run_computation(run, (), known)
    except DeltaruleError:
        return None
