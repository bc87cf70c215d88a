"""Formulas in the shapes that a sheet prints: where there is one output, Θ₂ is a vector.

A sheet may leave out axes of length 1 of its givens. Then students write formulas of what they see,
`np.outer(x, d2 * Theta2 * h1 * (1 - h1))`, in which the axis is not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Protocol

from sympy import Expr, Integer, Symbol

from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.formulas.readings import all_readings, vocabularies
from deltarule.formulas.target import Target
from deltarule.formulas.vocabulary import Vocabulary
from deltarule.marking import verdicts
from deltarule.marking.formula_answers.comparison import Comparison
from deltarule.marking.formula_answers.formula_mistakes import causes, in_one_sentence
from deltarule.marking.formula_answers.near_misses import Judged, near_miss
from deltarule.marking.formula_answers.own_sizes import in_words
from deltarule.marking.sheet_files.arrays import Numbers, shape
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import canonical
from deltarule.tracing.computation import Computation


class HasSizes(Protocol):
    """Grounds that name the sizes whose axes are left out."""

    @property
    def left_out(self) -> tuple[Symbol, ...]:
        """Sizes of 1."""
        ...


class AsPrinted(Vocabulary):
    """A vocabulary whose tensors have no axes of the sizes that are left out."""

    def __init__(self, whole: Vocabulary, left_out: Collection[Expr]):
        self.__dict__.update(whole.__dict__)
        self._whole, self._left_out, self._roles = whole, left_out, {}
        self.tensors = {
            name: Tensor(tensor.name, _kept(tensor.axes, left_out), tensor.role)
            for name, tensor in whole.tensors.items()
        }

    def reading(self, name: str, subscripts: Sequence[Expr], guarded: bool = False) -> Expr:
        """A tensor at some subscripts; along the axes that are left out there is one entry."""
        own = iter(subscripts)
        axes = self._whole.tensors[name].axes
        at = [Integer(0) if n in self._left_out else next(own) for n in axes]
        return self._whole.reading(name, at, guarded)


def _kept(axes: Sequence[Expr], left_out: Collection[Expr]) -> tuple[Expr, ...]:
    return tuple(n for n in axes if n not in left_out)


def left_out(given: Mapping[str, Numbers], computation: Computation) -> tuple[Symbol, ...]:
    """The sizes that are 1, and along which no given of a sheet is printed, though some might be.

    The first axes of a given that is printed with fewer are taken to be those left out.
    """
    tensors, sizes = computation.network.tensors, computation.sizes
    hidden: set[Expr] = set()
    printed: set[Expr] = set()
    for name, numbers in given.items():
        tensor = tensors.get(canonical(name))
        if tensor is None:
            continue
        ones = [n for n in tensor.axes if sizes.get(n) == 1]
        missing = len(tensor.axes) - len(shape(numbers))
        (hidden if missing >= len(ones) else printed).update(ones)
    return tuple(sorted((n for n in hidden - printed if isinstance(n, Symbol)), key=str))


def or_as_printed(
    judge: Callable[..., Judged],
    derivation: Derivation,
    formula: str,
    quantity: str,
    target: Target,
    grounds: HasSizes,
) -> Judged:
    """The verdict on a formula of tensors with all axes, or with those that the sheet prints.

    Raises DeltaruleError where it cannot be read in either.
    """
    refused: DeltaruleError | None = None
    judged: Judged | None = None
    try:
        judged = judge(derivation, formula, quantity, target, grounds)
    except DeltaruleError as error:
        refused = error
    if judged is None or judged[0] != verdicts.RIGHT:
        sizes, bad = grounds.left_out, judged is None
        judged = _judged_as_printed(derivation, formula, quantity, target, sizes, bad) or judged
    if judged is None:
        raise refused or DeltaruleError("the formula cannot be read", quantity)
    return judged


def read_as_printed(
    derivation: Derivation, formula: str, quantity: str, target: Target, sizes: Sequence[Symbol]
) -> tuple[Target, Callable[[str], list[Expr]]] | None:
    """The target without these axes, and what reads a formula for it, or one near to it; None where
    there are none to be left out."""
    if target.entry or not sizes:
        return None
    equation = target.equation
    kept = tuple((i, n) for i, n in equation.ranges if n not in sizes)
    printed = replace(target, equation=replace(equation, ranges=kept, subscripts=_indices(kept)))
    known = [AsPrinted(v, sizes) for v in vocabularies(derivation, formula)]
    return printed, lambda other: list(all_readings(other, derivation, quantity, printed, of=known))


def _judged_as_printed(
    derivation: Derivation,
    formula: str,
    quantity: str,
    target: Target,
    sizes: Sequence[Symbol],
    refused: bool,
) -> Judged | None:
    """The verdict on a formula of tensors without these axes; None where that makes it no better.

    One that was refused with them may be wrong without them; others are only ever right.
    """
    as_printed = read_as_printed(derivation, formula, quantity, target, sizes)
    if as_printed is None:
        return None
    printed, reread = as_printed
    ones = {str(size): 1 for size in sizes}

    @cache
    def compared(written: Expr) -> Comparison:
        return Comparison(derivation, target, written, None, ones)

    unread: DeltaruleError | None = None
    written: list[Expr] = []
    try:
        written = reread(formula)
        if any(compared(w).right() for w in written):
            return verdicts.RIGHT, in_words(ones), (), ()
    except DeltaruleError as error:
        unread = error
    if not refused:
        return None
    return near_miss(
        derivation, formula, quantity, printed, unread, written, reread, compared
    ) or _wrong([compared(w) for w in written if unread is None])


def _wrong(compared: Sequence[Comparison]) -> Judged | None:
    """What is wrong with a formula; None for no formula."""
    explained = [found for c in compared for found in causes(c)]
    if explained:
        kinds = tuple(mistake.kind for mistake in explained[0])
        return verdicts.MISTAKE, in_one_sentence(explained[0]), (), kinds
    return (verdicts.WRONG, compared[0].counterexample(), (), ()) if compared else None


def _indices(ranges: Sequence[tuple[Expr, Expr]]) -> tuple[Expr, ...]:
    return tuple(i for i, _ in ranges)
