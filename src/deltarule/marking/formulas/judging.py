"""Judging a formula: by its values at generic numbers and at the sheet's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from sympy import Expr

from deltarule.arithmetic.integers import OutsideShape
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import Read, free_indices, read, tensor_name
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.marking import verdicts
from deltarule.marking.formulas.comparison import Comparison, in_one_sentence
from deltarule.marking.formulas.exchanged import one_name_off
from deltarule.marking.formulas.grounds import observed
from deltarule.marking.formulas.limits import not_too_deep
from deltarule.marking.formulas.matrix_words import matrix_readings, names_indices
from deltarule.marking.formulas.own_sizes import agrees, in_words, own_sizes
from deltarule.marking.formulas.parser import parse_formula
from deltarule.marking.formulas.target import Target, target_of
from deltarule.marking.formulas.transposed import beyond, order_of_indices
from deltarule.marking.formulas.vocabulary import Vocabulary
from deltarule.marking.verdicts import Verdict
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text
from deltarule.tracing.computation import Computation

#: Vocabularies by the identity of their derivation, which is kept beside them.
_VOCABULARIES: dict[int, tuple[Derivation, Vocabulary, Vocabulary]] = {}
_MOST_KNOWN = 16

#: What is said of a right formula whose ⊙ has to be read as a product of matrices.
LOOSE = (
    "right, with ⊙ read as a product of matrices or an outer product; "
    "⊙ means entry by entry, write a b or a ⊗ b"
)


@dataclass(frozen=True)
class Grounds:
    """What a sheet adds to a formula: its numbers, and what it declares of its data."""

    computation: Computation | None = None
    declared: Mapping[str, str] = field(default_factory=dict)

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
    target = target_of(derivation, quantity)
    with not_too_deep(quantity):
        kind, finding, others, kinds = _found(derivation, formula, quantity, target, grounds)
    expected = text(target.at_entry(target.equation.rhs))
    entry = target.entry or None
    return Verdict(target.name, entry, kind, finding, expected, formula, others, kinds, run)


Judged = tuple[str, str, tuple[str, ...], tuple[str, ...]]


def _found(
    derivation: Derivation, formula: str, quantity: str, target: Target, grounds: Grounds
) -> Judged:
    """The verdict on a formula, in which single names or indices may be exchanged."""

    def reread(other: str) -> list[Expr]:
        return readings(other, derivation, quantity, target)

    @cache
    def compared(one: Expr) -> Comparison:
        return _compared(derivation, target, one)

    refused: DeltaruleError | None = None
    written: list[Expr] = []
    judged: Judged = (verdicts.WRONG, "", (), ())
    try:
        written = reread(formula)
        judged = _judged(derivation, target, written, grounds)
        if judged[:2] == (verdicts.RIGHT, "") and _loose(derivation, target, formula, compared):
            judged = (verdicts.RIGHT, LOOSE, (), ())
    except DeltaruleError as error:
        refused = error
    if refused is None and (
        judged[0] != verdicts.WRONG or any(compared(w).alike_only_here for w in written)
    ):
        return judged
    order = order_of_indices(formula, target, refused, written, reread, compared)
    if order:
        return verdicts.MISTAKE, order, (), ("indices exchanged",)
    if refused is not None:
        raise refused
    exchanged = one_name_off(
        derivation, formula, quantity, lambda other: [compared(w) for w in reread(other)]
    )
    return (verdicts.MISTAKE, exchanged, (), ("wrong tensor",)) if exchanged else judged


def _loose(derivation: Derivation, target: Target, formula: str, compared) -> bool:
    """Whether a right formula is right only if some ⊙ is another product than by entries."""
    if "[" in formula or not ("⊙" in formula or "∘" in formula):
        return False
    try:
        found = [
            target.at_entry(_renamed(w, derivation))
            for vocabulary in _vocabularies(derivation, formula)
            for w in matrix_readings(
                formula, vocabulary, target.name, target.equation.ranges, strict=True
            )
        ]
    except DeltaruleError:
        return True
    return not any(compared(w).right() for w in found)


def _compared(
    derivation: Derivation,
    target: Target,
    written: Expr,
    properties: Mapping[str, str] | None = None,
    sizes: Mapping[str, int] | None = None,
) -> Comparison:
    """A formula beside the right one. Raises Beyond where it reads what there is not."""
    try:
        return Comparison(derivation, target, written, properties, sizes)
    except OutsideShape:
        raise beyond(written, target, _both_vocabularies(derivation)[0].tensors) from None


def _judged(
    derivation: Derivation, target: Target, written: list[Expr], grounds: Grounds
) -> Judged:
    """The verdict, what is found, other explanations, and the kinds of the mistakes."""
    generic = [_compared(derivation, target, w) for w in written]
    for compared in generic:
        if compared.right():
            return verdicts.RIGHT, _here(compared, grounds), (), ()
    properties = grounds.properties
    as_printed = (
        [_compared(derivation, target, w, properties) for w in written] if properties else []
    )
    for compared in as_printed:
        if compared.right():
            return verdicts.RIGHT, _of_properties(properties), (), ()
    for compared in generic:
        sizes = _own_sizes(compared, properties, grounds)
        if sizes:
            return verdicts.RIGHT, in_words(sizes), (), ()
    for compared in as_printed or generic:
        found = dict.fromkeys(
            (in_one_sentence(m), tuple(x.kind for x in m)) for m in compared.mistakes()
        )
        if found:
            (sentence, kinds), *others = found
            return verdicts.MISTAKE, sentence, tuple(s for s, _ in others[:5]), kinds
    finding = generic[0].counterexample()
    if agrees(generic[0], grounds.computation):
        finding += "; at this sheet's numbers both happen to be the same"
    return verdicts.WRONG, finding, (), ()


def readings(formula: str, derivation: Derivation, quantity: str, target: Target) -> list[Expr]:
    """What the formula can mean, the likeliest first. Raises DeltaruleError for nothing."""
    found: list[Expr] = []
    refused: DeltaruleError | None = None
    for vocabulary in _vocabularies(derivation, formula):
        try:
            parsed = parse_formula(formula, vocabulary, quantity, target.equation.ranges)
            found.append(_ours(parsed, derivation, target))
        except DeltaruleError as error:
            refused = refused or error
        if "[" not in formula:
            try:
                of = matrix_readings(formula, vocabulary, quantity, target.equation.ranges)
                found += [target.at_entry(_renamed(w, derivation)) for w in of]
            except DeltaruleError as error:
                whole = not names_indices(formula, quantity)
                refused = error if whole or refused is None else refused
    if not found and refused is not None:
        raise refused
    return list(dict.fromkeys(found))


def _vocabularies(derivation: Derivation, formula: str) -> list[Vocabulary]:
    """σ is the logistic function; in a network that has none, it may mean its own activation."""
    plain, activation = _both_vocabularies(derivation)
    own = any(f.row.name == "sigmoid" for f in plain.used)
    if own or not ("σ" in formula or "sigma" in formula):
        return [plain]
    return [activation, plain]


def _both_vocabularies(derivation: Derivation) -> tuple[Vocabulary, Vocabulary]:
    """The names of a derivation, read once for all its formulas."""
    known = _VOCABULARIES.get(id(derivation))
    if known is None or known[0] is not derivation:
        if len(_VOCABULARIES) >= _MOST_KNOWN:
            _VOCABULARIES.clear()
        derived = derivation.equations()
        plain, activation = (Vocabulary(derivation.network, derived, a) for a in (False, True))
        known = _VOCABULARIES[id(derivation)] = (derivation, plain, activation)
    return known[1], known[2]


def _renamed(formula: Expr, derivation: Derivation) -> Expr:
    """The formula with our name for the loss."""

    def renamed(access: Read) -> Expr:
        found = GradientName.parse(tensor_name(access))
        if found is None:
            return access
        return read(derivation.gradient_name(found.wrt), *access.indices)

    return replace_reads(formula, renamed)


def _ours(formula: Expr, derivation: Derivation, target: Target) -> Expr:
    """The formula in our own names, for the loss and for the free indices."""
    formula = _renamed(formula, derivation)
    free = sorted(free_indices(formula), key=str)
    strange = [i for i in free if i not in target.indices]
    left = [i for i in target.indices if i not in free]
    if len(strange) > len(left):
        lhs = text(target.equation.lhs)
        raise DeltaruleError(
            f"index {strange[0]} is free in the formula but not in {pretty(target.name)}",
            lhs,
            f"sum over it, Σ_{strange[0]} …, or use the indices of {lhs}",
        )
    if strange:
        formula = substitute(formula, dict(zip(strange, left, strict=False)))
    return target.at_entry(formula)


def _here(compared: Comparison, grounds: Grounds) -> str:
    """What is to be said of a right formula at the sheet's own numbers."""
    if grounds.computation is None or agrees(compared, grounds.computation):
        return ""
    return (
        "right; at this sheet's numbers it has another value, or none: there is a kink, a tie or "
        "a division by 0"
    )


def _of_properties(properties: Mapping[str, str]) -> str:
    words = " and ".join(
        f"{pretty(name)} {what if what.startswith('sums') else 'is ' + what}"
        for name, what in properties.items()
    )
    return f"right where {words}, as here; in general it is another one"


def _own_sizes(
    compared: Comparison, properties: Mapping[str, str], grounds: Grounds
) -> dict[str, int]:
    """The sheet's sizes that a formula has as numbers; none if it is wrong with them too."""
    if grounds.computation is None or not agrees(compared, grounds.computation):
        return {}
    derivation, target, written = compared.derivation, compared.target, compared.written

    def right(sizes: dict[str, int]) -> bool:
        return _compared(derivation, target, written, properties, sizes).right()

    sizes = own_sizes(written, grounds.computation)
    if not sizes or not right(sizes):
        return {}
    for name in list(sizes):
        fewer = {n: v for n, v in sizes.items() if n != name}
        sizes = fewer if fewer and right(fewer) else sizes
    return sizes
