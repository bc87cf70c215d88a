"""Working arrays: tensors that passes make, which nobody gives and nobody asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr

from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


@dataclass
class WorkingArrays:
    """The tensors that were made, and the equations that fill them, in order."""

    tensors: dict[str, Tensor] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def tensor(self, axes: tuple[Expr, ...]) -> Tensor:
        number = 1
        while f"t{number}" in self.taken:
            number += 1
        self.taken.add(f"t{number}")
        made = Tensor(f"t{number}", axes, "intermediate")
        self.tensors[made.name] = made
        return made
