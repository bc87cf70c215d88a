"""The page that a derivation file is written on: it collects what the file declares."""

from __future__ import annotations

import inspect
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from sympy import Expr, Rational

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import read
from deltarule.expressions.operands import Operand
from deltarule.expressions.symbols import Attribute, Index, Scalar, Size
from deltarule.language.axis_orders import Moves, Order, declared, in_memory, laid, permuted
from deltarule.language.boundary_values import Edges
from deltarule.language.copied_lines import without_copies
from deltarule.language.deep_expressions import in_lines
from deltarule.language.given_expressions import expression, subscripts_of
from deltarule.language.infinite_values import with_finite_edges, without_infinity
from deltarule.language.inverses import Inverses, with_inverses
from deltarule.language.literals import exact
from deltarule.language.piecewise_positions import in_cases
from deltarule.language.pointers import with_orders
from deltarule.language.put_out import (
    outputs_apart,
    refuse_nothing_put_out,
    refuse_stated_gradients,
)
from deltarule.language.selections import Selections
from deltarule.networks.argmax_equations import with_selections
from deltarule.networks.constant_ranges import Between
from deltarule.networks.coverage import check_written_once
from deltarule.networks.equations import Equation, bind
from deltarule.networks.network import GradientLines, LayerUse, Network, Option, ordered
from deltarule.networks.read_ranges import check_inside
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import ascii_name

#: Ten times as many as the deepest network of the catalogue has.
MOST_TENSORS = 10_000


@dataclass
class Page:
    """Everything declared so far, and the options that the reader asked for."""

    name: str = "page"
    path: str = ""
    asked: dict[str, object] = field(default_factory=dict)
    tensors: dict[str, Tensor] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    extents: dict[Index, Expr] = field(default_factory=dict)
    definitions: dict[Size, Expr] = field(default_factory=dict)
    attributes: dict[Attribute, int] = field(default_factory=dict)
    scalars: dict[Scalar, Rational] = field(default_factory=dict)
    ranges: dict[Scalar, Between] = field(default_factory=dict)
    options: dict[str, Option] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    edges: dict[str, Edges] = field(default_factory=dict)
    layouts: dict[str, Moves] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    uses: list[LayerUse] = field(default_factory=list)
    derived: list[GradientLines] = field(default_factory=list)
    selections: Selections = field(default_factory=Selections)
    inverses: Inverses = field(default_factory=Inverses)
    sorted: set[str] = field(default_factory=set)
    masks: dict[str, Equation] = field(default_factory=dict)

    def place(self) -> str:
        """The file and line of the derivation that is being read."""
        frame = inspect.currentframe()
        while frame and frame.f_code.co_filename != self.path:
            frame = frame.f_back
        return f"{Path(self.path).name}, line {frame.f_lineno}" if frame else self.name

    def real_names(self) -> frozenset[str]:
        """The tensors that hold real numbers, not integers."""
        return frozenset(n for n, t in self.tensors.items() if not t.integral)

    def declare(self, tensor: Tensor) -> Name:
        """Add a tensor. Raises DeltaruleError if the name is taken."""
        tensor = replace(tensor, name=self._plain_name(tensor.name))
        if tensor.name in self.tensors:
            raise DeltaruleError(
                f"{tensor.name} is declared twice", self.place(), "give one of them another name"
            )
        if len(self.tensors) >= MOST_TENSORS:
            raise DeltaruleError(
                f"the network has more than {MOST_TENSORS} tensors",
                self.place(),
                "ask for fewer layers",
            )
        self.tensors[tensor.name] = tensor
        return Name(tensor, self)

    def lay(self, tensor: Tensor) -> Name:
        """Add a tensor of the file's own, with its axes in the order that the reader asks for."""
        order = in_memory(tensor, self.layouts)
        named = self.declare(tensor if order is None else laid(tensor, order))
        if order is not None:
            self.orders[named.tensor.name] = order
        return named

    def declare_like(self, tensor: Tensor, other: str) -> Name:
        """Add a tensor whose axes lie as those of another one do."""
        named = self.declare(tensor)
        if other in self.orders:
            self.orders[named.tensor.name] = self.orders[other]
        return named

    def _plain_name(self, name: str) -> str:
        """The name in ASCII, W1 of W_1, beta of β. Raises DeltaruleError for dE/dW, say."""
        core, after, rest = name.partition(" after")
        try:
            return ascii_name(core) + after + rest
        except DeltaruleError:
            gradient = "/" in core
            raise DeltaruleError(
                f"{core!r} is not a name",
                self.place(),
                "there is no word for a gradient: it is derived, never declared"
                if gradient
                else "names are a letter, then letters, digits and _: Theta2, yhat, W_hf",
            ) from None

    def write(self, tensor: Tensor, subscripts: tuple[Expr, ...], rhs: Expr) -> None:
        """Add the equation tensor[subscripts] = rhs."""
        if tensor.given:
            raise DeltaruleError(
                f"{tensor.name} is declared as {tensor.role}, so no equation may give it",
                self.place(),
                f'declare it as intermediate("{tensor.name}", …) or output("{tensor.name}", …)',
            )
        if any(e.name == tensor.name and e.subscripts == subscripts for e in self.equations):
            raise DeltaruleError(
                f"two equations write {tensor.name} at the same place",
                self.place(),
                "keep one of them, give the first another name, or let them write different parts",
            )
        rhs = exact(rhs, self.place(), self.real_names())  # the conditions of choices and sums, too
        rhs = cast(Expr, with_orders(rhs, self.tensors))
        left = {s: n for s, n in zip(subscripts, tensor.axes, strict=True) if isinstance(s, Index)}
        rhs = in_lines(tensor, rhs, left, self.tensors, self._write_part)
        rhs = self.selections.taken(rhs, self, tensor.name, left)
        rhs = self.inverses.taken(rhs, self, tensor.name)
        bound = bind(subscripts, rhs, tensor, self.tensors, self.place(), self.extents)
        check_inside(bound, self.tensors)
        self.equations.append(without_infinity(bound, self.tensors, self.ranges, self.masks))

    def _write_part(self, tensor: Tensor, subscripts: tuple[Index, ...], rhs: Expr) -> None:
        """A line that an expression was divided into."""
        self.write(self.declare(tensor).tensor, subscripts, rhs)

    def network(self, title: str, text: str) -> Network:
        """The network that the page has come to. Raises DeltaruleError where it holds none."""
        if not self.equations:
            raise DeltaruleError(
                "the derivation holds no equation", self.path, "write one, such as y[n] = 2*x[n]"
            )
        refuse_stated_gradients(self.tensors.values(), self.path)
        check_written_once(self.equations, self.tensors, self.definitions)
        with_inverses(self)
        finite = with_finite_edges(self.tensors, self.equations)
        equations, tensors = with_selections(self.equations, finite)
        if not self.derived:  # lines that are derived by a name keep it
            equations, tensors = without_copies(equations, tensors, self.sorted)
        equations, tensors = outputs_apart(equations, tensors)
        in_order = ordered(equations, tensors)
        refuse_nothing_put_out(self.name, self.tensors.values(), self.equations, self.path)
        return Network(
            self.name,
            title,
            text,
            dict(tensors),
            in_order,
            dict(self.definitions),
            dict(self.attributes),
            dict(self.scalars),
            dict(self.options),
            self.aliases,
            self.path,
            dict(self.ranges),
            tuple(self.uses),
            tuple(self.derived),
            dict(self.orders),
        )


class Name(Operand):
    """A tensor as a derivation file writes it: read with t[i, j], written with t[i, j] = …

    One without axes is read by its bare name, and written with t[()] = …
    """

    def __init__(self, tensor: Tensor, page: Page):
        self.tensor = tensor
        self._page = page

    @property
    def order(self) -> Order | None:
        """In which order its axes lie, if it is not that of the file."""
        return self._page.orders.get(self.tensor.name)

    @property
    def axes(self) -> tuple[Expr, ...]:
        return declared(self.tensor, self.order).axes

    #: Python asks x[0], x[1] … of what has entries and says nothing of how it is gone through.
    __iter__ = None

    def __repr__(self) -> str:
        return self.tensor.name

    def _sympy_(self) -> Expr:
        return self[()]

    def __getitem__(self, subscripts) -> Expr:
        return in_cases(self._places(subscripts), self._read)

    def _read(self, *places: Expr) -> Expr:
        plain = read(self.tensor.name, *places)
        edges = self._page.edges.get(self.tensor.name)
        return plain if edges is None else edges.carry(plain, self._page)

    def __setitem__(self, subscripts, rhs) -> None:
        self._page.write(self.tensor, self._places(subscripts), expression(rhs, self._page))

    def _places(self, subscripts) -> tuple[Expr, ...]:
        named = declared(self.tensor, self.order)
        return permuted(subscripts_of(named, subscripts, self._page), self.order)


_CURRENT: ContextVar[Page | None] = ContextVar("page", default=None)


def current() -> Page:
    """The page being written on; a file that is run by itself gets one of its own."""
    page = _CURRENT.get()
    if page is None:
        page = Page()
        _CURRENT.set(page)
    return page


class written_on:
    """`with written_on(page):` makes it the current page."""

    def __init__(self, page: Page):
        self._page = page

    def __enter__(self) -> Page:
        self._token = _CURRENT.set(self._page)
        return self._page

    def __exit__(self, *_exc) -> None:
        _CURRENT.reset(self._token)
