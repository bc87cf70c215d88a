"""Counting: shapes, parameters, multiply–adds, memory and receptive fields, layer by layer.

Counts are SymPy expressions: numbers where the sizes are numbers, polynomials where they are
symbols (600 + 20·K²). Multiply–adds are those of sums of products, biases and activations apart;
memory is the number of values that a layer puts out, selections apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Basic, Expr, Integer, Mul

from deltarule.counting.receptive_fields import Field, fields_of
from deltarule.counting.window_fit import Unread, refuse, refuse_to_guess, undecided_by, unread_by
from deltarule.expressions.nodes import Read, Reduction, Selection, Sum, multiply, reads, walk
from deltarule.expressions.rebuild import read_at
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.specialise import given_sizes
from deltarule.networks.tensors import Tensor


@dataclass(frozen=True)
class LayerCount:
    """One layer: what it puts out, and what that takes.

    `field` is the receptive field along each spatial axis, `unread` what a window that does not
    fit leaves out, `read` the parameters that are counted here.
    """

    name: str
    kind: str
    shape: tuple[Expr, ...]
    parameters: Expr
    multiply_adds: Expr
    memory: Expr
    field: tuple[Field, ...]
    unread: tuple[Unread, ...]
    read: tuple[Tensor, ...] = ()


@dataclass(frozen=True)
class Count:
    """All layers of a network, and their totals. A batch size is counted as it stands."""

    network: Network
    layers: tuple[LayerCount, ...]

    @property
    def parameters(self) -> Expr:
        """The number of all parameters."""
        return _size_of_all(self.network.with_role("parameter"))

    @property
    def multiply_adds(self) -> Expr:
        return sum((line.multiply_adds for line in self.layers), Integer(0)).expand()

    @property
    def memory(self) -> Expr:
        """The number of values that all layers put out."""
        return sum((line.memory for line in self.layers), Integer(0)).expand()

    @property
    def symbols(self) -> tuple[str, ...]:
        """The sizes and attributes that could be given a number, and have none."""
        return tuple(given_sizes(self.network))

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Everything that is left out somewhere."""
        return tuple(u for line in self.layers for u in line.unread)


def count(network: Network, strict: bool = False) -> Count:
    """Count a network's layers: its equations, those of a `layer(…)` together.

    With `strict`, raises DeltaruleError for the first window that does not fit, with the nearest
    paddings and strides that do, and for one that cannot be decided, with the sizes it takes.
    """
    fields = fields_of(network)
    counted: set[str] = set()
    lines = []
    for group in _groups(network):
        line = _line(group, network, fields, counted)
        if strict and line.unread:
            raise refuse(network, line.name, line.unread[0])
        if strict and (missing := [s for e in group for s in undecided_by(e, network)]):
            raise refuse_to_guess(network, line.name, missing)
        lines.append(line)
    return Count(network, tuple(lines))


def _groups(network: Network) -> list[list[Equation]]:
    """Equations of one layer, and those of the page that follow it up entry by entry."""
    groups: list[list[Equation]] = []
    for equation in network.equations:
        if isinstance(equation.rhs, Selection):
            continue
        last = groups[-1] if groups else []
        alike = last and equation.layer and equation.layer == last[-1].layer
        same_tensor = last and equation.name == last[-1].name
        if alike or same_tensor or (last and _activates(equation, last[-1])):
            last.append(equation)
        else:
            groups.append([equation])
    return groups


def _activates(equation: Equation, before: Equation) -> bool:
    """Whether an equation applies a function to each entry of the tensor before."""
    accesses = reads(equation.rhs)
    return (
        len(accesses) == 1
        and accesses[0] == read_at(before.lhs, equation.subscripts)
        and accesses[0].base == before.lhs.base
        and not any(isinstance(n, Reduction) for n in walk(equation.rhs))
        and not isinstance(equation.rhs, Read)
    )


def _line(group: list[Equation], network: Network, fields: dict, counted: set[str]) -> LayerCount:
    names = dict.fromkeys(n for e in group for n in sorted(e.read_names()))
    parameters = [
        network.tensors[n]
        for n in names
        if network.tensors[n].role == "parameter" and n not in counted
    ]
    counted.update(t.name for t in parameters)
    written = [network.tensors[n] for n in dict.fromkeys(e.name for e in group)]
    last = written[-1]
    return LayerCount(
        last.name,
        next((e.layer.partition(" ")[0] for e in group if e.layer), ""),
        last.axes,
        _size_of_all(parameters),
        sum((products(e) for e in group), Integer(0)).expand(),
        _size_of_all(written),
        fields.get(last.name, ()),
        tuple(u for e in group for u in unread_by(e, network)),
        tuple(parameters),
    )


def _size_of_all(tensors: list[Tensor]) -> Expr:
    return sum((multiply(t.axes) for t in tensors), Integer(0)).expand()


def multiply_adds(network: Network) -> Expr:
    """The multiply–adds of all equations of a network."""
    return sum((products(e) for e in network.equations), Integer(0)).expand()


def products(equation: Equation) -> Expr:
    """The multiply–adds of one equation: the terms of its sums of products."""
    return _products_in(equation.rhs, multiply(n for _, n in equation.ranges))


def _products_in(node: Basic, outside: Expr) -> Expr:
    """The terms of the sums of products in an expression that is evaluated so many times."""
    total = Integer(0)
    if isinstance(node, Reduction):
        outside = outside * multiply(n for _, n in node.ranges)
        if isinstance(node, Sum) and len([f for f in Mul.make_args(node.body) if reads(f)]) > 1:
            total += outside
    if isinstance(node, Read):
        return total
    return sum((_products_in(part, outside) for part in node.args), total)
