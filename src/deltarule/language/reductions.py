"""The words for reductions: `Sum[i, j](body)`, `Max[k](body, ties="all")`, `Mean`, `Product`.

An index that stands alone on no axis is given its range, `Sum[k:K](body)`. With `where=`, only
the terms count for which a statement about indices holds, or all of several: `where=j <= i`,
`where=[p >= first[r], p < last[r]]`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from sympy import Expr, Integer, oo

from deltarule.errors import DeltaruleError
from deltarule.expressions import largest_position, matrices, nodes
from deltarule.expressions.nodes import read, tensor_name
from deltarule.expressions.symbols import Index, Size
from deltarule.language.comparisons import cases, chooses, conditions
from deltarule.language.declarations import Name, Page, current
from deltarule.language.given_expressions import expression
from deltarule.language.top_places import Places
from deltarule.networks.index_extents import extents

#: What is declared about several largest entries: which of them pass the gradient on.
TIES = ("first", "all", "split")

_MAXIMA = {"first": nodes.Max, "all": nodes.MaxAll, "split": nodes.MaxSplit}


#: The indices of a whole tensor's matrices; rows and columns last.
LETTERS = "abcdefghmnij"


class Waiting:
    """`Sum[i, j]`, which waits for what is added up, in brackets behind it."""

    def __init__(self, word: ReductionWord, wanted: tuple):
        self._word, self._wanted = word, wanted

    def __call__(self, body=None, where=(), **how) -> Any:
        if body is None:
            raise DeltaruleError(
                f"{self} has empty brackets", current().place(), f"write {self}(x[…])"
            )
        return self._word.reduced(body, self._wanted, where, how)

    def __repr__(self) -> str:
        return f"{self._word}[{', '.join(map(_subscript, self._wanted))}]"


def _subscript(item) -> str:
    return f"{item.start}:{item.stop}" if isinstance(item, slice) else str(item)


class ReductionWord:
    """A word such as `Sum`; `Sum[i, j]` waits for what is added up."""

    def __init__(self, name: str, node: Callable[..., Expr]):
        self._name, self._node = name, node

    def __getitem__(self, wanted) -> Waiting:
        return Waiting(self, wanted if isinstance(wanted, tuple) else (wanted,))

    def __call__(self, *_, **__) -> Expr:
        raise DeltaruleError(
            f"{self} is followed by parentheses",
            current().place(),
            f"name its indices in square brackets first: {self}[k](x[n, k])",
        )

    def __repr__(self) -> str:
        return self._name

    def reduced(self, body, wanted: tuple, where, how: dict) -> Expr:
        """The sum, maximum, … of `body` over the indices that are `wanted`."""
        page = current()
        body = expression(body, page)
        ranges = _ranges(wanted, body, page, self._name)
        return self._made(body, ranges, conditions(where, page), **how)

    def _made(self, body: Expr, ranges: list, conditions: list) -> Expr:
        return counted(self._node, body, ranges, conditions)


def counted(node: Callable[..., Expr], body: Expr, ranges: list, conditions: list) -> Expr:
    """The reduction; where terms count by statements about real numbers, the others are 0, or 1
    in a product, or −∞ in a maximum.

    So the conditions of loops are about integers alone.
    """
    page = current()
    for real in (c for c in conditions if chooses(c, page)):
        body = cases(real, body, _NEUTRAL.get(node, -oo), page)
    return node(body, ranges, [c for c in conditions if not chooses(c, page)])


_NEUTRAL: dict[Callable[..., Expr], Expr] = {nodes.Sum: Integer(0), nodes.Product: Integer(1)}


class MaxWord(ReductionWord):
    """`Max[k](body, ties=…)`: of several largest, the first, all or equal parts pass gradient."""

    def _made(self, body: Expr, ranges: list, conditions: list, ties: str = "first") -> Expr:
        if ties not in _MAXIMA:
            raise DeltaruleError(
                f"ties = {ties} is not known", current().place(), "ties are " + ", ".join(TIES)
            )
        return counted(_MAXIMA[ties], body, ranges, conditions)


class ArgMaxWord(ReductionWord):
    """`ArgMax[k](body)`: where the largest entry stands; of several the first. Over several
    indices it is a position for each, `row, column = ArgMax[k, l](body)`."""

    def _made(self, body: Expr, ranges: list, conditions: list) -> Any:
        sign = -1 if self is ArgMin else 1
        maximum = cast(nodes.Max, counted(nodes.Max, sign * body, ranges, conditions))
        found = largest_position.argmax(maximum)
        return found[0] if len(found) == 1 else found


class TopKWord(ReductionWord):
    """`TopK[k](body, 2)`: where the largest entries stand, the largest first; of equal ones the
    first. `best[0]` is read as a position, W[best[0], d]."""

    def reduced(self, body, wanted: tuple, where, how: dict) -> Any:
        """The positions, as many as are asked for."""
        page = current()
        count = how.pop("count", where)
        if not isinstance(count, int) or isinstance(count, bool) or count < 1 or how:
            raise DeltaruleError(
                f"{self} is asked for {count if count != () else 'no number of'} entries",
                page.place(),
                f"say how many, as in best = {self}[k](x[n, k], 2)",
            )
        body, found = expression(body, page), []
        named = next((nodes.tensor_name(r) for r in nodes.reads(body)), "top")
        for _ in range(count):
            position = cast(largest_position.ArgMax, ArgMax.reduced(body, wanted, (), {}))
            chosen, free = page.selections.chosen(position.maximum, page, named)
            body = nodes.Choose(nodes.Positive(read(chosen, *free, position.index)), -oo, body)
            found.append(position)
        return Places(found, named)


class MinWord(MaxWord):
    """`Min[k](body)`: the smallest entry, which is −Max[k](−body)."""

    def _made(self, body: Expr, ranges: list, conditions: list, ties: str = "first") -> Expr:
        return -super()._made(-body, ranges, conditions, ties)


class MeanWord(ReductionWord):
    """The sum, divided by the number of terms that count."""

    def _made(self, body: Expr, ranges: list, conditions: list) -> Expr:
        count = nodes.multiply(n for _, n in ranges)
        if conditions:
            count = counted(nodes.Sum, Integer(1), ranges, conditions)
        return counted(nodes.Sum, body, ranges, conditions) / count


class MatrixWord(ReductionWord):
    """`LogDet[i, j](S[i, j])`: over rows and columns, as many of the one as of the other.

    `Inverse(S)[i, j]` and `LogDet(S)` are of a whole tensor, the matrices being its last two axes.
    """

    def __call__(self, matrix=None, *more, **how) -> Any:
        """The tensor of inverses, or the log-determinant of a matrix.

        Raises DeltaruleError for what is no tensor of square matrices.
        """
        page = current()
        if not isinstance(matrix, Name) or more or how:
            return super().__call__(matrix, *more, **how)
        axes, inverse = matrix.axes, self._node is matrices.Inverse
        square = len(axes) >= 2 and len(set(axes[-2:])) == 1
        if not square or len(axes) > 2 and not inverse:
            raise DeltaruleError(
                f"{matrix.tensor.name} [{', '.join(map(str, matrix.axes))}] is no square matrix",
                page.place(),
                f"name the indices of rows and columns: {self}[i, j](…)",
            )
        at = tuple(Index(letter) for letter in LETTERS[-len(matrix.axes) :])
        entry, size = read(matrix.tensor.name, *at), matrix.tensor.axes[-1]
        if not inverse:
            return self._node(entry, [(i, size) for i in at])
        found = page.inverses.of(matrices.Inverse(entry, *at[-2:], size), page, "")
        return Name(page.tensors[tensor_name(found)], page)

    def _made(self, body: Expr, ranges: list, conditions: list) -> Expr:
        if len(ranges) != 2 or conditions:
            raise DeltaruleError(
                "a matrix has rows and columns",
                current().place(),
                "name an index for each, as in Inverse[i, j](S[i, j])",
            )
        (i, rows), (j, columns) = ranges
        if rows != columns:
            raise DeltaruleError(
                f"the matrix of {body} is not square: index {i} runs to {rows}, {j} to {columns}",
                current().place(),
                "only square matrices have an inverse and a determinant",
            )
        return (
            self._node(body, i, j, rows)
            if self._node is matrices.Inverse
            else super()._made(body, ranges, conditions)
        )


Sum = ReductionWord("Sum", nodes.Sum)
Max, Min = MaxWord("Max", nodes.Max), MinWord("Min", nodes.Max)
ArgMax, ArgMin = ArgMaxWord("ArgMax", nodes.Max), ArgMaxWord("ArgMin", nodes.Max)
TopK = TopKWord("TopK", nodes.Max)
Product = ReductionWord("Product", nodes.Product)
Mean = MeanWord("Mean", nodes.Sum)
LogSumExp = ReductionWord("LogSumExp", nodes.LogSumExp)
Inverse = MatrixWord("Inverse", matrices.Inverse)
LogDet = MatrixWord("LogDet", matrices.LogDet)


#: What is named in place of an index.
_WHAT: dict[type, str] = {Name: "a tensor", Size: "a size"}


def _ranges(wanted: tuple, body: Expr, page: Page, word: str) -> list[tuple[Index, Expr]]:
    inferred: dict[Index, Expr] | None = None
    ranges = []
    for item in wanted:
        named = item.start if isinstance(item, slice) else item
        if not isinstance(named, Index):
            what = f"{named!r}, {_WHAT[type(named)]}," if type(named) in _WHAT else repr(named)
            what = "a comparison" if isinstance(named, bool) else what
            raise DeltaruleError(
                f"{what} stands where an index belongs",
                page.place(),
                'declare one, k = index("k"), and name it: Sum[k](…)',
            )
        if any(named == index for index, _ in ranges):
            raise DeltaruleError(
                f"index {named} is named twice", page.place(), "name each index once"
            )
        if isinstance(item, slice):
            ranges.append((named, expression(item.stop, page)))
            continue
        if item in page.extents:
            ranges.append((item, page.extents[item]))
            continue
        if inferred is None:
            inferred = extents(body, page.tensors, page.place())
        stands = item in nodes.free_indices(body)
        if item in inferred and not stands:  # Sum[d](Sum[d](x[n, d]))
            raise DeltaruleError(
                f"index {item} is gone over twice, in the brackets too",
                page.place(),
                f"name it once, or take another index for one of the two: {word}[k](…)",
            )
        if item not in inferred:
            raise DeltaruleError(
                f"index {item} has no range: it stands alone on no axis"
                if stands
                else f"index {item} stands nowhere in the brackets",
                page.place(),
                f"give its range, {word}[{item}:3](…) for 3 values, or an attribute "
                f'K = attribute("K", width=3) and {word}[{item}:K](…)'
                if stands
                else f"leave {item} out, or give its range: Sum[{item}:N](…) adds up N times",
            )
        ranges.append((item, inferred[item]))
    return ranges
