"""Networks: tensors and the ordered equations between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sympy import Expr, Rational

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Attribute, Scalar, Size
from deltarule.networks.constant_ranges import Between
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import blocks, equations_of
from deltarule.networks.respelled import put_in
from deltarule.networks.tensors import Tensor


@dataclass(frozen=True)
class Option:
    """Something a derivation can be asked for, such as the number of layers."""

    name: str
    value: object
    default: object
    help: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """What a derivation file says: tensors and equations, in the order of computation.

    `definitions` gives the sizes that follow from others (the I of a convolution), `attributes`
    and `scalars` the values used where a number is needed and none is given, `ranges` between
    which numbers a scalar may lie. `uses` says which other derivations are its layers, `derived`
    which of its lines are gradients of other lines, `orders` how the axes lie of tensors that the
    file declares in another order. `another_loss` is what the loss behind its outputs is not to be
    called, as another one is.
    """

    name: str
    title: str
    text: str
    tensors: dict[str, Tensor]
    equations: tuple[Equation, ...]
    definitions: dict[Size, Expr] = field(default_factory=dict)
    attributes: dict[Attribute, int] = field(default_factory=dict)
    scalars: dict[Scalar, Rational] = field(default_factory=dict)
    options: dict[str, Option] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    path: str = ""
    ranges: dict[Scalar, Between] = field(default_factory=dict)
    uses: tuple[LayerUse, ...] = field(default=(), compare=False, repr=False)
    derived: tuple[GradientLines, ...] = field(default=(), compare=False, repr=False)
    orders: Mapping[str, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)
    another_loss: str = field(default="", repr=False)

    def with_role(self, *roles: str) -> list[Tensor]:
        """The tensors of some roles, in the order in which they were declared."""
        return [t for t in self.tensors.values() if t.role in roles]

    @property
    def loss(self) -> Tensor | None:
        """The tensor whose gradient is taken; None for a layer on its own."""
        found = self.with_role("loss")
        return found[-1] if found else None

    def equation_of(self, name: str) -> list[Equation]:
        """The equations that write a tensor."""
        return list(self._writing.get(name, ()))

    def reading(self, name: str) -> list[Equation]:
        """The equations that read a tensor, in order."""
        return list(self._reading.get(name, ()))

    @cached_property
    def _writing(self) -> dict[str, list[Equation]]:
        found: dict[str, list[Equation]] = {}
        for equation in self.equations:
            found.setdefault(equation.name, []).append(equation)
        return found

    @cached_property
    def _reading(self) -> dict[str, list[Equation]]:
        found: dict[str, list[Equation]] = {}
        for equation in self.equations:
            for name in equation.read_names():
                found.setdefault(name, []).append(equation)
        return found

    def tensor(self, name: str) -> Tensor:
        """A tensor by its name. Raises DeltaruleError, with near names, if there is none."""
        if name not in self.tensors:
            raise DeltaruleError(
                f"the network {self.name} has no tensor {name}",
                self.path or self.name,
                did_you_mean(name, self.tensors) or "its tensors are " + ", ".join(self.tensors),
            )
        return self.tensors[name]


@dataclass(frozen=True)
class LayerUse:
    """A derivation that was used as a layer.

    `names` gives the tensors of the network by those of `part`, `sizes` what stands there for the
    sizes, attributes and constants of it.
    """

    part: Network
    names: Mapping[str, str]
    sizes: Mapping[Any, Expr]

    def specialised(self, numbers: Mapping[Size, Expr]) -> LayerUse:
        """The same use in a network in which some sizes are numbers."""
        return replace(self, sizes={s: substitute(n, numbers) for s, n in self.sizes.items()})

    def inner(self, part: LayerUse) -> LayerUse:
        """A layer of the part, as one of the network."""
        names = {own: self.names[name] for own, name in part.names.items()}
        sizes = {s: substitute(n, self.sizes) for s, n in part.sizes.items()}
        return LayerUse(part.part, names, sizes)

    def equations(self) -> tuple[Equation, ...]:
        """The equations of the part, as they stand in the network."""
        return tuple(put_in(e, self.names, self.sizes) for e in self.part.equations)


@dataclass(frozen=True)
class GradientLines:
    """The lines that give ∂y/∂x, of the sum of all entries of `value` by those of `tensor`.

    `network` is the part of the forward pass that leads to y, with that sum as its loss; its
    derivation has the steps that the lines come from. `names` gives the lines that gradients
    became, by the tensors that they are by: {"x": "y_x", "h": "y_h"}.
    """

    value: str
    tensor: str
    network: Network
    names: Mapping[str, str]

    @property
    def name(self) -> str:
        """What ∂y/∂x is called, y_x."""
        return self.names[self.tensor]

    def renamed(self, names: Mapping[str, str]) -> GradientLines:
        """The same lines in a network that they stand in under other names."""
        lines = {tensor: names[line] for tensor, line in self.names.items()}
        return replace(self, value=names[self.value], names=lines)


def ordered(equations: Iterable[Equation], tensors: dict[str, Tensor]) -> tuple[Equation, ...]:
    """The equations in an order in which each tensor is written before it is read.

    The written order is kept wherever it is possible; equations of a recurrence stand together,
    in the order of one time. Raises DeltaruleError for a tensor that is read and never written,
    and for a cycle that is no recurrence, which is named.
    """
    equations = tuple(equations)
    written = {e.name for e in equations}
    for equation in equations:
        for name in equation.read_names():
            if name not in written and not tensors[name].given:
                raise DeltaruleError(
                    f"{name} is read before it is written: no equation gives it",
                    equation.place,
                    f"write an equation {name}[…] = …, or declare {name} as an input",
                )
    return tuple(e for block in blocks(equations) for e in equations_of(block))
