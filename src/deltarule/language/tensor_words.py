"""The words that declare tensors: `input`, `parameter`, `state`, `output`, `loss` …"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from sympy import oo

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import reads
from deltarule.language.declarations import Name, Page, current
from deltarule.language.given_expressions import checked_name, expression, extents_of
from deltarule.language.pointers import pointing
from deltarule.language.scaled_sizes import scaled_axes
from deltarule.language.states import edges_of
from deltarule.networks.constant_ranges import between
from deltarule.networks.tensors import Tensor, checked_start


def _tensor(role: str):
    def declare(
        name: str,
        *axes,
        outside=None,
        sums_to_one=None,
        below=None,
        within=None,
        note="",
        covariance=False,
        start=None,
        one_hot=None,
        symmetric=False,
        positive=False,
        earlier=None,
        later=None,
    ):
        page = current()
        extent = extents_of(axes, page)
        extent = scaled_axes(extent) if role == "input" else extent
        edge = None if outside is None else expression(outside, page)
        limit = None if below is None else expression(below, page)
        name = checked_name(name, page, role)
        points = pointing(name, extent, earlier, later, page)
        limit = limit if points is None else extent[points[0]]
        start = checked_start(name, start, extent, page.place())
        if positive and within is not None:
            raise DeltaruleError(
                f"{name} is declared positive and within an interval",
                page.place(),
                'say one of both: positive=True is within="(0, oo)"',
            )
        span = _interval("(0, oo)" if positive else within, name, page)
        hot, axis = (_last(a, len(extent)) for a in (one_hot, sums_to_one))
        axis = axis if hot is None else hot
        found = Tensor(name, extent, role, edge, axis, limit, span, start, note, covariance)
        found = replace(found, one_hot=hot is not None, symmetric=bool(symmetric), points=points)
        return page.lay(_fitting(found, page))

    declare.__doc__ = f"""Declare {role} `name` with its axes.

    `outside` is the value of reads beyond its edges; `sums_to_one` an axis along which its
    entries add up to 1 (True is the last), `one_hot` one along which one of them is 1 and the
    others are 0; `below` makes it an array of whole numbers from 0 to below − 1 (labels);
    `within=(a, b)` or "[a, b]" says between which numbers its entries must lie, with oo
    for b if there is no upper bound, which `positive` says of 0; `earlier` is an axis along which
    each entry is an earlier position than its own, or −1 for none, as the parents of a tree are,
    and `later` one of later positions; a `symmetric` one has square matrices that are their own
    transpose,
    and a `covariance` is positive definite, too; `start` is what training starts from, a number or
    "identity".
    """
    return declare


input = _tensor("input")
parameter = _tensor("parameter")
target = _tensor("target")
intermediate = _tensor("intermediate")
output = _tensor("output")


def state(
    name: str, *axes, before=None, after=None, along: int | None = None, outside=None
) -> Name:
    """Declare a state, which is carried from time to time: `h = state("h", T, N, H, before=h0)`.

    `before` is what h[−1] is, a tensor with the axes of h but the one of time, or a number;
    `after` likewise what h[T] is, where h is read at t+1. With an axis of time of its own,
    of extent k, `before` holds the k times before the first. `along` numbers the axis of time.
    `outside` is the value of reads beyond any other edge; without `before` and `after`, beyond
    those of time too, as where a state is carried along two axes.
    Raises DeltaruleError where the axes do not fit.
    """
    page = current()
    name = checked_name(name, page, "state")
    edge = None if outside is None else expression(outside, page)
    named = page.lay(Tensor(name, extents_of(axes, page), "state", edge))
    if edge is None or before is not None or after is not None:
        page.edges[named.tensor.name] = edges_of(named, before, after, along, page)
    return named


def loss(name: str, value) -> Name:
    """The number whose gradient is wanted: `E = loss("E", Sum[n, m](…))`."""
    page = current()
    named = page.declare(Tensor(checked_name(name, page, "loss"), (), "loss"))
    if not reads(expression(value, page)):
        raise DeltaruleError(
            f"the loss {name} is given {value}, in which no tensor stands",
            page.place(),
            'give what it is: loss("E", Sum[n](…))',
        )
    named[()] = value
    return named


def _last(axis: int | None, count: int) -> int | None:
    """The axis along which entries add up to 1: `True` and `False` are no numbers of axes."""
    if isinstance(axis, bool):
        return count - 1 if axis else None
    return axis


def _fitting(tensor: Tensor, page: Page) -> Tensor:
    """The tensor. Raises DeltaruleError where it lacks the axes that a declaration is about."""
    axis, count = tensor.sums_to_one, len(tensor.axes)
    shape = ", ".join(map(str, tensor.axes))
    if axis is not None and not (isinstance(axis, int) and -count <= axis < count):
        raise DeltaruleError(
            f"{tensor.name} [{shape}] has no axis {axis} along which it could add up to 1",
            page.place(),
            f"axes are counted from 0: give one below {count}" if count else "leave it out",
        )
    if tensor.symmetric and (count < 2 or tensor.axes[-1] != tensor.axes[-2]):
        raise DeltaruleError(
            f"{tensor.name} [{shape}] cannot be symmetric",
            page.place(),
            "a symmetric matrix has as many rows as columns, its last two axes",
        )
    return tensor


def _interval(within, name: str, page: Page) -> tuple[int, int | None] | None:
    """The interval that (0, 1), (0, oo) or "(0, oo)" means; None for none.

    Raises DeltaruleError for one without a lower end, or whose ends are no integers.
    """
    if within is None:
        return None
    if isinstance(within, str):
        found = between(within, name, page.place())
        low, high = found.low, found.high
    else:
        low, high = within
        high = None if high == oo else high
    low, high = cast(tuple[Any, Any], (low, high))
    ends = [low, *([] if high is None else [high])]
    if any(isinstance(e, bool) or e is None or e == -oo or e != int(e) for e in ends):
        raise DeltaruleError(
            f"the entries of {name} are declared to lie within {_shown(within)}",
            page.place(),
            'give a whole number as the lower end, as in within="[0, 1]" or within="(0, oo)"',
        )
    return int(low), None if high is None else int(high)


def _shown(within) -> str:
    return within if isinstance(within, str) else f"({within[0]}, {within[1]})"
