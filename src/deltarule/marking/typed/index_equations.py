"""Equations with indices among equations of matrices: p = softmax(W x); E = −Σ_k t[k] log p[k].

Among matrices a vector is a column or a row; where it is read with an index, it has one axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, free_indices, read, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index, Size
from deltarule.marking.formulas.parser import Parser
from deltarule.marking.formulas.vocabulary import Vocabulary
from deltarule.marking.typed.typed_names import TypedEquation, names_in
from deltarule.marking.typed.unified_sizes import Unequal, UnifiedSizes, final_size
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.counted import counted

Ranges = tuple[tuple[Index, Expr], ...]


def join_letters(
    equation: TypedEquation, tensors: Mapping[str, Tensor], sizes: UnifiedSizes
) -> None:
    """An index runs along the axes where it stands. Raises Unequal for one of which that is new."""
    for name, uses in names_in(equation.formula, equation.place).items():
        axes = _own_axes(tensors[name])
        for use in uses:
            if use is None:
                continue
            if len(use) != len(axes) or any(i.isdigit() for i in use):
                raise DeltaruleError(
                    f"{name} is read with {counted(len(use), 'index')} among matrices",
                    equation.place,
                    "write all equations with indices, or none",
                )
            for letter, extent in zip(use, axes, strict=True):
                if sizes.of(sizes.letter(letter)) != sizes.of(extent):
                    raise Unequal(sizes.letter(letter), extent)


def among_matrices(
    equation: TypedEquation, tensors: Mapping[str, Tensor], extents: Mapping[str, Expr], rows: bool
) -> tuple[Tensor, Expr, Ranges]:
    """The tensor that an equation with indices gives, as a matrix; its right side, its ranges.

    `rows`: a vector is a row. Raises DeltaruleError.
    """
    flat = {n: Tensor(n, _own_axes(t), t.role) for n, t in tensors.items()}
    rhs, ranges = _parsed(equation, flat, extents)

    def as_matrix(access: Read) -> Expr:
        name = tensor_name(access)
        own = iter(access.indices)
        shape = tensors[name].axes
        return read(name, *(Integer(0) if n == 1 else next(own) for n in shape))

    axes = _as_matrix([n for _, n in ranges], rows)
    tensor = Tensor(equation.name, axes, "intermediate")
    return tensor, replace_reads(rhs, as_matrix), ranges


def in_indices(
    equations: Sequence[TypedEquation],
    uses: Mapping[str, Sequence[tuple[str, ...] | None]],
    said: Mapping[str, tuple[int, ...]],
) -> tuple[dict[str, tuple[Expr, ...]], list[Equation]]:
    """The axes of what is read, by its subscripts, and equations that all have indices."""
    sizes = UnifiedSizes()
    axes: dict[str, tuple[Expr, ...]] = {}
    for name, found in uses.items():
        ranks = {len(u) for u in found if u is not None} or {0}
        if len(ranks) > 1:
            raise DeltaruleError(
                f"{name} has {' and '.join(map(str, sorted(ranks)))} subscripts",
                equations[0].place,
                "write one index for each axis",
            )
        axes[name] = tuple(Size(f"size_{k}_of_{name}") for k in range(ranks.pop()))
        for use in found:
            for index, size in zip(use or (), axes[name], strict=False):
                if not index.isdigit():
                    sizes.join(sizes.letter(index), size)
        for size, number in zip(axes[name], said.get(name, ()), strict=False):
            sizes.join(size, Integer(number))
    taken = (*axes, *(e.name for e in equations))
    names = sizes.named([n for own in axes.values() for n in own], taken)
    final = {n: tuple(final_size(s, sizes, names) for s in own) for n, own in axes.items()}
    extents = {i: final_size(s, sizes, names) for i, s in sizes.letters.items()}
    return final, _with_ranges(equations, final, extents)


def _with_ranges(
    typed: Sequence[TypedEquation],
    final: Mapping[str, tuple[Expr, ...]],
    extents: Mapping[str, Expr],
) -> list[Equation]:
    tensors = {n: Tensor(n, own, "input") for n, own in final.items()}
    equations: list[Equation] = []
    for e in typed:
        rhs, ranges = _parsed(e, tensors, extents, equations)
        tensors[e.name] = Tensor(e.name, tuple(n for _, n in ranges), "intermediate")
        equations.append(Equation(e.name, tuple(i for i, _ in ranges), rhs, ranges, e.place))
    return equations


def _parsed(
    equation: TypedEquation,
    tensors: Mapping[str, Tensor],
    extents: Mapping[str, Expr],
    before: Sequence[Equation] = (),
) -> tuple[Expr, Ranges]:
    """The right side at the indices of the left one, and how far these run."""
    unknown = [i for i in equation.indices if i not in extents]
    if unknown:
        raise DeltaruleError(
            f"{unknown[0]} stands left of = alone", equation.place, "read some tensor at it"
        )
    ranges: Ranges = tuple((Index(i), extents[i]) for i in equation.indices)
    vocabulary = Vocabulary(Network("", "", "", dict(tensors), tuple(before)))
    rhs = Parser(equation.formula, vocabulary, equation.place, ranges).parse()
    free = sorted(str(i) for i in free_indices(rhs) if i not in dict(ranges))
    if free:
        raise DeltaruleError(
            f"{free[0]} stands right of = alone", equation.place, f"sum over it: Σ_{free[0]} …"
        )
    return rhs, ranges


def _own_axes(tensor: Tensor) -> tuple[Expr, ...]:
    """The axes of a vector or matrix, without those of length 1."""
    return tuple(n for n in tensor.axes if n != 1)


def _as_matrix(axes: Sequence[Expr], rows: bool) -> tuple[Expr, ...]:
    one = Integer(1)
    if len(axes) == 1:
        return (one, axes[0]) if rows else (axes[0], one)
    return tuple(axes) or (one, one)
