"""What a state is before its first time and after its last: h[−1] is h0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions.affine import affine
from deltarule.expressions.choices import Declared
from deltarule.expressions.conditions import Condition
from deltarule.expressions.nodes import AtLeastZero, Carried, Read, free_indices, read
from deltarule.language.pointers import Lines, order_of
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text


@dataclass(frozen=True)
class Edges:
    """The values of `state` beyond the ends of its axis `along`: tensors, numbers, or None."""

    state: Tensor
    before: Tensor | Expr | None
    after: Tensor | Expr | None
    along: int

    def carry(self, access: Read, page: Lines) -> Expr:
        """A read of the state; one at t − 1 or t + 1 is said what lies beyond the end, where that
        is declared, and one at a parent what there is without a parent.
        """
        at = access.indices[self.along]
        order = order_of(at, page.tensors)
        if order is not None:
            return self._linked(access, order, page.place)
        indices = tuple(sorted(free_indices(at), key=str))
        split = affine(at, indices)
        if split is None or len(indices) > 1 or not split[1].is_Integer:
            return access
        shift = split[1]
        if indices and (shift == 0 or split[0][indices[0]] != 1) or not indices and shift >= 0:
            return access
        last = self.state.axes[self.along] - 1
        value = self.before if shift < 0 else self.after
        if value is None:
            return access  # it must be kept inside, as by `initially`: see networks/read_ranges
        inside = AtLeastZero(at) if shift < 0 else AtLeastZero((last - at).expand())
        return Carried(inside, access, self._beyond(access, value, int(shift), page.place))

    def _linked(self, access: Read, order: Condition, place: Callable[[], str]) -> Expr:
        """A read at a position of data, which lies before or behind its own; there may be none."""
        value = self.before if self.after is None else self.after
        if value is None:
            raise DeltaruleError(
                f"{self.state.name} is read at {text(access.indices[self.along])}, which is −1 "
                "where there is none, and no value is declared for that",
                place(),
                f'declare it: {self.state.name} = state("{self.state.name}", …, before=0)',
            )
        there = AtLeastZero(access.indices[self.along])
        none = self._beyond(access, value, -1 if self.after is None else 1, place)
        return Declared(order, Carried(there, access, none), Integer(0))

    def _beyond(
        self, access: Read, value: Tensor | Expr, shift: int, place: Callable[[], str]
    ) -> Expr:
        """What stands beyond the end, for a read `shift` times away.

        Raises DeltaruleError where one time alone is declared, and another is read.
        """
        if not isinstance(value, Tensor):
            return value
        at, k = access.indices, self.along
        rest = (*at[:k], *at[k + 1 :])
        if len(value.axes) == len(self.state.axes):
            extent = self.state.axes[k]
            moved = at[k] + value.axes[k] if shift < 0 else at[k] - extent
            return read(value.name, *at[:k], moved.expand(), *at[k + 1 :])
        if abs(shift) > 1:
            raise DeltaruleError(
                f"{self.state.name} is read {abs(shift)} times away, but {value.name} holds one "
                "time alone",
                place(),
                f"give {value.name} an axis of time, of extent {abs(shift)}",
            )
        return read(value.name, *rest)
