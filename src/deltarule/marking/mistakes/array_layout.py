"""Layout: an array read in another order, two of its rows exchanged, an axis from its other end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations

from sympy import Expr, Integer

from deltarule.expressions.nodes import Delta, FloorQuotient, Remainder, read, reads, tensor_name
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.reread import Reread
from deltarule.spelling.names import pretty

#: Rows of matrices with so many at most are exchanged one with another.
MOST_ROWS = 4

Order = Callable[[tuple[Expr, ...]], tuple[Expr, ...]]


def layout(context: Context) -> Iterator[Wrong]:
    """A tensor that is read, or the result itself, with its entries in another order."""
    rhs = context.equation.rhs
    for name in dict.fromkeys(tensor_name(r) for r in reads(rhs)):
        if len(context.shapes.get(name, "many")) > 2:
            continue
        own = reads(rhs, name)
        for words, order in _orders(context.shapes[name]):
            table = {a: read(name, *order(a.indices)) for a in own}
            formula = Reread(context.equation, table)
            yield Wrong("layout", 6.0, formula, f"of {pretty(name)} {words}")
    yield from _result(context, partial(_orders, turned=False), 5.5)


def turned_result(context: Context) -> Iterator[Wrong]:
    """The transpose of a square result: its shape shows nothing of it."""
    if context.givens:  # whatever the sizes are, no formula is square
        yield from _result(context, _turns, 4.5)


def _result(
    context: Context, orders: Callable[[tuple[int, ...]], Iterator[tuple[str, Order]]], cost: float
) -> Iterator[Wrong]:
    """The result with its entries in other orders."""
    own = context.equation.indices
    shape = tuple(context.extent(n) for _, n in context.equation.ranges)
    if len(own) == len(context.equation.subscripts):
        for words, order in orders(shape):
            table = dict(zip(own, order(own), strict=True))
            formula = _placed(context.equation.rhs, table)
            yield Wrong("layout", cost, formula, f"of the result {words}")


def _placed(formula: Expr, table: dict[Index, Expr]) -> Expr:
    return substitute(formula, {i: e for i, e in table.items() if i != e})


def _turns(shape: tuple[int, ...]) -> Iterator[tuple[str, Order]]:
    """Two axes that are as long as each other, exchanged."""
    rank = len(shape)
    for one, two in combinations(range(rank), 2):
        if shape[one] == shape[two] > 1:
            axes = f"the axes {one + 1} and {two + 1}" if rank > 2 else "rows and columns"
            yield f"{axes} are exchanged: it stands transposed", partial(_turned, one, two)


def _orders(shape: tuple[int, ...], turned: bool = True) -> Iterator[tuple[str, Order]]:
    """Other orders of the entries of an array, in words and as subscripts."""
    rank = len(shape)
    if turned:
        yield from _turns(shape)
    if rank > 1 and shape[-2] != shape[-1] and min(shape[-2:]) > 1:
        yield from _read_otherwise(*shape[-2:])
    for axis, extent in enumerate(shape):
        called, along = _called(axis, len(shape))
        if extent > 2:
            yield f"the {called} stand in reverse order{along}", partial(_reversed, axis, extent)
        if 2 <= extent <= MOST_ROWS:
            yield from _exchanged(axis, extent, called, along)


def _turned(one: int, two: int, at: tuple[Expr, ...]) -> tuple[Expr, ...]:
    places = list(at)
    places[one], places[two] = places[two], places[one]
    return tuple(places)


def _read_otherwise(rows: int, columns: int) -> Iterator[tuple[str, Order]]:
    """The last two axes written down in one order and read in the other one."""

    def by_columns(at: tuple[Expr, ...]) -> tuple[Expr, ...]:
        place = at[-2] * columns + at[-1]
        return *at[:-2], Remainder(place, rows), FloorQuotient(place, rows)

    def by_rows(at: tuple[Expr, ...]) -> tuple[Expr, ...]:
        place = at[-1] * rows + at[-2]
        return *at[:-2], FloorQuotient(place, columns), Remainder(place, columns)

    yield "the entries are read column by column, not row by row", by_columns
    yield "the entries are read row by row, not column by column", by_rows


def _called(axis: int, rank: int) -> tuple[str, str]:
    """What the entries along an axis are called, and along which axis, where there are many."""
    if rank <= 2:
        return (("entries",) if rank == 1 else ("rows", "columns"))[axis], ""
    return "entries", f" along axis {axis + 1}"


def _reversed(axis: int, extent: int, at: tuple[Expr, ...]) -> tuple[Expr, ...]:
    return (*at[:axis], extent - 1 - at[axis], *at[axis + 1 :])


def _exchanged(axis: int, extent: int, called: str, along: str) -> Iterator[tuple[str, Order]]:
    for one in range(extent):
        for two in range(one + 1, extent):

            def order(at: tuple[Expr, ...], one: int = one, two: int = two) -> tuple[Expr, ...]:
                s = at[axis]
                other = s + (two - one) * (Delta(s, Integer(one)) - Delta(s, Integer(two)))
                if extent == 2:
                    other = 1 - s
                return (*at[:axis], other, *at[axis + 1 :])

            yield f"the {called} {one + 1} and {two + 1} are exchanged{along}", order


ROWS = (turned_result,)
TRIED_LAST = (layout,)
