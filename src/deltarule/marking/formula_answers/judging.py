"""Judging a formula: by its values at generic numbers and at the sheet's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from sympy import Expr, Symbol

from deltarule.arithmetic.printed import shortened
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import reads
from deltarule.formulas.at_times import with_times_below
from deltarule.formulas.existing_entries import SAID
from deltarule.formulas.index_calls import with_index_calls, with_letters_below
from deltarule.formulas.latex_typed import plain_formula
from deltarule.formulas.left_sides import right_sides
from deltarule.formulas.limits import MOST_CHARACTERS, not_too_deep
from deltarule.formulas.matrix_words import matrix_readings
from deltarule.formulas.readings import (
    Found,
    all_readings,
    both_vocabularies,
    readings,
    refuse_own_time,
    renamed,
    vocabularies,
)
from deltarule.formulas.target import Target, target_of
from deltarule.marking import verdicts
from deltarule.marking.formula_answers.comparer import Comparer
from deltarule.marking.formula_answers.comparison import Comparison
from deltarule.marking.formula_answers.formula_mistakes import causes, in_one_sentence
from deltarule.marking.formula_answers.grounds import data_in_words, observed
from deltarule.marking.formula_answers.left_out_axes import or_as_printed
from deltarule.marking.formula_answers.near_misses import Judged, near_miss
from deltarule.marking.formula_answers.own_constants import with_own_constants
from deltarule.marking.formula_answers.own_sizes import agrees, in_words, own_sizes
from deltarule.marking.formula_answers.own_targets import with_own_targets
from deltarule.marking.formula_answers.special_sizes import where_right
from deltarule.marking.formula_answers.update_formulas import update_target
from deltarule.marking.formula_answers.update_slips import slip_of_update
from deltarule.marking.verdicts import Verdict
from deltarule.spelling.text import text
from deltarule.tracing.computation import Computation

#: What is said of a right formula whose ⊙ has to be read as a product of matrices.
LOOSE = (
    "right, with ⊙ read as a product of matrices or an outer product; "
    "⊙ means entry by entry, write a b or a ⊗ b"
)


@dataclass(frozen=True)
class Grounds:
    """What a sheet adds to a formula: its numbers, what it declares of its data, its updates, and
    the sizes of 1 whose axes it does not print.
    """

    computation: Computation | None = None
    declared: Mapping[str, str] = field(default_factory=dict)
    optimiser: str | None = None
    rate: Fraction | None = None
    left_out: tuple[Symbol, ...] = ()

    @property
    def properties(self) -> dict[str, str]:
        """The properties of the data, declared and seen."""
        return {**(observed(self.computation) if self.computation else {}), **self.declared}


def judge_formula(
    derivation: Derivation,
    quantity: str,
    formula: str,
    run: int = 1,
    grounds: Grounds | None = None,
) -> Verdict:
    """The verdict on a formula for a gradient, a derivative or a line, or for one entry of it.

    Raises DeltaruleError for a formula that cannot be read and a quantity without one.
    """
    grounds = grounds or Grounds()
    updated = update_target(derivation, quantity, grounds.optimiser, grounds.rate)
    derivation, target = updated or (derivation, target_of(derivation, quantity))
    derivation = with_own_constants(derivation, grounds.computation)
    with not_too_deep(quantity):
        kind, finding, others, kinds = _of_all(
            [
                (part, or_as_printed(_found, derivation, part, quantity, target, grounds))
                for part in as_typed(derivation, formula, quantity, target)
            ]
        )
    expected = text(target.at_entry(target.equation.rhs))
    entry = target.entry or None
    return Verdict(target.name, entry, kind, finding, expected, formula, others, kinds, run)


#: The kind of a formula for a quantity that reads the quantity itself.
ITSELF = ("itself",)


def as_typed(derivation: Derivation, formula: str, quantity: str, target: Target) -> list[str]:
    """The formulas that were typed, in plain signs: one, or the parts of a chain a = b = c."""
    if len(formula) > MOST_CHARACTERS:
        return [formula]
    plain = with_letters_below(plain_formula(formula, quantity))
    plain, vocabulary = with_index_calls(plain, quantity), both_vocabularies(derivation)[0]
    parts = right_sides(plain, quantity, derivation, vocabulary, target.name)
    return [with_times_below(part, vocabulary, quantity) for part in parts]


def _of_all(parts: list[tuple[str, Judged]]) -> Judged:
    """The verdict on a chain of formulas: that on the first that is not right, else on the last."""
    parts = [p for p in parts if p[1][3] != ITSELF] or parts[-1:]  # ∂E/∂s = δ = (ŷ − y)…
    if len(parts) == 1:
        return parts[0][1]
    for formula, (kind, finding, others, kinds) in parts:
        if kind != verdicts.RIGHT:
            return kind, f"of {shortened(formula)}: {finding}", others, kinds
    return parts[-1][1]


def _found(
    derivation: Derivation, formula: str, quantity: str, target: Target, grounds: Grounds
) -> Judged:
    """The verdict on a formula, in which single names or indices may be exchanged."""

    def reread(other: str) -> list[Expr]:
        return readings(other, derivation, quantity, target)

    compare = Comparer(derivation, target, grounds.computation)

    @cache
    def compared(one: Expr) -> Comparison:
        return compare(one)

    refused: DeltaruleError | None = None
    found: Found = {}
    written: list[Expr] = []
    judged: Judged = (verdicts.WRONG, "", (), ())
    try:
        found = all_readings(formula, derivation, quantity, target)
        written = list(found)
        if all(_says_itself(target, w) for w in written):
            return verdicts.WRONG, _itself(target), (), ITSELF
        judged = _as_read(_judged(compare, written, grounds), found, compared)
        if judged[0] != verdicts.RIGHT:
            refuse_own_time(found, formula, quantity)
        if judged[:2] == (verdicts.RIGHT, "") and _loose(derivation, target, formula, compared):
            judged = (verdicts.RIGHT, LOOSE, (), ())
    except DeltaruleError as error:
        refused = error
    if refused is None and (
        judged[0] != verdicts.WRONG or any(compared(w).alike_only_here for w in written)
    ):
        return judged
    miss = near_miss(derivation, formula, quantity, target, refused, written, reread, compared)
    if miss is None and refused is not None:
        raise refused
    return miss or judged


def _says_itself(target: Target, written: Expr) -> bool:
    """Whether a formula reads the quantity that it is for, at the same entry."""
    return target.at_entry(target.equation.lhs) in reads(written, target.name)


def _itself(target: Target) -> str:
    return (
        f"this says of {target.shown} only what it is called, and reads it again; write what it "
        "is computed from"
    )


def _as_read(judged: Judged, found: Found, compared) -> Judged:
    """The verdict with how the formula was read, where it can be read in two ways."""
    kind, finding, *rest = judged
    if (kind, finding) == (verdicts.RIGHT, "") and any(found.values()):
        said = next((said for w, said in found.items() if compared(w).right()), "")
        return kind, f"right; {said}" if said else "", *rest
    said = next(iter(found.values()))
    return (kind, f"{finding}; {said}", *rest) if kind == verdicts.WRONG and said else judged


def _loose(derivation: Derivation, target: Target, formula: str, compared) -> bool:
    """Whether a right formula is right only if some ⊙ is another product than by entries."""
    if "[" in formula or not ("⊙" in formula or "∘" in formula):
        return False
    try:
        found = [
            target.at_entry(renamed(w, derivation))
            for vocabulary in vocabularies(derivation, formula)
            for w in matrix_readings(
                formula, vocabulary, target.name, target.equation.ranges, strict=True
            )
        ]
    except DeltaruleError:
        return True
    return not any(compared(w).right() for w in found)


def _judged(compare: Comparer, written: list[Expr], grounds: Grounds) -> Judged:
    """The verdict, what is found, other explanations, and the kinds of the mistakes."""
    generic = [compare(w) for w in written]
    for compared in generic:
        if compared.right():
            return verdicts.RIGHT, _here(compared, grounds), (), ()
    properties = grounds.properties
    as_printed = [compare(w, properties) for w in written] if properties else []
    for compared in as_printed:
        if compared.right():
            return verdicts.RIGHT, _of_properties(properties), (), ()
    for compared in generic:
        sizes = _own_sizes(compare, compared, properties)
        if sizes:
            return verdicts.RIGHT, in_words(sizes), (), ()
        if said := with_own_targets(compare, compared, properties):
            return verdicts.RIGHT, said, (), ()
    for compared in as_printed or generic:
        if slip := slip_of_update(compared):
            return verdicts.MISTAKE, slip[0], (), slip[1]
        found = dict.fromkeys(
            (in_one_sentence(m), tuple(x.kind for x in m)) for m in causes(compared)
        )
        if found:
            (sentence, kinds), *others = found
            return verdicts.MISTAKE, sentence, tuple(s for s, _ in others[:5]), kinds

    def at(written: Expr, sizes: Mapping[str, int], of_data: Mapping[str, str]) -> Comparison:
        return compare(written, {**properties, **of_data}, sizes)

    finding = where_right(generic, at) + generic[0].counterexample()
    if agrees(generic[0], grounds.computation):
        finding += "; at this sheet's numbers both happen to be the same"
    return verdicts.WRONG, finding, (), ()


def _here(compared: Comparison, grounds: Grounds) -> str:
    """What is to be said of a right formula at the sheet's own numbers."""
    if grounds.computation is None or agrees(compared, grounds.computation):
        return SAID if compared.limited else ""
    return (
        "right; at this sheet's numbers it has another value, or none: there is a kink, a tie or "
        "a division by 0"
    )


def _of_properties(properties: Mapping[str, str]) -> str:
    return f"right where {data_in_words(properties)}, as here; in general it is another one"


def _own_sizes(
    compare: Comparer, compared: Comparison, properties: Mapping[str, str]
) -> dict[str, int]:
    """The sheet's sizes that a formula has as numbers; none if it is wrong with them too."""
    if compare.computation is None or not agrees(compared, compare.computation):
        return {}
    written = compared.written

    def right(sizes: dict[str, int]) -> bool:
        return compare(written, properties, sizes).right()

    sizes = own_sizes(written, compare.computation)
    if not sizes or not right(sizes):
        return {}
    for name in list(sizes):
        fewer = {n: v for n, v in sizes.items() if n != name}
        sizes = fewer if fewer and right(fewer) else sizes
    return sizes
