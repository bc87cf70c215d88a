"""States as a file declares them: their values beyond the ends, and their axis of time."""

from __future__ import annotations

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.language.boundary_values import Edges
from deltarule.language.declarations import Name, Page
from deltarule.language.given_expressions import expression
from deltarule.networks.tensors import Tensor


def edges_of(named: Name, before, after, along: int | None, page: Page) -> Edges:
    """The edges of a state from what a derivation file says of them."""
    state = named.tensor
    usual = 0
    if named.order is not None:
        usual, along = named.order.index(0), None if along is None else named.order.index(along)
    first, last = _end(before, page), _end(after, page)
    tensors = [end for end in (first, last) if isinstance(end, Tensor)]
    axes = {_axis(state, end, along, page) for end in tensors}
    if len(axes) > 1:
        raise _unfit(state, tensors[1], page)
    return Edges(state, first, last, axes.pop() if axes else usual if along is None else along)


def _end(value, page: Page) -> Tensor | Expr | None:
    if value is None:
        return None
    if isinstance(value, Name):
        return value.tensor
    if isinstance(value, str):
        raise DeltaruleError(
            f"{value!r} is no tensor that a state could start from",
            page.place(),
            f'declare it first: {value} = parameter("{value}", …), and give it without quotes',
        )
    number = expression(value, page)
    return number if number != 0 else Integer(0)


def _axis(state: Tensor, end: Tensor, along: int | None, page: Page) -> int:
    """The axis of time: the one that the initial value lacks, or that differs from it."""
    tries = range(len(state.axes)) if along is None else [along]
    for k in tries:
        rest = (*state.axes[:k], *state.axes[k + 1 :])
        if end.axes == rest:
            return k
        same_rest = (*end.axes[:k], *end.axes[k + 1 :]) == rest
        if len(end.axes) == len(state.axes) and same_rest:
            return k
    raise _unfit(state, end, page)


def _unfit(state: Tensor, end: Tensor, page: Page) -> DeltaruleError:
    own, wanted = (", ".join(map(str, t.axes)) for t in (end, state))
    return DeltaruleError(
        f"{end.name} has axes [{own}], which do not fit the state {state.name} [{wanted}]",
        page.place(),
        f"give {end.name} the axes of {state.name} without the one of time",
    )
