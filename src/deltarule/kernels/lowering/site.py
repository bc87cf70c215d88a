"""Where a lowering is at work: an equation, and the loops around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sympy import Expr

from deltarule.expressions.nodes import Reduction
from deltarule.expressions.substitution import rename_bound
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.groups_apart import collapsed_in_groups
from deltarule.kernels.passes.collapse_axes import Collapsed, collapsed
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Site:
    """An equation that is to be lowered, and the indices `loop_indices` by the loops around it."""

    equation: Equation
    loop_indices: tuple[Index, ...]
    code: Code

    @cached_property
    def collapsed(self) -> Collapsed:
        """The equation over as few indices as possible, for lowerings that write loops."""
        if self.code.plain:
            return Collapsed(self.equation, {}, {})
        tensors = self.code.tensors
        apart = None if self.loop_indices else collapsed_in_groups(self.equation, tensors)
        return apart or collapsed(self.equation, tensors, self.loop_indices)

    @property
    def waiting(self) -> list[tuple[Index, Expr]]:
        """The indices of the collapsed equation that need a loop, with their extents."""
        return [r for r in self.collapsed.equation.ranges if r[0] not in self.loop_indices]

    def alone(self, kind: type[Reduction]) -> Reduction | None:
        """The reduction that the collapsed equation is, entry by entry and outside of any loop,
        with indices of its own; None where it is something else.
        """
        equation = self.collapsed.equation
        if self.loop_indices or self.code.complex or type(equation.rhs) is not kind:
            return None
        if equation.subscripts != equation.indices or equation.name in equation.read_names():
            return None
        return rename_bound(equation.rhs, {i.name for i in equation.indices})
