"""Working arrays: tensors that passes make, which nobody gives and nobody asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr

from deltarule.expressions.nodes import read, reads, tensor_name
from deltarule.language.alike_pieces import Ranges, alike, as_read, ways_to_read
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


@dataclass
class WorkingArrays:
    """The tensors that were made, and the equations that fill them, in order.

    Of `others`, working arrays that were made before, those are known whose equations are there.
    """

    tensors: dict[str, Tensor] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    others: frozenset[str] = frozenset()
    #: The arrays that hold values, by what is read and how far their indices run.
    _held: dict[tuple, list[Equation]] = field(default_factory=dict)
    _looked_through: int = 0

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
        but for the names of indices share one.
        """
        self._look_through()
        alike_ones = self._held.setdefault(_signature(value, own), [])
        for line in alike_ones:
            known = ways_to_read(line.name, line.rhs, line.ranges).get(alike(value, own))
            if known is not None:
                return as_read(known, own)
        tensor, indices = self.tensor(tuple(n for _, n in own)), tuple(i for i, _ in own)
        alike_ones.append(Equation(tensor.name, indices, value, own, place))
        self.equations.append(alike_ones[-1])
        return read(tensor.name, *indices)

    def _look_through(self) -> None:
        """Take in those of the other working arrays that are filled by now."""
        for line in self.equations[self._looked_through :]:
            if line.name in self.others and line.subscripts == line.indices:
                self._held.setdefault(_signature(line.rhs, line.ranges), []).append(line)
        self._looked_through = len(self.equations)


def _signature(value: Expr, own: Ranges) -> tuple:
    """What values that are the same but for the names of indices have in common."""
    names = sorted(tensor_name(r) for r in reads(value))
    return (*names, *sorted(str(n) for _, n in own))
