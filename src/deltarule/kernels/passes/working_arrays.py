"""Working arrays: tensors that passes make, which nobody gives and nobody asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr

from deltarule.expressions.nodes import read
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor

Ranges = tuple[tuple[Index, Expr], ...]


@dataclass
class WorkingArrays:
    """The tensors that were made, and the equations that fill them, in order."""

    tensors: dict[str, Tensor] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    _held: dict[tuple[Expr, frozenset], Expr] = field(default_factory=dict)

    def tensor(self, axes: tuple[Expr, ...]) -> Tensor:
        number = 1
        while f"t{number}" in self.taken:
            number += 1
        self.taken.add(f"t{number}")
        made = Tensor(f"t{number}", axes, "intermediate")
        self.tensors[made.name] = made
        return made

    def holding(self, value: Expr, own: Ranges, place: str) -> Expr:
        """A read of an array that holds a value, which has the indices `own`; two that are the same
        share one.
        """
        key = value, frozenset(own)
        if key not in self._held:
            tensor, indices = self.tensor(tuple(n for _, n in own)), tuple(i for i, _ in own)
            self.equations.append(Equation(tensor.name, indices, value, own, place))
            self._held[key] = read(tensor.name, *indices)
        return self._held[key]
