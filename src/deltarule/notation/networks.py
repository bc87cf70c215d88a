"""Networks: tensors and the ordered equations between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sympy import Expr, Rational

from deltarule.notation.equations import Equation
from deltarule.notation.errors import DeltaruleError, did_you_mean
from deltarule.notation.symbols import Attribute, Scalar, Size
from deltarule.notation.tensors import Tensor


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
    and `scalars` the values used where a number is needed and none is given.
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
        return [e for e in self.equations if e.name == name]

    def tensor(self, name: str) -> Tensor:
        """A tensor by its name. Raises DeltaruleError, with near names, if there is none."""
        if name not in self.tensors:
            raise DeltaruleError(
                f"the network {self.name} has no tensor {name}",
                self.path or self.name,
                did_you_mean(name, self.tensors) or "its tensors are " + ", ".join(self.tensors),
            )
        return self.tensors[name]


def ordered(equations: Iterable[Equation], tensors: dict[str, Tensor]) -> tuple[Equation, ...]:
    """The equations in an order in which each tensor is written before it is read.

    The written order is kept wherever it is possible. Raises DeltaruleError for a tensor that is
    read and never written, and for a cycle, which is named.
    """
    waiting = list(equations)
    writers: dict[str, list[Equation]] = {}
    for equation in waiting:
        writers.setdefault(equation.name, []).append(equation)
    for equation in waiting:
        for name in equation.read_names():
            if name not in writers and not tensors[name].given:
                raise DeltaruleError(
                    f"{name} is read before it is written: no equation gives it",
                    equation.place,
                    f"write an equation {name}[…] = …, or declare {name} as an input",
                )
    needs = {id(e): e.read_names() & writers.keys() for e in waiting}
    done: list[Equation] = []
    written: set[str] = set()
    while waiting:
        first = next((e for e in waiting if needs[id(e)] <= written), None)
        if first is None:
            raise _cycle(waiting)
        waiting.remove(first)
        done.append(first)
        writers[first.name].remove(first)
        if not writers[first.name]:
            written.add(first.name)
    return tuple(done)


def _cycle(waiting: list[Equation]) -> DeltaruleError:
    needs = {e.name: sorted(e.read_names() & {w.name for w in waiting}) for e in waiting}
    path = [waiting[0].name]
    while path[-1] not in path[:-1]:
        path.append(next(n for n in needs[path[-1]] if n in needs))
    cycle = path[path.index(path[-1]):]
    return DeltaruleError(
        "the equations go round in a circle: " + " ← ".join(cycle),
        next(e.place for e in waiting if e.name == cycle[0]),
        "let one of them read a tensor that is computed earlier",
    )
