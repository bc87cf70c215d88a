"""Formulas in matrices, without indices: (1 − tanh(s₁)²) ⊙ (p − t) Θ₂ᵀ, read by their shapes.

Which of its products is a matrix product, an outer product or one entry by entry, a formula of
matrices does not say; the shapes do, mostly. Every reading whose shape fits is given, the usual
ones first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from sympy import Expr, Integer

from deltarule.arithmetic.printed import shortened
from deltarule.expressions import nodes
from deltarule.expressions.symbols import Index
from deltarule.formulas.matrix_grammar import MatrixParser
from deltarule.formulas.matrix_readings import Matrix, shape_shown
from deltarule.formulas.shapes_amiss import Unfitting
from deltarule.formulas.tokens import Token, tokens
from deltarule.formulas.vocabulary import Vocabulary
from deltarule.spelling.names import pretty

#: What has a meaning among indices alone.
_OF_INDICES = ("⌊", "⌈", "mod", "if", "first", "frozen", "stop_gradient", "inverse", "det")
#: What no other notation than that of programs has.
_OF_PROGRAMS = ("call", "method", "shape", "slice", "extents")


def matrix_readings(
    formula: str,
    vocabulary: Vocabulary,
    place: str,
    target: Sequence[tuple[Index, Expr]],
    strict: bool = False,
    program: bool = False,
    binds: bool = True,
    fixed: tuple[Index, Expr] | None = None,
) -> list[Expr]:
    """The entries at the target's indices, for every reading of the target's shape.

    ⊙ is any product unless `strict`, when it is one entry by entry alone; in a `program` * is that
    too. `binds` says that sum(…)^2 is a sum of squares. With a `fixed` index, as t, the formula
    is of what there is at one t. Raises DeltaruleError for what cannot be read.
    """
    target = [axis for axis in target if axis != fixed]
    parser = MatrixParser(formula, vocabulary, place, [i for i, _ in target])
    if fixed is not None:
        parser.bound, parser.runs = [fixed[0]], [fixed]
    parser.strict, parser.program, parser.binds = strict, program, binds
    for token in parser.rest:
        if token.text in _OF_INDICES:
            raise parser.error(f"{token.text} is about indices", "write all indices, or none")
    found = parser.parse()
    shape = tuple(n for _, n in target)
    usual = sorted(found.of, key=lambda m: m.cost)
    squeezed = [m for m in usual if _squeezed(m.shape) == _squeezed(shape)]
    fitting = [_laid(m, target) for m in squeezed]
    if not fitting:
        raise _unfitting(formula, place, usual, target)
    return fitting


def _squeezed(shape: Sequence[Expr]) -> tuple[Expr, ...]:
    return tuple(n for n in shape if n != 1)


def _laid(matrix: Matrix, target: Sequence[tuple[Index, Expr]]) -> Expr:
    """The entry at the target's indices; axes of length 1 may be left out or kept."""
    if matrix.shape == tuple(n for _, n in target):
        return matrix.at([i for i, _ in target])
    indices = iter([i for i, n in target if n != 1])
    return matrix.at([Integer(0) if n == 1 else next(indices) for n in matrix.shape])


def _unfitting(
    formula: str, place: str, usual: Sequence[Matrix], target: Sequence[tuple[Index, Expr]]
) -> Unfitting:
    shape = tuple(n for _, n in target)
    error = Unfitting(
        f"the formula is {_in_words(usual[0].shape)}, but {pretty(place.partition('[')[0])} is "
        f"{_in_words(shape)}",
        f"{place}: {shortened(formula)!r}",
        "transpose with ᵀ, sum with Σ_m, or write all indices",
    )
    indices = [i for i, _ in target[::-1]]
    error.summed = tuple(s for m in usual for s in _over_the_rest(m, target))
    error.turned = tuple(m.at(indices) for m in usual if m.shape == shape[::-1] != ())
    return error


def _over_the_rest(
    matrix: Matrix, target: Sequence[tuple[Index, Expr]]
) -> Iterator[tuple[Expr, str]]:
    """A part that has more axes than the target, summed over those that the target has not."""
    for kept in combinations(matrix.axes, len(target)):
        over = [axis for axis in matrix.axes if axis not in kept]
        if over and [n for _, n in kept] == [n for _, n in target]:
            own = {i: j for (i, _), (j, _) in zip(kept, target, strict=True)}
            at = [own.get(i, i) for i, _ in matrix.axes]
            words = ", ".join(f"the axis of {n}" for _, n in over)
            yield nodes.Sum(matrix.at(at), over), words


def _in_words(shape: Sequence[Expr]) -> str:
    return f"a vector of {shape[0]}" if len(shape) == 1 else shape_shown(shape)


def names_indices(formula: str, place: str) -> bool:
    """Whether a formula is about indices somewhere."""
    return any(
        t.kind == "reduction" or t.text in ("[", *_OF_INDICES) for t in tokens(formula, place)
    )


def written_as_program(formula: str, place: str) -> str:
    """ "program" for what is certainly one, "perhaps" for x.T, else "": there * is by entries."""
    found: list[Token] = tokens(formula, place)
    if any(t.kind in _OF_PROGRAMS or t.text in ("@", ".mT") for t in found):
        return "program"
    return "perhaps" if any(t.text == ".T" for t in found) else ""
