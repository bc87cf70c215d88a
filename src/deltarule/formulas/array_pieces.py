"""Parts of whole arrays, and arrays in another shape: h[1:], W[:, 0], x[::-1], reshape(N, -1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy import Expr, Integer, cancel

from deltarule.expressions import nodes
from deltarule.expressions.nodes import FloorQuotient, Remainder
from deltarule.formulas.matrix_readings import Axes, Matrix

#: New indices for some extents.
Fresh = Callable[[Sequence[Expr]], Axes]


@dataclass(frozen=True)
class Piece:
    """What stands for one axis: a single entry `at`, a new axis, or all from `start` to `stop`,
    from the last on if it is `turned`; numbers below 0 count from the end."""

    at: Expr | None = None
    new: bool = False
    start: Expr | None = None
    stop: Expr | None = None
    turned: bool = False


ALL, NEW = Piece(), Piece(new=True)


def taken_apart(matrix: Matrix, pieces: Sequence[Piece | None], fresh: Fresh) -> Matrix | None:
    """A reading of which pieces are taken; None in the place of a piece stands for all axes that
    are left. None if it has not so many axes."""
    named = sum(p is not None and not p.new for p in pieces)
    left = len(matrix.axes) - named
    if left < 0:
        return None
    written: list[Piece] = []
    for piece in pieces if None in pieces else (*pieces, None):
        written += [ALL] * left if piece is None else [piece]
    axes: list = []
    at: list[Expr] = []
    old = iter(matrix.axes)
    for piece in written:
        if piece.new:
            axes += fresh([Integer(1)])
            continue
        _, extent = next(old)
        if piece.at is not None:
            at.append(_from_start(piece.at, extent))
            continue
        start = _from_start(piece.start or Integer(0), extent)
        stop = extent if piece.stop is None else _from_start(piece.stop, extent)
        ((index, length),) = fresh([(stop - start).expand()])
        axes.append((index, length))
        at.append(extent - 1 - index if piece.turned else (start + index))
    return Matrix(lambda: matrix.at(at), tuple(axes), matrix.cost)


def _from_start(place: Expr, extent: Expr) -> Expr:
    negative = place.is_number and place.is_negative
    return extent + place if negative else place


def reshaped(matrix: Matrix, shape: Sequence[Expr], fresh: Fresh) -> Matrix | None:
    """A reading in another shape, row by row; −1 is the extent that is left. None if the numbers of
    entries differ."""
    whole = nodes.multiply(matrix.shape)
    if list(shape).count(Integer(-1)) > 1:
        return None
    known = nodes.multiply(n for n in shape if n != -1)
    rest = cancel(whole / known)
    shape = [rest if n == -1 else n for n in shape]
    axes = fresh(shape)
    places = _places(list(matrix.shape), list(axes))
    if places is None:
        return None
    return Matrix(lambda: matrix.at(places), axes, matrix.cost)


def _places(old: list[Expr], new: list) -> list[Expr] | None:
    """The subscript of each old axis at the indices of the new ones: groups of axes that hold the
    same number of entries are laid out alike."""
    found: list[Expr] = []
    while old or new:
        group, indices = [*old[:1]], [*new[:1]]
        del old[:1], new[:1]
        while not _alike(group, indices):
            if not (old or new):
                return None
            grow_old = old and (not new or _fewer(group, indices))
            if grow_old:
                group.append(old.pop(0))
            else:
                indices.append(new.pop(0))
        found += _split(_flat(indices), group)
    return found


def _alike(group: list[Expr], indices: list) -> bool:
    one, two = nodes.multiply(group), nodes.multiply(n for _, n in indices)
    return (one - two).expand() == 0


def _fewer(group: list[Expr], indices: list) -> bool:
    """Whether the new axes hold more than the old ones so far."""
    ratio = cancel(nodes.multiply(n for _, n in indices) / nodes.multiply(group))
    return (
        not ratio.is_number
        and ratio.as_numer_denom()[1] == 1
        or bool(ratio.is_number and ratio > 1)
    )


def _flat(indices: list) -> Expr:
    """The place in the order of rows."""
    total: Expr = Integer(0)
    for index, extent in indices:
        total = total * extent + index
    return total.expand()


def _split(flat: Expr, extents: list[Expr]) -> list[Expr]:
    """The subscripts of axes at a place in the order of rows."""
    found: list[Expr] = []
    for k, extent in enumerate(extents):
        behind = nodes.multiply(extents[k + 1 :])
        place = flat if behind == 1 else FloorQuotient(flat, behind)
        found.append(place if k == 0 else Remainder(place, extent))
    return found
